"""Features of many images, mirror images included, kept in memory for a head to be solved on."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from teni.progress import OnProgress, Progress, silent

Images = NDArray[np.uint8]
Floats = NDArray[np.float32]


def extract(
    network: keras.Model, images: Images, *, mirror: bool, on_progress: OnProgress = silent
) -> list[Floats]:
    """Run a feature network over images and, where asked, over their mirror images.

    On the JAX backend the network runs in the engine's fast form; elsewhere through Keras.

    Args:
        network: from `feature_network`.
        images: ``uint8 (N, H, W, C)``.
        mirror: whether to take the mirror images' features too.
        on_progress: told how many images are done.

    Returns:
        One array for each output of the network, ``float32 (flags, N, ...)``: flag 0 the image, flag 1 its mirror.

    >>> x = keras.Input((4, 4, 1), dtype="uint8")
    >>> network = keras.Model(x, keras.layers.Rescaling(0.5)(x))
    >>> extract(network, np.full((3, 4, 4, 1), 2, np.uint8), mirror=True)[0].shape
    (2, 3, 4, 4, 1)
    """
    flags = 2 if mirror else 1
    outputs: list[Any] = network.outputs
    shapes = [tuple(output.shape[1:]) for output in outputs]
    found = [np.empty((flags, len(images), *shape), np.float32) for shape in shapes]
    done = 0
    for batch in _batches(network, images, mirror):
        size = batch[0].shape[1]
        for store, output in zip(found, batch, strict=True):
            store[:, done : done + size] = output
        done += size
        on_progress(Progress("features", done, len(images)))
    return found


def _batches(network: keras.Model, images: Images, mirror: bool) -> Iterator[list[Floats]]:
    """Yield batch after batch one ``(flags, n, ...)`` array for each output."""
    if keras.config.backend() == "jax":
        from teni.engine import compile_forward  # imported here: other backends need no jax

        yield from compile_forward(network, _pixels(network), mirror)(images)
        return
    for start in range(0, len(images), 64):
        part = images[start : start + 64]
        passes = [network.predict_on_batch(x) for x in ([part, part[:, :, ::-1]] if mirror else [part])]
        listed = [p if isinstance(p, list) else [p] for p in passes]
        yield [np.stack([np.asarray(p[i]) for p in listed]) for i in range(len(listed[0]))]


def _pixels(network: Any) -> int:
    """Tell how many pixels the widest image in the network has: the given one, or one made larger."""
    most = int(network.input_shape[1] * network.input_shape[2])
    for layer in network.layers:
        if isinstance(layer, keras.layers.Resizing):
            most = max(most, layer.height * layer.width)
        elif isinstance(layer, keras.Model):  # an assembled head holds its feature network as one layer
            most = max(most, _pixels(layer))
    return most
