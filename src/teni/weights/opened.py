"""A file with its network: whole models opened by the way that proves right."""

from pathlib import Path
from typing import Any

import keras

from teni.errors import TeniError
from teni.weights.apply import apply
from teni.weights.build import Built
from teni.weights.code import refuse_code
from teni.weights.graph import parse_network
from teni.weights.parity import Parity, random_inputs
from teni.weights.reading import Reading, choose_reading
from teni.weights.saved import SavedWeights
from teni.weights.whole import Whole, check_whole, load_whole


def open_whole(saved: SavedWeights, reading: Reading | None = None) -> tuple[Whole, str]:
    """Open a whole model of any age as a network of today.

    Keras itself opens Keras 2 and 3; a file of Keras 2 is loaded again by teni's reader and compared with the
    NumPy pass, and if Keras got it wrong, or refuses it, teni builds the network.

    Args:
        saved: the file, with a description.
        reading: how it is to be read; None: as it says, or its age suggests.

    Returns:
        The network, and who built it: ``keras`` or ``teni``.

    Raises:
        TeniError: the file holds weights only, would run code, or a layer cannot be carried over.
    """
    if saved.model_config is None:
        raise TeniError(f"{saved.source}: holds weights only; name the network they are for (--architecture)")
    refuse_code(saved.model_config, saved.source)
    reading = reading or choose_reading(saved)
    by_keras = saved.age in ("keras-2", "keras-3") and reading.ordering == "channels_last"
    if by_keras and reading.kernels == "correlation":
        whole = _by_keras(saved, reading)
        if whole is not None:
            return whole, "keras"
    return load_whole(saved, reading), "teni"


def _by_keras(saved: SavedWeights, reading: Reading) -> Whole | None:
    """Let Keras open the file; None if it refuses or if the NumPy pass computes something else."""
    config: Any = saved.model_config
    try:
        opened: Any = keras.models.load_model(Path(saved.source), compile=False, safe_mode=True)
        given, out = (side if len(side) > 1 else side[0] for side in (opened.inputs, opened.outputs))
        model: Any = keras.Model(given, out, name=opened.name)
        report = apply(saved, model, reading=reading)
    except Exception as error:  # anything may go wrong in there on account of the file
        if saved.age == "keras-3":
            said = " ".join(str(error).split())[:160]
            raise TeniError(f"{saved.source}: Keras cannot open it ({said}); save it again") from error
        return None
    inputs, outputs = ((False,) * len(tensors) for tensors in (model.inputs, model.outputs))
    names = {layer.name: layer.name for layer in model.layers}
    whole = Whole(
        model, report, reading, parse_network(config, saved.source), Built(model, {}, names, inputs, outputs)
    )
    parity = check_whole(saved, whole, random_inputs(model, seed=0))
    return whole if parity.holds or parity.why_not is not None else None


def parity_of(saved: SavedWeights, whole: Whole, seed: int = 0) -> Parity:
    """Compare a whole model with the NumPy pass on random inputs.

    Args:
        saved: the file.
        whole: what was made of it.
        seed: of the random inputs.
    """
    return check_whole(saved, whole, random_inputs(whole.model, seed))
