"""Activation functions of Keras in ONNX, by the name that the function has."""

from collections.abc import Callable

from teni.errors import TeniError
from teni.export.onnx.graph import Graph

Make = Callable[[Graph, str], str]


def activation(graph: Graph, name: str, x: str) -> str:
    """Apply an activation function.

    Args:
        graph: to add to.
        name: of the function in ``keras.activations``.
        x: a value.

    Raises:
        TeniError: there is no such function here.
    """
    if name not in _MAKE:
        raise TeniError(
            f"the layer {graph.layer} has the activation {name!r}, which teni cannot write as ONNX; "
            "export with --format saved-model or litert"
        )
    return _MAKE[name](graph, x)


def _one(kind: str, **attributes: float | int) -> Make:
    return lambda graph, x: graph.add(kind, [x], **attributes)


def _relu6(graph: Graph, x: str) -> str:
    return graph.add("Clip", [x, graph.constant(0.0), graph.constant(6.0)])


def _silu(graph: Graph, x: str) -> str:
    return graph.add("Mul", [x, graph.add("Sigmoid", [x])])


def _hard_sigmoid(graph: Graph, x: str) -> str:
    return graph.add("HardSigmoid", [x], alpha=1 / 6, beta=0.5)


def _hard_silu(graph: Graph, x: str) -> str:
    return graph.add("Mul", [x, _hard_sigmoid(graph, x)])


def _gelu(graph: Graph, x: str) -> str:
    """Write x (1 + erf(x / sqrt 2)) / 2; Keras's own takes the exact form unless it is told otherwise."""
    erf = graph.add("Erf", [graph.add("Mul", [x, graph.constant(0.5**0.5)])])
    return graph.add(
        "Mul", [graph.add("Mul", [x, graph.constant(0.5)]), graph.add("Add", [erf, graph.constant(1.0)])]
    )


_MAKE: dict[str, Make] = {
    "linear": lambda _graph, x: x,
    "relu": _one("Relu"),
    "relu6": _relu6,
    "leaky_relu": _one("LeakyRelu", alpha=0.2),
    "elu": _one("Elu"),
    "selu": _one("Selu"),
    "gelu": _gelu,
    "sigmoid": _one("Sigmoid"),
    "hard_sigmoid": _hard_sigmoid,
    "tanh": _one("Tanh"),
    "silu": _silu,
    "swish": _silu,
    "hard_silu": _hard_silu,
    "hard_swish": _hard_silu,
    "softmax": _one("Softmax", axis=-1),
    "softplus": _one("Softplus"),
    "softsign": _one("Softsign"),
    "exponential": _one("Exp"),
}
