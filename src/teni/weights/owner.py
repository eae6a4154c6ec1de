"""Whose a tensor is, by its name: every Keras put the layer's name in front."""

import re
from collections.abc import Collection


def owner(tensor: str, layers: Collection[str]) -> str | None:
    """Find the layer that a tensor belongs to by the tensor's name.

    Args:
        tensor: its name in the file: ``conv_W``, ``conv/kernel:0``, ``model/conv/kernel:0``, and
            ``conv_1/kernel:0`` where Keras 2 had built the layer ``conv`` before.
        layers: the names of the layers in question.

    Returns:
        The layer, or None if the name tells none of them.

    >>> owner("block1/conv_1/kernel:0", ["conv", "dense"]), owner("dense_W", ["conv", "dense"])
    ('conv', 'dense')
    """
    whole = tensor.partition(":")[0]
    scopes = whole.split("/")[:-1]
    for name in (*scopes, *(re.sub(r"_\d+$", "", scope) for scope in scopes)):
        if name in layers:
            return name
    # Keras 1: the longest name, as dense_1 and dense_1_b may both be layers.
    parts = whole.split("_")
    starts = ("_".join(parts[:count]) for count in range(len(parts) - 1, 0, -1))
    return next((start for start in starts if start in layers), None)
