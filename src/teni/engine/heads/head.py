"""One head under training on the device."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from teni.engine.heads.epoch import State, coefficients, compile_epoch
from teni.engine.heads.shared import Shared
from teni.engine.heads.steps import in_legs

Array = jax.Array
Floats = NDArray[Any]

_compiled = cache(compile_epoch)


class Rows(Protocol):
    """What a head is trained on; `teni.training.heads.HeadData` is one."""

    @property
    def rows(self) -> NDArray[np.intp]: ...  # noqa: D102
    @property
    def targets(self) -> Floats: ...  # noqa: D102
    @property
    def known(self) -> Floats: ...  # noqa: D102
    @property
    def validation_rows(self) -> NDArray[np.intp]: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102


class JaxHead:
    """A head that is trained by compiled epochs; final. It holds data only, the state goes in and comes out.

    Args:
        shared: features, or inner products, of all rows.
        data: which of them are trained on, with their targets.
        first: kernel and bias of each layer to start from.
        momentum: of the gradient descent.
        dropout: share of each hidden layer.
        alone: whether nothing else is trained at the same time; it then uses all cores.
    """

    def __init__(
        self,
        shared: Shared,
        data: Rows,
        first: Sequence[Floats],
        momentum: float,
        dropout: tuple[float, ...],
        alone: bool = True,
    ) -> None:
        self._shared, self._rows, self._momentum = shared, data.rows, momentum
        self._epoch = _compiled(shared.form, momentum, dropout, data.kind, alone)
        self._first = tuple(jnp.asarray(w) for w in first)
        labels = {"targets": jnp.asarray(data.targets), "known": jnp.asarray(data.known)}
        self._data = labels | shared.take(data.rows, data.validation_rows, self._first[0])

    def start(self) -> State:
        """Return the state before the first epoch."""
        kernel, *above = self._first
        first = kernel
        if self._shared.form == "gram":
            first = jnp.zeros((len(self._rows), kernel.shape[1]), kernel.dtype)
        still = tuple(jnp.zeros_like(w) for w in above)
        return first, jnp.zeros_like(first), tuple(above), still

    def epoch(
        self, state: State, rows: Floats, counts: Floats, kept: Sequence[Floats | None], rate: float
    ) -> tuple[State, Floats, Floats]:
        """Train for one epoch.

        Args:
            state: to go on from; it stays as it is.
            rows: ``int (steps, batch)`` positions among the head's own rows.
            counts: ``bool (steps, batch)`` which of them count.
            kept: for each hidden layer ``bool (steps, batch, units)``, or None.
            rate: learning rate.

        Returns:
            The new state, the loss of each step, and the outputs for the validation rows ``(M, C)``.
        """
        laid = in_legs([rows, counts, *kept], self._momentum)
        steps = (laid[0], laid[1], tuple(laid[2:]))
        rate_here = jnp.asarray(rate, state[0].dtype)
        state, losses, found = self._epoch(self._data, state, steps, rate_here)
        return state, np.asarray(losses)[: len(rows)], np.asarray(found)

    def arrays(self, state: State) -> list[Floats]:
        """Take a state apart, to be kept in a file."""
        return [np.asarray(x) for x in jax.tree.leaves(state)]

    def from_arrays(self, arrays: Sequence[Floats]) -> State:
        """Put a state together again."""
        leaves = [jnp.asarray(x) for x in arrays]
        return jax.tree.unflatten(jax.tree.structure(self.start()), leaves)

    def weights(self, state: State) -> list[Floats]:
        """Return kernel and bias of each layer in a state."""
        kernel = state[0]
        if self._shared.form == "gram":
            moved = coefficients(state, self._momentum)
            kernel = self._first[0] + self._shared.combine(self._rows, moved)
        return [np.asarray(kernel), *(np.asarray(w) for w in state[2])]
