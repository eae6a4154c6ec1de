"""Networks inside networks: laid open, so that their layers can be tapped like any other."""

from collections.abc import Callable
from typing import Any

import keras

from teni.backbones.initial import build_network, copy_values, twin


def inlined(model: keras.Model) -> keras.Model:
    """Put the layers of nested networks in the place of the networks themselves.

    A layer keeps its name; where that is taken, its network's name is put before it. Whether a nested network
    was called in training or inference mode is not kept: a backbone runs in inference mode.

    Args:
        model: a functional network.

    Returns:
        The same network with new layers and the same weights; the network itself where nothing is nested.

    >>> x = keras.Input((2,))
    >>> inner = keras.Model(x, keras.layers.Dense(3, name="deep")(x))
    >>> y = keras.Input((2,), name="y")
    >>> [layer.name for layer in inlined(keras.Model(y, inner(y))).layers]
    ['y', 'deep']
    """
    if not any(_is_network(layer) for layer in model.layers):
        return model
    return rebuilt(model)


def rebuilt(model: keras.Model, enter: Callable[[], tuple[Any, Any]] | None = None) -> keras.Model:
    """Build a network anew from layers and weights of its own, with nested networks laid open.

    Args:
        model: a functional or sequential network of one image; nothing of it is changed or shared.
        enter: makes the new symbolic image and what the network's first layers take of it, such as the image
            scaled, by layers whose names the network does not have; None takes an image like the network's own.

    Returns:
        The new network.

    >>> x = keras.Input((2,), dtype="uint8")
    >>> model = keras.Model(x, keras.layers.Rescaling(2.0)(x))
    >>> def enter():
    ...     y = keras.Input((2,))
    ...     return y, y
    >>> rebuilt(model, enter).inputs[0].dtype
    'float32'
    """
    maker = _Inliner(model)
    flat = build_network(lambda: maker.run_whole(enter), seed=None)
    for old, new in maker.twins.values():
        if isinstance(old, keras.Layer):
            copy_values(old, new)
    return flat


class _Inliner:
    """Walks a network and the networks in it, and gives every layer a twin with a name of its own."""

    def __init__(self, model: keras.Model) -> None:
        self._model = model
        self._taken = {layer.name for layer in model.layers if not _is_network(layer)}
        self.twins: dict[int, tuple[Any, Any]] = {}

    def run_whole(self, enter: Callable[[], tuple[Any, Any]] | None) -> keras.Model:
        model: Any = self._model
        if enter is None:
            old = model.inputs[0]
            image = x = keras.Input(old.shape[1:], dtype=old.dtype, name=_input_name(old))
        else:
            image, x = enter()
        return keras.Model(image, self._run(model, x), name=model.name)

    def _run(self, network: Any, x: Any) -> Any:
        prefix = "" if network is self._model else f"{network.name}_"

        def make(operation: Any) -> Any:
            return operation if _is_network(operation) else self._twin(operation, prefix)

        def call(operation: Any, *args: Any, **kwargs: Any) -> Any:
            return self._run(operation, args[0]) if _is_network(operation) else operation(*args, **kwargs)

        if isinstance(network, keras.Sequential):
            for layer in network.layers:
                x = call(make(layer), x)
            return x
        found = network._run_through_graph(x, operation_fn=make, call_fn=call)
        return found[0] if isinstance(found, list) and len(found) == 1 else found

    def _twin(self, operation: Any, prefix: str) -> Any:
        if id(operation) not in self.twins:
            copy = twin(operation)
            if prefix and operation.name in self._taken:
                copy.name = prefix + operation.name
            self._taken.add(copy.name)
            self.twins[id(operation)] = (operation, copy)
        return self.twins[id(operation)][1]


def _input_name(tensor: Any) -> str:
    return tensor._keras_history.operation.name


def _is_network(operation: Any) -> bool:
    return isinstance(operation, keras.Sequential) or hasattr(operation, "_run_through_graph")
