"""Layers of Keras that scale, normalise, resize or activate, in ONNX."""

from typing import Any

import numpy as np

from teni.errors import TeniError
from teni.export.onnx.activations import activation
from teni.export.onnx.graph import Graph, as_float
from teni.export.onnx.operations import Call, Step, axes_of, reduced
from teni.export.onnx.windows import WINDOWS


def _dense(graph: Graph, step: Step) -> str:
    x = graph.add("MatMul", [as_float(graph, step.args[0]), graph.constant(_numbers(step.operation.kernel))])
    if step.operation.use_bias:
        x = graph.add("Add", [x, graph.constant(_numbers(step.operation.bias))])
    return activation(graph, step.operation.activation.__name__, x)


def _rescaling(graph: Graph, step: Step) -> str:
    scale, offset = (np.asarray(each, np.float32) for each in (step.operation.scale, step.operation.offset))
    x = graph.add("Mul", [as_float(graph, step.args[0]), graph.constant(scale)])
    return graph.add("Add", [x, graph.constant(offset)]) if np.any(offset) else x


def _batch_normalization(graph: Graph, step: Step) -> str:
    """Write gamma (x - mean) / sqrt(variance + epsilon) + beta as one product and one sum."""
    mean, variance = (
        _numbers(each).astype(np.float64)
        for each in (step.operation.moving_mean, step.operation.moving_variance)
    )
    scale = 1 / np.sqrt(variance + step.operation.epsilon)
    if step.operation.scale:
        scale = scale * _numbers(step.operation.gamma)
    offset = -mean * scale + (_numbers(step.operation.beta) if step.operation.center else 0)
    shape = [1] * len(step.out.shape)
    shape[axes_of(step.operation.axis, len(step.out.shape))[0]] = -1
    scaled = graph.add("Mul", [as_float(graph, step.args[0]), graph.constant(scale.reshape(shape))])
    return graph.add("Add", [scaled, graph.constant(offset.reshape(shape))])


def _layer_normalization(graph: Graph, step: Step) -> str:
    rank = len(step.out.shape)
    axes = sorted(
        axes_of(
            step.operation.axis if isinstance(step.operation.axis, int) else tuple(step.operation.axis), rank
        )
    )
    x = as_float(graph, step.args[0])
    middle = graph.add("Sub", [x, reduced(graph, "ReduceMean", x, axes, keepdims=True)])
    variance = reduced(graph, "ReduceMean", graph.add("Mul", [middle, middle]), axes, keepdims=True)
    spread = graph.add("Sqrt", [graph.add("Add", [variance, graph.constant(float(step.operation.epsilon))])])
    x = graph.add("Div", [middle, spread])
    shape = [step.out.shape[axis] or 1 if axis in axes else 1 for axis in range(rank)]
    if step.operation.scale:
        x = graph.add("Mul", [x, graph.constant(_numbers(step.operation.gamma).reshape(shape))])
    if step.operation.center:
        x = graph.add("Add", [x, graph.constant(_numbers(step.operation.beta).reshape(shape))])
    return x


def _normalization(graph: Graph, step: Step) -> str:
    if step.operation.invert:
        raise _cannot(graph, "undoes a normalisation")
    mean, variance = _numbers(step.operation.mean), _numbers(step.operation.variance)
    x = graph.add("Sub", [as_float(graph, step.args[0]), graph.constant(mean)])
    return graph.add("Div", [x, graph.constant(np.maximum(np.sqrt(variance), 1e-7))])


def _unit_normalization(graph: Graph, step: Step) -> str:
    """Divide by the length; zeros stay zeros."""
    axes = axes_of(step.operation.axis, len(step.out.shape))
    x = as_float(graph, step.args[0])
    length = graph.add("Sqrt", [reduced(graph, "ReduceSum", graph.add("Mul", [x, x]), axes, keepdims=True)])
    return graph.add("Div", [x, graph.add("Max", [length, graph.constant(1e-12)])])


def _layer_scale(graph: Graph, step: Step) -> str:
    return graph.add("Mul", [as_float(graph, step.args[0]), graph.constant(_numbers(step.operation.gamma))])


