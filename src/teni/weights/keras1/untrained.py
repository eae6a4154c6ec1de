"""Pooling, borders, noise, activations, shapes, normalization and merging of Keras 1 in today's words."""

from collections.abc import Mapping
from typing import Any

from teni.errors import TeniError
from teni.weights.keras1 import arguments

Settings = dict[str, Any]
MERGES = {
    "sum": "Add",
    "mul": "Multiply",
    "ave": "Average",
    "max": "Maximum",
    "concat": "Concatenate",
    "dot": "Dot",
}


def pooling(config: Mapping[str, Any], kind: str, usual: str) -> Settings:
    """Translate Max- and AveragePooling.

    >>> pooling({"pool_length": 2, "stride": None, "border_mode": "same"}, "MaxPooling1D", "channels_last")
    {'pool_size': 2, 'strides': 2, 'padding': 'same', 'data_format': 'channels_last'}
    """
    size = config.get("pool_size", config.get("pool_length", 2))
    strides = config.get("strides", config.get("stride"))
    return {
        "pool_size": size,
        "strides": size if strides is None else strides,
        "padding": config.get("border_mode", config.get("padding", "valid")),
        "data_format": "channels_last" if kind.endswith("1D") else arguments.ordering(config, usual),
    }


def borders(config: Mapping[str, Any], name: str, rank: int, usual: str) -> Settings:
    """Translate ZeroPadding and Cropping: one number, one an axis, four in a row, pairs, named sides.

    Args:
        config: the old settings.
        name: ``padding`` or ``cropping``.
        rank: the number of axes of the image.
        usual: the axis order of layers that don't say theirs.

    >>> borders({"padding": [1, 2]}, "padding", 2, "channels_first")
    {'padding': ((1, 1), (2, 2)), 'data_format': 'channels_first'}
    """
    told = config.get(name, 1)
    if isinstance(told, Mapping):
        ends = (
            [("left_pad", "right_pad")]
            if rank == 1
            else [("top_pad", "bottom_pad"), ("left_pad", "right_pad")]
        )
        sides = tuple((int(told.get(a, 0)), int(told.get(b, 0))) for a, b in ends)
    elif isinstance(told, int):
        sides = ((told, told),) * rank
    elif rank == 1:
        sides = ((told[0], told[-1]),)
    elif len(told) == 4:
        sides = ((told[0], told[1]), (told[2], told[3]))
    else:
        sides = tuple((side, side) if isinstance(side, int) else (side[0], side[1]) for side in told)
    data_format = "channels_last" if rank == 1 else arguments.ordering(config, usual)
    return {name: sides, "data_format": data_format}


def upsampling(config: Mapping[str, Any], kind: str, usual: str) -> Settings:
    """Translate UpSampling.

    >>> upsampling({"length": 3}, "UpSampling1D", "channels_last")
    {'size': 3, 'data_format': 'channels_last'}
    """
    size = config.get("size", config.get("length", 2))
    return {
        "size": size,
        "data_format": "channels_last" if kind.endswith("1D") else arguments.ordering(config, usual),
    }


def normalization(config: Mapping[str, Any], layer: str) -> Settings:
    """Translate BatchNormalization; mode 0 goes by running statistics, 1 by the sample's, 2 by the batch's.

    >>> normalization({"mode": 0, "axis": 1, "epsilon": 1e-5}, "bn")["mode"]
    0
    """
    mode = config.get("mode", 0)
    if mode not in (0, 1, 2):
        raise TeniError(f"layer {layer!r}: BatchNormalization of mode {mode!r} is unknown")
    return {
        "axis": config.get("axis", -1),
        "momentum": config.get("momentum", 0.99),
        "epsilon": config.get("epsilon", 1e-3),
        "beta_initializer": arguments.initializer(config.get("beta_init", "zero"), layer),
        "gamma_initializer": arguments.initializer(config.get("gamma_init", "one"), layer),
        "beta_regularizer": arguments.regularizer(config.get("beta_regularizer"), layer),
        "gamma_regularizer": arguments.regularizer(config.get("gamma_regularizer"), layer),
        "mode": mode,
    }


def merging(config: Mapping[str, Any], layer: str) -> tuple[str, Settings]:
    """Translate Merge into the layer that took the place of its mode; ``cos`` is a normalized Dot.

    >>> merging({"mode": "concat", "concat_axis": 1}, "merge_1")
    ('Concatenate', {'axis': 1})
    """
    mode = config.get("mode", "sum")
    if config.get("mode_type", "raw") != "raw" or not isinstance(mode, str):
        raise TeniError(f"layer {layer!r}: a Merge by a function of the user's own cannot be carried over")
    if mode == "cos":
        return "Dot", {"axes": _axes(config), "normalize": True, "old_cosine": True}
    if mode not in MERGES:
        raise TeniError(f"layer {layer!r}: Merge with the mode {mode[:40]!r} is unknown")
    if mode == "concat":
        return "Concatenate", {"axis": config.get("concat_axis", -1)}
    return MERGES[mode], {"axes": _axes(config), "normalize": False} if mode == "dot" else {}


def _axes(config: Mapping[str, Any]) -> Any:
    axes = config.get("dot_axes", -1)
    return axes if isinstance(axes, int) else tuple(axes)
