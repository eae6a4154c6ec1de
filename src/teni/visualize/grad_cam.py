"""Grad-CAM: where a layer's channels that speak for an output are active.

Selvaraju et al. (2017), https://arxiv.org/abs/1610.02391. It weighs each channel by the mean of its gradient over
the map, which supposes that a channel means the same wherever it is active. For a class that is a fair guess. For a
coordinate it is not: what moves a point to the right on its left side moves it to the left on its right side, and
the mean cancels. ``pooled=False`` multiplies gradient and activation place by place instead (HiResCAM, Draelos &
Carin 2020, https://arxiv.org/abs/2011.08891), which has no such trouble.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.gradients import compiled, value_and_grad
from teni.visualize.explain import attributed
from teni.visualize.flow import lay_open
from teni.visualize.input_gradient import Attribution, check_columns, chosen
from teni.visualize.over_images import over_images
from teni.visualize.pictured import Seen
from teni.visualize.request import Request
from teni.visualize.targets import Each

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]
Tensor = Any


@dataclass(frozen=True)
class GradCamSettings:
    """What is explained, and how channels are weighed.

    Args:
        image: which images of ``--data``, from 0.
        each: whether x and y of a keypoint are shown as one map or as two.
        pooled: weigh whole channels, as Grad-CAM does, or place by place; None: channels, but places where
            coordinates are explained.
    """

    image: tuple[int, ...] = (0,)
    each: Each = "keypoint"
    pooled: bool | None = None


def show_grad_cam(request: Request) -> Seen:
    """Explain outputs by the maps of a layer, see `grad_cam`; by default of the last layer that has maps."""
    settings: GradCamSettings = request.settings
    opened = request.opened
    layer = request.layer or _last_map(opened.model)
    is_class = opened.kind != "keypoints"
    pooled = is_class if settings.pooled is None else settings.pooled

    def make(model: keras.Model) -> Attribution:
        return grad_cam(model, layer, pooled=pooled, positive=is_class)

    weighed = "weighed as whole channels" if pooled else "weighed place by place (HiResCAM)"
    note = f"Where {layer} holds what speaks for the output, {weighed}."
    style = "heat" if is_class else "signed-heat"
    seen = attributed(
        request, settings.image, settings.each, make, style=style, notes=[note], about_output=True
    )
    return Seen(seen.pictures, layer, seen.notes, columns=seen.columns)


def _last_map(model: keras.Model) -> str:
    """Name the last layer whose output is a map of more than one place."""
    for step in reversed(lay_open(model).steps):
        shape = step.shapes[0]
        if isinstance(step.operation, keras.layers.Layer) and len(shape) == 4 and shape[1] * shape[2] > 1:
            return step.name
    raise TeniError(f"{model.name} has no layer whose output is a map; take saliency or occlusion")


def grad_cam(model: keras.Model, layer: str, *, pooled: bool = True, positive: bool = True) -> Attribution:
    """Make Grad-CAM maps of a layer, as large as the image.

    A layer that the network calls several times, e.g. on the image and on its mirror image, counts with all its
    calls; the maps of mirrored ones are turned round.

    Args:
        model: a network of one image; the layer may lie in a network nested in it.
        layer: the name of a layer whose output is a map.
        pooled: weigh whole channels, as Grad-CAM does, or place by place.
        positive: keep only what speaks for the output, as Grad-CAM does; otherwise maps are signed.

    Returns:
        See `Attribution`, with one channel; enlarged bilinearly.

    Raises:
        TeniError: no such layer, no map, or no network of one image.

    >>> x = keras.Input((2, 2, 1))
    >>> h = keras.layers.ReLU(name="map")(x)
    >>> dense = keras.layers.Dense(1, kernel_initializer="ones")
    >>> model = keras.Model(x, dense(keras.layers.Flatten()(h)))
    >>> image = np.array([[[[1.0], [0.0]], [[0.0], [2.0]]]], np.float32)
    >>> grad_cam(model, "map")(image, np.array([0]))[0, :, :, 0].tolist()
    [[1.0, 0.0], [0.0, 2.0]]
    """
    flow = lay_open(model)
    calls = flow.find(layer)
    if any(len(step.shapes[0]) != 4 for step in calls):
        raise TeniError(f"{model.name}: {layer!r} gives no map (N, h, w, channels); name a layer that does")
    places = [step.outputs[0] for step in calls]
    turns = [flow.turned(step) for step in calls]

    def score(added: list[Tensor], images: Tensor, weights: Sequence[Tensor], columns: Tensor) -> Any:
        values = flow.values(weights, images, dict(zip(places, added, strict=True)))
        return keras.ops.sum(chosen(values[flow.output], columns)), [values[place] for place in places]

    def maps(images: Tensor, weights: Sequence[Tensor], columns: Tensor) -> Tensor:
        # The gradient with respect to nothing, added to the layer's output, is that with respect to the output.
        shapes = flow.shapes((1, *images.shape[1:]))
        nothing = [keras.ops.zeros((images.shape[0], *shapes[place][1:])) for place in places]
        (_, activations), gradients = value_and_grad(score, has_aux=True)(nothing, images, weights, columns)
        total: Any = None
        largest = max(tuple(shapes[place][1:3]) for place in places)
        for activation, gradient, (rows, across) in zip(activations, gradients, turns, strict=True):
            weight = keras.ops.mean(gradient, axis=(1, 2), keepdims=True) if pooled else gradient
            found: Any = keras.ops.sum(weight * activation, axis=-1, keepdims=True)
            found = keras.ops.flip(found, axis=1) if rows else found
            found = keras.ops.flip(found, axis=2) if across else found
            if tuple(found.shape[1:3]) != largest:
                found = keras.ops.image.resize(found, largest, data_format="channels_last")
            total = found if total is None else total + found
        total = keras.ops.maximum(total, 0.0) if positive else total  # and then enlarged, as in the paper
        return keras.ops.image.resize(total, images.shape[1:3], data_format="channels_last")

    run = compiled(lambda *given: (maps(*given),))

    def over(images: Floats, columns: Ints) -> Floats:
        check_columns(flow, columns)
        return over_images(flow, run, images, columns)[0]

    return over
