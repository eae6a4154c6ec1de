"""How good a prediction is, whatever the task: the block of ``metrics.json``."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from teni.task.block import Metrics as Metrics
from teni.task.class_metrics import image_log_loss
from teni.task.classes import Classes
from teni.task.evaluate_classes import evaluate_classes
from teni.task.evaluate_keypoints import evaluate_keypoints
from teni.task.keypoints import Keypoints
from teni.task.metrics import image_rmse_px
from teni.task.task import Targets, Task

Predictions = NDArray[np.floating[Any]]


def evaluate(
    predicted: Predictions,
    truth: Targets,
    task: Task,
    subjects: NDArray[np.str_] | None,
    mean_prediction: Predictions,
    seed: int,
) -> Metrics:
    """Measure a prediction: the block of ``metrics.json`` for one part of the data.

    Args:
        predicted: ``(N, K, 2)`` pixels, or ``(N, C)`` probabilities.
        truth: ``(N, K, 2)`` pixels, NaN = unlabelled (or not asked for); or ``(N,)`` classes, -1 = unlabelled.
        task: what is predicted.
        subjects: ``(N,)``, who each image shows; None takes each image for a subject of its own.
        mean_prediction: of the training labels, as `teni.task.mean_prediction` gives it.
        seed: of the bootstrap over subjects.

    Returns:
        Plain numbers, lists and dictionaries; None where something is not defined.

    Raises:
        TeniError: shapes do not match, nothing is labelled, or a prediction is not a finite number.

    >>> task = Keypoints(("nose",), 96, 96, (0,))
    >>> evaluate(np.ones((1, 1, 2)), np.zeros((1, 1, 2)), task, None, np.zeros((1, 2)), seed=0)["rmse_px"]
    1.0
    """
    match task:
        case Keypoints():
            return evaluate_keypoints(predicted, truth, task, subjects, mean_prediction, seed)
        case Classes():
            return evaluate_classes(predicted, truth, task, subjects, mean_prediction, seed)


def measure_name(task: Task) -> str:
    """Name the error that validation minimises, as it is called in ``metrics.json`` and in every table.

    >>> measure_name(Classes(("cat", "dog"), 4, 4))
    'log_loss'
    """
    match task:
        case Keypoints():
            return "rmse_px"
        case Classes():
            return "log_loss"


def image_errors(predicted: Predictions, truth: Targets, task: Task) -> NDArray[np.float64]:
    """Return the error of each image: RMSE in pixels or log loss; NaN where nothing is labelled.

    Args:
        predicted: ``(N, K, 2)`` pixels, or ``(N, C)`` probabilities.
        truth: ``(N, K, 2)`` pixels, NaN = unlabelled; or ``(N,)`` classes, -1 = unlabelled.
        task: what is predicted.

    >>> image_errors(np.array([[1.0, 0.0]]), np.array([0]), Classes(("cat", "dog"), 4, 4)).tolist()
    [0.0]
    """
    match task:
        case Keypoints():
            return image_rmse_px(predicted, truth)
        case Classes():
            return image_log_loss(predicted, truth)
