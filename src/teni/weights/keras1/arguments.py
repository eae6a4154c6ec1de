"""Old names of initializers, regularizers, constraints and activations, in today's words."""

from collections.abc import Mapping
from typing import Any

from teni.errors import TeniError

INITIALIZERS: Mapping[str, Any] = {
    "uniform": {"class_name": "RandomUniform", "config": {"minval": -0.05, "maxval": 0.05}},
    "normal": {"class_name": "RandomNormal", "config": {"mean": 0.0, "stddev": 0.05}},
    "zero": "zeros",
    "one": "ones",
    "identity": {"class_name": "Identity", "config": {"gain": 1.0}},
    "orthogonal": {"class_name": "Orthogonal", "config": {"gain": 1.1}},
}
SAME_INITIALIZERS = (
    "glorot_uniform",
    "glorot_normal",
    "he_normal",
    "he_uniform",
    "lecun_uniform",
    "zeros",
    "ones",
)
ACTIVATIONS = (
    *("linear", "relu", "tanh", "sigmoid", "hard_sigmoid", "softmax", "softplus", "softsign", "elu"),
    *("selu", "exponential", "swish", "silu", "relu6", "gelu"),
)


def initializer(name: Any, layer: str) -> Any:
    """Give today's initializer for one of Keras 1.

    Args:
        name: its old name, or None.
        layer: the layer, for the message.

    Raises:
        TeniError: there is no such initializer.

    >>> initializer("zero", "dense_1")
    'zeros'
    """
    if name is None:
        return "glorot_uniform"
    if isinstance(name, str) and (name in INITIALIZERS or name in SAME_INITIALIZERS):
        return INITIALIZERS.get(name, name)
    raise TeniError(
        f"layer {layer!r}: the initializer {str(name)[:60]!r} cannot be carried over; it is unknown"
    )


def regularizer(settings: Any, layer: str) -> Any:
    """Give today's regularizer for one of Keras 1, which had a ``name`` and the two strengths.

    Args:
        settings: the old settings, or None.
        layer: the layer, for the message.

    Raises:
        TeniError: it is not one of absolute or squared values.

    >>> regularizer({"name": "WeightRegularizer", "l1": 0.0, "l2": 0.01}, "dense_1")
    {'class_name': 'L1L2', 'config': {'l1': 0.0, 'l2': 0.01}}
    """
    if settings is None:
        return None
    found = settings.get("config", settings) if isinstance(settings, Mapping) else {}
    name = settings.get("name", settings.get("class_name")) if isinstance(settings, Mapping) else settings
    if name not in ("L1L2Regularizer", "WeightRegularizer", "ActivityRegularizer", "L1L2", "L1", "L2"):
        raise TeniError(f"layer {layer!r}: the regularizer {str(name)[:60]!r} cannot be carried over")
    return {
        "class_name": "L1L2",
        "config": {"l1": float(found.get("l1", 0)), "l2": float(found.get("l2", 0))},
    }


def constraint(settings: Any, layer: str) -> Any:
    """Give today's constraint for one of Keras 1.

    Args:
        settings: the old settings, or None.
        layer: the layer, for the message.

    Raises:
        TeniError: there is no such constraint.

    >>> constraint({"name": "MaxNorm", "m": 2, "axis": 0}, "dense_1")
    {'class_name': 'MaxNorm', 'config': {'max_value': 2, 'axis': 0}}
    """
    if settings is None:
        return None
    if isinstance(settings, Mapping):
        found = settings.get("config", settings)
        name, axis = settings.get("name", settings.get("class_name")), found.get("axis", 0)
        if name == "MaxNorm":
            most = found.get("m", found.get("max_value", 2))
            return {"class_name": "MaxNorm", "config": {"max_value": most, "axis": axis}}
        if name == "UnitNorm":
            return {"class_name": "UnitNorm", "config": {"axis": axis}}
        if name == "NonNeg":
            return {"class_name": "NonNeg", "config": {}}
    raise TeniError(f"layer {layer!r}: the constraint {str(settings)[:60]!r} cannot be carried over")


def activation(name: Any, layer: str) -> str:
    """Check that an activation is one that today's Keras has.

    Args:
        name: its name; None is linear.
        layer: the layer, for the message.

    Raises:
        TeniError: it is a function of the user's own, which a file does not hold.

    >>> activation(None, "dense_1")
    'linear'
    """
    if name is None:
        return "linear"
    if isinstance(name, str) and name in ACTIVATIONS:
        return name
    raise TeniError(
        f"layer {layer!r}: the activation {str(name)[:60]!r} cannot be carried over; it is unknown"
    )


def ordering(config: Mapping[str, Any], usual: str) -> str:
    """Give the axis order that a layer names, or the usual one of the file.

    Args:
        config: the layer's old settings.
        usual: the order of layers that don't say theirs.

    >>> ordering({"dim_ordering": "th"}, "channels_last")
    'channels_first'
    """
    word = config.get("dim_ordering") or config.get("data_format")
    return {"th": "channels_first", "tf": "channels_last"}.get(str(word), str(word or usual))
