"""Which tensor of a network within a network belongs to which of its layers."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from teni.errors import TeniError
from teni.weights.graph import Network, Node
from teni.weights.saved import SavedTensor

# How many tensors a layer has with its bias, and how many of them are no bias but always there.
KERNELS = {
    **dict.fromkeys(("Dense", "TimeDistributedDense", "MaxoutDense", "Conv1D", "Conv2D", "Conv3D"), 1),
    **dict.fromkeys(("Convolution1D", "Convolution2D", "Convolution3D", "AtrousConvolution2D"), 1),
    **dict.fromkeys(("AtrousConvolution1D", "Deconvolution2D", "Conv2DTranspose", "DepthwiseConv2D"), 1),
    **dict.fromkeys(("LocallyConnected1D", "LocallyConnected2D"), 1),
    **dict.fromkeys(("SeparableConvolution2D", "SeparableConv1D", "SeparableConv2D"), 2),
}
OTHERS = {"Embedding": 1, "PReLU": 1, "ParametricSoftplus": 2, "SReLU": 4}
GATES = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}


def shared_out(
    network: Network, held: Sequence[SavedTensor], tensors: Mapping[str, Sequence[SavedTensor]]
) -> Mapping[str, Sequence[SavedTensor]]:
    """Share the tensors of a nested network out among its layers.

    Args:
        network: the nested network.
        held: what the file has under its name, in the order of the file; nothing if it has another name there,
            or if its layers are listed by themselves.
        tensors: for each layer that the file lists its tensors.

    Returns:
        The same, with the tensors of each inner layer, of the networks within it too.

    Raises:
        TeniError: neither names nor order tell whose the tensors are.
    """
    nodes = list(_layers(network))
    names = {node.name for node in nodes}
    if not held and names & set(tensors):
        return tensors
    if not held:
        held = [tensor for all_of in tensors.values() for tensor in all_of if _layer_of(tensor, names)]
    return {**tensors, **_share_out(network, nodes, held)}


def _share_out(
    network: Network, nodes: list[Node], held: Sequence[SavedTensor]
) -> dict[str, list[SavedTensor]]:
    names = {node.name for node in nodes}
    shares: dict[str, list[SavedTensor]] = {}
    for tensor in held:
        name = _layer_of(tensor, names)
        if name is None:
            return _in_order(network, nodes, held)
        shares.setdefault(name, []).append(tensor)
    return shares


def _layer_of(tensor: SavedTensor, names: Collection[str]) -> str | None:
    found = [name for name in names if re.search(rf"(^|/){re.escape(name)}(_\d+)?(/|_[A-Za-z])", tensor.name)]
    return max(found, key=len, default=None)


def _layers(network: Network) -> Iterator[Node]:
    for node in network.nodes:
        if node.inner is None:
            yield node
        else:
            yield from _layers(node.inner)


def _in_order(
    network: Network, nodes: list[Node], held: Sequence[SavedTensor]
) -> dict[str, list[SavedTensor]]:
    """First what is trained, layer by layer, then what is not; a frozen layer has nothing that is trained."""
    for split in (False, True):
        counts = [_count(node, split) for node in nodes]
        if None not in counts and sum(map(sum, filter(None, counts))) == len(held):
            waiting = list(held)
            shares: dict[str, list[SavedTensor]] = {node.name: [] for node in nodes}
            for turn in (0, 1):
                for node, count in zip(nodes, counts, strict=True):
                    number = (count or (0, 0))[turn]
                    shares[node.name] += waiting[:number]
                    waiting = waiting[number:]
            return shares
    raise TeniError(f"network {network.name!r} within another: the NumPy forward pass cannot share it out")


def _count(node: Node, split: bool) -> tuple[int, int] | None:
    config, kind, both = node.config, node.kind, 1
    if kind in ("TimeDistributed", "Bidirectional"):
        both = 2 if kind == "Bidirectional" else 1
        kind, config = config["layer"]["class_name"], config["layer"]["config"]
    bias = int(bool(config.get("bias", config.get("use_bias", True))))
    if kind in ("BatchNormalization", "LayerNormalization"):
        trained = int(config.get("scale", True)) + int(config.get("center", True))
        total = (trained, 2 if kind == "BatchNormalization" else 0)
    elif kind == "Highway":
        total = (2 + 2 * bias, 0)
    elif kind in GATES:
        total = (3 * GATES[kind] if split else 2 + bias, 0)
    else:
        total = (KERNELS[kind] + bias if kind in KERNELS else OTHERS.get(kind, 0), 0)
    if config.get("trainable", True) is False:
        return 0, both * sum(total)
    return both * total[0], both * total[1]
