"""Features on the device and their inner products, shared by all heads that are trained on them."""

from collections.abc import Callable
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from teni.engine.heads.form import Form

Array = jax.Array


@dataclass(frozen=True, eq=False)
class Shared:
    """What several heads look at.

    Args:
        form: in which they are trained.
        features: ``(N, D)`` of all training rows.
        validation: ``(M, D)`` of the validation rows.
        inner: ``(N, N)``; None in the plain form.
        validation_inner: ``(M, N)``; None in the plain form.
    """

    form: Form
    features: Array
    validation: Array
    inner: Array | None
    validation_inner: Array | None

    def take(
        self, rows: NDArray[np.intp], validation_rows: NDArray[np.intp], kernel: Array
    ) -> dict[str, Array]:
        """Return what an epoch of a head wants to know of its rows; the same arrays where those are all rows.

        Args:
            rows: ``(n,)`` of the training rows.
            validation_rows: ``(m,)``.
            kernel: ``(D, H)`` that the head's first layer starts from.
        """
        mine, mine_across = (_picker(rows, len(self.features), axis) for axis in (0, 1))
        theirs = _picker(validation_rows, len(self.validation))
        if self.inner is None or self.validation_inner is None:
            return {"features": mine(self.features), "validation_features": theirs(self.validation)}
        return {
            "inner": mine_across(mine(self.inner)),
            "validation_inner": mine_across(theirs(self.validation_inner)),
            "base": mine(self.features @ kernel),
            "validation_base": theirs(self.validation @ kernel),
        }

    def combine(self, rows: NDArray[np.intp], weights: Array) -> Array:
        """Return the combination ``(D, H)`` of some rows' features with weights ``(n, H)``."""
        spread = jnp.zeros((len(self.features), weights.shape[1]), weights.dtype)
        return self.features.T @ spread.at[jnp.asarray(rows)].set(weights)


def share(features: NDArray[np.floating], validation: NDArray[np.floating], form: Form) -> Shared:
    """Put features on the device, and work out their inner products where the form wants them.

    Args:
        features: ``(N, D)`` of all training rows, of any head.
        validation: ``(M, D)``.
        form: from `choose_form`.

    >>> share(np.eye(2), np.ones((1, 2)), "gram").validation_inner.tolist()
    [[1.0, 1.0]]
    """
    x, y = jnp.asarray(features), jnp.asarray(validation)
    if form == "plain":
        return Shared(form, x, y, None, None)
    return Shared(form, x, y, _products(x, x), _products(y, x))


@jax.jit
def _products(left: Array, right: Array) -> Array:
    return left @ right.T


def _picker(rows: NDArray[np.intp], count: int, axis: int = 0) -> Callable[[Array], Array]:
    """Return what picks rows of an array, and hands on the very array where all are wanted in their order."""
    if len(rows) == count and bool((rows == np.arange(count)).all()):
        return lambda array: array
    picked = jnp.asarray(rows)
    return lambda array: jnp.take(array, picked, axis=axis)
