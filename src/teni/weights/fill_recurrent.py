"""Filling recurrent layers: the tensors of single gates joined, hard sigmoids scaled to today's."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import keras

from teni.weights import remap
from teni.weights.fill import Array, Ask, Fill, misfit, need_count, plain, shape_of
from teni.weights.saved import SavedTensor

# Today's order of the gates, and which of them go through the recurrent activation.
GATES = {"LSTM": ("i", "f", "c", "o"), "GRU": ("z", "r", "h"), "SimpleRNN": ("",)}
# Up to Keras 1.2 an LSTM stored three tensors for each gate, the gates in this order.
STORED_GATES = ("i", "c", "f", "o")
CANDIDATES = ("c", "h", "")
# Up to Keras 2 hard_sigmoid(x) was clip(0.2 x + 0.5, 0, 1), today clip(x / 6 + 0.5, 0, 1): the same at 1.2 x.
HARD_SIGMOID = 1.2


def fill_recurrent(ask: Ask) -> list[Fill]:
    """Fill LSTM, GRU or SimpleRNN from joined tensors or from three for each gate.

    Args:
        ask: the layer and its tensors.

    Raises:
        TeniError: the tensors don't fit.
    """
    gates = GATES[type(ask.layer).__name__]
    split = ask.old and len(gates) > 1
    need_count(ask, (len(ask.variables), 3 * len(gates)) if split else ())
    scaled = hard_gates(ask)
    if len(ask.tensors) == len(ask.variables):
        fills = [plain(v, t, ask) for v, t in zip(ask.variables, ask.tensors, strict=True)]
        return [_scaled(fill, scaled) for fill in fills]
    fills: list[Fill] = []
    stored = _stored_gates(ask, gates)
    for part, variable in enumerate(ask.variables):
        tensors = tuple(ask.tensors[3 * stored.index(gate) + part] for gate in gates)
        joined = (*tensors[0].shape[:-1], sum(tensor.shape[-1] for tensor in tensors))
        if joined != shape_of(variable):
            raise misfit(variable, tensors[0], ask)
        why = f"gates {', '.join(gates)} joined (the file has them in the order {', '.join(stored)})"
        fills.append(_scaled(Fill(variable, tensors, remap.join_gates, "merged", why), scaled))
    return fills


def fill_bidirectional(ask: Ask) -> list[Fill]:
    """Fill the two directions, each with its half of the tensors.

    Args:
        ask: the wrapper and its tensors.

    Raises:
        TeniError: the tensors don't fit.
    """
    half = len(ask.tensors) // 2
    layers = (ask.layer.forward_layer, ask.layer.backward_layer)
    fills: list[Fill] = []
    for layer, tensors in zip(layers, (ask.tensors[:half], ask.tensors[half:]), strict=True):
        where = f"{ask.where}, {layer.name!r}"
        fills += fill_recurrent(
            replace(ask, layer=layer, variables=tuple(layer.weights), tensors=tensors, where=where)
        )
    return fills


def hard_gates(ask: Ask) -> tuple[bool, ...]:
    """Tell which gates go through a hard sigmoid whose slope has changed since the file was written.

    Args:
        ask: the recurrent layer.
    """
    gates = GATES[type(ask.layer).__name__]
    if ask.age == "keras-3":
        return (False,) * len(gates)
    inner = getattr(ask.layer, "recurrent_activation", None) is keras.activations.hard_sigmoid
    outer = ask.layer.activation is keras.activations.hard_sigmoid
    return tuple(outer if gate in CANDIDATES else inner for gate in gates)


def scale_hard_sigmoid(fill: Fill) -> Fill:
    """Scale a whole tensor for a layer whose activation is a hard sigmoid.

    Args:
        fill: the filling to change.
    """
    return _scaled(fill, (True,))


def _scaled(fill: Fill, gates: tuple[bool, ...]) -> Fill:
    if not any(gates):
        return fill
    why = f"{fill.why}; times 1.2 for today's hard_sigmoid"
    return Fill(fill.variable, fill.tensors, partial(_scale, fill.change, gates), "rescaled", why)


def _scale(change: Any, gates: tuple[bool, ...], values: Sequence[Array]) -> Array:
    return remap.scale_gates(change(values), gates, HARD_SIGMOID)


def _stored_gates(ask: Ask, gates: tuple[str, ...]) -> tuple[str, ...]:
    """Tell in which order the file has the gates: by the tensors' names (…_W_i), else as Keras always had it."""
    named = tuple(_gate(tensor) for tensor in ask.tensors[::3])
    if sorted(named) == sorted(gates):
        return named
    return STORED_GATES if len(gates) == 4 else gates


def _gate(tensor: SavedTensor) -> str:
    return tensor.name.partition(":")[0].rpartition("_")[2]
