"""The kernels of a convolution themselves, as its file holds them."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from teni.errors import TeniError
from teni.visualize.layers import layers_above, operation_of
from teni.visualize.opened import Opened
from teni.visualize.pictured import Floats, Pictured, Seen
from teni.visualize.request import Request
from teni.visualize.units import to_numpy


@dataclass(frozen=True)
class FilterSettings:
    """How kernels are shown.

    Args:
        inputs: at most so many input channels of each kernel are shown side by side, where there are more than
            the three of an RGB image; those of the largest weights.
    """

    inputs: int = 8


def filters(request: Request) -> Seen:
    """Show the kernels of a layer: see `layer_kernels`."""
    name = request.layer or _first_convolution(request.opened)
    settings: FilterSettings = request.settings
    return layer_kernels(request.opened, name, request.units, settings.inputs)


def layer_kernels(opened: Opened, layer: str, units: tuple[int, ...], inputs: int = 8) -> Seen:
    """Take the kernels of a convolution.

    A kernel over a grey image is one picture, one over RGB a colour picture; of a kernel over more channels the
    strongest are shown side by side, each grey for zero.

    Args:
        opened: the network.
        layer: the convolution.
        units: places of the filters.
        inputs: the most input channels that are shown of a kernel.

    Returns:
        For each filter ``(kh, kw, 1 or 3)``, or ``(kh, inputs * (kw + 1) - 1, 1)``; the score is the kernel's
        Euclidean norm.

    Raises:
        TeniError: the layer has no kernel over an image's rows and columns.
    """
    kernels = _kernels(opened, layer)
    many = kernels.shape[2]
    colour = many == 3
    shown = tuple(_pictured(kernels[..., unit], unit, colour, inputs) for unit in units)
    notes = [f"Kernels of {layer}, grey is zero; the score is a kernel's Euclidean norm."]
    if not colour and many > inputs:
        notes.append(
            f"Of the {many} input channels of each kernel of {layer} the {inputs} of the largest weights are shown."
        )
    return Seen(shown, layer, tuple(notes))


def _pictured(kernel: Floats, unit: int, colour: bool, inputs: int) -> Pictured:
    norm = float(np.sqrt(np.square(kernel, dtype=np.float64).sum()))
    if colour:
        return Pictured(str(unit), norm, kernel, style="signed")
    order = np.argsort(-np.square(kernel).sum(axis=(0, 1)), kind="stable")[:inputs]
    kept = np.sort(order)
    height, width = kernel.shape[:2]
    row = np.zeros((height, len(kept) * (width + 1) - 1, 1), np.float32)
    for place, channel in enumerate(kept):
        start = place * (width + 1)
        row[:, start : start + width, 0] = kernel[..., channel]
    told = "" if len(kept) == 1 else f"input channels {', '.join(map(str, kept))}"
    return Pictured(str(unit), norm, row, told, style="signed")


def _kernels(opened: Opened, layer: str) -> Floats:
    """Return ``(kh, kw, inputs, filters)``; of a depthwise convolution one input for each filter."""
    found: Any = operation_of(opened.model, layer)
    if isinstance(found, keras.layers.SeparableConv2D):  # the two steps are one kernel of full depth
        deep, across = to_numpy(found.depthwise_kernel.value), to_numpy(found.pointwise_kernel.value)[0, 0]
        return np.einsum("hwcm,cmf->hwcf", deep, across.reshape(*deep.shape[2:], -1))
    kernel = getattr(found, "kernel", None)
    if kernel is None or len(kernel.shape) != 4:
        before = _convolution_before(opened, layer)
        told = f", such as {before}" if before else ""
        raise TeniError(
            f"{opened.name}: layer {layer!r} ({type(found).__name__}) has no kernels over rows and columns; name a "
            f"convolution{told}"
        )
    values = to_numpy(kernel.value)
    if isinstance(found, keras.layers.DepthwiseConv2D):
        return values.reshape(*values.shape[:2], 1, -1)
    if isinstance(found, keras.layers.Conv2DTranspose):
        return values.transpose(0, 1, 3, 2)
    return values


def _convolution_before(opened: Opened, layer: str) -> str | None:
    """Name the nearest convolution on whose output a layer depends."""
    above = (operation_of(opened.model, name) for name in layers_above(opened.model, layer))
    return next((each.name for each in above if len(getattr(each, "kernel", np.empty(0)).shape) == 4), None)


def _first_convolution(opened: Opened) -> str:
    for operation in opened.model.operations:
        kernel = getattr(operation, "kernel", None)
        if kernel is not None and len(kernel.shape) == 4:
            return operation.name
    raise TeniError(f"{opened.name} has no convolution, whose kernels could be shown")
