"""Layers of Keras 2 in today's words: mostly the same ones, so that what is kept is listed."""

from collections.abc import Mapping
from typing import Any

from teni.errors import TeniError
from teni.weights.keras1 import arguments, untrained

_CONV = (
    *("filters", "kernel_size", "strides", "padding", "dilation_rate", "use_bias", "activation"),
    *("data_format", "groups"),
)
_RECURRENT = (
    *("units", "activation", "use_bias", "dropout", "recurrent_dropout", "return_sequences"),
    *("go_backwards", "stateful", "unroll"),
)
KEPT: Mapping[str, tuple[str, ...]] = {
    "Dense": ("units", "use_bias", "activation"),
    "Conv1D": _CONV,
    "Conv2D": _CONV,
    "Conv3D": _CONV,
    "Conv2DTranspose": (*_CONV[:-1], "output_padding"),
    "SeparableConv2D": (*_CONV[:-1], "depth_multiplier"),
    "SeparableConv1D": (*_CONV[:-2], "depth_multiplier"),
    "DepthwiseConv2D": (*_CONV[1:-1], "depth_multiplier"),
    "LocallyConnected1D": _CONV[:-1],
    "LocallyConnected2D": _CONV[:-1],
    "BatchNormalization": ("axis", "momentum", "epsilon", "center", "scale"),
    "LayerNormalization": ("axis", "epsilon", "center", "scale"),
    "Rescaling": ("scale", "offset"),
    "Embedding": ("input_dim", "output_dim", "mask_zero"),
    "LSTM": (*_RECURRENT, "recurrent_activation", "unit_forget_bias"),
    "GRU": (*_RECURRENT, "recurrent_activation", "reset_after"),
    "SimpleRNN": _RECURRENT,
    "Activation": ("activation",),
    "LeakyReLU": ("alpha",),
    "ELU": ("alpha",),
    "PReLU": ("shared_axes",),
    "ThresholdedReLU": ("theta",),
    "ReLU": ("max_value", "negative_slope", "threshold"),
    "Softmax": ("axis",),
    "Dropout": ("rate",),
    "SpatialDropout1D": ("rate",),
    "SpatialDropout2D": ("rate", "data_format"),
    "SpatialDropout3D": ("rate", "data_format"),
    "GaussianNoise": ("stddev",),
    "GaussianDropout": ("rate",),
    "AlphaDropout": ("rate",),
    "ActivityRegularization": ("l1", "l2"),
    "Flatten": ("data_format",),
    "Reshape": ("target_shape",),
    "Permute": ("dims",),
    "RepeatVector": ("n",),
    "Masking": ("mask_value",),
    "Concatenate": ("axis",),
    "Dot": ("axes", "normalize"),
    **dict.fromkeys(("Add", "Multiply", "Average", "Maximum", "Minimum", "Subtract"), ()),
}
# What would change the outputs if it were left out.
REFUSED = ("return_state", "time_major", "keepdims", "renorm", "virtual_batch_size")
_SPATIAL = (
    "Conv2",
    "Conv3",
    "SeparableConv2",
    "DepthwiseConv2",
    "SpatialDropout2",
    "SpatialDropout3",
    "LocallyConnected2",
)


def translate_keras2(
    kind: str, config: Mapping[str, Any], name: str, usual: str
) -> tuple[str, dict[str, Any]]:
    """Put one layer of Keras 2 into today's words.

    Args:
        kind: its class.
        config: its settings.
        name: its name, for messages.
        usual: the axis order of layers that don't say theirs.

    Raises:
        TeniError: it cannot be carried over.

    >>> translate_keras2("LeakyReLU", {"alpha": 0.1, "name": "leaky"}, "leaky", "channels_last")
    ('LeakyReLU', {'negative_slope': 0.1})
    """
    told = next((word for word in REFUSED if config.get(word)), None)
    if told is not None:
        raise TeniError(f"layer {name!r}: {kind[:60]} with {told} cannot be carried over to today's Keras")
    if kind.startswith(("GlobalMaxPooling", "GlobalAveragePooling")):
        flat = kind.endswith("1D")
        return kind, {"data_format": "channels_last" if flat else arguments.ordering(config, usual)}
    if kind.startswith(("MaxPooling", "AveragePooling")):
        counted = kind.startswith("Average") and config.get("padding") == "same"
        return kind, untrained.pooling(config, kind, usual) | ({"counts_border": True} if counted else {})
    if kind.startswith(("ZeroPadding", "Cropping")):
        side = "padding" if kind.startswith("Zero") else "cropping"
        return kind, untrained.borders(config, side, int(kind[-2]), usual)
    if kind.startswith("UpSampling"):
        if config.get("interpolation", "nearest") != "nearest":
            raise TeniError(f"layer {name!r}: UpSampling other than nearest cannot be carried over")
        return kind, untrained.upsampling(config, kind, usual)
    if kind.startswith("Locally") and (
        config.get("implementation", 1) != 1 or config.get("padding") == "same"
    ):
        raise TeniError(f"layer {name!r}: {kind[:60]} of this implementation cannot be carried over")
    if kind not in KEPT:
        raise TeniError(f"layer {name!r}: {kind[:60]} cannot be carried over to today's Keras")
    settings = {key: config[key] for key in KEPT[kind] if config.get(key) is not None}
    for key in ("activation", "recurrent_activation"):
        if key in settings:
            settings[key] = arguments.activation(settings[key], name)
    if kind.startswith(_SPATIAL):
        settings["data_format"] = arguments.ordering(config, usual)
    if kind == "LeakyReLU":
        settings = {"negative_slope": settings.get("alpha", config.get("negative_slope", 0.3))}
    if kind == "BatchNormalization" and isinstance(settings.get("axis"), list):
        settings["axis"] = settings["axis"][0]
    if kind in ("LSTM", "GRU"):
        settings.setdefault("recurrent_activation", "hard_sigmoid")
    if kind == "GRU":
        settings.setdefault("reset_after", False)
    return kind, settings
