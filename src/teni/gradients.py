"""Values and gradients of a function of tensors, and its compiled form, on whichever backend Keras runs.

This is the one place where the three backends differ for training and for pictures; everything above it is written
with `keras.ops`. The backend's own package is imported where it is used: the others need not be installed.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import keras

Tensors = Any  # a tensor, or lists, tuples and dictionaries of tensors


def value_and_grad(
    function: Callable[..., Any], *, has_aux: bool = False
) -> Callable[..., tuple[Any, Tensors]]:
    """Differentiate a function with respect to its first argument.

    Args:
        function: takes tensors (the first argument may be a structure of them) and returns a scalar tensor;
            with `has_aux` it returns ``(scalar, anything)``.
        has_aux: whether the function hands out something beside its value, e.g. new states.

    Returns:
        A function of the same arguments that returns ``(value, gradients)``, or ``((value, aux), gradients)``;
        the gradients have the structure and shapes of the first argument, zero where the value does not depend
        on it.

    Raises:
        ValueError: Keras runs on a backend without gradients.

    >>> squares = value_and_grad(lambda x: keras.ops.sum(x * x))
    >>> value, gradient = squares(keras.ops.convert_to_tensor([1.0, 3.0]))
    >>> float(value), keras.ops.convert_to_numpy(gradient).tolist()
    (10.0, [2.0, 6.0])
    """
    backend = keras.config.backend()
    if backend == "jax":
        import jax

        return jax.value_and_grad(function, has_aux=has_aux)
    if backend == "tensorflow":
        return _tensorflow(function, has_aux)
    if backend == "torch":
        return _torch(function, has_aux)
    raise ValueError(f"the Keras backend {backend} has no gradients; expected jax, tensorflow or torch")


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a pure function of tensors where the backend does that; PyTorch runs it as it is.

    Args:
        function: takes and returns tensors or structures of them, and changes nothing else.

    Returns:
        A function with the same arguments and results. Each new shape is compiled anew.

    >>> double = compiled(lambda x: x * 2)
    >>> keras.ops.convert_to_numpy(double(keras.ops.ones((2,)))).tolist()
    [2.0, 2.0]
    """
    backend = keras.config.backend()
    if backend == "jax":
        import jax

        return jax.jit(function)
    if backend == "tensorflow":
        tensorflow: Any = import_module(backend)
        return tensorflow.function(function, reduce_retracing=True)
    return function


def _tensorflow(function: Callable[..., Any], has_aux: bool) -> Callable[..., tuple[Any, Tensors]]:
    tensorflow: Any = import_module("tensorflow")

    def both(x: Tensors, *rest: Any) -> tuple[Any, Tensors]:
        x = keras.tree.map_structure(keras.ops.convert_to_tensor, x)
        flat = keras.tree.flatten(x)
        with tensorflow.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(flat)
            found = function(x, *rest)
            value = found[0] if has_aux else found
        gradients = tape.gradient(value, flat, unconnected_gradients=tensorflow.UnconnectedGradients.ZERO)
        return found, keras.tree.pack_sequence_as(x, gradients)

    return both


def _torch(function: Callable[..., Any], has_aux: bool) -> Callable[..., tuple[Any, Tensors]]:
    torch: Any = import_module("torch")

    def leaf(x: Any) -> Any:
        tensor: Any = keras.ops.convert_to_tensor(x)
        return tensor.detach().clone().requires_grad_(True)

    def both(x: Tensors, *rest: Any) -> tuple[Any, Tensors]:
        with torch.enable_grad():
            x = keras.tree.map_structure(leaf, x)
            flat = keras.tree.flatten(x)
            found = function(x, *rest)
            value = found[0] if has_aux else found
            gradients = torch.autograd.grad(value, flat, allow_unused=True, materialize_grads=True)
        plain = keras.tree.map_structure(lambda t: t.detach() if torch.is_tensor(t) else t, found)
        return plain, keras.tree.pack_sequence_as(x, list(gradients))

    return both
