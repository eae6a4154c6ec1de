"""A file with its network: whole models opened by the way that proves right."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import keras

from teni.errors import TeniError
from teni.weights.apply import apply, tensors_by_layer
from teni.weights.code import refuse_code
from teni.weights.cut import cut_model, cut_network
from teni.weights.parity import Parity, random_inputs
from teni.weights.parse import parse_network
from teni.weights.read import holds_model
from teni.weights.reading import Reading, choose_reading
from teni.weights.saved import SavedWeights
from teni.weights.whole import Whole, check_whole, load_whole


@dataclass(frozen=True)
class Opened:
    """A whole model of a file, who built it, and how far it is from the file's own.

    Args:
        whole: the network.
        builder: who built it.
        parity: the comparison with the NumPy pass on random inputs.
    """

    whole: Whole
    builder: Literal["keras", "teni"]
    parity: Parity


def open_whole(
    saved: SavedWeights, reading: Reading | None = None, upto: str | None = None, seed: int = 0
) -> Opened:
    """Open a whole model of any age as a network of today.

    Keras itself opens Keras 2 and 3; a file of Keras 2 is loaded again by teni's reader and compared with the
    NumPy pass, and if Keras got it wrong, or refuses it, teni builds the network.

    Args:
        saved: the file, with a description.
        reading: how it is to be read; None: as it says, or its age suggests.
        upto: the layer at which the network is cut; None: the whole network.
        seed: of the random inputs of the comparison.

    Returns:
        The network, who built it, and how it compares.

    Raises:
        TeniError: the file holds weights only, would run code, or a layer cannot be carried over.
    """
    if saved.model_config is None:
        raise TeniError(f"{saved.source}: holds weights only; name the network they are for (--architecture)")
    refuse_code(saved.model_config, saved.source)
    reading = reading or choose_reading(saved)
    by_keras = saved.age in ("keras-2", "keras-3") and reading.ordering == "channels_last"
    if by_keras and reading.kernels == "correlation":
        opened = _by_keras(saved, reading, upto, seed)
        if opened is not None:
            return opened
    whole = load_whole(saved, reading, upto)
    return Opened(whole, "teni", check_whole(saved, whole, random_inputs(whole.model, seed)))


def _by_keras(saved: SavedWeights, reading: Reading, upto: str | None, seed: int) -> Opened | None:
    """Let Keras open the file; None if it refuses or if the NumPy pass computes something else."""
    config: Any = saved.model_config
    network = cut_network(parse_network(config, saved.source), upto)
    try:
        opened: Any = _build(saved)
        given, out = (side if len(side) > 1 else side[0] for side in (opened.inputs, opened.outputs))
        model = keras.Model(given, out, name=opened.name)
        report = apply(saved, model, reading=reading)
    except Exception as error:  # anything may go wrong in there on account of the file
        if saved.age != "keras-3":
            return None
        if isinstance(error, TeniError):
            raise
        said = " ".join(str(error).split())[:160]
        raise TeniError(f"{saved.source}: Keras cannot open it ({said}); save it again") from error
    model = cut_model(model, upto)
    inputs, outputs = ((False,) * len(tensors) for tensors in (model.inputs, model.outputs))
    whole = Whole(model, report, reading, network, (inputs, outputs))
    tensors = tensors_by_layer(saved, model) if saved.age == "keras-3" else None
    parity = check_whole(saved, whole, random_inputs(model, seed), tensors)
    return Opened(whole, "keras", parity) if parity.holds or parity.why_not is not None else None


def _build(saved: SavedWeights) -> keras.Model:
    """Let Keras build the network that is in the file, or described beside it; its weights come later."""
    path = Path(saved.source)
    if holds_model(path):
        model: Any = keras.models.load_model(path, compile=False, safe_mode=True)
    else:
        model = keras.models.model_from_json(json.dumps(saved.model_config))
    return model
