"""The forward pass itself: layer after layer, call after call."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from teni.errors import TeniError
from teni.weights.graph import Network, Node
from teni.weights.reference import conv, pool, recurrent, simple
from teni.weights.reference.activations import activate, advanced
from teni.weights.reference.nested import shared_out
from teni.weights.reference.rules import Array, Layer, Rules, Signal, from_last, to_last, unknown
from teni.weights.saved import SavedTensor

CONVOLUTIONS = (
    *("Convolution1D", "Convolution2D", "Convolution3D", "AtrousConvolution1D", "AtrousConvolution2D"),
    *("Conv1D", "Conv2D", "Conv3D"),
)
SEPARABLE = ("SeparableConvolution2D", "SeparableConv1D", "SeparableConv2D", "DepthwiseConv2D")
TRANSPOSED = ("Deconvolution2D", "Conv2DTranspose")
NOISE = ("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "GaussianNoise")
QUIET = (*NOISE, "GaussianDropout", "AlphaDropout", "ActivityRegularization")
ADVANCED = (
    *("LeakyReLU", "PReLU", "ELU", "ThresholdedReLU", "ParametricSoftplus", "SReLU", "ReLU", "Softmax"),
)
SHAPES = ("Flatten", "Reshape", "Permute", "RepeatVector")
MERGES = (*("Merge", "Add", "Multiply", "Average", "Maximum", "Minimum", "Subtract", "Concatenate", "Dot"),)

Tensors = Mapping[str, Sequence[SavedTensor]]


def forward(network: Network, tensors: Tensors, inputs: Sequence[Array], rules: Rules) -> list[Array]:
    """Compute the outputs of a network from a file's own tensors under the file's own rules, in float64.

    Args:
        network: the network as its description has it; no layer is changed.
        tensors: for each layer with weights, the file's tensors, in the order of the file.
        inputs: one array for each input, in the network's own axis order.
        rules: the rules of the file's age and backend.

    Returns:
        One array for each output.

    Raises:
        TeniError: a layer that this pass does not know, or that has no tensors in the file.

    >>> from teni.weights.parse import parse_network
    >>> settings = {"name": "relu", "activation": "relu", "batch_input_shape": [None, 2]}
    >>> layers = [{"class_name": "Activation", "config": settings}]
    >>> network = parse_network({"class_name": "Sequential", "config": layers}, "w.h5")
    >>> forward(network, {}, [np.array([[1.0, 2.0]])], Rules(theano=False, channels_first=False))
    [array([[1., 2.]])]
    """
    signals = [Signal(np.asarray(values)) for values in inputs]
    return [signal.values for signal in _run(network, tensors, signals, rules)]


def _run(network: Network, tensors: Tensors, inputs: Sequence[Signal], rules: Rules) -> list[Signal]:
    done: dict[tuple[str, int], list[Signal]] = {}
    for source, signal in zip(network.inputs, inputs, strict=True):
        done[source.layer, source.call] = [signal]
    waiting = [(node, number) for node in network.nodes for number in range(len(node.calls))]
    postponed = 0
    while waiting:
        node, number = waiting.pop(0)
        if (node.name, number) in done:
            continue
        sources = node.calls[number]
        if any((source.layer, source.call) not in done for source in sources):
            # A layer that is called twice may need, the second time, what comes after its first call.
            postponed += 1
            waiting.append((node, number))
            if postponed > len(waiting):
                raise TeniError(f"layer {node.name!r} takes from a call that never happens")
            continue
        postponed = 0
        given = [done[source.layer, source.call][source.tensor] for source in sources]
        done[node.name, number] = _call(node, tensors, given, rules)
    return [done[source.layer, source.call][source.tensor] for source in network.outputs]


def _call(node: Node, tensors: Tensors, given: list[Signal], rules: Rules) -> list[Signal]:
    held = tensors.get(node.name, ())
    if node.inner is not None:
        inside = shared_out(node.inner, held, tensors)
        if node.kind == "TimeDistributed":
            return [_network_at_each_step(node.inner, inside, given[0], rules)]
        return _run(node.inner, inside, given, rules)
    values, names = [tensor.read() for tensor in held], [tensor.name for tensor in held]
    layer = Layer(node.name, node.kind, node.config, values, names, rules.soft)
    try:
        return [_compute(layer, given, rules)]
    except (IndexError, ValueError, KeyError, TypeError) as error:
        said = " ".join(str(error).split())[:120]
        raise TeniError(
            f"layer {node.name!r} ({node.kind}): the NumPy forward pass cannot compute it from the file ({said})"
        ) from error


def _network_at_each_step(network: Network, tensors: Tensors, signal: Signal, rules: Rules) -> Signal:
    steps = range(signal.values.shape[1])
    outs = [_run(network, tensors, [Signal(signal.values[:, step])], rules)[0].values for step in steps]
    return Signal(np.stack(outs, axis=1), signal.mask)


def _compute(layer: Layer, given: list[Signal], rules: Rules) -> Signal:
    kind, signal = layer.kind, given[0]
    if kind in MERGES:
        return Signal(simple.merge(layer, [one.values for one in given], rules))
    if kind in ("LSTM", "GRU", "SimpleRNN"):
        return recurrent.recur(layer, signal)
    if kind == "Bidirectional":
        return recurrent.both_ways(layer, _inner(layer), signal)
    if kind == "TimeDistributed":
        return _every_step(_inner(layer), signal, rules)
    if kind == "Embedding":
        mask = signal.values != 0 if layer.get("mask_zero", default=False) else None
        return Signal(simple.embed(layer, signal.values), mask)
    if kind == "Masking":
        on = (signal.values != layer.get("mask_value", default=0.0)).any(-1)
        return Signal(signal.values * on[..., None], on)
    if kind in QUIET or kind == "InputLayer":
        return signal
    if kind == "Activation" or kind in ADVANCED:
        compute = activate if kind == "Activation" else advanced
        first = rules.forced and rules.channels_first and signal.values.ndim > 3
        if first and not layer.tensors:
            # A network of today, whose softmax goes along the channels, is computed with the channels first.
            return replace(signal, values=from_last(compute(layer, to_last(signal.values, first)), first))
        return replace(signal, values=compute(layer, signal.values))
    if kind in ("Dense", "TimeDistributedDense"):
        return replace(signal, values=simple.dense(layer, signal.values))
    if kind in ("MaxoutDense", "Highway"):
        compute = simple.maxout if kind == "MaxoutDense" else simple.highway
        return Signal(compute(layer, signal.values))
    return Signal(_compute_image(layer, signal.values, rules))


def _compute_image(layer: Layer, values: Array, rules: Rules) -> Array:
    kind = layer.kind
    if kind in CONVOLUTIONS:
        return conv.convolve(layer, values, rules)
    if kind in SEPARABLE:
        return conv.separable(layer, values, rules)
    if kind in TRANSPOSED:
        return conv.transposed(layer, values, rules)
    if kind in ("LocallyConnected1D", "LocallyConnected2D"):
        return conv.local(layer, values, rules)
    if kind.startswith("Global"):
        return pool.pool_all(layer, values, rules)
    if kind.startswith(("MaxPooling", "AveragePooling")):
        return pool.pool(layer, values, rules)
    if kind == "BatchNormalization":
        return simple.normalize(layer, values, rules)
    if kind == "LayerNormalization":
        return simple.normalize_layer(layer, values)
    if kind == "Rescaling":
        return values * layer.get("scale") + layer.get("offset", default=0.0)
    if kind in SHAPES:
        return simple.reshape(layer, values, rules)
    if kind.startswith("ZeroPadding"):
        return simple.pad(layer, values, rules)
    if kind.startswith("Cropping"):
        return simple.crop(layer, values, rules)
    if kind.startswith("UpSampling"):
        return simple.enlarge(layer, values, rules)
    raise unknown(layer)


def _inner(layer: Layer) -> Layer:
    described: Mapping[str, Any] = layer.config["layer"]
    kind = str(described["class_name"])
    return replace(layer, kind=kind, config=described["config"])


def _every_step(layer: Layer, signal: Signal, rules: Rules) -> Signal:
    steps = [
        _compute(layer, [Signal(signal.values[:, step])], rules).values
        for step in range(signal.values.shape[1])
    ]
    return Signal(np.stack(steps, axis=1), signal.mask)
