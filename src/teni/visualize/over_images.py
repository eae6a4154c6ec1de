"""Images through a compiled function of a network, with its present weights, a batch at a time."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.visualize.batches import batch_size, in_batches
from teni.visualize.flow import Flow

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]


def over_images(
    flow: Flow, run: Callable[..., tuple[Any, ...]], images: NDArray[Any], *others: Ints
) -> tuple[Floats, ...]:
    """Run a function over images and what belongs to each.

    Args:
        flow: the network.
        run: takes images, weights and the others, as tensors, and returns tensors with a row for each image.
        images: ``(N, H, W, C)``.
        others: arrays of N rows.

    Returns:
        The results, ``(N, ...)`` each.

    Raises:
        TeniError: no images, images that the network does not take, or others that are not as many.

    >>> from teni.visualize.flow import lay_open
    >>> x = keras.Input((1, 1, 1))
    >>> flow = lay_open(keras.Model(x, keras.layers.Flatten()(x)))
    >>> over_images(flow, lambda images, weights: (images * 2,), np.ones((1, 1, 1, 1)))[0].item()
    2.0
    """
    name, asked, given = flow.model.name, tuple(flow.model.inputs[0].shape[1:]), images.shape[1:]
    if images.ndim != 4 or any(a not in (None, g) for a, g in zip(asked, given, strict=True)):
        raise TeniError(f"{name} takes images of shape {asked}; these are {tuple(given)}")
    if not len(images) or any(len(other) != len(images) for other in others):
        told = " and ".join(str(len(each)) for each in (images, *others))
        raise TeniError(
            f"{name}: {told} images and places to explain; give one image at least, and one for each"
        )
    weights = flow.weights()
    floats = np.asarray(images, np.float32)

    def step(part: Floats, *rest: Ints) -> tuple[Any, ...]:
        return run(_tensor(part), weights, *map(_tensor, rest))

    parts = [made for _, made in in_batches(step, (floats, *others), batch_size(given))]
    return tuple(np.concatenate(each) for each in zip(*parts, strict=True))


def _tensor(array: NDArray[Any]) -> Any:
    """Hand an array to the backend; whole numbers become 32-bit ones, which all backends know."""
    return keras.ops.convert_to_tensor(array.astype(np.int32) if array.dtype.kind in "iu" else array)
