"""Whole models of old files: description and weights together, as a network of today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.weights.apply import apply
from teni.weights.build import Built, build_network
from teni.weights.cut import cut_network
from teni.weights.graph import Network
from teni.weights.inner import inner_layers
from teni.weights.keras1 import translate
from teni.weights.load_report import LoadReport
from teni.weights.owner import owner
from teni.weights.parity import Moved, Parity, compare, rules_for
from teni.weights.parse import layer_configs, parse_network
from teni.weights.reading import Reading, choose_reading
from teni.weights.reference.forward import Tensors
from teni.weights.saved import SavedWeights

Array = NDArray[Any]


@dataclass(frozen=True)
class Whole:
    """A whole model of a file, as a network of today.

    Args:
        model: the network, channels last.
        report: what was done with every tensor.
        reading: how the file was read.
        network: the network as the file describes it.
        moved: which inputs and outputs have their channels first in the file.
    """

    model: keras.Model
    report: LoadReport
    reading: Reading
    network: Network
    moved: Moved


def load_whole(saved: SavedWeights, reading: Reading | None = None, upto: str | None = None) -> Whole:
    """Build the network that a file of Keras 1, Keras 2 or TensorFlow.js describes, and load its weights.

    Args:
        saved: the file; it must hold a description.
        reading: how it is to be read; None: as it says, or its age suggests.
        upto: the layer at which the network is cut; None: the whole network.

    Returns:
        The network of today with the file's weights.

    Raises:
        TeniError: the file holds weights only, or a layer cannot be carried over.
    """
    if saved.model_config is None:
        raise TeniError(
            f"{saved.source}: holds weights only; name the network that they are for (--architecture)"
        )
    reading = reading or choose_reading(saved)
    network = cut_network(parse_network(saved.model_config, saved.source), upto)
    old = saved.age in ("keras-oldest", "keras-1") or describes_keras1(saved.model_config)
    today = translate(network, reading.ordering, old=old)
    held = {layer.name: tuple(tensor.shape for tensor in layer.tensors) for layer in saved.with_tensors}
    built = build_network(today, reading, saved.source, held)
    told = {name: theirs for name, theirs in built.names.items() if theirs in held}
    told |= _found_by_content(saved, built, told)
    report = apply(saved, built.model, match=told, reading=reading, hints=built.hints)
    return Whole(built.model, report, reading, network, (built.inputs_moved, built.outputs_moved))


def _found_by_content(saved: SavedWeights, built: Built, told: Mapping[str, str]) -> dict[str, str]:
    """Find nested networks that the description leaves without a name, as Keras 1 did, by their tensors."""
    found: dict[str, str] = {}
    for layer in built.model.layers:
        if not isinstance(layer, keras.Model) or layer.name in {*told, *built.hints.composed}:
            continue
        inner = [built.names[each.name] for each in inner_layers(layer, built.hints.composed)]
        for theirs in saved.with_tensors:
            known = theirs.name in told.values()
            if not known and all(owner(tensor.name, inner) for tensor in theirs.tensors):
                found[layer.name] = theirs.name
    return found


def describes_keras1(config: Mapping[str, Any]) -> bool:
    """Tell whether a description is of Keras 1, by its version or by the words that its layers use.

    Args:
        config: a parsed ``model_config``.

    >>> describes_keras1({"config": [{"config": {"output_dim": 30, "init": "uniform"}}]})
    True
    """
    version = config.get("keras_version")
    if isinstance(version, str):
        return version.startswith(("0.", "1."))
    words = {
        "nb_filter",
        "border_mode",
        "dim_ordering",
        "init",
        "W_regularizer",
        "p",
        "inner_init",
        "subsample",
    }
    newer = {"filters", "units", "kernel_initializer", "rate", "use_bias"}
    found = {word for settings in layer_configs(config) for word in settings}
    return bool(found & words) and not found & newer


def check_whole(
    saved: SavedWeights, whole: Whole, inputs: Sequence[Array], tensors: Tensors | None = None
) -> Parity:
    """Compare a network with a slow NumPy pass over the file's own description, tensors and rules.

    Args:
        saved: the file.
        whole: what was made of it.
        inputs: one array for each input, as the network of today takes them (channels last).
        tensors: for each layer the file's tensors; None: as the file lists them.

    Returns:
        The largest difference between any two outputs.
    """
    tensors = tensors or {layer.name: layer.tensors for layer in saved.with_tensors}
    rules = rules_for(saved, whole.reading)
    return compare(whole.network, tensors, whole.model, inputs, rules, whole.moved)
