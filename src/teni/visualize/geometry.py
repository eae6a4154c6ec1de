"""Where a step's inputs lie that one place of its output depends on: rows and columns, step by step."""

from dataclasses import dataclass
from math import floor
from typing import Any

import keras

from teni.visualize.flow import Step, flipped_axes
from teni.visualize.taken_apart import take_apart
from teni.visualize.unpool import window_of

Span = tuple[int, int]  # first and last, both included

# How many rows beyond the nearest one an interpolation looks at, to either side.
_REACH = {"nearest": 0, "bilinear": 0, "bicubic": 1, "lanczos3": 2, "lanczos5": 4}


@dataclass(frozen=True)
class Region:
    """A rectangle of a map.

    Args:
        rows: first and last.
        columns: first and last.
    """

    rows: Span
    columns: Span

    def with_(self, other: "Region | None") -> "Region":
        """Return the smallest rectangle that holds both.

        >>> Region((0, 1), (5, 5)).with_(Region((1, 3), (4, 4)))
        Region(rows=(0, 3), columns=(4, 5))
        """
        if other is None:
            return self
        rows, columns = (
            (min(a[0], b[0]), max(a[1], b[1]))
            for a, b in ((self.rows, other.rows), (self.columns, other.columns))
        )
        return Region(rows, columns)


def whole(shape: tuple[int, ...]) -> Region:
    """Return all of a map.

    Args:
        shape: ``(N, H, W, C)``; what is no map has one place.

    >>> whole((None, 4, 6, 1))
    Region(rows=(0, 3), columns=(0, 5))
    """
    return Region((0, shape[1] - 1), (0, shape[2] - 1)) if len(shape) == 4 else Region((0, 0), (0, 0))


def looked_at(
    step: Step, region: Region, shapes: tuple[tuple[int, ...], ...], output: tuple[int, ...]
) -> list[Region]:
    """Say which part of each input a part of the output depends on.

    Exact for convolutions, poolings, paddings, croppings, resizings, flips, and all that works place by place; a
    few places too many for transposed convolutions; everything for layers that see the whole map, and for those
    that are not known.

    Args:
        step: of the network.
        region: of its output.
        shapes: of its inputs, with the sizes of this image.
        output: shape of the output.

    Returns:
        A region for each input; places that lie in the padding are left out.
    """
    return [_of_input(step, region, shape, output) for shape in shapes]


def _of_input(step: Step, region: Region, shape: tuple[int, ...], output: tuple[int, ...]) -> Region:
    layer: Any = step.operation
    if len(shape) != 4 or len(output) != 4 or getattr(layer, "data_format", None) == "channels_first":
        return whole(shape)
    sides = (shape[1], shape[2])
    spans = (region.rows, region.columns)
    kind = type(layer)
    windows = (keras.layers.MaxPooling2D, keras.layers.AveragePooling2D)
    filters = (keras.layers.Conv2D, keras.layers.DepthwiseConv2D, keras.layers.SeparableConv2D)
    if kind in windows or kind in filters:
        found = _under_windows(layer, spans, sides)
    elif kind is keras.layers.Conv2DTranspose:
        found = [
            (floor((a - k * d) / s), floor((b + k * d) / s) + 1)
            for (a, b), k, s, d in zip(
                spans, layer.kernel_size, layer.strides, layer.dilation_rate, strict=True
            )
        ]
    elif kind in (keras.layers.ZeroPadding2D, keras.layers.Cropping2D):
        sign = -1 if kind is keras.layers.ZeroPadding2D else 1
        edges = layer.padding if sign < 0 else layer.cropping
        found = [(a + sign * edge[0], b + sign * edge[0]) for (a, b), edge in zip(spans, edges, strict=True)]
    elif kind is keras.layers.UpSampling2D or (
        kind is keras.layers.Resizing and not (layer.crop_to_aspect_ratio or layer.pad_to_aspect_ratio)
    ):
        found = [
            _interpolated(span, side, now, layer.interpolation)
            for span, side, now in zip(spans, sides, output[1:3], strict=True)
        ]
    elif kind.__name__ == "Flip":
        turned = {axis % 4 for axis in flipped_axes(layer)}
        found = [
            (side - 1 - b, side - 1 - a) if axis in turned else (a, b)
            for axis, (a, b), side in zip((1, 2), spans, sides, strict=True)
        ]
    elif sides == tuple(output[1:3]) and _works_place_by_place(step):
        found = list(spans)
    else:
        return whole(shape)
    rows, columns = (_inside(span, side) for span, side in zip(found, sides, strict=True))
    return Region(rows, columns)


def _under_windows(layer: Any, spans: tuple[Span, Span], sides: tuple[int, int]) -> list[Span]:
    size = getattr(layer, "pool_size", None) or layer.kernel_size
    dilation = getattr(layer, "dilation_rate", (1, 1))
    reach = [(k - 1) * d + 1 for k, d in zip(size, dilation, strict=True)]
    window = window_of(sides, (reach[0], reach[1]), tuple(layer.strides), layer.padding)
    return [
        (a * s - before, b * s - before + r - 1)
        for (a, b), s, before, r in zip(spans, window.strides, window.before, window.size, strict=True)
    ]


def _interpolated(span: Span, side: int, now: int, interpolation: str) -> Span:
    reach = _REACH.get(interpolation, side)
    if interpolation == "nearest":
        first, last = (floor(place * side / now) for place in span)
        return first, last
    low, high = ((place + 0.5) * side / now - 0.5 for place in span)
    return floor(low) - reach, floor(high) + 1 + reach


def _works_place_by_place(step: Step) -> bool:
    """Tell whether a step that keeps the size looks at one place only."""
    apart, name = take_apart(step), type(step.operation).__name__
    if name in (
        "Resize",
        "Pad",
        "Take",
        "Transpose",
        "Permute",
        "Reshape",
        "Swapaxes",
        "Moveaxis",
        "Matmul",
        "Dot",
    ):
        return False
    pointwise = (
        "Activation",
        "PReLU",
        "LeakyReLU",
        "ELU",
        "LeakyRelu",
        "Silu",
        "HardSilu",
        "Sigmoid",
        "Multiply",
    )
    return (apart is not None and not apart.is_maximum) or name in (*pointwise, "Maximum", "Minimum")


def _inside(span: Span, side: int) -> Span:
    return min(max(span[0], 0), side - 1), min(max(span[1], 0), side - 1)
