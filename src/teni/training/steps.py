"""A run of training steps on whichever backend Keras runs."""

from collections.abc import Callable
from typing import Any

import keras

from teni.gradients import compiled

Tensors = Any


def on_accelerator() -> bool:
    """Tell whether the backend computes on something faster than a CPU.

    >>> on_accelerator() in (True, False)
    True
    """
    # Not keras.distribution.list_devices: PyTorch has none.
    tensor: Any = keras.ops.zeros(())
    return "cpu" not in str(tensor.device).lower()


def training_form(network: keras.Model) -> keras.Model:
    """Return the form of a flat network in which it trains the quickest; its weights are copies, in the same order.

    >>> x = keras.Input((8, 8, 2))
    >>> training_form(keras.Model(x, keras.layers.Conv2D(3, 3)(x))).output_shape
    (None, 6, 6, 3)
    """
    if keras.config.backend() == "jax":
        from teni.engine import training_form as form_on_jax

        return form_on_jax(network)
    return network


def compile_steps(
    step: Callable[[Tensors, Tensors, Tensors], tuple[Tensors, Tensors]],
    state: Tensors,
    data: Tensors,
    plan: Tensors,
) -> Callable[[Tensors, Tensors, Tensors], tuple[Tensors, Tensors]]:
    """Compile a run of steps; on JAX one program where that is the quickest, see `teni.engine.epoch`.

    Args:
        step: a pure function of ``(state, data, one entry of the plan)``.
        state: an example.
        data: what every step may look at.
        plan: tensors whose first axis counts the steps.

    Returns:
        A function of ``(state, data, plan)`` that returns the last state and what the steps told, stacked. The
        state that it is given must not be used again.

    >>> def step(total, data, entry):
    ...     return total + data * entry, total
    >>> make = keras.ops.convert_to_tensor
    >>> example = (make(0.0), make(2.0), make([0.0, 1.0, 2.0]))
    >>> state, told = compile_steps(step, *example)(*example)
    >>> float(state), keras.ops.convert_to_numpy(told).tolist()
    (6.0, [0.0, 0.0, 2.0])
    """
    if keras.config.backend() == "jax":
        from teni.engine import compile_steps as compile_on_jax  # imported here: other backends need no jax

        return compile_on_jax(step, state, data, plan)
    one = compiled(step)

    def run(state: Tensors, data: Tensors, plan: Tensors) -> tuple[Tensors, Tensors]:
        told: list[Tensors] = []
        for i in range(len(keras.tree.flatten(plan)[0])):
            state, said = one(state, data, keras.tree.map_structure(lambda x, i=i: x[i], plan))
            told.append(said)
        return state, keras.ops.stack(told)

    return run
