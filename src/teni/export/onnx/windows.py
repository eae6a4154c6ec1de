"""Convolutions, poolings and padding: layers that look at windows of an image, in ONNX.

ONNX has channels before places, Keras behind them: each of these stands between two transpositions, which runtimes
take out again where two of them meet.
"""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from teni.errors import TeniError
from teni.export.onnx.activations import activation
from teni.export.onnx.graph import Graph, Value, as_float
from teni.export.onnx.operations import Call, Step, reduced


def _channels_first(graph: Graph, layer: Any, value: Value) -> tuple[str, tuple[int | None, ...]]:
    """Give an image with channels before places, and its height and width."""
    x = as_float(graph, value)
    if layer.data_format == "channels_first":
        return x, value.shape[2:4]
    return graph.add("Transpose", [x], perm=[0, 3, 1, 2]), value.shape[1:3]


def _as_it_was(graph: Graph, layer: Any, x: str) -> str:
    return x if layer.data_format == "channels_first" else graph.add("Transpose", [x], perm=[0, 2, 3, 1])


def _pads(
    graph: Graph, padding: str, size: Sequence[int | None], window: Sequence[int], strides: Sequence[int]
) -> list[int]:
    """Count the pixels before and behind, as ``same`` asks for: half, and the odd one behind.

    >>> _pads(Graph(), "same", (5, 5), (2, 3), (2, 1))
    [0, 1, 1, 1]
    """
    if padding == "valid":
        return [0, 0, 0, 0]
    if padding != "same" or None in size:
        raise TeniError(
            f"the layer {graph.layer} pads by {padding!r} images of size {tuple(size)}, which teni cannot write as "
            "ONNX; export with --format saved-model or litert"
        )
    before: list[int] = []
    behind: list[int] = []
    for pixels, wide, step in zip(size, window, strides, strict=True):
        given = pixels or 0
        missing = max((-(-given // step) - 1) * step + wide - given, 0)
        before.append(missing // 2)
        behind.append(missing - missing // 2)
    return [*before, *behind]


def _convolved(
    graph: Graph, layer: Any, x: str, size: Sequence[int | None], kernel: Any, bias: Any, groups: int
) -> str:
    """Convolve an image whose channels come first with a kernel ``(out, in / groups, rows, columns)``."""
    strides, dilations = list(layer.strides), list(layer.dilation_rate)
    rows, columns = kernel.shape[2:]
    window = [(n - 1) * step + 1 for n, step in zip((rows, columns), dilations, strict=True)]
    inputs = [x, graph.constant(kernel)]
    if bias is not None:
        inputs.append(graph.constant(bias))
    return graph.add(
        "Conv",
        inputs,
        strides=strides,
        dilations=dilations,
        group=groups,
        kernel_shape=[rows, columns],
        pads=_pads(graph, layer.padding, size, window, strides),
    )


def _conv(graph: Graph, step: Step) -> str:
    x, size = _channels_first(graph, step.operation, step.args[0])
    kernel = _numbers(step.operation.kernel).transpose(3, 2, 0, 1)
    x = _convolved(graph, step.operation, x, size, kernel, _bias(step.operation), step.operation.groups)
    return _as_it_was(graph, step.operation, activation(graph, step.operation.activation.__name__, x))


def _depthwise(graph: Graph, step: Step) -> str:
    x, size = _channels_first(graph, step.operation, step.args[0])
    kernel = _per_channel(step.operation.kernel)
    groups = len(kernel) // step.operation.depth_multiplier
    x = _convolved(graph, step.operation, x, size, kernel, _bias(step.operation), groups)
    return _as_it_was(graph, step.operation, activation(graph, step.operation.activation.__name__, x))


def _separable(graph: Graph, step: Step) -> str:
    x, size = _channels_first(graph, step.operation, step.args[0])
    depthwise = _per_channel(step.operation.depthwise_kernel)
    x = _convolved(
        graph, step.operation, x, size, depthwise, None, len(depthwise) // step.operation.depth_multiplier
    )
    inputs = [x, graph.constant(_numbers(step.operation.pointwise_kernel).transpose(3, 2, 0, 1))]
    bias = _bias(step.operation)
    if bias is not None:
        inputs.append(graph.constant(bias))
    x = graph.add("Conv", inputs, kernel_shape=[1, 1])
    return _as_it_was(graph, step.operation, activation(graph, step.operation.activation.__name__, x))


def _per_channel(kernel: Any) -> Any:
    """Turn ``(rows, columns, channels, multiplier)`` into ``(channels * multiplier, 1, rows, columns)``."""
    numbers = _numbers(kernel)
    rows, columns, channels, multiplier = numbers.shape
    return numbers.transpose(2, 3, 0, 1).reshape(channels * multiplier, 1, rows, columns)


def _pooled(kind: str) -> Call:
    def make(graph: Graph, step: Step) -> str:
        x, size = _channels_first(graph, step.operation, step.args[0])
        window, strides = list(step.operation.pool_size), list(step.operation.strides)
        pads = _pads(graph, step.operation.padding, size, window, strides)
        more = {"count_include_pad": 0} if kind == "AveragePool" else {}
        x = graph.add(kind, [x], kernel_shape=window, strides=strides, pads=pads, **more)
        return _as_it_was(graph, step.operation, x)

    return make


def _global(kind: str) -> Call:
    def make(graph: Graph, step: Step) -> str:
        axes = [2, 3] if step.operation.data_format == "channels_first" else [1, 2]
        return reduced(graph, kind, as_float(graph, step.args[0]), axes, keepdims=step.operation.keepdims)

    return make


def _zero_padding(graph: Graph, step: Step) -> str:
    (top, bottom), (left, right) = step.operation.padding
    if step.operation.data_format == "channels_first":
        pads = [0, 0, top, left, 0, 0, bottom, right]
    else:
        pads = [0, top, left, 0, 0, bottom, right, 0]
    return graph.add("Pad", [as_float(graph, step.args[0]), graph.integers(pads)], mode="constant")


def _cropping(graph: Graph, step: Step) -> str:
    (top, _), (left, _) = step.operation.cropping
    first = 2 if step.operation.data_format == "channels_first" else 1
    sizes = [int(size or 0) for size in step.out.shape[first : first + 2]]
    bounds = ([top, left], [top + sizes[0], left + sizes[1]], [first, first + 1])
    return graph.add("Slice", [step.args[0].name, *(graph.integers(each) for each in bounds)])


def _bias(layer: Any) -> Any:
    return _numbers(layer.bias) if layer.use_bias else None


def _numbers(variable: Any) -> Any:
    return np.asarray(keras.ops.convert_to_numpy(variable), np.float32)


WINDOWS: dict[str, Call] = {
    "Conv2D": _conv,
    "DepthwiseConv2D": _depthwise,
    "SeparableConv2D": _separable,
    "MaxPooling2D": _pooled("MaxPool"),
    "AveragePooling2D": _pooled("AveragePool"),
    "GlobalAveragePooling2D": _global("ReduceMean"),
    "GlobalMaxPooling2D": _global("ReduceMax"),
    "ZeroPadding2D": _zero_padding,
    "Cropping2D": _cropping,
}
