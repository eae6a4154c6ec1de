"""Adam, and gradient descent with Nesterov's momentum, as pure functions over lists of arrays."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from teni.training.settings import OptimizerName

ops: Any = keras.ops
Tensor = Any
State = dict[str, Any]

MOMENTUM = 0.9
BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-7
# Gradients longer than this, all weights together, are shortened to it: one odd batch must not undo a good start.
LONGEST = 10.0


def start_state(values: Sequence[Tensor], name: OptimizerName) -> State:
    """Return an optimiser's state before its first step, as NumPy arrays.

    Args:
        values: the arrays that will be trained.
        name: which optimiser.

    >>> sorted(start_state([np.ones(2)], "adam"))
    ['first', 'second', 'steps']
    """
    nothing = [np.zeros(tuple(v.shape), np.float32) for v in values]
    if name == "sgd":
        return {"first": nothing, "steps": np.zeros((), np.float32)}
    return {"first": nothing, "second": [x.copy() for x in nothing], "steps": np.zeros((), np.float32)}


def update(
    values: Sequence[Tensor],
    gradients: Sequence[Tensor],
    state: State,
    rates: Sequence[Tensor | float],
    name: OptimizerName,
) -> tuple[list[Tensor], State]:
    """Take one step.

    Args:
        values: what is trained.
        gradients: of the loss, one for each.
        state: of the optimiser.
        rates: the learning rate of each.
        name: ``adam`` (Kingma and Ba, 2015) or ``sgd`` with Nesterov's momentum (Sutskever et al., 2013).

    Returns:
        The new values and the new state.

    >>> new, _ = update([np.float32([1.0])], [np.float32([2.0])], start_state([np.ones(1)], "sgd"), [0.1], "sgd")
    >>> np.asarray(new[0]).round(4).astype(float).tolist()  # 1 - 0.1 * 2 * (1 + 0.9)
    [0.62...]
    """
    gradients = _shortened(gradients)
    steps = state["steps"] + 1.0
    if name == "sgd":
        moved = [MOMENTUM * v - r * g for v, r, g in zip(state["first"], rates, gradients, strict=True)]
        new = [x + MOMENTUM * v - r * g for x, v, r, g in zip(values, moved, rates, gradients, strict=True)]
        return new, {"first": moved, "steps": steps}
    first = [BETA_1 * m + (1 - BETA_1) * g for m, g in zip(state["first"], gradients, strict=True)]
    second = [
        BETA_2 * v + (1 - BETA_2) * ops.square(g) for v, g in zip(state["second"], gradients, strict=True)
    ]
    unbias = ops.sqrt(1.0 - ops.power(BETA_2, steps)) / (1.0 - ops.power(BETA_1, steps))
    new = [
        x - r * unbias * m / (ops.sqrt(v) + EPSILON)
        for x, r, m, v in zip(values, rates, first, second, strict=True)
    ]
    return new, {"first": first, "second": second, "steps": steps}


def _shortened(gradients: Sequence[Tensor]) -> list[Tensor]:
    length = ops.sqrt(sum(ops.sum(ops.square(g)) for g in gradients) + 1e-12)
    factor = ops.minimum(LONGEST / length, 1.0)
    return [g * factor for g in gradients]
