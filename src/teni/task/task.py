"""The tasks there are, and the small questions that every part of the house asks of them.

What differs from task to task is answered in this package, one file a question: `teni.task.evaluation`,
`teni.task.loss`, `teni.task.flip`, `teni.task.draw`. The rest of the house hands the task on and does not ask.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.task.classes import Classes
from teni.task.keypoints import Keypoints

Task = Keypoints | Classes
Targets = NDArray[Any]
"""Keypoints: ``float32 (N, K, 2)`` pixels, NaN = unlabelled. Classes: ``int64 (N,)``, -1 = unlabelled."""


def labelled(targets: Targets, task: Task) -> NDArray[np.bool_]:
    """Tell which images have a label (of some keypoint), ``(N,)``.

    >>> labelled(np.array([1, -1]), Classes(("cat", "dog"), 4, 4)).tolist()
    [True, False]
    """
    match task:
        case Keypoints():
            return np.asarray(~np.isnan(targets).all(axis=(1, 2)))
        case Classes():
            return np.asarray(targets >= 0)


def mean_prediction(targets: Targets, task: Task) -> NDArray[np.float64]:
    """Return what whoever has seen labels but no image would say: the mean label.

    Args:
        targets: of the training images.
        task: what they are.

    Returns:
        Keypoints: ``(K, 2)`` pixels, NaN where a keypoint is nowhere labelled. Classes: ``(C,)`` shares of the
        labelled images; the largest is the majority class.

    >>> mean_prediction(np.array([1, 1, 0, -1, 1]), Classes(("cat", "dog"), 4, 4)).tolist()
    [0.25, 0.75]
    """
    match task:
        case Keypoints():
            known = ~np.isnan(targets)
            total = np.where(known, targets, 0).sum(axis=0, dtype=np.float64)
            count = known.sum(axis=0)
            return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
        case Classes():
            counts = np.bincount(targets[targets >= 0], minlength=len(task.names)).astype(np.float64)
            return counts / max(counts.sum(), 1.0)


def output_shape(task: Task) -> tuple[int, ...]:
    """Return the shape of what is predicted for one image: (K, 2) pixels or (C,) probabilities.

    >>> output_shape(Classes(("cat", "dog"), 4, 4))
    (2,)
    """
    match task:
        case Keypoints():
            return (len(task.names), 2)
        case Classes():
            return (len(task.names),)


def target_shape(task: Task) -> tuple[int, ...]:
    """Return the shape of the label of one image: (K, 2) pixels, or none for the number of a class.

    >>> target_shape(Classes(("cat", "dog"), 4, 4))
    ()
    """
    match task:
        case Keypoints():
            return (len(task.names), 2)
        case Classes():
            return ()


def as_keypoints(task: Task, what: str) -> Keypoints:
    """Take a task for keypoints, where something makes sense for nothing else.

    Args:
        task: the task at hand.
        what: what needs keypoints, as the subject of a sentence.

    Raises:
        TeniError: it is another task.

    >>> as_keypoints(Classes(("cat", "dog"), 4, 4), "a Kaggle submission")
    Traceback (most recent call last):
    ...
    teni.errors.TeniError: a Kaggle submission is for keypoints, but this is about classes (cat, dog)
    """
    if isinstance(task, Keypoints):
        return task
    named = ", ".join(task.names[:3]) + (", ..." if len(task.names) > 3 else "")
    raise TeniError(f"{what} is for keypoints, but this is about classes ({named})")
