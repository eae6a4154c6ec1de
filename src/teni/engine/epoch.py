"""Many training steps as one compiled program, the data staying on the device."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
from jax import lax

Tensors = Any  # an array, or lists, tuples and dictionaries of arrays
Step = Callable[[Tensors, Tensors, Tensors], tuple[Tensors, Tensors]]


def compile_steps(
    step: Step, state: Tensors, data: Tensors, plan: Tensors
) -> Callable[[Tensors, Tensors, Tensors], tuple[Tensors, Tensors]]:
    """Compile a run of steps: one program for all of them, or on a CPU with convolutions one for each.

    XLA's CPU backend runs its own convolutions inside a loop a hundred times slower than outside, so that there
    the steps are handed to the device one after the other.

    Args:
        step: a pure function of ``(state, data, one entry of the plan)`` that returns the new state and what the
            step tells, e.g. its loss.
        state: an example; it is given up to the program, which writes the new state into its memory.
        data: what every step may look at; it stays where it is.
        plan: arrays whose first axis counts the steps.

    Returns:
        A function of ``(state, data, plan)`` that returns the last state and what the steps told, stacked.

    >>> import jax.numpy as jnp
    >>> def step(total, data, entry):
    ...     return total + data * entry, total
    >>> example = (jnp.zeros(()), jnp.float32(2.0), jnp.arange(3.0))
    >>> run = compile_steps(step, *example)
    >>> [x.tolist() for x in run(*example)]
    [6.0, [0.0, 0.0, 2.0]]
    """
    first = jax.tree.map(lambda x: x[0], plan)
    slow_in_loops = jax.default_backend() == "cpu" and _has_convolution(step, state, data, first)
    if slow_in_loops:
        return _one_by_one(jax.jit(step, donate_argnums=0).lower(state, data, first).compile())
    return _scanned(step).lower(state, data, plan).compile()


def _scanned(step: Step) -> Any:
    @partial(jax.jit, donate_argnums=0)
    def run(state: Tensors, data: Tensors, plan: Tensors) -> tuple[Tensors, Tensors]:
        return lax.scan(lambda carried, entry: step(carried, data, entry), state, plan)

    return run


def _one_by_one(compiled: Step) -> Callable[[Tensors, Tensors, Tensors], tuple[Tensors, Tensors]]:
    def run(state: Tensors, data: Tensors, plan: Tensors) -> tuple[Tensors, Tensors]:
        told: list[Tensors] = []
        for i in range(len(jax.tree.leaves(plan)[0])):
            state, one = compiled(state, data, jax.tree.map(lambda x, i=i: x[i], plan))
            told.append(one)
        return state, jax.tree.map(lambda *each: jax.numpy.stack(each), *told)

    return run


def _has_convolution(step: Step, *example: Tensors) -> bool:
    return "conv_general_dilated" in str(jax.make_jaxpr(step)(*example))
