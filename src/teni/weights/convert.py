"""Converting an old file into a ``.keras`` of today, with a parity check at the end."""

import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import keras

from teni.errors import TeniError
from teni.files import write_bytes
from teni.weights.apply import apply, tensors_by_layer
from teni.weights.cut import cut_model
from teni.weights.flattened import described, flattened_outputs
from teni.weights.load_report import LoadReport
from teni.weights.match import Match
from teni.weights.opened import open_whole
from teni.weights.parity import Moved, Parity, compare, random_inputs, rules_for
from teni.weights.reading import Reading, choose_reading
from teni.weights.saved import SavedWeights
from teni.weights.whole import load_whole


@dataclass(frozen=True)
class Conversion:
    """What came of a conversion.

    Args:
        model: the network of today, with the file's weights.
        report: what was done with every tensor.
        reading: how the file was read, and what had to be assumed.
        parity: how far it is from the file's own network.
        builder: who built the network: ``keras``, ``teni`` or ``architecture``.
    """

    model: keras.Model
    report: LoadReport
    reading: Reading
    parity: Parity
    builder: str


def convert(
    saved: SavedWeights,
    *,
    architecture: keras.Model | None = None,
    upto: str | None = None,
    match: Match = "auto",
    allow_missing: Collection[str] = (),
    reading: Reading | None = None,
    seed: int = 0,
) -> Conversion:
    """Make a network of today of an old file, and check it against a NumPy pass over the file's own numbers.

    Args:
        saved: the file.
        architecture: the network that the weights are for; None: the file describes it.
        upto: the layer at which the network is cut; None: the whole network.
        match: how layers are paired with an architecture's; see ``apply``.
        allow_missing: layers of the architecture that may keep their initial values.
        reading: how the file is to be read; None: as it says, or its age suggests.
        seed: of the random inputs of the check.

    Returns:
        The network and what is known about it.

    Raises:
        TeniError: anything that does not fit, or a network that computes something else than the file's own.
    """
    reading = reading or choose_reading(saved)
    if architecture is None:
        if match != "auto" or allow_missing:
            raise TeniError(
                f"{saved.source}: layers are paired as told, or allowed to be missing, in a network given by "
                "name; the network that the file describes takes its own weights"
            )
        opened = open_whole(saved, reading, upto, seed)
        whole = opened.whole
        done = Conversion(whole.model, whole.report, whole.reading, opened.parity, opened.builder)
    else:
        done = _fill_architecture(saved, architecture, upto, match, allow_missing, reading, seed)
    if done.parity.difference is not None and not done.parity.holds:
        told = f"{done.parity.difference:.3g} at outputs up to {done.parity.largest:.3g}"
        raise TeniError(
            f"{saved.source}: the converted network differs from the file's own by {told}; it is not written"
        )
    return done


def save_model(model: keras.Model, out: Path, *, overwrite: bool = False) -> None:
    """Save a network as ``.keras``, whole or not at all.

    Args:
        model: the network.
        out: the file to be written.
        overwrite: whether it may replace another.

    Raises:
        TeniError: see ``check_target``, or the disk is full.
    """
    check_target(out, overwrite=overwrite)
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "model.keras"
        model.save(written)
        write_bytes(out, written.read_bytes())


def check_target(out: Path, *, overwrite: bool = False) -> None:
    """Make sure, before the work, that a network may be saved under a name.

    Args:
        out: the file to be written.
        overwrite: whether it may replace another.

    Raises:
        TeniError: the name does not end in ``.keras``, or the file exists.

    >>> check_target(Path("new.h5"))
    Traceback (most recent call last):
    ...
    teni.errors.TeniError: new.h5: the converted network is written as .keras; give a name that ends so
    """
    if out.suffix != ".keras":
        raise TeniError(f"{out}: the converted network is written as .keras; give a name that ends so")
    if out.exists() and not overwrite:
        raise TeniError(f"{out}: exists already; give --overwrite to replace it")


def load_under(
    saved: SavedWeights, reading: Reading, architecture: keras.Model | None, upto: str | None
) -> keras.Model:
    """Make the network that a file holds under one reading, without checking it.

    Args:
        saved: the file.
        reading: how it is read.
        architecture: the network that the weights are for; None: the file describes it.
        upto: the layer at which the network is cut; None: the whole network.

    Raises:
        TeniError: the file does not fit under this reading.
    """
    if architecture is None:
        return load_whole(saved, reading, upto).model
    model = cut_model(architecture, upto)
    apply(saved, model, reading=reading)
    return model


def _fill_architecture(
    saved: SavedWeights,
    model: keras.Model,
    upto: str | None,
    match: Match,
    allow_missing: Collection[str],
    reading: Reading,
    seed: int,
) -> Conversion:
    model = cut_model(model, upto)
    first = reading.ordering == "channels_first"
    report = apply(saved, model, match=match, allow_missing=allow_missing, reading=reading)
    if allow_missing:
        parity = Parity(None, 0.0, "layers were allowed to be missing, so there is nothing to compare with")
        return Conversion(model, report, reading, parity, "architecture")
    network = described(model)
    tensors = tensors_by_layer(saved, model, match)
    inputs, outputs = (
        [first and len(tensor.shape) > 3 for tensor in side] for side in (model.inputs, model.outputs)
    )
    flat = flattened_outputs(model) if first else (None,) * len(outputs)
    moved: Moved = (inputs, [image or moved for image, moved in zip(flat, outputs, strict=True)])
    rules = rules_for(saved, reading, forced=True)
    parity = compare(network, tensors, model, random_inputs(model, seed), rules, moved)
    return Conversion(model, report, reading, parity, "architecture")
