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
from teni.task import Keypoints, Metrics, as_keypoints, evaluate

Points = NDArray[np.float64]

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
    """Measure the model of a run on a labelled data set, beside the mean face of the run's training data.

    Args:
        run: what is measured.
        model: from `teni.prediction.load_model`.
        dataset: images with targets; their keypoints may come in any order.
        tta: average over the flip.
        seed: of the bootstrap over subjects.
        on_progress: told how many images are predicted.

    Returns:
        The block of ``metrics.json``, and what a reader should know, one sentence each.

    Raises:
        TeniError: nothing is labelled, a keypoint of the run is missing, or the run has no mean face.
    """
    truth, notes = matching_targets(dataset, as_keypoints(run.task, "measuring on other data"))
    given = from_array(dataset.images, dataset.ids, image_shape(model))
    mean = as_given(
        mean_face(run)[None], (run.task.height, run.task.width), given.sizes[:1], flip_center(run)
    )
    predicted = predict_given(run, model, given, tta=tta, on_progress=on_progress)
    block = evaluate(predicted, truth, run.task, dataset.subjects, mean[0], seed)
    if dataset.fingerprint == run.about["fingerprints"].get("data"):
        notes += (
            "This is the data that the run was fitted on: the error says nothing about new images "
            "(metrics.json of the run does).",
        )
    if dataset.subjects is None:
        notes += ("Nobody said who the images show: the intervals take each image for a subject of its own.",)
    return block, (*dataset.notes, *given.notes, *notes)


def matching_targets(dataset: Dataset, task: Keypoints) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """Take the labels of a run's keypoints out of a data set, in the run's order.

    Args:
        dataset: whose keypoints have names.
        task: the keypoints that are asked for.

    Returns:
        ``(N, K, 2)`` pixels, and what was left out, one sentence each.

    Raises:
        TeniError: the data set has no labels, or lacks a keypoint.

    >>> data = Keypoints(("nose", "chin"), 2, 2, (0, 1))
    >>> images, points = np.zeros((1, 2, 2, 1), np.uint8), np.array([[[1.0, 0], [2, 0]]], np.float32)
    >>> faces = Dataset(images, points, data, None, np.array(["1"]))
    >>> matching_targets(faces, Keypoints(("chin", "nose"), 2, 2, (0, 1)))[0].tolist()
    [[[2.0, 0.0], [1.0, 0.0]]]
    """
    names = dataset.task.names
    if dataset.targets is None or not names:
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


def mean_face(run: Run) -> Points:
    """Return the mean of the run's training labels, ``(K, 2)`` pixels.

    Raises:
        TeniError: ``run.json`` does not have it.
    """
    try:
        found = np.array(run.about.get("mean_face"), np.float64)
    except (TypeError, ValueError):
        found = np.zeros(0)
    if found.shape != (len(run.task.names), 2) or not np.isfinite(found).all():
        raise TeniError(
            f"{run.path}: run.json has no mean_face of {len(run.task.names)} keypoints to compare with; fit "
            "again with --overwrite"
        )
    return found
