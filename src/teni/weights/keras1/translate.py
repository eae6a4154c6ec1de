"""Each layer of Keras 1 or 2 as a layer of today: its class and its arguments."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from teni.errors import TeniError
from teni.weights.graph import Network, Node
from teni.weights.keras1 import arguments, trained, untrained
from teni.weights.keras1.keras2 import translate_keras2

CONVOLUTIONS = {
    "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D",
    "Convolution3D": "Conv3D",
    "AtrousConvolution1D": "Conv1D",
    "AtrousConvolution2D": "Conv2D",
}
SPATIAL_DROPOUTS = ("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D")
PLAIN: Mapping[str, tuple[tuple[str, str, Any], ...]] = {
    # class: (old name, today's name, default) of each argument
    "Dropout": (("p", "rate", 0.5),),
    "GaussianNoise": (("sigma", "stddev", 0.1),),
    "GaussianDropout": (("p", "rate", 0.5),),
    "SpatialDropout1D": (("p", "rate", 0.5),),
    "SpatialDropout2D": (("p", "rate", 0.5),),
    "SpatialDropout3D": (("p", "rate", 0.5),),
    "LeakyReLU": (("alpha", "negative_slope", 0.3),),
    "ELU": (("alpha", "alpha", 1.0),),
    "ThresholdedReLU": (("theta", "theta", 1.0),),
    "PReLU": (("shared_axes", "shared_axes", None),),
    "ParametricSoftplus": (),
    "SReLU": (),
    "Flatten": (),
    "Reshape": (("target_shape", "target_shape", None),),
    "Permute": (("dims", "dims", None),),
    "RepeatVector": (("n", "n", None),),
    "Masking": (("mask_value", "mask_value", 0.0),),
    "ActivityRegularization": (("l1", "l1", 0.0), ("l2", "l2", 0.0)),
}


def translate(network: Network, usual: str, *, old: bool) -> Network:
    """Put every layer of a network into today's words.

    Args:
        network: as the file describes it.
        usual: the axis order of layers that don't say theirs.
        old: whether the description is of Keras 1 (else of Keras 2).

    Returns:
        The same network; each layer has the class and the arguments of today, except ``data_format``, which
        still tells what the file meant.

    Raises:
        TeniError: a layer that cannot be carried over is named.
    """
    nodes: list[Node] = []
    for node in network.nodes:
        if node.inner is not None:
            nodes.append(replace(node, inner=translate(node.inner, usual, old=old)))
            continue
        try:
            kind, settings = translate_layer(node.kind, node.config, node.name, usual, old=old)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            raise TeniError(
                f"layer {node.name!r} ({node.kind}): damaged settings ({type(error).__name__}: {error})"
            ) from error
        nodes.append(replace(node, kind=kind, config=settings))
    return replace(network, nodes=tuple(nodes))


def translate_layer(
    kind: str, config: Mapping[str, Any], name: str, usual: str, *, old: bool
) -> tuple[str, dict[str, Any]]:
    """Put one layer into today's words.

    Args:
        kind: its class in the file.
        config: its settings in the file.
        name: its name, for messages.
        usual: the axis order of layers that don't say theirs.
        old: whether the description is of Keras 1.

    Returns:
        Today's class and arguments.

    Raises:
        TeniError: it cannot be carried over.

    >>> translate_layer("Dropout", {"p": 0.3, "name": "drop"}, "drop", "channels_last", old=True)
    ('Dropout', {'rate': 0.3})
    """
    if kind in ("TimeDistributed", "Bidirectional"):
        return kind, _wrapper(config, name, usual, old=old)
    if kind == "InputLayer":
        return kind, _input(config)
    if not old:
        return translate_keras2(kind, config, name, usual)
    if kind in PLAIN:
        settings = {new: config.get(before, default) for before, new, default in PLAIN[kind]}
        return kind, settings | ({"data_format": arguments.ordering(config, usual)} if "2D" in kind else {})
    if kind == "Activation":
        return kind, {"activation": arguments.activation(config.get("activation"), name)}
    if kind == "Merge":
        return untrained.merging(config, name)
    return _trained(kind, config, name, usual) or _image(kind, config, name, usual)


def _trained(
    kind: str, config: Mapping[str, Any], name: str, usual: str
) -> tuple[str, dict[str, Any]] | None:
    if kind in ("Dense", "TimeDistributedDense"):
        return "Dense", trained.dense(config, name)
    if kind in ("MaxoutDense", "Highway"):
        return kind, trained.maxout(config, name) if kind == "MaxoutDense" else trained.highway(config, name)
    if kind in ("LocallyConnected1D", "LocallyConnected2D"):
        return kind, trained.convolution(config, name, usual)
    if kind in CONVOLUTIONS:
        return CONVOLUTIONS[kind], trained.convolution(config, name, usual)
    if kind == "Deconvolution2D":
        return "Conv2DTranspose", trained.deconvolution(config, name, usual)
    if kind == "SeparableConvolution2D":
        return "SeparableConv2D", trained.separable(config, name, usual)
    if kind == "Embedding":
        return kind, trained.embedding(config, name)
    if kind in ("LSTM", "GRU", "SimpleRNN"):
        return kind, trained.recurrent(config, name, kind) | ({"reset_after": False} if kind == "GRU" else {})
    return None


def _image(kind: str, config: Mapping[str, Any], name: str, usual: str) -> tuple[str, dict[str, Any]]:
    if kind.startswith(("GlobalMaxPooling", "GlobalAveragePooling")):
        flat = kind.endswith("1D")
        return kind, {"data_format": "channels_last" if flat else arguments.ordering(config, usual)}
    if kind.startswith(("MaxPooling", "AveragePooling")):
        return kind, untrained.pooling(config, kind, usual)
    if kind.startswith(("ZeroPadding", "Cropping")):
        side = "padding" if kind.startswith("Zero") else "cropping"
        return kind, untrained.borders(config, side, int(kind[-2]), usual)
    if kind.startswith("UpSampling"):
        return kind, untrained.upsampling(config, kind, usual)
    if kind == "BatchNormalization":
        return kind, untrained.normalization(config, name)
    raise TeniError(f"layer {name!r}: {kind[:60]} cannot be carried over to today's Keras")


def _wrapper(config: Mapping[str, Any], name: str, usual: str, *, old: bool) -> dict[str, Any]:
    inner = config["layer"]
    kind, settings = translate_layer(inner["class_name"], inner["config"], name, usual, old=old)
    inner_name = inner["config"].get("name", f"{name}_inner")
    return {
        "kind": kind,
        "settings": settings,
        "inner_name": inner_name,
        "merge_mode": config.get("merge_mode", "concat"),
    }


def _input(config: Mapping[str, Any]) -> dict[str, Any]:
    shape = config.get("batch_input_shape") or config.get("batch_shape")
    dtype = config.get("input_dtype") or config.get("dtype") or "float32"
    if not isinstance(shape, list | tuple) or not all(
        size is None or isinstance(size, int) for size in shape
    ):
        raise TeniError(
            f"input {config.get('name')!r} has no shape; the file does not say what the network takes"
        )
    return {
        "batch": shape[0],
        "shape": tuple(shape[1:]),
        "dtype": dtype if isinstance(dtype, str) else "float32",
    }
