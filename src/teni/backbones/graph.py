"""A network as a graph: who feeds whom, and names that do not depend on what was built before."""

import re
from collections.abc import Iterable
from typing import Any

import keras


def parents(operation: Any) -> list[Any]:
    """List the operations whose outputs an operation takes, where it stands first in its network.

    >>> x = keras.Input((2,), name="x")
    >>> y = keras.layers.Dense(1, name="y")
    >>> _ = y(x)
    >>> [parent.name for parent in parents(y)]
    ['x']
    """
    if isinstance(operation, keras.layers.InputLayer):
        return []
    return [tensor._keras_history.operation for tensor in keras.tree.flatten(operation.input)]


def consumers(model: keras.Model) -> dict[str, list[Any]]:
    """List for each operation, by name, those that take its output.

    >>> x = keras.Input((2,), name="x")
    >>> model = keras.Model(x, keras.layers.Dense(1, name="y")(x))
    >>> {name: [each.name for each in found] for name, found in consumers(model).items()}
    {'x': ['y'], 'y': []}
    """
    found: dict[str, list[Any]] = {operation.name: [] for operation in model.operations}
    for operation in model.operations:
        for parent in parents(operation):
            found[parent.name].append(operation)
    return found


def dependants(model: keras.Model, roots: Iterable[str]) -> dict[str, str]:
    """Find every operation that depends on one of the given ones, themselves included.

    Args:
        model: the network.
        roots: names of its operations.

    Returns:
        For each dependent operation the first root it depends on, in the order of the network.

    >>> x = keras.Input((2,), name="x")
    >>> h = keras.layers.Dense(1, name="h")(x)
    >>> model = keras.Model(x, keras.layers.ReLU(name="y")(h))
    >>> dependants(model, ["h"])
    {'h': 'h', 'y': 'h'}
    """
    wanted = set(roots)
    found: dict[str, str] = {}
    for operation in model.operations:
        above = [found[parent.name] for parent in parents(operation) if parent.name in found]
        if above:
            found[operation.name] = above[0]
        elif operation.name in wanted:
            found[operation.name] = operation.name
    return found


def renumbered(names: Iterable[str]) -> dict[str, str]:
    """Map names that Keras numbered by itself to those they have in a process that built nothing before.

    ``conv2d_203, conv2d_204`` become ``conv2d, conv2d_1``; the order of the numbers is kept. A family is
    renumbered only where its names are of Keras's making: a class name in small letters with a number.

    >>> renumbered(["conv2d_203", "conv2d_204", "conv_pw_1"])
    {'conv2d_203': 'conv2d', 'conv2d_204': 'conv2d_1'}
    """
    families: dict[str, list[tuple[int, str]]] = {}
    for name in names:
        match = re.fullmatch(r"(.*?)(?:_(\d+))?", name)
        if match and match[1] in _KERAS_MADE:
            families.setdefault(match[1], []).append((int(match[2] or 0), name))
    return {
        name: family if rank == 0 else f"{family}_{rank}"
        for family, members in families.items()
        for rank, (_, name) in enumerate(sorted(members))
    }


def settle_names(model: keras.Model) -> None:
    """Rename a freshly built network's self-numbered layers, so that a tap means the same in every process.

    >>> _ = keras.layers.ReLU()
    >>> x = keras.Input((2,))
    >>> model = keras.Model(x, keras.layers.ReLU()(x))
    >>> settle_names(model)
    >>> [layer.name for layer in model.layers]
    ['input_layer', 're_lu']
    """
    names = renumbered(operation.name for operation in model.operations)
    for operation in model.operations:
        operation.name = names.get(operation.name, operation.name)


def _keras_names() -> frozenset[str]:
    """Spell the layer classes as Keras names their instances (to_snake_case in keras/src/utils/naming.py)."""
    spelled: set[str] = set()
    for name in dir(keras.layers):
        step = re.sub(r"\W+", "", name)
        step = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", step)
        spelled.add(re.sub(r"([a-z])([A-Z])", r"\1_\2", step).lower())
    return frozenset(spelled | {"get_item", "layer_scale", "stochastic_depth"})


_KERAS_MADE = _keras_names()
