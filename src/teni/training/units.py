"""The units in which a network learns: keypoints from -1 to 1 over the image, classes as logits."""

from typing import Any

import keras
import numpy as np

from teni.task import FlipCenter, Keypoints, Task, axis_position

ops: Any = keras.ops
Tensor = Any


def to_units(targets: Tensor, task: Task) -> Tensor:
    """Turn targets into what the network's raw outputs are compared with.

    Args:
        targets: ``(N, K, 2)`` pixels, or ``(N,)`` classes, which stay as they are.
        task: says which.

    >>> to_units(np.array([[[0.0, 8.0]]]), Keypoints(("nose",), 8, 4, (0,))).tolist()
    [[[-1.0, 1.0]]]
    """
    if not isinstance(task, Keypoints):
        return targets
    targets = ops.convert_to_tensor(targets)
    return targets / _pair(targets, task.width / 2, task.height / 2) - 1.0


def to_answers(outputs: Tensor, task: Task) -> Tensor:
    """Turn raw outputs into pixels, or into probabilities.

    Args:
        outputs: ``(N, K, 2)`` from -1 to 1, or ``(N, C)`` logits.
        task: says which.

    >>> to_answers(np.array([[[-1.0, 1.0]]]), Keypoints(("nose",), 8, 4, (0,))).tolist()
    [[[0.0, 8.0]]]
    """
    if not isinstance(task, Keypoints):
        return ops.softmax(outputs)
    return (outputs + 1.0) * _pair(outputs, task.width / 2, task.height / 2)


def seen_both_ways(outputs: Tensor, mirrored: Tensor, task: Task, center: FlipCenter) -> Tensor:
    """Average what a network says of an image and of its mirror image, in its own units.

    Args:
        outputs: of the images, ``(N, K, 2)`` from -1 to 1, or ``(N, C)`` logits.
        mirrored: of their mirror images.
        task: says which; swaps the sides of keypoints.
        center: where the mirror's axis lies.

    >>> task = Keypoints(("left", "right"), 8, 4, (1, 0))
    >>> one, other = np.array([[[0.5, 0.0], [-0.5, 0.0]]]), np.array([[[0.3, 0.0], [-0.5, 0.0]]])
    >>> np.asarray(seen_both_ways(one, other, task, "halves")).astype(float).round(2).tolist()
    [[[0.5, 0.0], [-0.4, 0.0]]]
    """
    if not isinstance(task, Keypoints):
        return (outputs + mirrored) * 0.5
    # x -> c - x in pixels is u -> 2 (c / W - 1) - u in units.
    axis = 2 * (axis_position(task, center) / task.width - 1)
    swapped = ops.take(mirrored, list(task.flip_permutation), axis=1)
    return (outputs + swapped * _pair(outputs, -1, 1) + _pair(outputs, axis, 0)) * 0.5


def _pair(beside: Tensor, x: float, y: float) -> Tensor:
    """Return two numbers that mix with a tensor: PyTorch's do not with NumPy's, which a model being built takes."""
    pair = np.array([x, y], np.float32)
    return ops.convert_to_tensor(pair) if ops.is_tensor(beside) else pair
