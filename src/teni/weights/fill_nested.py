"""Filling networks within networks, whose tensors a file lists together under one name."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import keras

from teni.weights.fill import Ask, Fill, need_count, stored_variables
from teni.weights.fill_recurrent import GATES
from teni.weights.inner import inner_layers
from teni.weights.owner import owner
from teni.weights.saved import SavedTensor


def fill_nested(ask: Ask, fill: Callable[[Ask], list[Fill]]) -> list[Fill]:
    """Share the tensors of a nested network out among its layers, by their names if these tell, else in order.

    In order means the trained tensors of all layers first, then the others.

    Args:
        ask: the nested network and its tensors.
        fill: fills one layer.

    Raises:
        TeniError: the tensors don't fit.
    """
    layers = list(inner_layers(ask.layer, ask.hints.composed))
    shares = _by_name(layers, ask.tensors) or _by_order(ask, layers)
    fills: list[Fill] = []
    for layer, tensors in zip(layers, shares, strict=True):
        where = f"{ask.where}, inner layer {layer.name!r}"
        fills += fill(
            replace(ask, layer=layer, variables=stored_variables(layer), tensors=tuple(tensors), where=where)
        )
    return fills


def _by_name(layers: Sequence[Any], tensors: Sequence[SavedTensor]) -> list[list[SavedTensor]] | None:
    """Share out by name; None unless every tensor tells its layer and every layer gets some."""
    shares: dict[str, list[SavedTensor]] = {layer.name: [] for layer in layers}
    for tensor in tensors:
        name = owner(tensor.name, shares)
        if name is None:
            return None
        shares[name].append(tensor)
    return list(shares.values()) if len(shares) == len(layers) and all(shares.values()) else None


def _by_order(ask: Ask, layers: Sequence[Any]) -> list[list[SavedTensor]]:
    for split in (False, True):
        counts = [_counts(layer, ask, split=split) for layer in layers]
        if sum(map(sum, counts)) == len(ask.tensors):
            trained = iter(ask.tensors[: sum(count for count, _ in counts)])
            others = iter(ask.tensors[sum(count for count, _ in counts) :])
            return [
                [next(trained) for _ in range(first)] + [next(others) for _ in range(second)]
                for first, second in counts
            ]
    need_count(ask)
    return [list(ask.tensors)]


def _counts(layer: Any, ask: Ask, *, split: bool) -> tuple[int, int]:
    """Count the tensors that the file has for a layer: trained ones, and others."""
    composition = ask.hints.composed.get(layer.name)
    trained, others = len(layer.trainable_weights), len(layer.non_trainable_weights)
    if composition is not None:
        others = max(composition.count - len(composition.parts), 0)
        return composition.count - others, others
    inner = layer.forward_layer if isinstance(layer, keras.layers.Bidirectional) else layer
    gates = len(GATES.get(type(inner).__name__, ()))
    if split and gates > 1 and ask.old:
        return (1 if inner is layer else 2) * 3 * gates, others
    return trained, others
