"""Guided backpropagation: the gradient of an output, with only what is positive let through rectifiers.

Springenberg, Dosovitskiy, Brox & Riedmiller (2015), "Striving for simplicity", https://arxiv.org/abs/1412.6806. It is
the deconvnet's way back with one rule changed, see `teni.visualize.backward`; where a network has other layers than a
deconvnet knows, it is the gradient there. Its pictures are sharp, and follow the image more than the output:
they hardly change when the upper layers' weights are drawn anew (Adebayo et al. 2018).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from teni.gradients import compiled
from teni.visualize.backward import Rule, check_way, send_back
from teni.visualize.explain import attributed
from teni.visualize.flow import lay_open
from teni.visualize.input_gradient import Attribution, check_columns
from teni.visualize.over_images import over_images
from teni.visualize.pictured import Seen
from teni.visualize.request import Request
from teni.visualize.targets import Each

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]
Tensor = Any


@dataclass(frozen=True)
class GuidedSettings:
    """What is explained.

    Args:
        image: which images of ``--data``, from 0.
        each: whether x and y of a keypoint are shown as one map or as two.
    """

    image: tuple[int, ...] = (0,)
    each: Each = "keypoint"


def show_guided(request: Request) -> Seen:
    """Explain units by guided backpropagation, see `guided`."""
    settings: GuidedSettings = request.settings
    notes = [
        "Bright: what of the image feeds the output through rectifiers that let only positive signals pass.",
        "These maps draw the image's edges more than the network's reasons: they hardly change when its upper "
        "layers are drawn at random (Adebayo et al. 2018).",
    ]
    return attributed(request, settings.image, settings.each, guided, style="heat", notes=notes)


def guided(model: keras.Model, *, rule: Rule = "guided") -> Attribution:
    """Make guided backpropagation from an output to the pixels.

    Args:
        model: a network of one image.
        rule: what rectifiers do; ``gradient`` gives the gradient by the same steps, to compare.

    Returns:
        See `Attribution`; signed.

    Raises:
        TeniError: no such network, or one without a rectifier, for which this is the gradient.

    >>> x = keras.Input((1, 2, 1))
    >>> h = keras.layers.ReLU()(keras.layers.Rescaling([[[1.0], [-1.0]]])(x))
    >>> model = keras.Model(x, keras.layers.Dense(1, kernel_initializer="ones")(keras.layers.Flatten()(h)))
    >>> guided(model)(np.ones((1, 1, 2, 1), np.float32), np.array([0])).ravel() + 0.0
    array([1., 0.], dtype=float32)
    """
    flow = lay_open(model)
    check_way(flow, flow.output, rule)

    def project(images: Tensor, weights: Sequence[Tensor], columns: Tensor) -> Tensor:
        values = flow.values(weights, images)
        output = values[flow.output]
        flat = keras.ops.one_hot(columns, int(np.prod(output.shape[1:])))
        signal = keras.ops.reshape(flat, (-1, *output.shape[1:]))
        return send_back(flow, weights, values, flow.output, signal, rule)

    run = compiled(lambda *given: (project(*given),))

    def over(images: Floats, columns: Ints) -> Floats:
        check_columns(flow, columns)
        return over_images(flow, run, images, columns)[0]

    return over
