"""Operations of ``keras.ops`` and layers without weights that are the same thing, in ONNX."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from teni.errors import TeniError
from teni.export.onnx.graph import Graph, Value, as_float


@dataclass(frozen=True, eq=False)
class Step:
    """One call of a Keras operation.

    Args:
        operation: the layer or the operation of ``keras.ops``.
        args: what it is called with: `Value`, lists of them, plain numbers and arrays.
        out: what Keras knows of its output.
    """

    operation: Any
    args: tuple[Any, ...]
    out: Value


Call = Callable[[Graph, Step], str]
"""Writes a step into a graph and returns the name of its output."""


def _fold(kind: str) -> Call:
    """Join two or more values, or values and numbers, from left to right."""

    def make(graph: Graph, step: Step) -> str:
        given = step.args[0] if len(step.args) == 1 and isinstance(step.args[0], list | tuple) else step.args
        total, *rest = (_operand(graph, each) for each in given)
        for each in rest:
            total = graph.add(kind, [total, each])
        return total

    return make


def _operand(graph: Graph, given: Any) -> str:
    return (
        as_float(graph, given) if isinstance(given, Value) else graph.constant(np.asarray(given, np.float32))
    )


def _average(graph: Graph, step: Step) -> str:
    total = _fold("Add")(graph, step)
    return graph.add("Mul", [total, graph.constant(1 / len(step.args[0]))])


def _unary(kind: str) -> Call:
    return lambda graph, step: graph.add(kind, [_operand(graph, step.args[0])])


def _square(graph: Graph, step: Step) -> str:
    x = _operand(graph, step.args[0])
    return graph.add("Mul", [x, x])


def _clip(graph: Graph, step: Step) -> str:
    x = _operand(graph, step.args[0])
    return graph.add("Clip", [x, graph.constant(step.operation.x_min), graph.constant(step.operation.x_max)])


def _reduce(kind: str) -> Call:
    def make(graph: Graph, step: Step) -> str:
        value: Value = step.args[0]
        axes = axes_of(step.operation.axis, len(value.shape))
        if 0 in axes:
            raise TeniError(
                f"{graph.layer} adds up the images of a batch, which has no meaning in an exported model; "
                "this model cannot be exported"
            )
        return reduced(graph, kind, as_float(graph, value), axes, keepdims=step.operation.keepdims)

    return make


def reduced(graph: Graph, kind: str, x: str, axes: Sequence[int], *, keepdims: bool) -> str:
    """Add a reduction; of them ONNX's sum alone took its axes as a value at an early time."""
    if kind == "ReduceSum":
        return graph.add(kind, [x, graph.integers(axes)], keepdims=int(keepdims))
    return graph.add(kind, [x], axes=list(axes), keepdims=int(keepdims))


def axes_of(axis: int | Sequence[int] | None, rank: int) -> list[int]:
    """Give axes as a list of numbers from 0.

    >>> axes_of(-1, 4), axes_of(None, 2)
    ([3], [0, 1])
    """
    if axis is None:
        return list(range(rank))
    return [each % rank for each in ([axis] if isinstance(axis, int) else axis)]


def _concatenate(graph: Graph, step: Step) -> str:
    values: Sequence[Value] = step.args[0]
    alike = len({value.dtype for value in values}) == 1
    names = [value.name if alike else as_float(graph, value) for value in values]
    return graph.add("Concat", names, axis=step.operation.axis % len(step.out.shape))


def _stack(graph: Graph, step: Step) -> str:
    axis = step.operation.axis % len(step.out.shape)
    taller = [
        graph.add("Unsqueeze", [_operand(graph, each), graph.integers([axis])]) for each in step.args[0]
    ]
    return graph.add("Concat", taller, axis=axis)


def _reshape(graph: Graph, step: Step) -> str:
    return reshaped(graph, step.args[0].name, step.out.shape)


def reshaped(graph: Graph, x: str, shape: Sequence[int | None]) -> str:
    """Give a value another shape; one size, that of the batch, may be open."""
    sizes = [-1 if size is None else size for size in shape]
    if sizes.count(-1) > 1:
        raise TeniError(
            f"{graph.layer} gives a shape of which more than the number of images is open ({tuple(shape)}); "
            "only models of images of one size can be exported"
        )
    return graph.add("Reshape", [x, graph.integers(sizes)])


def _transpose(graph: Graph, step: Step) -> str:
    axes = step.operation.axes
    order = list(range(len(step.out.shape)))[::-1] if axes is None else axes_of(axes, len(step.out.shape))
    return graph.add("Transpose", [step.args[0].name], perm=order)


def _permute(graph: Graph, step: Step) -> str:
    return graph.add("Transpose", [step.args[0].name], perm=[0, *step.operation.dims])


def _flip(graph: Graph, step: Step) -> str:
    axes = axes_of(step.operation.axis, len(step.out.shape))
    return _sliced(graph, step.args[0].name, {axis: slice(None, None, -1) for axis in axes})


_FAR = np.iinfo(np.int64).max


