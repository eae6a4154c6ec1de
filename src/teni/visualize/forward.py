"""A network as a pure function of its weights and its input, for programs that are compiled."""

from collections.abc import Callable
from typing import Any

import keras

Weights = tuple[list[Any], list[Any]]  # trained, and all other state


def pure(model: keras.Model) -> tuple[Callable[[Weights, Any], Any], Weights]:
    """Split a network into a function and its weights; nothing that it computes changes the network.

    Weights that are an argument are no constants of the compiled program, which would be folded at length.

    Args:
        model: the network; it runs in inference mode.

    Returns:
        A function of weights and input that gives the output, and the weights.

    >>> x = keras.Input((2,))
    >>> run, weights = pure(keras.Model(x, keras.layers.Rescaling(2.0)(x)))
    >>> keras.ops.convert_to_numpy(run(weights, keras.ops.ones((1, 2)))).tolist()
    [[2.0, 2.0]]
    """
    whole: Any = model

    def run(weights: Weights, x: Any) -> Any:
        return whole.stateless_call(*weights, x, training=False)[0]

    return run, (
        [v.value for v in whole.trainable_variables],
        [v.value for v in whole.non_trainable_variables],
    )
