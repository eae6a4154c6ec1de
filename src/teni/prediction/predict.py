"""Predict with the model of a run: keypoints in the pixels of the images as they were given, or classes."""

from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from teni.data import Dataset
from teni.errors import TeniError
from teni.features import extract
from teni.prediction.given import Given, from_array
from teni.prediction.model import flip_center, image_shape, load_model
from teni.prediction.resize import as_given
from teni.progress import OnProgress, silent
from teni.run import Run, read_run
from teni.task import Classes, Keypoints, flip_permutation, flip_targets, output_shape

Predictions = NDArray[np.float32]


def predict(
    run: str | Path | Run,
    images: NDArray[np.uint8] | Dataset,
    *,
    tta: bool = False,
    on_progress: OnProgress = silent,
) -> Predictions:
    """Predict with the model of a run.

    Args:
        run: a run, or its folder.
        images: ``uint8 (N, H, W, C)``, or a data set. Images of another size or other channels than the
            model's are made to fit it.
        tta: predict the mirror images too and average.
        on_progress: told how many images are done.

    Returns:
        ``(N, K, 2)`` pixels of the images as given, or ``(N, C)`` probabilities, in the order of ``run.task.names``.

    Raises:
        TeniError: the run or its model cannot be read, or the images are none.

    >>> predict("nowhere", np.zeros((1, 96, 96, 1), np.uint8))
    Traceback (most recent call last):
    ...
    teni.errors.TeniError: nowhere: no such folder; give a folder that teni fit wrote
    """
    opened = run if isinstance(run, Run) else read_run(Path(run))
    model = load_model(opened)
    array, ids = (images.images, images.ids) if isinstance(images, Dataset) else (images, None)
    given = from_array(array, ids, image_shape(model), opened.task)
    return predict_given(opened, model, given, tta=tta, on_progress=on_progress)


def predict_given(
    run: Run, model: keras.Model, given: Given, *, tta: bool = False, on_progress: OnProgress = silent
) -> Predictions:
    """Predict with a model that is loaded already.

    Args:
        run: the run it belongs to.
        model: from `load_model`.
        given: the images.
        tta: predict the mirror images too, flip their points back (classes stay), and average.
        on_progress: told how many images are done.

    Returns:
        ``(N, K, 2)`` pixels of the images as given, or ``(N, C)`` probabilities.

    Raises:
        TeniError: the model predicts something that is not a number, or mirror images say nothing of a keypoint or
            of a class.
    """
    task, center = run.task, flip_center(run)
    if tta:
        _require_mirror(run)
    if not len(given):
        return np.zeros((0, *output_shape(task)), np.float32)
    passes = extract(model, given.images, mirror=tta, on_progress=on_progress)[0]
    found = passes[0]
    if tta:
        back = flip_targets(passes[1], task, center) if isinstance(task, Keypoints) else passes[1]
        found = (found + back) / 2
    if not np.isfinite(found).all():
        row = int(np.argmin(np.isfinite(found.reshape(len(found), -1)).all(axis=1)))
        raise TeniError(
            f"{run.path}: the model's prediction for image {given.ids[row]} is not a number; it is broken, "
            "fit again with --overwrite"
        )
    match task:
        case Keypoints():
            return as_given(found, (task.height, task.width), given.sizes, center).astype(np.float32)
        case Classes():
            return found


def _require_mirror(run: Run) -> None:
    """Refuse to mirror where the run never did, and a mirror image may show something else."""
    if (run.about.get("flip") or {}).get("center", "halves") is not None:
        return
    task = run.task
    if isinstance(task, Classes):
        raise TeniError(
            f"{run.path}: learned without mirror images, and a mirror image may show another class: predict "
            "without --tta"
        )
    pairs = zip(task.names, (task.names[place] for place in task.flip_permutation), strict=True)
    try:
        flip_permutation(task.names, {name: partner for name, partner in pairs if name != partner})
    except TeniError as error:
        raise TeniError(
            f"{run.path}: learned without mirror images, and has a keypoint of one side without its counterpart: "
            "an average over mirror images would be wrong; predict without --tta"
        ) from error
