"""The part of the image that one place of a layer sees."""

from collections.abc import Callable
from typing import Any

import keras
from numpy.typing import NDArray

from teni.visualize.backward import way_back
from teni.visualize.flow import lay_open
from teni.visualize.geometry import Region, looked_at, whole


def receptive_field(
    model: keras.Model, layer: str, image_shape: tuple[int, int, int]
) -> Callable[[int, int], Region]:
    """Make a function that says which rectangle of the image a place of a layer can depend on.

    Args:
        model: a network of one image.
        layer: the layer's name; of a layer that is called several times the first call counts.
        image_shape: height, width and channels.

    Returns:
        A function from row and column of the layer's output to the smallest rectangle, cut off at the image's
        border. It is as exact as `teni.visualize.geometry.looked_at`.

    Raises:
        TeniError: no such layer or network.

    >>> x = keras.Input((8, 8, 1))
    >>> h = keras.layers.Conv2D(1, 3)(x)
    >>> model = keras.Model(x, keras.layers.MaxPooling2D(name="pool")(h))
    >>> receptive_field(model, "pool", (8, 8, 1))(0, 1)
    Region(rows=(0, 3), columns=(2, 5))
    """
    flow = lay_open(model)
    start = flow.find(layer)[0].outputs[0]
    way = way_back(flow, start)
    shapes = flow.shapes((1, *image_shape))

    def of(row: int, column: int) -> Region:
        known = {start: Region((row, row), (column, column))}
        for step in reversed(way):
            seen = [(place, known[place]) for place in step.outputs if place in known]
            for place, region in seen:
                inputs = tuple(shapes[i] for i in step.inputs)
                for i, part in zip(step.inputs, looked_at(step, region, inputs, shapes[place]), strict=True):
                    known[i] = part.with_(known.get(i))
        return known.get(flow.image, whole((1, *image_shape)))

    return of


def patch(image: NDArray[Any], region: Region) -> NDArray[Any]:
    """Cut a region out of an image.

    Args:
        image: ``(H, W, C)``.
        region: of it.

    >>> import numpy as np
    >>> patch(np.arange(9).reshape(3, 3, 1), Region((1, 2), (0, 0)))[:, :, 0].tolist()
    [[3], [6]]
    """
    (top, bottom), (left, right) = region.rows, region.columns
    return image[top : bottom + 1, left : right + 1]
