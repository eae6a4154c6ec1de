"""Saliency: which pixels would change an output most if they changed a little.

Simonyan, Vedaldi & Zisserman (2014), "Deep inside convolutional networks", https://arxiv.org/abs/1312.6034.
"""

import keras
import numpy as np
from numpy.typing import NDArray

from teni.visualize.input_gradient import Attribution, input_gradient

Floats = NDArray[np.float32]


def saliency(model: keras.Model) -> Attribution:
    """Make the map of gradients: a class's score, or a coordinate, with respect to each pixel.

    Args:
        model: a network of one image.

    Returns:
        See `Attribution`; signed, in units of the output for a unit of the image's values.

    Raises:
        TeniError: no such network; from the function, images or outputs that do not fit it.

    >>> x = keras.Input((1, 2, 1))
    >>> model = keras.Model(x, keras.layers.Dense(1, kernel_initializer="ones")(keras.layers.Flatten()(x)))
    >>> saliency(model)(np.zeros((1, 1, 2, 1), np.float32), np.array([0])).ravel().tolist()
    [1.0, 1.0]
    """
    gradient = input_gradient(model)
    return lambda images, columns: gradient(images, columns)[1]


def magnitude(maps: Floats) -> Floats:
    """Reduce a signed map of colours to one that says how much each pixel matters, as Simonyan et al. do.

    Args:
        maps: ``(N, H, W, C)``.

    Returns:
        ``(N, H, W)``, the largest absolute value over the colours.

    >>> magnitude(np.array([[[[1.0, -3.0]]]], np.float32)).tolist()
    [[[3.0]]]
    """
    return np.abs(maps).max(axis=-1)
