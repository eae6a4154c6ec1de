"""What lies above the first matrix product of a head: biases, rectifiers, dropout, further layers, the loss."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

Array = jax.Array
# The first layer's bias, then kernel and bias of each further layer.
Above = tuple[Array, ...]


def outputs(above: Above, products: Array, kept: Sequence[Array | None], dropout: Sequence[float]) -> Array:
    """Run the layers above the first matrix product.

    Args:
        above: first bias, then kernel and bias of each further layer.
        products: ``(B, units)`` features times the first kernel.
        kept: for each hidden layer which outputs are not dropped, ``(B, units)``; None where none is.
        dropout: the shares that are dropped; what is kept is made larger to make up for it.

    Returns:
        ``(B, C)`` values or logits.

    >>> above = (jnp.zeros(2), jnp.ones((2, 1)), jnp.ones(1))
    >>> outputs(above, jnp.array([[3.0, -4.0]]), [None], [0.0]).tolist()
    [[4.0]]
    """
    h = products + above[0]
    for i, (mask, rate) in enumerate(zip(kept, dropout, strict=True)):
        h = jnp.maximum(h, 0)
        if mask is not None:
            h = jnp.where(mask, h / (1 - rate), 0)
        h = h @ above[2 * i + 1] + above[2 * i + 2]
    return h


def loss(found: Array, targets: Array, known: Array, kind: str) -> Array:
    """Return the mean loss over what is labelled; see `teni.training.heads.HeadData`.

    >>> zero = jnp.zeros((1, 2))
    >>> float(loss(zero + 2, zero, zero + 1, "squares"))
    4.0
    """
    if kind == "squares":
        return jnp.sum(known * jnp.square(found - targets)) / jnp.maximum(jnp.sum(known), 1)
    errors = -jnp.sum(targets * jax.nn.log_softmax(found), axis=1)
    labelled = known[:, 0]
    return jnp.sum(labelled * errors) / jnp.maximum(jnp.sum(labelled), 1)


def descend(
    weights: Above, velocities: Above, slopes: Above, rate: Array, momentum: float, counting: Array
) -> tuple[Above, Above]:
    """Take a step with Nesterov's momentum, as Keras's SGD does, or none where no row counts.

    Args:
        weights: of some layers.
        velocities: of the same shapes.
        slopes: the gradients.
        rate: learning rate.
        momentum: share of a velocity that is kept.
        counting: whether this is a step at all; numbers decide, so that weights and velocities change in place.

    Returns:
        Weights and velocities after the step.

    >>> one = (jnp.ones(()),)
    >>> [float(x[0]) for x in descend(one, one, one, 0.5, 0.5, True)]
    [0.5, 0.0]
    >>> [float(x[0]) for x in descend(one, one, one, 0.5, 0.5, False)]
    [1.0, 1.0]
    """
    length = jnp.where(counting, rate, 0).astype(weights[0].dtype)
    stays = jnp.where(counting, momentum, 1).astype(weights[0].dtype)
    carries = jnp.where(counting, momentum, 0).astype(weights[0].dtype)
    speed = tuple(stays * v - length * g for v, g in zip(velocities, slopes, strict=True))
    parts = zip(weights, speed, slopes, strict=True)
    return tuple(w + carries * v - length * g for w, v, g in parts), speed


def slopes(
    above: Above,
    products: Array,
    kept: Any,
    targets: Array,
    known: Array,
    dropout: Sequence[float],
    kind: str,
) -> tuple[Array, tuple[Above, Array]]:
    """Return the loss of a batch, and its gradients by the layers above and by the first products."""

    def of(above: Above, products: Array) -> Array:
        return loss(outputs(above, products, kept, dropout), targets, known, kind)

    return jax.value_and_grad(of, argnums=(0, 1))(above, products)
