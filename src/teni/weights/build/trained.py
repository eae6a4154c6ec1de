"""Building convolutions, embeddings, recurrent layers and wrappers."""

from collections.abc import Mapping
from typing import Any

import keras

from teni.weights.build.activation import split_activation
from teni.weights.build.flow import Flow, as_image, as_meant
from teni.weights.build.shop import Shop
from teni.weights.graph import Node

RECURRENT = ("LSTM", "GRU", "SimpleRNN")


def build_convolution(node: Node, flow: Flow, shop: Shop) -> Flow:
    """Build Conv1D to 3D, SeparableConv2D or DepthwiseConv2D, with Theano's borders where they differ.

    Args:
        node: the layer.
        flow: its input.
        shop: what is kept.
    """
    settings, last = split_activation(node.config, shop)
    first = settings.pop("data_format", "channels_last") == "channels_first"
    flow = as_image(flow, first, shop)
    rank = len(flow.tensor.shape) - 2
    pads = _explicit_pads(settings, rank, shop)
    tensor = flow.tensor
    if pads is not None:
        settings = {**settings, "padding": "valid"}
        tensor = pad_image(tensor, pads, shop)
    return last(Flow(shop.layer(node, settings)(tensor), image=first))


def build_transposed(node: Node, flow: Flow, shop: Shop) -> Flow:
    """Build Conv2DTranspose of the output size that the file promises.

    Args:
        node: the layer.
        flow: its input.
        shop: what is kept.
    """
    settings, last = split_activation(node.config, shop)
    first = settings.pop("data_format", "channels_last") == "channels_first"
    space = settings.pop("output_space", None)
    flow = as_image(flow, first, shop)
    border = settings.get("padding", "valid")
    if shop.theano and settings.get("output_padding") is not None:
        raise shop.error(node, "an output_padding of Theano cannot be carried over")
    if space is None and not (shop.theano and border == "same"):
        return last(Flow(shop.layer(node, settings)(flow.tensor), image=first))
    given = flow.tensor.shape[1:3]
    if None in given or (space is not None and None in space):
        raise shop.error(node, "its output's size depends on an input of unknown size")
    strides, kernel = both(settings.get("strides", 1)), both(settings["kernel_size"])
    space = space or tuple(n * s for n, s in zip(given, strides, strict=True))
    crops: list[tuple[int, int]] = []
    for n, s, k, out in zip(given, strides, kernel, space, strict=True):
        full = n * s + max(k - s, 0)
        before = _cut_before(border, n, s, k, out, theano=shop.theano)
        if full - before - out < 0:
            raise shop.error(node, f"its output of {space} is larger than its input of {given} can fill")
        crops.append((before, full - before - out))
    tensor = shop.layer(node, {**settings, "padding": "valid"})(flow.tensor)
    return last(Flow(shop.extra("Cropping2D", tensor, tuple(crops)), image=first))


def build_recurrent(node: Node, flow: Flow, shop: Shop) -> Flow:
    """Build LSTM, GRU, SimpleRNN or Embedding.

    Args:
        node: the layer.
        flow: its input.
        shop: what is kept.
    """
    _check_cell(node, node.kind, node.config, shop)
    return Flow(shop.layer(node, node.config)(as_meant(flow, shop).tensor))


def build_wrapper(node: Node, flow: Flow, shop: Shop) -> Flow:
    """Build Bidirectional or TimeDistributed.

    Args:
        node: the layer.
        flow: its input.
        shop: what is kept.
    """
    kind, settings = str(node.config["kind"]), dict(node.config["settings"])
    name = str(node.config["inner_name"])
    tensor = as_meant(flow, shop).tensor
    inner = Node(name, kind, settings, ((),))
    if node.kind == "Bidirectional":
        if kind not in RECURRENT:
            raise shop.error(node, f"{kind} cannot be made bidirectional")
        _check_cell(node, kind, settings, shop)
        return Flow((shop.kept(node) or _both_ways(node, inner, shop))(tensor))
    if kind in RECURRENT or kind in ("Bidirectional", "TimeDistributed", "Embedding"):
        raise shop.error(node, f"{kind} at each time step cannot be carried over")
    return _every_step(node, inner, tensor, shop)


