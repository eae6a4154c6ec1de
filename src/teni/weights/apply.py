"""Loading a file into a network: planned whole, checked whole, and only then carried out."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import keras

from teni.errors import TeniError
from teni.weights.load_report import LoadReport, LoadRow
from teni.weights.saved import SavedLayer, SavedTensor, SavedWeights


@dataclass(frozen=True)
class _Step:
    """One variable of the network, the tensor that fills it, and the row that says so."""

    variable: Any
    tensor: SavedTensor
    row: LoadRow


def apply(saved: SavedWeights, model: keras.Model, *, allow_missing: Collection[str] = ()) -> LoadReport:
    """Load a file into a network, layer by layer of the same name, and say tensor by tensor what was done.

    Nothing is changed in the network unless everything fits.

    Args:
        saved: the file.
        model: the network, built; its layers are filled in place.
        allow_missing: names of the network's layers that may keep their initial values.

    Returns:
        One row for each tensor: loaded, skipped (no such layer in the network) or missing (as allowed).

    Raises:
        TeniError: a tensor that the network has and the file has not, or one of another shape.

    >>> from teni.weights.saved import SavedLayer, SavedWeights
    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="out")])
    >>> apply(SavedWeights("w.h5", "keras-2", None, None, None, ()), model, allow_missing=["out"]).counts
    {'missing': 2}
    """
    _check_allowed(allow_missing, model)
    layers = {layer.name: layer for layer in saved.with_tensors}
    steps: list[_Step] = []
    rows: list[LoadRow] = []
    for position, layer in enumerate(layer for layer in model.layers if layer.weights):
        found = layers.pop(layer.name, None)
        if found is None and layer.name in allow_missing:
            rows += [_missing(layer, variable) for variable in _variables(layer)]
            continue
        planned = _plan(saved, layer, position, found)
        steps += planned
        rows += [step.row for step in planned]
    for layer in layers.values():
        why = "not in this network"
        rows += [LoadRow(layer.name, tensor.name, tensor.shape, "skipped", why) for tensor in layer.tensors]
    for step in steps:
        step.variable.assign(step.tensor.read())
    return LoadReport(saved.source, tuple(rows))


def missing_layers(saved: SavedWeights, model: keras.Model) -> tuple[str, ...]:
    """Name the layers of a network that have weights of which the file has none, in the network's order.

    Args:
        saved: the file.
        model: the network.

    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="out")])
    >>> missing_layers(SavedWeights("w.h5", "keras-2", None, None, None, ()), model)
    ('out',)
    """
    there = {layer.name for layer in saved.with_tensors}
    return tuple(layer.name for layer in model.layers if layer.weights and layer.name not in there)


def _check_allowed(allow_missing: Collection[str], model: keras.Model) -> None:
    unknown = sorted(set(allow_missing) - {layer.name for layer in model.layers})
    if unknown:
        raise TeniError(f"layer {unknown[0]!r} is allowed to be missing, but the network has no such layer")


def _variables(layer: Any) -> list[Any]:
    """List them as every Keras up to 2.x stored them: what is trained first, then the running statistics."""
    return [*layer.trainable_weights, *layer.non_trainable_weights]


def _missing(layer: Any, variable: Any) -> LoadRow:
    why = "allowed to be missing; keeps its initial values"
    return LoadRow(layer.name, variable.name, tuple(variable.shape), "missing", why)


def _plan(saved: SavedWeights, layer: Any, position: int, found: SavedLayer | None) -> list[_Step]:
    variables = _variables(layer)
    wanted = ", ".join(f"{variable.name} {tuple(variable.shape)}" for variable in variables)
    where = f"{saved.source}: layer {layer.name!r} (number {position + 1} with weights)"
    remedy = "cut the network below it or name it as allowed to be missing"
    if found is None:
        raise TeniError(f"{where}: expected {wanted}; found no such layer in the file; {remedy}")
    if len(found.tensors) != len(variables):
        held = ", ".join(f"{tensor.name} {tensor.shape}" for tensor in found.tensors)
        raise TeniError(
            f"{where}: expected {len(variables)} tensors ({wanted}); found {len(found.tensors)} ({held})"
        )
    steps: list[_Step] = []
    for variable, tensor in zip(variables, found.tensors, strict=True):
        if tuple(variable.shape) != tensor.shape:
            expected = f"{variable.name} of shape {tuple(variable.shape)}"
            raise TeniError(f"{where}: expected {expected}; found {tensor.name} of shape {tensor.shape}")
        row = LoadRow(layer.name, tensor.name, tensor.shape, "loaded", f"into {variable.name}")
        steps.append(_Step(variable, tensor, row))
    return steps
