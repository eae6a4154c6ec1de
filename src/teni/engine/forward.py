"""Run a network over many images in one compiled program per batch, mirror images included."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Protocol

import jax
import jax.numpy as jnp
import keras
import numpy as np
from numpy.typing import NDArray

from teni.engine.clone import fast_form, on_cpu
from teni.engine.layerwise import layer_by_layer

Images = NDArray[np.uint8]
Floats = NDArray[np.float32]


class ImagesInParts(Protocol):
    """Images of which a batch is asked for at a time."""

    def __len__(self) -> int:
        """Count them."""
        ...

    def __getitem__(self, part: slice, /) -> Images:
        """Give some, ``uint8 (n, H, W, C)``."""
        ...


# About what a CPU's cache holds of a network's early layers: 16 images of 96 x 96 pixels.
PIXELS_A_BATCH = 16 * 96 * 96
IMAGES_A_BATCH_ON_ACCELERATOR = 512


def compile_forward(
    model: keras.Model, pixels: int, mirror: bool, batch_on_cpu: int | None = None
) -> Callable[[ImagesInParts], Iterator[list[Floats]]]:
    """Compile a network for inference and return a function that runs it over images in batches.

    On a CPU the network is first rewritten by `fast_clone`. The function yields, batch after batch, one array
    for each output, ``(flags, n, ...)``: flag 0 the images as they are, flag 1 (with `mirror`) their mirror images.

    Args:
        model: a functional model from ``uint8 (N, H, W, C)`` images to a list of outputs.
        pixels: pixels of one image where the network is widest (its input after resizing), to size the batches.
        mirror: whether to run the mirror images too.
        batch_on_cpu: how many images, mirror images among them, go through together on a CPU; None goes by `pixels`.

    Returns:
        The function; without images it yields nothing.

    >>> x = keras.Input((4, 4, 1), dtype="uint8")
    >>> model = keras.Model(x, [keras.layers.Rescaling(0.5)(x)])
    >>> next(compile_forward(model, 16, True)(np.full((3, 4, 4, 1), 2, np.uint8)))[0].shape
    (2, 3, 4, 4, 1)
    """
    network: Any = fast_form(model)
    trained = [v.value for v in network.trainable_variables]
    fixed = [v.value for v in network.non_trainable_variables]
    flags = 2 if mirror else 1
    batch = max(1, images_a_pass(pixels, batch_on_cpu) // flags)

    @partial(jax.jit, compiler_options=layer_by_layer())
    def run(trained: Any, fixed: Any, images: jax.Array) -> list[jax.Array]:
        both = jnp.concatenate([images, images[:, :, ::-1]]) if mirror else images
        outputs: Any = network.stateless_call(trained, fixed, both, training=False)[0]
        outputs = outputs if isinstance(outputs, list) else [outputs]
        return [output.reshape(flags, len(images), *output.shape[1:]) for output in outputs]

    def over(images: ImagesInParts) -> Iterator[list[Floats]]:
        size = max(min(batch, len(images)), 1)
        for start in range(0, len(images), size):
            part = images[start : start + size]
            # The last batch is filled up: another shape would be another program to compile.
            filled = np.concatenate([part, np.repeat(part[-1:], size - len(part), axis=0)])
            yield [np.asarray(output)[:, : len(part)] for output in run(trained, fixed, filled)]

    return over


def images_a_pass(pixels: int, on_cpu_instead: int | None = None) -> int:
    """Tell how many images, mirror images among them, `compile_forward` puts through a network together.

    Args:
        pixels: pixels of one image where the network is widest.
        on_cpu_instead: how many on a CPU; None goes by `pixels`.

    >>> images_a_pass(96 * 96) in (16, 512)
    True
    """
    if not on_cpu():
        return IMAGES_A_BATCH_ON_ACCELERATOR
    return on_cpu_instead or max(1, PIXELS_A_BATCH // pixels)
