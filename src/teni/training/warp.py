"""Mirror, turn, scale and shift the images of a batch, and their keypoints exactly as far."""

from typing import Any

import keras
import numpy as np

from teni.task import FlipCenter, Keypoints, Task
from teni.training.augmentation import DRAWS, Augmentation

ops: Any = keras.ops
Tensor = Any


def warp(
    images: Tensor, targets: Tensor, numbers: Tensor, task: Task, augment: Augmentation, center: FlipCenter
) -> tuple[Tensor, Tensor]:
    """Move images and their targets by the numbers drawn for them.

    A point p of the image goes to ``middle + shift + size * turn(mirror(p - middle))``; what comes from beyond the
    border is the border's nearest pixel.

    Args:
        images: ``(B, H, W, C)``, any number type.
        targets: ``(B, K, 2)`` pixels, NaN = unlabelled, or ``(B,)`` classes.
        numbers: ``(B, len(DRAWS))`` from `draw_numbers`.
        task: what the targets are.
        augment: how strongly.
        center: whether labels count from pixel borders (``halves``: a pixel's centre lies at .5) or from pixel
            centres (``integers``).

    Returns:
        ``float32`` images and targets, moved.

    >>> from teni.training.augmentation import flips_only
    >>> task, image = Keypoints(("nose",), 1, 3, (0,)), np.array([[[[9], [0], [0]]]])
    >>> always = np.zeros((1, len(DRAWS)))
    >>> images, points = warp(image, np.array([[[0.5, 0.5]]]), always, task, flips_only(), "halves")
    >>> np.asarray(images).ravel().tolist(), np.asarray(points).ravel().tolist()
    ([0.0, 0.0, 9.0], [2.5, 0.5])
    """
    images = ops.cast(images, "float32")
    drawn = {name: numbers[:, i] for i, name in enumerate(DRAWS)}
    mirrored = drawn["flip"] < 0.5 if augment.flip else None
    if not augment.moves:
        if mirrored is not None:
            images = ops.where(mirrored[:, None, None, None], ops.flip(images, axis=2), images)
        return images, _move_targets(targets, mirrored, None, task, center)
    height, width = images.shape[1:3]
    angle = (2 * drawn["angle"] - 1) * float(np.deg2rad(augment.rotation))
    size = ops.exp((2 * drawn["size"] - 1) * float(np.log1p(augment.scale)))
    right = (2 * drawn["right"] - 1) * augment.shift * width
    down = (2 * drawn["down"] - 1) * augment.shift * height
    side = 1.0 - 2.0 * ops.cast(mirrored, "float32") if mirrored is not None else ops.ones_like(angle)
    cosine, sine = ops.cos(angle), ops.sin(angle)
    moved = (cosine * size, sine * size, right, down)
    # Back from each pixel: shift away, turn back, shrink back, mirror.
    columns = ops.convert_to_tensor(np.arange(width, dtype=np.float32) - (width - 1) / 2)[None, None, :]
    rows = ops.convert_to_tensor(np.arange(height, dtype=np.float32) - (height - 1) / 2)[None, :, None]
    x, y = columns - _wide(right), rows - _wide(down)
    back_cosine, back_sine = _wide(cosine / size), _wide(sine / size)
    from_x = _wide(side) * (back_cosine * x + back_sine * y) + (width - 1) / 2
    from_y = back_cosine * y - back_sine * x + (height - 1) / 2
    return _sample(images, from_x, from_y), _move_targets(targets, mirrored, moved, task, center)


def _wide(x: Tensor) -> Tensor:
    return x[:, None, None]


def _move_targets(targets: Tensor, mirrored: Tensor, moved: Any, task: Task, center: FlipCenter) -> Tensor:
    """Move keypoints; a class stays what it is."""
    if not isinstance(task, Keypoints):
        return targets
    off = 0.0 if center == "halves" else 1.0  # the middle of the image, in the coordinates of the labels
    middle = ops.convert_to_tensor(np.array([(task.width - off) / 2, (task.height - off) / 2], np.float32))
    points = ops.cast(targets, "float32") - middle
    if mirrored is not None:
        sides = ops.convert_to_tensor(np.array([-1.0, 1.0], np.float32))
        swapped = ops.take(points, list(task.flip_permutation), axis=1) * sides
        points = ops.where(mirrored[:, None, None], swapped, points)
    if moved is not None:
        cosine, sine, right, down = (each[:, None] for each in moved)
        x, y = points[..., 0], points[..., 1]
        points = ops.stack([cosine * x - sine * y + right, sine * x + cosine * y + down], axis=-1)
    return points + middle


def _sample(images: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Read images between their pixels, bilinearly."""
    height, width, channels = images.shape[1:]
    x = ops.clip(x, 0.0, width - 1.0)
    y = ops.clip(y, 0.0, height - 1.0)
    left = ops.clip(ops.floor(x), 0.0, max(width - 2.0, 0.0))
    top = ops.clip(ops.floor(y), 0.0, max(height - 2.0, 0.0))
    to_right, to_bottom = (x - left)[..., None], (y - top)[..., None]
    flat = ops.reshape(images, (-1, height * width, channels))
    start = ops.cast(top, "int32") * width + ops.cast(left, "int32")
    next_column, next_row = min(1, width - 1), width * min(1, height - 1)

    def at(offset: int) -> Tensor:
        places = ops.reshape(start + offset, (-1, height * width, 1))
        found = ops.take_along_axis(flat, ops.broadcast_to(places, ops.shape(flat)), axis=1)
        return ops.reshape(found, ops.shape(images))

    upper = at(0) * (1 - to_right) + at(next_column) * to_right
    lower = at(next_row) * (1 - to_right) + at(next_row + next_column) * to_right
    return upper * (1 - to_bottom) + lower * to_bottom