def _sliced(graph: Graph, x: str, slices: Mapping[int, slice]) -> str:
    axes, steps = list(slices), [each.step or 1 for each in slices.values()]
    starts = [
        s.start if s.start is not None else (0 if s.step is None or s.step > 0 else _FAR)
        for s in slices.values()
    ]
    ends = [
        s.stop if s.stop is not None else (_FAR if s.step is None or s.step > 0 else -_FAR)
        for s in slices.values()
    ]
    return graph.add("Slice", [x, *(graph.integers(each) for each in (starts, ends, axes, steps))])


def _get_item(graph: Graph, step: Step) -> str:
    value: Value = step.args[0]
    key: Any = step.args[1] if len(step.args) > 1 else step.operation.key
    parts: list[Any] = list(key) if isinstance(key, list | tuple) else [key]
    if Ellipsis in parts:
        place = parts.index(Ellipsis)
        parts[place : place + 1] = [slice(None)] * (len(value.shape) - len(parts) + 1)
    x, gone = value.name, list[int]()
    slices: dict[int, slice] = {}
    for axis, part in enumerate(parts):
        if isinstance(part, slice):
            if part != slice(None):
                slices[axis] = part
        elif isinstance(part, int):
            slices[axis] = slice(part, part + 1 if part != -1 else None)
            gone.append(axis)
        else:
            raise TeniError(
                f"{graph.layer} takes entries by {type(part).__name__}, which teni cannot write as ONNX; "
                "export with --format saved-model"
            )
    if slices:
        x = _sliced(graph, x, slices)
    return graph.add("Squeeze", [x, graph.integers(gone)]) if gone else x


def _take(graph: Graph, step: Step) -> str:
    value, places = step.args[0], step.args[1] if len(step.args) > 1 else step.operation.indices
    axis: int = step.operation.axis % len(value.shape)
    size = value.shape[axis]
    indices = np.asarray(places, np.int64)
    indices = np.where(indices < 0, indices + (size or 0), indices)
    return graph.add("Gather", [value.name, graph.constant(indices, "int64")], axis=axis)


def _cast(graph: Graph, step: Step) -> str:
    from onnx import TensorProto

    to = {"float32": TensorProto.FLOAT, "uint8": TensorProto.UINT8, "int32": TensorProto.INT32}.get(
        step.out.dtype
    )
    if to is None:
        raise TeniError(
            f"{graph.layer} makes {step.out.dtype} values, which teni does not write as ONNX; export with "
            "--format saved-model"
        )
    return graph.add("Cast", [step.args[0].name], to=int(to))


def _same(_graph: Graph, step: Step) -> str:
    return step.args[0].name


def _expand(graph: Graph, step: Step) -> str:
    return graph.add(
        "Unsqueeze", [step.args[0].name, graph.integers(axes_of(step.operation.axis, len(step.out.shape)))]
    )


# In inference dropout and noise leave values as they are.
_SAME = (
    *("Identity", "Dropout", "SpatialDropout1D", "SpatialDropout2D", "GaussianNoise", "GaussianDropout"),
    *("AlphaDropout", "ActivityRegularization", "StochasticDepth"),
)

# What these give has the type of what they are given, whatever Keras says: it takes a concatenation of whole numbers
# for floats.
KEEP_TYPE = frozenset(
    (
        *_SAME,
        *(
            "Concatenate",
            "Reshape",
            "Flatten",
            "Squeeze",
            "ExpandDims",
            "Transpose",
            "Permute",
            "Flip",
            "GetItem",
        ),
        *("Take", "Cropping2D"),
    )
)


def type_of(step: Step) -> str:
    """Tell the type of what a step gives."""
    kind = type(step.operation).__name__
    if kind == "Cast":
        return step.out.dtype
    if kind not in KEEP_TYPE:
        return "float32"
    given: Any = step.args[0]
    types = {value.dtype for value in (given if isinstance(given, list | tuple) else [given])}
    return types.pop() if len(types) == 1 else "float32"


OPERATIONS: dict[str, Call] = {
    **dict.fromkeys(_SAME, _same),
    "Add": _fold("Add"),
    "Subtract": _fold("Sub"),
    "Multiply": _fold("Mul"),
    "Maximum": _fold("Max"),
    "Minimum": _fold("Min"),
    "TrueDivide": _fold("Div"),
    "Divide": _fold("Div"),
    "Power": _fold("Pow"),
    "Average": _average,
    "Square": _square,
    "Sqrt": _unary("Sqrt"),
    "Exp": _unary("Exp"),
    "Log": _unary("Log"),
    "Negative": _unary("Neg"),
    "Abs": _unary("Abs"),
    "Absolute": _unary("Abs"),
    "Arccos": _unary("Acos"),
    "Sin": _unary("Sin"),
    "Cos": _unary("Cos"),
    "Tanh": _unary("Tanh"),
    "Sigmoid": _unary("Sigmoid"),
    "Relu": _unary("Relu"),
    "Clip": _clip,
    "Sum": _reduce("ReduceSum"),
    "Mean": _reduce("ReduceMean"),
    "Max": _reduce("ReduceMax"),
    "Min": _reduce("ReduceMin"),
    "Concatenate": _concatenate,
    "Stack": _stack,
    "Reshape": _reshape,
    "Flatten": _reshape,
    "Squeeze": _reshape,
    "ExpandDims": _expand,
    "Transpose": _transpose,
    "Permute": _permute,
    "Flip": _flip,
    "GetItem": _get_item,
    "Take": _take,
    "Cast": _cast,
}
