"""What training lowers: squared errors of keypoints, cross-entropy of classes, over what is labelled."""

from typing import Any

from teni.task.classes import Classes
from teni.task.keypoints import Keypoints
from teni.task.task import Task

Tensor = Any


def loss(targets: Tensor, outputs: Tensor, task: Task) -> Tensor:
    """Return the mean loss over what is labelled, as a Keras tensor without shape; 0 where nothing is.

    Args:
        targets: ``(B, K, 2)``, NaN = unlabelled, in the units of the outputs; or ``(B,)`` classes, -1 = unlabelled.
        outputs: ``(B, K, 2)`` keypoints; or ``(B, C)`` logits, before the softmax that makes them probabilities.
        task: what is predicted.

    >>> import numpy as np
    >>> float(loss(np.array([0, -1]), np.zeros((2, 4), np.float32), Classes(("a", "b", "c", "d"), 4, 4)))
    1.386...
    """
    import keras  # whoever only reads data does not wait for it

    ops: Any = keras.ops

    match task:
        case Keypoints():
            known = ops.logical_not(ops.isnan(targets))
            # Replaced before it is used: a NaN times 0 is NaN, in the gradient too.
            errors = ops.square(outputs - ops.where(known, targets, 0.0))
        case Classes():
            known = ops.greater_equal(targets, 0)
            own = ops.one_hot(ops.maximum(targets, 0), len(task.names), dtype=outputs.dtype)
            errors = -ops.sum(own * ops.log_softmax(outputs, axis=-1), axis=-1)
    weight = ops.cast(known, errors.dtype)
    return ops.sum(weight * errors) / ops.maximum(ops.sum(weight), 1.0)
