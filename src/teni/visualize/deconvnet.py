"""Deconvnet: what in the image a unit responds to, sent back from its activation to the pixels.

Zeiler & Fergus (2014), "Visualizing and understanding convolutional networks", https://arxiv.org/abs/1311.2901: all
other units are set to zero, and the one activation goes back through transposed filters, rectified on the way, each
maximum returning to the place where it was found. What happens at each kind of layer stands in
`teni.visualize.taken_apart` and `teni.visualize.backward`.
"""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.gradients import compiled
from teni.visualize.backward import Rule, check_way, send_back
from teni.visualize.flow import lay_open
from teni.visualize.over_images import over_images

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]
Tensor = Any


def projection(
    model: keras.Model, layer: str, *, rule: Rule = "deconv"
) -> Callable[[Floats, Ints, Ints], Floats]:
    """Make a function that sends single activations of a layer back to the pixels.

    Args:
        model: a network of one image; the layer may lie in a network nested in it.
        layer: its name; of a layer that is called several times the first call counts.
        rule: what rectifiers do: ``deconv``, ``guided`` or ``gradient``.

    Returns:
        A function of images ``(N, H, W, C)``, of each one's unit ``(N,)`` (of a map the channel) and of the place
        on the map ``(N, 2)``, row and column, which is not looked at where the layer gives no map. It gives the
        projections ``(N, H, W, C)``; with ``gradient`` these are the gradients times the activations.

    Raises:
        TeniError: no such layer, or a layer on the way whose backward step is not defined.

    >>> x = keras.Input((4, 4, 1))
    >>> conv = keras.layers.Conv2D(1, 1, activation="relu", kernel_initializer="ones", name="conv")
    >>> model = keras.Model(x, keras.layers.MaxPooling2D(2, name="pool")(conv(x)))
    >>> image = np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1)
    >>> projection(model, "pool")(image, np.array([0]), np.array([[1, 0]]))[0, :, :, 0].tolist()
    [[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0], [0.0, 13.0, 0.0, 0.0]]
    """
    flow = lay_open(model)
    start = flow.find(layer)[0].outputs[0]
    check_way(flow, start, rule)

    def project(images: Tensor, weights: Sequence[Tensor], units: Tensor, places: Tensor) -> Tensor:
        values = flow.values(weights, images)
        output = values[start]
        signal = output * keras.ops.cast(one_place(output.shape, units, places), output.dtype)
        return send_back(flow, weights, values, start, keras.ops.cast(signal, "float32"), rule)

    run = compiled(lambda *given: (project(*given),))

    def over(images: Floats, units: Ints, places: Ints) -> Floats:
        _check_places(layer, flow.shapes((1, *images.shape[1:]))[start], units, places)
        return over_images(flow, run, images, units, places)[0]

    return over


def one_place(shape: Sequence[int], units: Tensor, places: Tensor) -> Tensor:
    """Return 1 at one unit of each image's output, at one place if it is a map, and 0 elsewhere.

    Args:
        shape: of the output, ``(N, H, W, C)`` or ``(N, ...)``, whose units are then counted flat.
        units: ``(N,)``.
        places: ``(N, 2)`` rows and columns.

    >>> units, places = keras.ops.convert_to_tensor([1]), keras.ops.convert_to_tensor([[0, 1]])
    >>> keras.ops.convert_to_numpy(one_place((1, 1, 2, 2), units, places)).tolist()
    [[[[0.0, 0.0], [0.0, 1.0]]]]
    """
    if len(shape) != 4:
        flat = keras.ops.one_hot(units, int(np.prod(shape[1:])))
        return keras.ops.reshape(flat, (-1, *shape[1:]))
    _, height, width, channels = shape
    row: Any = keras.ops.one_hot(places[:, 0], height)
    column: Any = keras.ops.one_hot(places[:, 1], width)
    unit: Any = keras.ops.one_hot(units, channels)
    return row[:, :, None, None] * column[:, None, :, None] * unit[:, None, None, :]


def _check_places(layer: str, shape: tuple[int, ...], units: Ints, places: Ints) -> None:
    is_map = len(shape) == 4
    many = shape[-1] if is_map else int(np.prod(shape[1:]))
    if units.size and not (units.min() >= 0 and units.max() < many):
        raise TeniError(f"{layer} has {many} units, counted from 0; there is no {units.max()}")
    if is_map and places.size and not (places.min() >= 0 and (places < shape[1:3]).all()):
        raise TeniError(f"{layer} gives maps of {shape[2]}x{shape[1]} places; {places.max()} lies beyond")
