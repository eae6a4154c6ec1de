"""From what a solved head gives to what is predicted: pixels as they are, scores as probabilities."""

from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from teni.task import Classes, Keypoints, Targets, Task
from teni.transfer.calibrate import Calibration, cross_fitted, fit_calibration
from teni.transfer.head import Head

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Finished:
    """What becomes of left-out predictions.

    Args:
        calibration: how a head's scores become probabilities; None where they are predictions as they are.
        predicted: honest predictions for the training rows: pixels or probabilities, NaN where there is none.
        about: what was done to it, plain values for ``run.json``.
        notes: the same in sentences.
    """

    calibration: Calibration | None
    predicted: Floats
    about: dict[str, Any]
    notes: tuple[str, ...]


def finish(left_out: Floats, targets: Targets, task: Task, groups: NDArray[np.intp]) -> Finished:
    """Make predictions of what a head gives for images that were left out.

    Args:
        left_out: ``(N, 2K)`` pixels or ``(N, C)`` scores.
        targets: of its N training images.
        task: what they are.
        groups: ``(N,)`` subject of each.
    """
    match task:
        case Keypoints():
            return Finished(None, left_out.reshape(targets.shape), {}, ())
        case Classes():
            return _calibrated(left_out, targets, groups)


def calibrated(head: Head, calibration: Calibration) -> Head:
    """Fold a calibration into a head, so that its columns are logits."""
    scale = calibration.scale
    return replace(head, alpha=scale * head.alpha, offset=scale * head.offset + calibration.bias)


def _calibrated(left_out: Floats, targets: Targets, groups: NDArray[np.intp]) -> Finished:
    """Fit a calibration to all left-out scores; what is announced is cross-fitted."""
    known = targets >= 0
    found = fit_calibration(left_out[known], targets[known])
    about = {"calibration": {"scale": found.scale, "bias": found.bias.tolist()}}
    note = (
        "Probabilities are calibrated on the scores of images that were left out; the error that is announced comes "
        "from calibrations that had not seen the image's group either."
    )
    return Finished(found, cross_fitted(left_out, targets, groups), about, (note,))


def output_layer(columns: Any, task: Task) -> Any:
    """Add the last layer to a Keras graph.

    Args:
        columns: symbolic ``(N, 2K)`` pixels or ``(N, C)`` logits.
        task: what is predicted.

    Returns:
        Symbolic ``(N, K, 2)`` pixels or ``(N, C)`` probabilities.

    >>> output_layer(keras.Input((2,)), Classes(("cat", "dog"), 4, 4)).shape
    (None, 2)
    """
    match task:
        case Keypoints():
            return keras.layers.Reshape((len(task.names), 2), name="keypoints")(columns)
        case Classes():
            return keras.layers.Softmax(name="classes")(columns)
