"""Which layer of a file belongs to which layer of a network: by name, in order, or as told."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import keras

from teni.errors import TeniError
from teni.weights.inner import inner_layers
from teni.weights.saved import SavedLayer, SavedWeights

Match = Literal["auto", "name", "order"] | Mapping[str, str]


@dataclass(frozen=True)
class Pair:
    """A layer of the network with its place among those with weights (from 1), and the file's layer for it.

    Args:
        layer: the Keras layer.
        position: 1 for the first layer with weights.
        saved: the file's layer, or None.
        beyond: whether the layer lies beyond the last one that was to be filled.
    """

    layer: Any
    position: int
    saved: SavedLayer | None
    beyond: bool


@dataclass(frozen=True)
class Left:
    """A layer of the file that goes nowhere, and why."""

    saved: SavedLayer
    why: str


def match_layers(
    saved: SavedWeights, model: keras.Model, match: Match, upto: str | None
) -> tuple[tuple[Pair, ...], tuple[Left, ...]]:
    """Pair the layers of a network with those of a file; layers without weights never count.

    Args:
        saved: the file.
        model: the network.
        match: ``name``, ``order``, a mapping from the network's names to the file's, or ``auto``: by name if
            any name is in both, else in order.
        upto: the last layer of the network to be filled, or None for all.

    Returns:
        One pair for each layer of the network that has weights, and what is left of the file.

    Raises:
        TeniError: a name that the network or the file does not have.

    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="out")])
    >>> pairs, left = match_layers(SavedWeights("w.h5", "keras-2", None, None, None, ()), model, "auto", None)
    >>> pairs[0].layer.name, pairs[0].saved
    ('out', None)
    """
    names = [layer.name for layer in model.layers]
    if upto is not None and upto not in names:
        raise TeniError(f"no layer {upto!r} in the network to load up to; the last ones are {names[-5:]}")
    end = len(names) if upto is None else names.index(upto) + 1
    weighted = [(index < end, layer) for index, layer in enumerate(model.layers) if layer.weights]
    laid_open = [(within, inner) for within, layer in weighted for inner in inner_layers(layer)]
    held = {layer.name: layer for layer in saved.with_tensors}
    if match == "auto":
        named = any(layer.name in held for _, layer in (*weighted, *laid_open))
        match = "name" if named else "order"
    if match == "order":
        return _in_order(saved, laid_open if len(held) > len(weighted) else weighted)
    told = {} if match == "name" else dict(match)
    _check_told(told, [*names, *(layer.name for _, layer in laid_open)], saved)
    weighted = _listed_as(told or held, weighted)
    pairs: list[Pair] = []
    for position, (within, layer) in enumerate(weighted, start=1):
        wanted = layer.name if match == "name" else told.get(layer.name)
        found = held.pop(wanted, None) if within and wanted is not None else None
        pairs.append(Pair(layer, position, found, not within))
    return tuple(pairs), tuple(Left(layer, "not in this network") for layer in held.values())


def _listed_as(listed: Collection[str], weighted: list[tuple[bool, Any]]) -> list[tuple[bool, Any]]:
    """Put the layers of a nested network in its place where the file lists them and not the network."""
    found: list[tuple[bool, Any]] = []
    for within, layer in weighted:
        inner = list(inner_layers(layer))
        alone = layer.name in listed or not any(each.name in listed for each in inner)
        found += [(within, layer)] if alone else [(within, each) for each in inner]
    return found


def _in_order(
    saved: SavedWeights, weighted: list[tuple[bool, Any]]
) -> tuple[tuple[Pair, ...], tuple[Left, ...]]:
    waiting = list(saved.with_tensors)
    pairs: list[Pair] = []
    for position, (within, layer) in enumerate(weighted, start=1):
        found = waiting.pop(0) if within and waiting else None
        pairs.append(Pair(layer, position, found, not within))
    return tuple(pairs), tuple(Left(layer, "beyond the last layer that is filled") for layer in waiting)


def _check_told(told: Mapping[str, str], names: list[str], saved: SavedWeights) -> None:
    for ours, theirs in told.items():
        if ours not in names:
            raise TeniError(
                f"no layer {ours!r} in the network; the mapping goes from its names to the file's"
            )
        if theirs not in saved.names:
            raise TeniError(f"{saved.source}: no layer {theirs!r} in the file for {ours!r} of the network")