def _both_ways(node: Node, inner: Node, shop: Shop) -> Any:
    """Keras 1 turned the second direction around whatever the first was; today's Keras must be told."""
    backwards = None
    if inner.config.get("go_backwards"):
        other = Node(f"{inner.name}_backward", inner.kind, inner.config, ((),))
        backwards = shop.layer(other, {**inner.config, "go_backwards": False})
    forwards = shop.layer(inner, inner.config)
    mode = node.config["merge_mode"]
    return shop.keep(
        node, keras.layers.Bidirectional(forwards, mode, backward_layer=backwards, name=node.name)
    )


def _every_step(node: Node, inner: Node, tensor: Any, shop: Shop) -> Flow:
    """Wrap a layer; images with channels first are turned before it and turned back behind it."""
    settings, last = split_activation(inner.config, shop)
    first = settings.pop("data_format", "channels_last") == "channels_first"
    theano = _explicit_pads(settings, len(tensor.shape) - 3, shop) if "padding" in settings else None
    settings.pop("counts_border", None)
    pooled = shop.theano and "pool_size" in settings and settings.get("padding") == "same"
    if pooled or theano is not None or settings.pop("mode", 0) or "output_space" in settings:
        raise shop.error(node, f"{inner.kind} with these settings cannot be carried over to each time step")
    if inner.kind == "BatchNormalization":
        settings["axis"] = settings.get("axis", -1)
    layer = shop.kept(node) or shop.keep(
        node, keras.layers.TimeDistributed(shop.layer(inner, settings), name=node.name)
    )
    return last(at_each_step(layer, tensor, (first, first), shop))


def at_each_step(layer: Any, tensor: Any, moved: tuple[bool, bool], shop: Shop) -> Flow:
    """Call a TimeDistributed; images with channels first are turned before it and turned back behind it.

    Args:
        layer: the wrapper.
        tensor: ``(batch, time, ...)`` as the file meant it.
        moved: whether the wrapped layer's input, and its output, have their channels first in the file.
        shop: what is kept.
    """
    rank = len(tensor.shape) - 1
    if moved[0] and rank > 3:
        tensor = shop.extra("Permute", tensor, (1, *range(3, rank + 1), 2))
    tensor = layer(tensor)
    rank = len(tensor.shape) - 1
    if moved[1] and rank > 3:
        tensor = shop.extra("Permute", tensor, (1, rank, *range(2, rank)))
    return Flow(tensor)


def pad_image(tensor: Any, pads: list[tuple[int, int]], shop: Shop) -> Any:
    """Put zeros around a channels-last image.

    Args:
        tensor: the image.
        pads: (before, after) for each axis of its space.
        shop: what is kept.
    """
    if not any(max(pad) for pad in pads):
        return tensor
    return shop.extra(f"ZeroPadding{len(pads)}D", tensor, pads[0] if len(pads) == 1 else tuple(pads))


def both(setting: Any) -> tuple[int, int]:
    """Read a size given once for both axes or once for each."""
    return (setting, setting) if isinstance(setting, int) else (int(setting[0]), int(setting[1]))


def _explicit_pads(settings: Mapping[str, Any], rank: int, shop: Shop) -> list[tuple[int, int]] | None:
    """Give the zeros that Keras 1 put where today's 'same' differs, or None where it does not.

    Theano's 'same' pads kernel // 2 before and (kernel - 1) // 2 after, whatever the stride.
    """
    border = settings.get("padding", "valid")
    if border not in ("same", "full") or "kernel_size" not in settings:
        return None
    kernel, strides, dilation = (
        _each(settings.get(key, 1), rank) for key in ("kernel_size", "strides", "dilation_rate")
    )
    wide = [(k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)]
    if border == "full":
        return [(k - 1, k - 1) for k in wide]
    if not shop.theano or all(k % 2 and s == 1 for k, s in zip(wide, strides, strict=True)):
        return None
    return [(k // 2, (k - 1) // 2) for k in wide]


def _each(setting: Any, rank: int) -> tuple[int, ...]:
    return (int(setting),) * rank if isinstance(setting, int) else tuple(int(size) for size in setting)


def _cut_before(border: str, size: int, stride: int, kernel: int, out: int, *, theano: bool) -> int:
    if border == "valid":
        return 0
    if theano:
        return kernel // 2
    return max((size - 1) * stride + kernel - out, 0) // 2


def _check_cell(node: Node, kind: str, config: Mapping[str, Any], shop: Shop) -> None:
    if kind == "LSTM" and config.get("activation") == "hard_sigmoid":
        raise shop.error(node, "an LSTM whose activation is hard_sigmoid cannot be carried over")
