"""One epoch of a head as one compiled program, on features or on their inner products.

On inner products the first kernel is never formed. Its gradient is ``X[batch].T g``, so that kernel and momentum stay
where they began plus a combination of rows: ``W = W0 + X.T A`` and ``V = X.T B``, and what a batch needs is
``X[batch] W = (X W0)[batch] + K[batch] A`` with ``K = X X.T``. A step of Nesterov's descent,

    B <- m B - r g,    A <- A + m B - r g    (g on the batch's rows, 0 elsewhere),

changes every row of A through the momentum. Written with ``U = A + m^2 / (1 - m) B``, near where A would come to
rest, it is

    U <- U - r / (1 - m) g,    B <- m B - r g,

so that U changes on the batch's rows alone, and so does B once its decay is kept as one number beside it.
"""

from typing import Any

import jax
import jax.numpy as jnp

from teni.engine.heads.above import Above, descend, outputs, slopes
from teni.engine.heads.form import Form

Array = jax.Array
# The first layer (kernel and velocity, or U and B), then the layers above and their velocities.
State = tuple[Array, Array, Above, Above]


def coefficients(state: State, momentum: float) -> Array:
    """Return the combination A of rows that the first kernel has moved by."""
    return state[0] - momentum**2 / (1 - momentum) * state[1]


def gram_epoch(
    data: dict[str, Array], state: State, steps: Any, rate: Array, momentum: float, dropout: Any, kind: str
) -> tuple[State, Array, Array]:
    """Train for one epoch on inner products.

    Args:
        data: ``inner (N, N)``, ``base (N, H)`` the first products of the first kernel, ``targets`` and ``known``
            ``(N, C)``, ``validation_inner (M, N)``, ``validation_base (M, H)``.
        state: U and B ``(N, H)``, the layers above, their velocities.
        steps: rows, counts and kept outputs, each ``(legs, length, batch, ...)``.
        rate: learning rate.
        momentum: of the gradient descent.
        dropout: share of each hidden layer.
        kind: of loss.

    Returns:
        The new state, each step's loss ``(legs * length,)`` and the outputs for the validation rows ``(M, C)``.
    """
    rest = momentum**2 / (1 - momentum)

    def leg(state: State, steps: Any) -> tuple[State, Array]:
        def step(carry: Any, now: Any) -> tuple[Any, Array]:
            u, b, scale, above, speed = carry
            rows, counts, kept = now
            products = data["base"][rows] + data["inner"][rows] @ (u - rest * scale * b)
            known = data["known"][rows] * counts[:, None]
            found, (by_above, g) = slopes(above, products, kept, data["targets"][rows], known, dropout, kind)
            u = u.at[rows].add(-rate / (1 - momentum) * g)
            counting = counts.any()  # a step that only fills up must not let the momentum decay
            scale = jnp.where(counting, momentum * scale, scale)
            b = b.at[rows].add(-rate / scale * g)
            above, speed = descend(above, speed, by_above, rate, momentum, counting)
            return (u, b, scale, above, speed), found

        u, b, above, speed = state
        first = (u, b, jnp.ones((), u.dtype), above, speed)
        (u, b, scale, above, speed), losses = jax.lax.scan(step, first, steps)
        return (u, scale * b, above, speed), losses

    state, losses = jax.lax.scan(leg, state, steps)
    moved = data["validation_inner"] @ coefficients(state, momentum)
    return state, losses.ravel(), _validate(state, data["validation_base"] + moved, dropout)


def plain_epoch(
    data: dict[str, Array], state: State, steps: Any, rate: Array, momentum: float, dropout: Any, kind: str
) -> tuple[State, Array, Array]:
    """Train for one epoch on the features ``(N, D)`` and ``validation_features (M, D)``; see `gram_epoch`."""

    def step(state: State, now: Any) -> tuple[State, Array]:
        kernel, velocity, above, speed = state
        rows, counts, kept = now
        x = data["features"][rows]
        known = data["known"][rows] * counts[:, None]
        targets = data["targets"][rows]
        found, (by_above, g) = slopes(above, x @ kernel, kept, targets, known, dropout, kind)
        counting = counts.any()
        (kernel,), (velocity,) = descend((kernel,), (velocity,), (x.T @ g,), rate, momentum, counting)
        above, speed = descend(above, speed, by_above, rate, momentum, counting)
        return (kernel, velocity, above, speed), found

    flat = jax.tree.map(lambda x: x.reshape(-1, *x.shape[2:]), steps)
    state, losses = jax.lax.scan(step, state, flat)
    return state, losses, _validate(state, data["validation_features"] @ state[0], dropout)


EPOCHS = {"gram": gram_epoch, "plain": plain_epoch}


def compile_epoch(form: Form, momentum: float, dropout: tuple[float, ...], kind: str, alone: bool) -> Any:
    """Compile an epoch of a form; one that does not run alone keeps to one thread of a CPU."""
    apart = {"xla_cpu_multi_thread_eigen": False}
    options = None if alone or jax.default_backend() != "cpu" else apart

    def epoch(data: Any, state: State, steps: Any, rate: Array) -> Any:
        return EPOCHS[form](data, state, steps, rate, momentum, dropout, kind)

    return jax.jit(epoch, compiler_options=options)


def _validate(state: State, products: Array, dropout: Any) -> Array:
    return outputs(state[2], products, [None] * len(dropout), dropout)
