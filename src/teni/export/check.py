"""Whether an exported model says what the model says."""

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.export.formats import Run as Answer
from teni.task import Keypoints, Targets, Task, words
from teni.task.class_metrics import log_loss
from teni.task.metrics import rmse_px

RELATIVE = 1e-4  # of the largest answer
PIXELS = 0.01
BATCH = 64


@dataclass(frozen=True)
class Difference:
    """How far two models' answers lie apart.

    Args:
        largest: pixels, or probability.
        relative: to the largest answer.
        images: on how many it was looked for.
    """

    largest: float
    relative: float
    images: int


def answers(
    run: Callable[[NDArray[np.uint8]], NDArray[np.float32]], images: NDArray[np.uint8]
) -> NDArray[np.float32]:
    """Run a model over images, some at a time."""
    return np.concatenate([run(images[start : start + BATCH]) for start in range(0, len(images), BATCH)])


def keras_answers(model: keras.Model, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Run a Keras model over images, some at a time."""
    return answers(lambda part: np.asarray(model.predict_on_batch(part), np.float32), images)


def difference(found: NDArray[np.float32], expected: NDArray[np.float32]) -> Difference:
    """Compare answers.

    >>> difference(np.array([[1.0, 2.0]]), np.array([[1.0, 4.0]]))
    Difference(largest=2.0, relative=0.5, images=1)
    """
    if found.shape != expected.shape:
        raise TeniError(f"the exported model gives {found.shape} where the model gives {expected.shape}")
    largest = float(np.abs(found - expected).max(initial=0.0))
    return Difference(largest, largest / max(float(np.abs(expected).max(initial=0.0)), 1e-30), len(expected))


def require_equal(
    name: str, run: Answer, images: NDArray[np.uint8], expected: NDArray[np.float32], task: Task
) -> Difference:
    """Make sure that an exported model says what the model says, alone and in a batch.

    Args:
        name: of the format.
        run: the exported model.
        images: real images of the run.
        expected: what the model says of them.
        task: what is predicted.

    Raises:
        TeniError: they differ by more than 0.0001 of the largest answer, or by more than 0.01 pixels.
    """
    for many in dict.fromkeys((1, len(images))):
        found = difference(answers(run, images[:many]), expected[:many])
        far = isinstance(task, Keypoints) and found.largest > PIXELS
        if not (found.relative <= RELATIVE) or far:
            raise TeniError(
                f"{name}: the exported model differs from the model by {found.largest:.2g}{words(task).unit} "
                f"({found.relative:.1e} of the largest answer; at most {RELATIVE:g} is allowed) on {many} images of "
                "the run, so nothing was written; please report it, and try another --format"
            )
    return difference(answers(run, images), expected)


def error_of(predicted: NDArray[np.float32], targets: Targets, task: Task) -> float:
    """Return RMSE in pixels, or the log loss, of labelled images.

    >>> from teni.task import Classes
    >>> error_of(np.array([[1.0, 0.0]], np.float32), np.array([0]), Classes(("a", "b"), 4, 4))
    0.0
    """
    if isinstance(task, Keypoints):
        return float(rmse_px(predicted, targets))
    known = targets >= 0
    return float(log_loss(predicted[known].astype(np.float64), targets[known]))
