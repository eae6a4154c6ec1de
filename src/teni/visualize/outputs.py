"""A network's outputs for many images."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from teni.gradients import compiled
from teni.visualize.flow import lay_open
from teni.visualize.over_images import over_images

Floats = NDArray[np.float32]


def output_scores(model: keras.Model) -> Callable[[Floats], Floats]:
    """Make a function that gives all outputs of images.

    Args:
        model: a network of one image.

    Returns:
        A function from images ``(N, H, W, C)`` to flattened outputs ``(N, D)``.

    Raises:
        TeniError: not such a network; from the function, images that do not fit it.

    >>> x = keras.Input((1, 2, 1))
    >>> scores = output_scores(keras.Model(x, keras.layers.Permute((3, 2, 1))(x)))
    >>> scores(np.array([[[[2.0], [5.0]]]])).tolist()
    [[2.0, 5.0]]
    """
    flow = lay_open(model)

    def forward(images: Any, weights: Sequence[Any]) -> Any:
        output = flow.values(weights, images)[flow.output]
        return keras.ops.reshape(output, (-1, int(np.prod(output.shape[1:]))))

    run = compiled(lambda images, weights: (forward(images, weights),))
    return lambda images: over_images(flow, run, images)[0]
