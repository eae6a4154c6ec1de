"""A head trained with NumPy, step by step: what other backends than JAX use, and what the fast path is tested by."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teni.training.heads.data import HeadData

Floats = NDArray[Any]
# Kernel and bias of each layer, then the velocity of each of them.
State = tuple[list[Floats], list[Floats]]


class NumpyHead:
    """A head that is trained by plain matrix products; final. See `teni.engine.heads.JaxHead`, its quicker twin.

    Args:
        features: ``(N, D)`` of all training rows.
        validation: ``(M, D)`` of all validation rows.
        data: which of them are trained on, with their targets.
        first: kernel and bias of each layer to start from.
        momentum: of the gradient descent.
        dropout: share of each hidden layer.
    """

    def __init__(
        self,
        features: Floats,
        validation: Floats,
        data: HeadData,
        first: Sequence[Floats],
        momentum: float,
        dropout: tuple[float, ...],
    ) -> None:
        self._features, self._validation, self._data = features, validation, data
        self._first, self._momentum, self._dropout = list(first), momentum, dropout

    def start(self) -> State:
        """Return the state before the first epoch."""
        return self._first, [np.zeros_like(w) for w in self._first]

    def epoch(
        self, state: State, rows: Floats, counts: Floats, kept: Sequence[Floats | None], rate: float
    ) -> tuple[State, Floats, Floats]:
        """Train for one epoch; see `teni.engine.heads.JaxHead.epoch`."""
        weights, velocities = ([w.copy() for w in part] for part in state)
        losses: list[float] = []
        for step in range(len(rows)):
            masks = [None if mask is None else mask[step] for mask in kept]
            found, slopes = self._slopes(weights, rows[step], counts[step], masks)
            losses.append(found)
            for w, v, slope in zip(weights, velocities, slopes, strict=True):
                v *= self._momentum
                v -= rate * slope
                w += self._momentum * v - rate * slope
        seen = self._layers(weights, self._validation[self._data.validation_rows], [None] * len(kept))
        return (weights, velocities), np.array(losses), seen[-1]

    def arrays(self, state: State) -> list[Floats]:
        """Take a state apart, to be kept in a file."""
        return [*state[0], *state[1]]

    def from_arrays(self, arrays: Sequence[Floats]) -> State:
        """Put a state together again."""
        half = len(arrays) // 2
        return list(arrays[:half]), list(arrays[half:])

    def weights(self, state: State) -> list[Floats]:
        """Return kernel and bias of each layer in a state."""
        return list(state[0])

    def _layers(self, weights: list[Floats], x: Floats, masks: Sequence[Floats | None]) -> list[Floats]:
        """Return what goes into each layer, and what comes out of the last."""
        seen = [x]
        for i in range(0, len(weights), 2):
            h = seen[-1] @ weights[i] + weights[i + 1]
            if i + 2 < len(weights):
                h = np.maximum(h, 0)
                mask = masks[i // 2]
                h = (
                    h
                    if mask is None
                    else np.where(mask, h / np.asarray(1 - self._dropout[i // 2], h.dtype), 0)
                )
            seen.append(h)
        return seen

    def _slopes(
        self, weights: list[Floats], rows: Floats, counts: Floats, masks: Sequence[Floats | None]
    ) -> tuple[float, list[Floats]]:
        """Return a batch's loss, and its gradients in the order of the weights."""
        data = self._data
        seen = self._layers(weights, self._features[data.rows[rows]], masks)
        known, targets = data.known[rows] * counts[:, None], data.targets[rows]
        if data.kind == "squares":
            errors = known * (seen[-1] - targets)
            total = max(float(known.sum()), 1.0)
            found, slope = (
                float((errors * errors).sum()) / total,
                2 * errors / np.asarray(total, errors.dtype),
            )
        else:
            shifted = seen[-1] - seen[-1].max(axis=1, keepdims=True)
            logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
            total = max(float(known[:, 0].sum()), 1.0)
            found = -float((known[:, 0] * (targets * logs).sum(axis=1)).sum()) / total
            slope = known * (np.exp(logs) - targets) / np.asarray(total, logs.dtype)
        slopes: list[Floats] = [slope] * len(weights)
        for i in range(len(weights) - 2, -1, -2):
            slopes[i], slopes[i + 1] = seen[i // 2].T @ slope, slope.sum(axis=0)
            if i:
                # What a rectifier let through or dropout kept is what is not zero behind it.
                mask, rate = masks[i // 2 - 1], self._dropout[i // 2 - 1]
                scale = np.asarray(1 if mask is None else 1 - rate, slope.dtype)
                slope = np.where(seen[i // 2] > 0, (slope @ weights[i].T) / scale, 0)
        return found, slopes
