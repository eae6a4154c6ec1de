"""Saliency: which pixels would change an output most if they changed a little.

Simonyan, Vedaldi & Zisserman (2014), "Deep inside convolutional networks", https://arxiv.org/abs/1312.6034.
"""

from dataclasses import dataclass

import keras

from teni.visualize.explain import attributed
from teni.visualize.input_gradient import Attribution, input_gradient
from teni.visualize.pictured import Seen
from teni.visualize.quick import quick
from teni.visualize.request import Request
from teni.visualize.targets import Each


@dataclass(frozen=True)
class SaliencySettings:
    """What is explained.

    Args:
        image: which images of ``--data``, from 0.
        each: whether x and y of a keypoint are shown as one map or as two.
    """

    image: tuple[int, ...] = (0,)
    each: Each = "keypoint"


def show_saliency(request: Request) -> Seen:
    """Explain units by their gradients, see `saliency`."""
    settings: SaliencySettings = request.settings
    note = "Bright: a small change of this pixel changes the output most."

    def make(model: keras.Model) -> Attribution:
        return saliency(quick(model))

    return attributed(request, settings.image, settings.each, make, style="heat", notes=[note])


def saliency(model: keras.Model) -> Attribution:
    """Make the map of gradients: a class's score, or a coordinate, with respect to each pixel.

    Args:
        model: a network of one image.

    Returns:
        See `Attribution`; signed, in units of the output for a unit of the image's values.

    Raises:
        TeniError: no such network; from the function, images or outputs that do not fit it.

    >>> import numpy as np
    >>> x = keras.Input((1, 2, 1))
    >>> model = keras.Model(x, keras.layers.Dense(1, kernel_initializer="ones")(keras.layers.Flatten()(x)))
    >>> saliency(model)(np.zeros((1, 1, 2, 1), np.float32), np.array([0])).ravel().tolist()
    [1.0, 1.0]
    """
    gradient = input_gradient(model)
    return lambda images, columns: gradient(images, columns)[1]
