"""Filling convolutions: kernels transposed to channels last and, where Theano wrote them, turned."""

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import numpy as np

from teni.weights import remap
from teni.weights.fill import Array, Ask, Fill, misfit, need_count, only, plain, shape_of
from teni.weights.load_report import Action
from teni.weights.saved import SavedTensor

Change = Callable[[Array], Array]
Layout = Literal["first", "last"]


def fill_convolution(ask: Ask) -> list[Fill]:
    """Fill Conv1D, Conv2D, Conv3D or Conv2DTranspose: kernel and, if there is one, bias.

    Args:
        ask: the layer and its tensors.

    Raises:
        TeniError: the tensors don't fit.
    """
    need_count(ask)
    transpose = type(ask.layer).__name__.endswith("Transpose")
    kernel, rest = ask.variables[0], ask.variables[1:]
    fills = [_kernel(kernel, ask.tensors[0], ask, turn=True, transpose=transpose)]
    return fills + [plain(v, t, ask) for v, t in zip(rest, ask.tensors[1:], strict=True)]


def fill_separable(ask: Ask) -> list[Fill]:
    """Fill SeparableConv or DepthwiseConv, whose kernels no backend ever turned.

    Args:
        ask: the layer and its tensors.

    Raises:
        TeniError: the tensors don't fit.
    """
    need_count(ask)
    fills: list[Fill] = []
    for variable, tensor in zip(ask.variables, ask.tensors, strict=True):
        kernel = len(shape_of(variable)) > 1
        fills.append(
            _kernel(variable, tensor, ask, turn=False, transpose=False)
            if kernel
            else plain(variable, tensor, ask)
        )
    return fills


def _kernel(variable: Any, tensor: SavedTensor, ask: Ask, *, turn: bool, transpose: bool) -> Fill:
    """Find out of the shapes how the kernel lies in the file, then list what must be changed."""
    wanted = shape_of(variable)
    changes: list[Change] = []
    whys: list[str] = []
    layout = _layout(tensor.shape, wanted, ask, transpose=transpose)
    if layout is None:
        raise misfit(variable, tensor, ask)
    if layout == "first":
        changes.append(remap.kernel_to_last)
        whys.append("channels first to channels last")
    if ask.old and transpose:
        changes.append(remap.swap_in_out)
        whys.append("in and out swapped")
    if len(tensor.shape) == len(wanted) + 1:
        changes.append(partial(np.squeeze, axis=1))
        whys.append("second axis of size 1 dropped")
    action: Action = "transposed" if changes else "loaded"
    if turn and ask.reading.kernels == "convolution" and max(wanted[:-2]) > 1:
        changes.append(remap.turn_kernel)
        whys.append("true convolution turned by 180 degrees into a correlation")
        action = "kernel-flipped"
    why = "; ".join(whys) or f"into {variable.name}"
    return Fill(variable, (tensor,), only(*changes), action, why)


def _layout(shape: tuple[int, ...], wanted: tuple[int, ...], ask: Ask, *, transpose: bool) -> Layout | None:
    """Tell whether the file's kernel is channels first or last; the reading decides where both would fit."""
    if not ask.old:
        return "last" if shape == wanted else None
    if transpose:
        wanted = (*wanted[:-2], wanted[-1], wanted[-2])
    if len(shape) == len(wanted) + 1:
        wanted = (wanted[0], 1, *wanted[1:])
    fits_last, fits_first = shape == wanted, shape == (wanted[-1], wanted[-2], *wanted[:-2])
    if fits_last and fits_first:
        return "first" if ask.reading.ordering == "channels_first" else "last"
    if fits_first:
        return "first"
    return "last" if fits_last else None