def _relu(graph: Graph, step: Step) -> str:
    x, slope = as_float(graph, step.args[0]), float(step.operation.negative_slope or 0)
    if step.operation.threshold:
        raise _cannot(graph, "has a threshold")
    if slope and step.operation.max_value is not None:
        return graph.add(
            "Min", [graph.add("LeakyRelu", [x], alpha=slope), graph.constant(float(step.operation.max_value))]
        )
    if slope:
        return graph.add("LeakyRelu", [x], alpha=slope)
    if step.operation.max_value is not None:
        return graph.add("Clip", [x, graph.constant(0.0), graph.constant(float(step.operation.max_value))])
    return graph.add("Relu", [x])


def _leaky_relu(graph: Graph, step: Step) -> str:
    return graph.add("LeakyRelu", [as_float(graph, step.args[0])], alpha=float(step.operation.negative_slope))


def _prelu(graph: Graph, step: Step) -> str:
    return graph.add("PRelu", [as_float(graph, step.args[0]), graph.constant(_numbers(step.operation.alpha))])


def _elu(graph: Graph, step: Step) -> str:
    return graph.add("Elu", [as_float(graph, step.args[0])], alpha=float(step.operation.alpha))


def _softmax(graph: Graph, step: Step) -> str:
    (axis,) = axes_of(step.operation.axis, len(step.out.shape))[:1]
    return graph.add("Softmax", [as_float(graph, step.args[0])], axis=axis)


def _activation(graph: Graph, step: Step) -> str:
    return activation(graph, step.operation.activation.__name__, as_float(graph, step.args[0]))


def _resizing(graph: Graph, step: Step) -> str:
    if step.operation.crop_to_aspect_ratio or step.operation.pad_to_aspect_ratio or step.operation.antialias:
        raise _cannot(graph, "keeps proportions or smoothes")
    return _resized(
        graph, step.operation.interpolation, as_float(graph, step.args[0]), step.args[0].shape, step.out.shape
    )


def _up_sampling(graph: Graph, step: Step) -> str:
    return _resized(
        graph, step.operation.interpolation, as_float(graph, step.args[0]), step.args[0].shape, step.out.shape
    )


def _resized(
    graph: Graph, how: str, x: str, before: tuple[int | None, ...], after: tuple[int | None, ...]
) -> str:
    """Resize channels-last images; pixel centres lie at halves, as Keras has them."""
    modes = {
        "bilinear": {"mode": "linear"},
        "nearest": {"mode": "nearest", "nearest_mode": "round_prefer_ceil"},
    }
    if how not in modes:
        raise _cannot(graph, f"resizes by {how}")
    sizes = zip(before[1:3], after[1:3], strict=True)
    scales = [1.0, 1.0, *(float(new or 1) / float(old or 1) for old, new in sizes)]
    x = graph.add("Transpose", [x], perm=[0, 3, 1, 2])
    x = graph.add(
        "Resize", [x, "", graph.constant(scales)], coordinate_transformation_mode="half_pixel", **modes[how]
    )
    return graph.add("Transpose", [x], perm=[0, 2, 3, 1])


def _cannot(graph: Graph, what: str) -> TeniError:
    return TeniError(
        f"the layer {graph.layer} {what}, which teni cannot write as ONNX; export with --format saved-model or litert"
    )


def _numbers(variable: Any) -> np.ndarray[Any, np.dtype[np.float32]]:
    import keras

    return np.asarray(keras.ops.convert_to_numpy(variable), np.float32)


LAYERS: dict[str, Call] = {
    **WINDOWS,
    "Dense": _dense,
    "Rescaling": _rescaling,
    "BatchNormalization": _batch_normalization,
    "LayerNormalization": _layer_normalization,
    "Normalization": _normalization,
    "UnitNormalization": _unit_normalization,
    "LayerScale": _layer_scale,
    "ReLU": _relu,
    "LeakyReLU": _leaky_relu,
    "PReLU": _prelu,
    "ELU": _elu,
    "Softmax": _softmax,
    "Activation": _activation,
    "Resizing": _resizing,
    "UpSampling2D": _up_sampling,
}
