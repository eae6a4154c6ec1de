"""Recurrent layers, step by step, from joined tensors or from three for each gate."""

from dataclasses import replace

import numpy as np

from teni.weights.reference.activations import activate, function
from teni.weights.reference.rules import Array, Layer, Signal, unknown

NUMBER_OF_GATES = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}


def recur(layer: Layer, signal: Signal, back: bool = False) -> Signal:
    """Compute LSTM, GRU or SimpleRNN from a state of zeros; masked steps repeat what was before.

    Args:
        layer: the layer.
        signal: values ``(N, time, features)``.
        back: whether the sequence is read from its end, over what the layer says.
    """
    if layer.kind not in NUMBER_OF_GATES:
        raise unknown(layer)
    values = signal.values.astype(np.float64)
    weights = _gates(layer)
    units = weights[0][1].shape[0]
    state, cell, last = (np.zeros((len(values), units)) for _ in range(3))
    outputs: list[Array] = []
    steps = range(values.shape[1])
    for step in reversed(steps) if bool(layer.get("go_backwards", default=False)) != back else steps:
        new_state, new_cell = _step(layer, weights, values[:, step], state, cell)
        on = np.ones((len(values), 1), bool) if signal.mask is None else signal.mask[:, step, None]
        state, cell, last = (
            np.where(on, new_state, state),
            np.where(on, new_cell, cell),
            np.where(on, new_state, last),
        )
        outputs.append(last)
    if layer.get("return_sequences", default=False):
        return Signal(np.stack(outputs, axis=1), signal.mask)
    return Signal(outputs[-1])


def both_ways(layer: Layer, inner: Layer, signal: Signal) -> Signal:
    """Compute Bidirectional: one half of the tensors reads forwards, the other backwards."""
    half = len(inner.tensors) // 2
    parts = [
        replace(inner, tensors=inner.tensors[piece], tensor_names=inner.tensor_names[piece])
        for piece in (slice(None, half), slice(half, None))
    ]
    forwards = recur(parts[0], signal)
    backwards = recur(parts[1], signal, back=True).values
    if inner.get("return_sequences", default=False):
        backwards = backwards[:, ::-1]
    mode = layer.get("merge_mode", default="concat")
    if mode == "concat":
        return Signal(np.concatenate([forwards.values, backwards], axis=-1), forwards.mask)
    joined = {
        "sum": forwards.values + backwards,
        "mul": forwards.values * backwards,
        "ave": (forwards.values + backwards) / 2,
    }
    if mode not in joined:
        raise unknown(layer)
    return Signal(joined[mode], forwards.mask)


def _gates(layer: Layer) -> list[tuple[Array, Array, Array]]:
    """Give (input, recurrent, bias) of each gate: i f c o for an LSTM, z r h for a GRU."""
    number = NUMBER_OF_GATES[layer.kind]
    tensors = [tensor.astype(np.float64) for tensor in layer.tensors]
    if len(tensors) == 3 * number and number > 1:
        triples = {
            _letter(layer, gate): (tensors[3 * gate], tensors[3 * gate + 1], tensors[3 * gate + 2])
            for gate in range(number)
        }
        return [triples[letter] for letter in ("ifco" if number == 4 else "zrh")]
    if len(tensors) not in (2, 3):
        raise unknown(layer)
    if len(tensors) == 2:
        tensors.append(np.zeros(tensors[1].shape[-1]))
    inputs, states, biases = (list[Array](np.split(tensor, number, axis=-1)) for tensor in tensors)
    return [(w, u, b) for w, u, b in zip(inputs, states, biases, strict=True)]


def _letter(layer: Layer, gate: int) -> str:
    if layer.tensor_names:
        letter = layer.tensor_names[3 * gate].split(":")[0][-1]
        if letter in ("ifco" if layer.kind == "LSTM" else "zrh"):
            return letter
    return ("icfo" if layer.kind == "LSTM" else "zrh")[gate]


def _step(
    layer: Layer, weights: list[tuple[Array, Array, Array]], x: Array, state: Array, cell: Array
) -> tuple[Array, Array]:
    inner = layer.get("recurrent_activation", "inner_activation", default="hard_sigmoid")
    if layer.kind == "GRU":
        return _gru_step(layer, weights, x, state), cell
    sums = [x @ w + b for w, _, b in weights]
    if layer.kind == "SimpleRNN":
        return activate_or_tanh(layer, sums[0] + state @ weights[0][1]), cell
    gate = [total + state @ u for total, (_, u, _) in zip(sums, weights, strict=True)]
    take, forget, give = (function(layer, inner, gate[g]) for g in (0, 1, 3))
    cell = forget * cell + take * activate_or_tanh(layer, gate[2])
    return give * activate_or_tanh(layer, cell), cell


def _gru_step(layer: Layer, weights: list[tuple[Array, Array, Array]], x: Array, state: Array) -> Array:
    inner = layer.get("recurrent_activation", "inner_activation", default="hard_sigmoid")
    after = bool(layer.get("reset_after", default=False))
    # With reset_after the bias has two rows: one is added to the input's sum, one to the state's.
    given = [x @ w + (b[0] if after else b) for w, _, b in weights]
    kept = [state @ u + (b[1] if after else 0.0) for _, u, b in weights]
    update, reset = (function(layer, inner, given[g] + kept[g]) for g in (0, 1))
    proposal = given[2] + (reset * kept[2] if after else (reset * state) @ weights[2][1])
    return update * state + (1 - update) * activate_or_tanh(layer, proposal)


def activate_or_tanh(layer: Layer, values: Array) -> Array:
    """Apply the layer's activation; a recurrent layer that names none has tanh."""
    return activate(layer, values) if layer.get("activation") is not None else np.tanh(values)
