"""Features of many images, mirror images included, kept in memory for a head to be solved on."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from numpy.typing import NDArray

from teni.progress import OnProgress, Progress, silent

if TYPE_CHECKING:  # other backends need no jax
    from teni.engine.forward import ImagesInParts

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
    for batch in forward_pass(network, mirror=mirror)(images):
        size = batch[0].shape[1]
        for store, output in zip(found, batch, strict=True):
            store[:, done : done + size] = output
        done += size
        on_progress(Progress("features", done, len(images)))
    return found


def forward_pass(
    network: keras.Model, *, mirror: bool
) -> "Callable[[ImagesInParts], Iterator[list[Floats]]]":
    """Return a function that runs a network over images in batches; made once, it can be called many times.

    On the JAX backend that is the engine's fast form, compiled once for each number of images up to a batch.

    Args:
        network: from ``uint8 (N, H, W, C)`` images to one output or several.
        mirror: whether to run the mirror images too.

    Returns:
        The function: batch after batch it yields one ``float32 (flags, n, ...)`` array for each output.

    >>> x = keras.Input((4, 4, 1), dtype="uint8")
    >>> run = forward_pass(keras.Model(x, keras.layers.Rescaling(0.5)(x)), mirror=False)
    >>> [batch[0].shape for batch in run(np.full((3, 4, 4, 1), 2, np.uint8))]
    [(1, 3, 4, 4, 1)]
    """
    if keras.config.backend() == "jax":
        from teni.engine import compile_forward  # imported here: other backends need no jax

        return compile_forward(network, _pixels(network), mirror)

    def by_keras(images: "ImagesInParts") -> Iterator[list[Floats]]:
        for start in range(0, len(images), 64):
            part = images[start : start + 64]
            passes = [network.predict_on_batch(x) for x in ([part, part[:, :, ::-1]] if mirror else [part])]
            listed = [p if isinstance(p, list) else [p] for p in passes]
            yield [np.stack([np.asarray(p[i]) for p in listed]) for i in range(len(listed[0]))]

    return by_keras


def images_a_batch(network: keras.Model, most: int) -> int:
    """Tell how many images go through a network together, at most `most`.

    >>> images_a_batch(keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Flatten()]), 16)
    16
    """
    if keras.config.backend() != "jax":
        return most
    from teni.engine import images_a_pass

    return min(most, images_a_pass(_pixels(network)))


def _pixels(network: Any) -> int:
    """Tell how many pixels the widest image in the network has: the given one, or one made larger."""
    most = int(network.input_shape[1] * network.input_shape[2])
    for layer in network.layers:
        if isinstance(layer, keras.layers.Resizing):
            most = max(most, layer.height * layer.width)
        elif isinstance(layer, keras.Model):  # an assembled head holds its feature network as one layer
            most = max(most, _pixels(layer))
    return most
