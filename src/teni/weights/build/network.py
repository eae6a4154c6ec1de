"""Building a whole network, call after call."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras

from teni.errors import TeniError
from teni.weights.build import merging, trained, untrained
from teni.weights.build.flow import Flow, as_image, as_meant
from teni.weights.build.shop import Shop
from teni.weights.graph import Network, Node
from teni.weights.reading import Reading

MERGES = ("Add", "Multiply", "Average", "Maximum", "Minimum", "Subtract", "Concatenate", "Dot")
CONVOLUTIONS = ("Conv1D", "Conv2D", "Conv3D", "SeparableConv2D", "DepthwiseConv2D")
SHAPES = ("Reshape", "Permute", "RepeatVector", "Masking")


@dataclass(frozen=True)
class Built:
    """A network of today, and what loading its weights must know.

    Args:
        model: the network; images have their channels last, at its inputs and outputs too.
        images: for each Dense layer behind a flattened channels-first image, and each PReLU over one:
            (channels, *space).
        names: for each layer of the network its name in the file.
        inputs_moved: for each input, whether the file meant channels first.
        outputs_moved: for each output likewise.
    """

    model: keras.Model
    images: Mapping[str, tuple[int, ...]]
    names: Mapping[str, str]
    inputs_moved: tuple[bool, ...]
    outputs_moved: tuple[bool, ...]


def build_network(network: Network, reading: Reading, source: str) -> Built:
    """Build a network of today from a translated description.

    Args:
        network: as ``keras1.translate`` gives it.
        reading: how the file is to be read.
        source: the file, for messages.

    Returns:
        The network, with fresh weights.

    Raises:
        TeniError: a layer that cannot be carried over is named.
    """
    shop = Shop(reading, source)
    done: dict[tuple[str, int], list[Flow]] = {}
    for node in network.nodes:
        if node.kind == "InputLayer":
            done[node.name, 0] = [_input(node, shop)]
    _call_all(network, done, shop)
    inputs = [_taken(done, s.layer, s.call, s.tensor, source) for s in network.inputs]
    outputs = [_taken(done, s.layer, s.call, s.tensor, source) for s in network.outputs]
    outputs = [as_meant(flow, shop) if flow.rows is not None else flow for flow in outputs]
    given, out = [flow.tensor for flow in inputs], [flow.tensor for flow in outputs]
    try:
        model = keras.Model(
            given if len(given) > 1 else given[0],
            out if len(out) > 1 else out[0],
            name=network.name.replace("/", "_"),
        )
    except (ValueError, TypeError, IndexError) as error:
        said = " ".join(str(error).split())[:160]
        raise TeniError(f"{source}: its layers make no network ({said})") from error
    moved_in, moved_out = (tuple(flow.image for flow in flows) for flows in (inputs, outputs))
    return Built(model, shop.images, shop.names, moved_in, moved_out)


def _call_all(network: Network, done: dict[tuple[str, int], list[Flow]], shop: Shop) -> None:
    waiting = [
        (node, number)
        for node in network.nodes
        if node.kind != "InputLayer"
        for number in range(len(node.calls))
    ]
    postponed = 0
    while waiting:
        node, number = waiting.pop(0)
        sources = node.calls[number]
        if any((source.layer, source.call) not in done for source in sources):
            waiting.append((node, number))
            postponed += 1
            if postponed > len(waiting):
                raise shop.error(node, "takes from a call that never happens")
            continue
        postponed = 0
        given = [_taken(done, s.layer, s.call, s.tensor, shop.source) for s in sources]
        if not given:
            raise shop.error(node, "has no input")
        try:
            done[node.name, number] = _call(node, given, shop)
        except (ValueError, TypeError, KeyError, IndexError, ArithmeticError) as error:
            said = " ".join(str(error).split())[:160]
            raise shop.error(node, f"does not fit what it is given ({said})") from error


def _taken(done: dict[tuple[str, int], list[Flow]], layer: str, call: int, tensor: int, source: str) -> Flow:
    flows = done.get((layer, call), [])
    if not 0 <= tensor < len(flows):
        raise TeniError(
            f"{source}: layer {layer!r} has no output {tensor} of call {call}; the description is damaged"
        )
    return flows[tensor]


def _input(node: Node, shop: Shop) -> Flow:
    shape = node.config["shape"]
    moved = shop.reading.ordering == "channels_first" and len(shape) in (3, 4)
    if moved:
        shape = (*shape[1:], shape[0])
    return Flow(keras.Input(shape, dtype=node.config["dtype"], name=node.name.replace("/", "_")), image=moved)


def _call(node: Node, given: list[Flow], shop: Shop) -> list[Flow]:
    if node.inner is not None:
        return _nested(node, given, shop)
    if node.kind in MERGES:
        return [merging.build_merging(node, given, shop)]
    return [_build(node, given[0], shop)]


def _build(node: Node, flow: Flow, shop: Shop) -> Flow:
    kind = node.kind
    if kind == "Dense":
        return trained.build_dense(node, flow, shop)
    if kind in CONVOLUTIONS:
        return trained.build_convolution(node, flow, shop)
    if kind == "Conv2DTranspose":
        return trained.build_transposed(node, flow, shop)
    if kind == "BatchNormalization":
        return trained.build_normalization(node, flow, shop)
    if kind in (*trained.RECURRENT, "Embedding"):
        return trained.build_recurrent(node, flow, shop)
    if kind in ("Bidirectional", "TimeDistributed"):
        return trained.build_wrapper(node, flow, shop)
    if kind in untrained.ELEMENTWISE:
        return untrained.build_elementwise(node, flow, shop)
    if kind in ("Activation", "Softmax", "ThresholdedReLU"):
        return untrained.build_activation(node, flow, shop)
    if kind in ("PReLU", "ParametricSoftplus"):
        return untrained.build_slopes(node, flow, shop)
    if kind == "Flatten":
        return untrained.build_flatten(node, flow, shop)
    if kind in SHAPES:
        return untrained.build_shape(node, flow, shop)
    return untrained.build_image(node, flow, shop)


def _nested(node: Node, given: list[Flow], shop: Shop) -> list[Flow]:
    """Build a network within the network once, and call it."""
    kept: Any = shop.kept(node)
    if kept is None:
        network = (
            Network(node.name, node.inner.nodes, node.inner.inputs, node.inner.outputs)
            if node.inner
            else None
        )
        if network is None:
            raise shop.error(node, "has no description")
        built = build_network(network, shop.reading, shop.source)
        shop.images.update(built.images)
        kept = shop.keep(node, built.model)
        shop.nested[node.name] = built
    built = shop.nested[node.name]
    flows = [
        as_image(flow, True, shop) if moved else as_meant(flow, shop)
        for flow, moved in zip(given, built.inputs_moved, strict=True)
    ]
    tensors = [flow.tensor for flow in flows]
    out = kept(tensors if len(tensors) > 1 else tensors[0])
    outs = list(out) if isinstance(out, list | tuple) else [out]
    return [Flow(tensor, image=moved) for tensor, moved in zip(outs, built.outputs_moved, strict=True)]
