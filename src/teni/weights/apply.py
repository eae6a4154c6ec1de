"""Loading a file into a network: planned whole, checked whole, and only then carried out."""

from collections.abc import Collection

import keras

from teni.errors import TeniError
from teni.weights.fill import Ask, Fill, shape_of, stored_variables
from teni.weights.fill_layer import fill_layer
from teni.weights.flattened import flattened_images
from teni.weights.hints import Hints
from teni.weights.keras3_paths import fill_by_path, follows_paths
from teni.weights.load_report import LoadReport, LoadRow
from teni.weights.match import Match, Pair, match_layers
from teni.weights.reading import Reading, choose_reading
from teni.weights.saved import SavedLayer, SavedTensor, SavedWeights


def apply(
    saved: SavedWeights,
    model: keras.Model,
    *,
    match: Match = "auto",
    upto: str | None = None,
    allow_missing: Collection[str] = (),
    reading: Reading | None = None,
    hints: Hints | None = None,
) -> LoadReport:
    """Load a file into a network and say tensor by tensor what was done.

    Nothing is changed in the network unless everything fits. Only what the network takes is read.

    Args:
        saved: the file.
        model: the network, built; its layers are filled in place.
        match: by ``name``, in ``order``, by a mapping from the network's names to the file's, or ``auto``:
            by name if any name is in both, else in order. Layers without weights never count.
        upto: the last layer of the network that is filled; what lies beyond keeps its initial values.
        allow_missing: names of the network's layers that may keep their initial values.
        reading: how the file's numbers are to be read; None: as the file says, or its age suggests.
        hints: what the network's builder knows about its weights; None: found in the network.

    Returns:
        One row for each tensor of the file, and for each that the network has and the file has not.

    Raises:
        TeniError: a tensor that the network has and the file has not, or one of another shape.

    >>> from teni.weights.saved import SavedWeights
    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="out")])
    >>> apply(SavedWeights("w.h5", "keras-2", None, None, None, ()), model, allow_missing=["out"]).counts
    {'missing': 2}
    """
    _check_allowed(allow_missing, model)
    if match == "auto" and upto is None and not allow_missing and follows_paths(saved, model):
        fills = [(layer, fill) for layer, fill in fill_by_path(saved, model)]
        return _carry_out(saved, fills, _elsewhere(saved, [fill for _, fill in fills]))
    reading = reading or choose_reading(saved)
    if hints is None:
        hints = Hints(flattened_images(model) if reading.ordering == "channels_first" else {})
    pairs, left = match_layers(saved, model, match, upto)
    fills: list[tuple[str, Fill]] = []
    rows: list[LoadRow] = []
    for pair in pairs:
        if pair.beyond or (pair.saved is None and pair.layer.name in allow_missing):
            rows += _missing(pair)
            continue
        ask = _ask(saved, pair, reading, hints)
        planned = fill_layer(ask)
        fills += [(pair.layer.name, fill) for fill in planned]
        rows += _unused(ask, planned)
    for layer in left:
        rows += _skipped(layer.saved, layer.why)
    return _carry_out(saved, fills, rows, reading.assumed)


def missing_layers(saved: SavedWeights, model: keras.Model, match: Match = "auto") -> tuple[str, ...]:
    """Name the layers of a network that have weights of which the file has none, in the network's order.

    Args:
        saved: the file.
        model: the network.
        match: how layers are paired; see ``apply``.

    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="out")])
    >>> missing_layers(SavedWeights("w.h5", "keras-2", None, None, None, ()), model)
    ('out',)
    """
    if match == "auto" and follows_paths(saved, model):
        return ()
    pairs, _ = match_layers(saved, model, match, None)
    return tuple(pair.layer.name for pair in pairs if pair.saved is None)


def tensors_by_layer(
    saved: SavedWeights, model: keras.Model, match: Match = "auto"
) -> dict[str, tuple[SavedTensor, ...]]:
    """Give for each layer of a network the tensors of the file that are for it.

    Args:
        saved: the file.
        model: the network.
        match: how layers are paired; see ``apply``.

    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="out")])
    >>> tensors_by_layer(SavedWeights("w.h5", "keras-2", None, None, None, ()), model)
    {}
    """
    if match == "auto" and follows_paths(saved, model):
        by_path: dict[str, tuple[SavedTensor, ...]] = {}
        for layer, fill in fill_by_path(saved, model):
            by_path[layer] = (*by_path.get(layer, ()), *fill.tensors)
        return by_path
    pairs, _ = match_layers(saved, model, match, None)
    return {pair.layer.name: pair.saved.tensors for pair in pairs if pair.saved is not None}


def _carry_out(
    saved: SavedWeights, fills: list[tuple[str, Fill]], rows: list[LoadRow], assumed: tuple[str, ...] = ()
) -> LoadReport:
    filled: list[LoadRow] = []
    for layer, fill in fills:
        fill.variable.assign(fill.change([tensor.read() for tensor in fill.tensors]))
        filled += [LoadRow(layer, t.name, t.shape, fill.action, fill.why) for t in fill.tensors]
    return LoadReport(saved.source, (*filled, *rows), assumed)


def _check_allowed(allow_missing: Collection[str], model: keras.Model) -> None:
    unknown = sorted(set(allow_missing) - {layer.name for layer in model.layers})
    if unknown:
        raise TeniError(f"layer {unknown[0]!r} is allowed to be missing, but the network has no such layer")


def _ask(saved: SavedWeights, pair: Pair, reading: Reading, hints: Hints) -> Ask:
    name = pair.layer.name
    variables = stored_variables(pair.layer)
    where = f"{saved.source}: layer {name!r} (number {pair.position} with weights)"
    if pair.saved is None:
        wanted = ", ".join(f"{variable.name} {shape_of(variable)}" for variable in variables)
        remedy = "cut the network below it (--upto) or allow it to be missing (--allow-missing)"
        raise TeniError(f"{where}: expected {wanted}; found no such layer in the file; {remedy}")
    if pair.saved.name != name:
        where += f", from {pair.saved.name!r} of the file"
    return Ask(pair.layer, variables, pair.saved.tensors, reading, saved.age, hints, where)


def _missing(pair: Pair) -> list[LoadRow]:
    why = "beyond the last layer to be filled" if pair.beyond else "allowed to be missing"
    return [
        LoadRow(
            pair.layer.name, variable.name, shape_of(variable), "missing", f"{why}; keeps its initial values"
        )
        for variable in stored_variables(pair.layer)
    ]


def _skipped(layer: SavedLayer, why: str) -> list[LoadRow]:
    return [LoadRow(layer.name, tensor.name, tensor.shape, "skipped", why) for tensor in layer.tensors]


def _unused(ask: Ask, fills: list[Fill]) -> list[LoadRow]:
    used = [tensor for fill in fills for tensor in fill.tensors]
    why = "not used by this layer"
    name = ask.layer.name
    return [LoadRow(name, t.name, t.shape, "skipped", why) for t in ask.tensors if t not in used]


def _elsewhere(saved: SavedWeights, fills: list[Fill]) -> list[LoadRow]:
    used = {tensor.name for fill in fills for tensor in fill.tensors}
    return [
        LoadRow(layer.name, tensor.name, tensor.shape, "skipped", "not a weight of this network")
        for layer in saved.layers
        for tensor in layer.tensors
        if tensor.name not in used
    ]
