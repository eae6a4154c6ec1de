"""Weights that a file does not hold: the network ends above the first layer that would need them."""

from collections.abc import Mapping
from typing import Any

import keras

from teni.backbones.graph import dependants, parents
from teni.errors import TeniError


def cut_below(model: keras.Model, broken: Mapping[str, str]) -> tuple[keras.Model, dict[str, str]]:
    """Cut a network so that nothing is left that depends on a broken layer.

    Args:
        model: a functional network.
        broken: its layers that cannot be used, and for each why.

    Returns:
        The network up to the last layer that can be used (it shares the layers), and what was cut off: for
        each layer why.

    Raises:
        TeniError: nothing is left.

    >>> x = keras.Input((2,), name="x")
    >>> h = keras.layers.Dense(1, name="h")(x)
    >>> model = keras.Model(x, keras.layers.Dense(1, name="y")(h))
    >>> kept, unusable = cut_below(model, {"y": "its weights are not in w.h5"})
    >>> kept.layers[-1].name, unusable
    ('h', {'y': 'its weights are not in w.h5'})
    """
    if not broken:
        return model, {}
    lost = dependants(model, broken)
    left = [operation for operation in model.operations if operation.name not in lost]
    if not any(operation.weights for operation in left if isinstance(operation, keras.Layer)):
        first = next(iter(lost))
        raise TeniError(
            f"{model.name} has no layer left to use ({first}: {broken[first]}); "
            "give the weights of this very network"
        )
    last = left[-1]
    kept = keras.Model(model.inputs[0], last.output, name=model.name)
    unusable = {
        name: broken[name] if name in broken else f"it depends on {root}: {broken[root]}"
        for name, root in lost.items()
    }
    above = _ancestors(last)
    aside = {operation.name for operation in left} - above
    return kept, unusable | dict.fromkeys(sorted(aside), "only layers that were cut off take its output")


def _ancestors(operation: Any) -> set[str]:
    found: set[str] = set()
    waiting = [operation]
    while waiting:
        each = waiting.pop()
        if each.name not in found:
            found.add(each.name)
            waiting += parents(each)
    return found
