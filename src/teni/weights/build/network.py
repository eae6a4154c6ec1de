"""Building a whole network, call after call."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import keras

from teni.errors import TeniError
from teni.weights.build import advanced, dense, local, merging, normalization, trained, untrained
from teni.weights.build.flow import Flow, as_image, as_meant
from teni.weights.build.shop import Shapes, Shop, safe_name
from teni.weights.graph import Network, Node
from teni.weights.hints import Hints
from teni.weights.reading import Reading

MERGES = ("Add", "Multiply", "Average", "Maximum", "Minimum", "Subtract", "Concatenate", "Dot")
CONVOLUTIONS = ("Conv1D", "Conv2D", "Conv3D", "SeparableConv1D", "SeparableConv2D", "DepthwiseConv2D")
# Layers whose input has time as its first axis.
STEPS = ("TimeDistributed", "Bidirectional", *trained.RECURRENT)
SHAPES = ("Reshape", "Permute", "RepeatVector", "Masking", "LayerNormalization")


@dataclass(frozen=True)
class Built:
    """A network of today, and what loading its weights must know.

    Args:
        model: the network; images have their channels last, at its inputs and outputs too.
        hints: what is known about the weights.
        names: for each layer of the network its name in the file.
        inputs_moved: for each input, whether the file meant channels first.
        outputs_moved: for each output likewise.
    """

    model: keras.Model
    hints: Hints
    names: Mapping[str, str]
    inputs_moved: tuple[bool, ...]
    outputs_moved: tuple[bool, ...]


def build_network(
    network: Network, reading: Reading, source: str, shapes: Mapping[str, Shapes] | None = None
) -> Built:
    """Build a network of today from a translated description.

    Args:
        network: as ``keras1.translate`` gives it.
        reading: how the file is to be read.
        source: the file, for messages.
        shapes: the shapes of the tensors that the file has for a layer, by the layer's name.

    Returns:
        The network, with fresh weights.

    Raises:
        TeniError: a layer that cannot be carried over is named.
    """
    shop = Shop(reading, source, shapes or {})
    done: dict[tuple[str, int], list[Flow]] = {}
    stateful = any(_keeps_state(node.config) for node in network.nodes)
    over_time = {s.layer for node in network.nodes if node.kind in STEPS for call in node.calls for s in call}
    for node in network.nodes:
        if node.kind == "InputLayer":
            done[node.name, 0] = [_input(node, shop, stateful=stateful, image=node.name not in over_time)]
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
    return Built(model, Hints(shop.images, shop.composed), shop.names, moved_in, moved_out)


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


def _keeps_state(config: Mapping[str, Any]) -> bool:
    """Tell whether a recurrent layer goes on where the batch before ended, for which a batch's size is fixed."""
    inner = config.get("settings", config)
    return bool(inner.get("stateful", False))


def _input(node: Node, shop: Shop, *, stateful: bool, image: bool) -> Flow:
    shape = node.config["shape"]
    moved = image and shop.reading.ordering == "channels_first" and len(shape) in (3, 4)
    if moved:
        shape = (*shape[1:], shape[0])
    batch = node.config["batch"] if stateful else None
    return Flow(keras.Input(shape, batch, node.config["dtype"], name=safe_name(node)), image=moved)


def _call(node: Node, given: list[Flow], shop: Shop) -> list[Flow]:
    if node.inner is not None:
        return _nested(node, node.inner, given, shop)
    if node.kind in MERGES:
        return [merging.build_merging(node, given, shop)]
    return [_build(node, given[0], shop)]


def _build(node: Node, flow: Flow, shop: Shop) -> Flow:
    kind = node.kind
    if kind == "Dense":
        return dense.build_dense(node, flow, shop)
    if kind == "MaxoutDense":
        return dense.build_maxout(node, flow, shop)
    if kind == "Highway":
        return dense.build_highway(node, flow, shop)
    if kind in CONVOLUTIONS:
        return trained.build_convolution(node, flow, shop)
    if kind == "Conv2DTranspose":
        return trained.build_transposed(node, flow, shop)
    if kind == "BatchNormalization":
        return normalization.build_normalization(node, flow, shop)
    if kind in ("LocallyConnected1D", "LocallyConnected2D"):
        return local.build_local(node, flow, shop)
    if kind in (*trained.RECURRENT, "Embedding"):
        return trained.build_recurrent(node, flow, shop)
    if kind in ("Bidirectional", "TimeDistributed"):
        return trained.build_wrapper(node, flow, shop)
    if kind in untrained.ELEMENTWISE:
        return untrained.build_elementwise(node, flow, shop)
    if kind in ("Activation", "Softmax", "ThresholdedReLU"):
        return untrained.build_activation(node, flow, shop)
    if kind == "PReLU":
        return advanced.build_prelu(node, flow, shop)
    if kind == "ParametricSoftplus":
        return advanced.build_parametric_softplus(node, flow, shop)
    if kind == "SReLU":
        return advanced.build_srelu(node, flow, shop)
    if kind == "Flatten":
        return untrained.build_flatten(node, flow, shop)
    if kind in SHAPES:
        return untrained.build_shape(node, flow, shop)
    return untrained.build_image(node, flow, shop)


def _nested(node: Node, network: Network, given: list[Flow], shop: Shop) -> list[Flow]:
    """Build a network within the network once, and call it, be it at each time step."""
    steps = node.kind == "TimeDistributed"
    if shop.kept(node) is None:
        built = build_network(replace(network, name=node.name), shop.reading, shop.source, shop.shapes)
        shop.adopt(node, built)
        inner: Any = built.model
        shop.keep(node, keras.layers.TimeDistributed(inner, name=safe_name(node)) if steps else inner)
    built: Built = shop.nested[node.name]
    if steps:
        moved = (built.inputs_moved[0], built.outputs_moved[0])
        return [trained.at_each_step(shop.kept(node), as_meant(given[0], shop).tensor, moved, shop)]
    flows = [
        as_image(flow, True, shop) if moved else as_meant(flow, shop)
        for flow, moved in zip(given, built.inputs_moved, strict=True)
    ]
    tensors = [flow.tensor for flow in flows]
    out = shop.kept(node)(tensors if len(tensors) > 1 else tensors[0])
    outs = list(out) if isinstance(out, list | tuple) else [out]
    return [Flow(tensor, image=moved) for tensor, moved in zip(outs, built.outputs_moved, strict=True)]
