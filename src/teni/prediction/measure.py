"""How good a run is on data that it did not come with."""

from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from teni.data import Dataset
from teni.data.kaggle_lookup import read_lookup, read_solution
from teni.data.source import MAX_UNPACKED_MB
from teni.errors import TeniError
from teni.prediction.given import from_array
from teni.prediction.model import flip_center, image_shape
from teni.prediction.predict import predict_given
from teni.prediction.resize import as_given
from teni.progress import OnProgress, silent
from teni.run import Run
from teni.task import UNLABELLED, Classes, Keypoints, Metrics, Targets, Task, evaluate, output_shape, words

Predictions = NDArray[np.float64]

_NAMED = 3


def evaluate_run(
    run: Run,
    model: keras.Model,
    dataset: Dataset,
    *,
    tta: bool = False,
    seed: int = 0,
    on_progress: OnProgress = silent,
) -> tuple[Metrics, tuple[str, ...]]:
    """Measure the model of a run on a labelled data set, beside the mean of the run's training labels.

    Args:
        run: what is measured.
        model: from `teni.prediction.load_model`.
        dataset: images with targets; their keypoints or classes may come in any order.
        tta: average over the flip.
        seed: of the bootstrap over subjects.
        on_progress: told how many images are predicted.

    Returns:
        The block of ``metrics.json``, and what a reader should know, one sentence each.

    Raises:
        TeniError: nothing is labelled, a keypoint of the run is missing, a class is unknown to it, or the run
            does not tell the mean of its labels.
    """
    truth, notes = matching_targets(dataset, run.task)
    given = from_array(dataset.images, dataset.ids, image_shape(model), run.task)
    mean = mean_of(run)
    if isinstance(run.task, Keypoints):
        size = (run.task.height, run.task.width)
        mean = as_given(mean[None], size, given.sizes[:1], flip_center(run))[0]
    predicted = predict_given(run, model, given, tta=tta, on_progress=on_progress)
    block = evaluate(predicted, truth, run.task, dataset.subjects, mean, seed)
    if dataset.fingerprint == run.about["fingerprints"].get("data"):
        notes += (
            "This is the data that the run was fitted on: the error says nothing about new images "
            "(metrics.json of the run does).",
        )
    if dataset.subjects is None:
        notes += ("Nobody said who the images show: the intervals take each image for a subject of its own.",)
    return block, (*dataset.notes, *given.notes, *notes)


def matching_targets(dataset: Dataset, task: Task) -> tuple[Targets, tuple[str, ...]]:
    """Take the labels that a run knows out of a data set, in the run's order.

    Args:
        dataset: whose keypoints or classes have names.
        task: the keypoints or classes that are asked for.

    Returns:
        ``(N, K, 2)`` pixels or ``(N,)`` classes, and what was left out, one sentence each.

    Raises:
        TeniError: the data set has no labels or those of another task, lacks a keypoint, or has a class too many.

    >>> data = Keypoints(("nose", "chin"), 2, 2, (0, 1))
    >>> images, points = np.zeros((1, 2, 2, 1), np.uint8), np.array([[[1.0, 0], [2, 0]]], np.float32)
    >>> faces = Dataset(images, points, data, None, np.array(["1"]))
    >>> matching_targets(faces, Keypoints(("chin", "nose"), 2, 2, (0, 1)))[0].tolist()
    [[[2.0, 0.0], [1.0, 0.0]]]
    """
    match task:
        case Keypoints():
            return _matching_keypoints(dataset, task)
        case Classes():
            return _matching_classes(dataset, task), ()


def _matching_classes(dataset: Dataset, task: Classes) -> NDArray[np.int64]:
    names = dataset.task.names
    if dataset.targets is None or not isinstance(dataset.task, Classes) or not (dataset.targets >= 0).any():
        raise TeniError(
            "the data has no classes to compare with; expected a folder of images for each class, or a CSV with an "
            "image and a class a row"
        )
    shown = [name for i, name in enumerate(names) if (dataset.targets == i).any()]
    unknown = [name for name in shown if name not in task.names]
    if unknown:
        raise TeniError(
            f"the class {unknown[0]!r} is unknown to the model, which tells apart {', '.join(task.names)}; name the "
            "classes as the training data does"
        )
    place = np.array([task.names.index(n) if n in task.names else UNLABELLED for n in names] + [UNLABELLED])
    return place[dataset.targets]


def _matching_keypoints(dataset: Dataset, task: Keypoints) -> tuple[Targets, tuple[str, ...]]:
    names = dataset.task.names
    if dataset.targets is None or not names or not isinstance(dataset.task, Keypoints):
        raise TeniError(
            "the data has no keypoints to compare with; expected columns called <keypoint>_x and "
            "<keypoint>_y, or a lookup table with its solution"
        )
    missing = [name for name in task.names if name not in names]
    if missing:
        nearest = get_close_matches(missing[0], names, 1)
        hint = f" (nearest to the first: {nearest[0]})" if nearest else ""
        named = ", ".join(missing[:_NAMED])
        more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
        raise TeniError(
            f"the data lacks {len(missing)} of the run's {len(task.names)} keypoints: {named}{more}{hint}; "
            "name its columns as the training data does, and leave cells empty where nothing is labelled"
        )
    extra = [name for name in names if name not in task.names]
    note = f"Keypoints that the run does not know were left out: {', '.join(extra)}."
    rows = [names.index(name) for name in task.names]
    return dataset.targets[:, rows], (note,) if extra else ()


def answered(
    dataset: Dataset, task: Keypoints, lookup: Path, solution: Path, max_unpacked_mb: int = MAX_UNPACKED_MB
) -> Dataset:
    """Label a data set by a lookup table and its solution; only what is asked for counts as labelled.

    Args:
        dataset: the images; labels that it has are replaced.
        task: the keypoints, as the run has them.
        lookup: IdLookupTable.csv.
        solution: a CSV with the answers.
        max_unpacked_mb: the most that a zip may unpack to, in MB.

    Raises:
        TeniError: a file cannot be read, or they do not belong together.
    """
    asked = read_lookup(lookup, dataset.ids, task, max_unpacked_mb)
    truth = read_solution(solution, asked, max_unpacked_mb)
    here = replace(task, height=dataset.task.height, width=dataset.task.width)
    return replace(dataset, targets=truth, task=here)


def mean_of(run: Run) -> Predictions:
    """Return the mean of the run's training labels: ``(K, 2)`` pixels, or ``(C,)`` shares of the classes.

    Raises:
        TeniError: ``run.json`` does not have it.
    """
    told = run.about.get(
        "mean_prediction", run.about.get("mean_face")
    )  # as runs of keypoints called it at first
    try:
        found = np.array(told, np.float64)
    except (TypeError, ValueError):
        found = np.zeros(0)
    if found.shape != output_shape(run.task) or not np.isfinite(found).all():
        raise TeniError(
            f"{run.path}: run.json has no mean_prediction of {len(run.task.names)} {words(run.task).things} to "
            "compare with; fit again with --overwrite"
        )
    return found
