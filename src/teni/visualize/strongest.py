"""Which images, and where in them, drive a unit most."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.gradients import compiled
from teni.progress import OnProgress, Progress, silent
from teni.visualize.batches import batch_size
from teni.visualize.flow import lay_open
from teni.visualize.over_images import over_images

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Strongest:
    """The strongest activations of several units over a data set, the strongest first.

    Args:
        units: ``(U,)``.
        images: ``(U, n)``, which image each was found in.
        places: ``(U, n, 2)``, row and column on the layer's map; zeros where the layer gives none.
        values: ``(U, n)``, the activations.
    """

    units: Ints
    images: Ints
    places: Ints
    values: Floats


def strongest(
    model: keras.Model,
    layer: str,
    images: NDArray[Any],
    units: Sequence[int],
    *,
    many: int = 9,
    subjects: NDArray[Any] | None = None,
    on_progress: OnProgress = silent,
) -> Strongest:
    """Find the strongest activations of units, one of each image at most.

    Args:
        model: a network of one image.
        layer: the layer's name; of a layer that is called several times the first call counts.
        images: ``(N, H, W, C)``, array-like.
        units: the channels of a map, or the units of another output, counted flat.
        many: how many of each unit; fewer where there are fewer images or subjects.
        subjects: ``(N,)`` who each image shows: then at most one image of each, since frames of one subject are
            near twins.
        on_progress: told how many images have been looked at.

    Raises:
        TeniError: no such layer or unit, no images, or images that do not fit.

    >>> x = keras.Input((2, 2, 1))
    >>> images = np.array([[0, 1, 0, 0], [0, 0, 3, 0], [2, 0, 0, 0]], np.float32).reshape(3, 2, 2, 1)
    >>> found = strongest(keras.Model(x, keras.layers.ReLU(name="map")(x)), "map", images, [0], many=2)
    >>> found.images.tolist(), found.places.tolist(), found.values.tolist()
    ([[1, 2]], [[[1, 0], [0, 0]]], [[3.0, 2.0]])
    """
    flow = lay_open(model)
    start = flow.find(layer)[0].outputs[0]
    shape = flow.shapes((1, *images.shape[1:]))[start]
    asked = np.asarray(units, np.intp)
    total = shape[-1] if len(shape) == 4 else int(np.prod(shape[1:]))
    if not asked.size or asked.min() < 0 or asked.max() >= total:
        raise TeniError(f"{layer} has {total} units, counted from 0; these were asked for: {list(units)}")

    def best(batch: Any, weights: Sequence[Any]) -> tuple[Any, Any]:
        flat = keras.ops.reshape(
            flow.values(weights, batch)[start], (-1, int(np.prod(shape[1:-1])), shape[-1])
        )
        if len(shape) != 4:
            flat = keras.ops.reshape(flat, (-1, 1, total))
        return keras.ops.max(flat, axis=1), keras.ops.argmax(flat, axis=1)

    run = compiled(best)
    values = np.empty((len(images), asked.size), np.float32)
    where = np.empty((len(images), asked.size), np.intp)
    step = 8 * batch_size(images.shape[1:])
    for begin in range(0, len(images), step):
        rows = slice(begin, begin + step)
        found = over_images(flow, run, np.asarray(images[rows]))
        values[rows], where[rows] = found[0][:, asked], found[1][:, asked]
        on_progress(Progress("strongest activations", min(begin + step, len(images)), len(images)))
    order = np.stack([_first(values[:, i], many, subjects) for i in range(asked.size)])
    across = shape[2] if len(shape) == 4 else 1
    at = np.take_along_axis(where.T, order, axis=1)
    return Strongest(
        asked,
        order,
        np.stack([at // across, at % across], axis=-1),
        np.take_along_axis(values.T, order, axis=1),
    )


def _first(values: Floats, many: int, subjects: NDArray[Any] | None) -> Ints:
    """Return the rows of the highest values, the highest first, one of each subject."""
    order = np.argsort(-values, kind="stable")
    if subjects is not None:
        _, first = np.unique(np.asarray(subjects)[order], return_index=True)
        order = order[np.sort(first)]
    return order[:many]
