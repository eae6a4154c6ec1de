"""Dense layers and convolutions of Keras 1 in today's words."""

from collections.abc import Mapping
from typing import Any

from teni.weights.keras1 import arguments

Settings = dict[str, Any]
KERNEL_SIZES = ("nb_row", "nb_col"), ("kernel_dim1", "kernel_dim2", "kernel_dim3"), ("filter_length",)


def dense(config: Mapping[str, Any], layer: str) -> Settings:
    """Translate Dense and TimeDistributedDense.

    >>> dense({"output_dim": 30, "bias": True, "activation": "linear"}, "dense_1")["units"]
    30
    """
    return {"units": config["output_dim"], **_kernel_and_bias(config, layer)}


def maxout(config: Mapping[str, Any], layer: str) -> Settings:
    """Translate MaxoutDense; ``features`` is how many Dense layers the largest is taken of.

    >>> maxout({"output_dim": 30, "nb_feature": 4}, "maxoutdense_1")["features"]
    4
    """
    return {"features": config.get("nb_feature", 4), **dense(config, layer)}


def highway(config: Mapping[str, Any], layer: str) -> Settings:
    """Translate Highway, which has as many units as it has inputs."""
    return _kernel_and_bias(config, layer)


def convolution(config: Mapping[str, Any], layer: str, usual: str) -> Settings:
    """Translate Convolution1D to 3D, AtrousConvolution1D and 2D.

    Args:
        config: the old settings.
        layer: its name, for messages.
        usual: the axis order of layers that don't say theirs.

    >>> old = {"nb_filter": 8, "nb_row": 3, "nb_col": 5, "border_mode": "same", "dim_ordering": "th"}
    >>> new = convolution(old, "conv", "channels_last")
    >>> new["kernel_size"], new["padding"], new["data_format"]
    ((3, 5), 'same', 'channels_first')
    """
    size = next(tuple(config[name] for name in names) for names in KERNEL_SIZES if names[0] in config)
    flat = len(size) == 1
    strides = config.get("subsample_length", 1) if flat else config.get("subsample", (1,) * len(size))
    return {
        "filters": config["nb_filter"],
        "kernel_size": size,
        "strides": strides,
        "dilation_rate": config.get("atrous_rate", 1),
        "padding": config.get("border_mode", "valid"),
        "data_format": "channels_last" if flat else arguments.ordering(config, usual),
        **_kernel_and_bias(config, layer),
    }


def deconvolution(config: Mapping[str, Any], layer: str, usual: str) -> Settings:
    """Translate Deconvolution2D; ``output_space`` is what it promised as the output's rows and columns."""
    settings = convolution(config, layer, usual)
    shape = config["output_shape"]
    first = settings["data_format"] == "channels_first"
    return {**settings, "output_space": tuple(shape[2:4] if first else shape[1:3])}


def separable(config: Mapping[str, Any], layer: str, usual: str) -> Settings:
    """Translate SeparableConvolution2D."""
    settings = convolution(config, layer, usual)
    renamed = {
        name.replace("kernel_", "pointwise_")
        if name.startswith(("kernel_r", "kernel_c", "kernel_i"))
        else name: value
        for name, value in settings.items()
    }
    return {
        **renamed,
        "depth_multiplier": config.get("depth_multiplier", 1),
        "depthwise_initializer": arguments.initializer(config.get("init"), layer),
        "depthwise_regularizer": arguments.regularizer(config.get("depthwise_regularizer"), layer),
        "pointwise_regularizer": arguments.regularizer(config.get("pointwise_regularizer"), layer),
        "depthwise_constraint": arguments.constraint(config.get("depthwise_constraint"), layer),
        "pointwise_constraint": arguments.constraint(config.get("pointwise_constraint"), layer),
    }


def embedding(config: Mapping[str, Any], layer: str) -> Settings:
    """Translate Embedding; its dropout of whole words has no counterpart and only mattered in training."""
    return {
        "input_dim": config["input_dim"],
        "output_dim": config["output_dim"],
        "mask_zero": bool(config.get("mask_zero", False)),
        "embeddings_initializer": arguments.initializer(config.get("init"), layer),
        "embeddings_regularizer": arguments.regularizer(config.get("W_regularizer"), layer),
        "embeddings_constraint": arguments.constraint(config.get("W_constraint"), layer),
    }


def recurrent(config: Mapping[str, Any], layer: str, kind: str) -> Settings:
    """Translate what LSTM, GRU and SimpleRNN have in common, and the gates of the first two.

    >>> recurrent({"output_dim": 4, "dropout_W": 0.2, "return_sequences": True}, "lstm_1", "LSTM")["dropout"]
    0.2
    """
    settings = {
        "units": config["output_dim"],
        "activation": arguments.activation(config.get("activation", "tanh"), layer),
        "kernel_initializer": arguments.initializer(config.get("init"), layer),
        "recurrent_initializer": arguments.initializer(config.get("inner_init", "orthogonal"), layer),
        "kernel_regularizer": arguments.regularizer(config.get("W_regularizer"), layer),
        "recurrent_regularizer": arguments.regularizer(config.get("U_regularizer"), layer),
        "bias_regularizer": arguments.regularizer(config.get("b_regularizer"), layer),
        "dropout": config.get("dropout_W", 0.0),
        "recurrent_dropout": config.get("dropout_U", 0.0),
        **{
            name: bool(config.get(name, False))
            for name in ("return_sequences", "go_backwards", "stateful", "unroll")
        },
    }
    if kind != "SimpleRNN":
        inner = config.get("inner_activation", "hard_sigmoid")
        settings["recurrent_activation"] = arguments.activation(inner, layer)
    if "forget_bias_init" in config:
        settings["unit_forget_bias"] = config["forget_bias_init"] == "one"
    return settings


def _kernel_and_bias(config: Mapping[str, Any], layer: str) -> Settings:
    return {
        "activation": arguments.activation(config.get("activation"), layer),
        "use_bias": bool(config.get("bias", True)),
        "kernel_initializer": arguments.initializer(config.get("init"), layer),
        "kernel_regularizer": arguments.regularizer(config.get("W_regularizer"), layer),
        "bias_regularizer": arguments.regularizer(config.get("b_regularizer"), layer),
        "activity_regularizer": arguments.regularizer(config.get("activity_regularizer"), layer),
        "kernel_constraint": arguments.constraint(config.get("W_constraint"), layer),
        "bias_constraint": arguments.constraint(config.get("b_constraint"), layer),
    }
