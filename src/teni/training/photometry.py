"""Change the light of the images of a batch, blur them, and hide a part of some."""

from typing import Any

import keras
import numpy as np

from teni.training.augmentation import DRAWS, Augmentation

ops: Any = keras.ops
Tensor = Any

# A hidden rectangle's sides, as shares of the image's.
LEAST_HIDDEN, MOST_HIDDEN = 0.1, 0.4


def relight(images: Tensor, numbers: Tensor, augment: Augmentation) -> Tensor:
    """Change light, blur and hide by the numbers drawn for each image.

    Args:
        images: ``float32 (B, H, W, C)``, 0 to 255.
        numbers: ``(B, len(DRAWS))`` from `draw_numbers`.
        augment: how strongly.

    Returns:
        ``float32 (B, H, W, C)``, 0 to 255.

    >>> from teni.training.augmentation import flips_only
    >>> relight(np.full((1, 2, 2, 1), 7.0), np.zeros((1, len(DRAWS))), flips_only()).max()
    np.float64(7.0)
    """
    drawn = {name: numbers[:, i][:, None, None, None] for i, name in enumerate(DRAWS)}
    if augment.blur > 0:
        share = drawn["blur"] * augment.blur
        images = images * (1 - share) + _blurred(images) * share
    if augment.light > 0:
        images = _in_other_light(images, drawn, augment.light)
    if augment.occlusion > 0:
        images = _partly_hidden(images, drawn, augment.occlusion)
    return images


def _in_other_light(images: Tensor, drawn: dict[str, Tensor], strength: float) -> Tensor:
    height, width = images.shape[1:3]
    most = float(np.log1p(strength))
    mean = ops.mean(images, axis=(1, 2, 3), keepdims=True)
    gain = ops.exp((2 * drawn["gain"] - 1) * most)
    contrast = ops.exp((2 * drawn["contrast"] - 1) * most)
    across = ops.convert_to_tensor(np.linspace(-1, 1, width, dtype=np.float32))[None, None, :, None]
    along = ops.convert_to_tensor(np.linspace(-1, 1, height, dtype=np.float32))[None, :, None, None]
    slope = (2 * drawn["slope_x"] - 1) * across + (2 * drawn["slope_y"] - 1) * along
    lit = (mean + (images - mean) * contrast) * gain * (1 + slope * (strength / 2))
    return ops.clip(lit, 0.0, 255.0)


def _blurred(images: Tensor) -> Tensor:
    """Blur by the binomial weights 1, 4, 6, 4, 1 each way; beyond the border is the border's nearest pixel."""
    for axis in (1, 2):
        size = images.shape[axis]
        places = np.arange(size)
        total = images * (6 / 16)
        for offset, weight in ((-2, 1), (-1, 4), (1, 4), (2, 1)):
            beside = np.clip(places + offset, 0, size - 1).astype(np.int32)
            total = total + ops.take(images, beside, axis=axis) * (weight / 16)
        images = total
    return images


def _partly_hidden(images: Tensor, drawn: dict[str, Tensor], share: float) -> Tensor:
    height, width = images.shape[1:3]
    span = MOST_HIDDEN - LEAST_HIDDEN
    across = ops.convert_to_tensor((np.arange(width, dtype=np.float32) + 0.5) / width)[None, None, :, None]
    along = ops.convert_to_tensor((np.arange(height, dtype=np.float32) + 0.5) / height)[None, :, None, None]
    wide = ops.abs(across - drawn["hidden_x"]) < (LEAST_HIDDEN + span * drawn["hidden_width"]) / 2
    tall = ops.abs(along - drawn["hidden_y"]) < (LEAST_HIDDEN + span * drawn["hidden_height"]) / 2
    inside = ops.logical_and(ops.logical_and(wide, tall), drawn["hidden"] < share)
    return ops.where(inside, drawn["hidden_grey"] * 255.0, images)
