"""What is explained: units of a layer or of the output, and keypoints, two units each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import keras

from teni.visualize.layers import Part

Each = Literal["keypoint", "coordinate"]


@dataclass(frozen=True)
class Target:
    """One thing to explain.

    Args:
        name: for people.
        columns: its places in the flattened output: one, or x and y of a keypoint.
    """

    name: str
    columns: tuple[int, ...]


def targets(part: Part, units: Sequence[int], each: Each = "keypoint") -> list[Target]:
    """List what is to be explained.

    Args:
        part: the network up to a layer.
        units: places of the units that were asked for.
        each: whether x and y of a keypoint, where both were asked for, are one thing or two.

    Returns:
        In the order of the units.

    >>> points = Part(keras.Model(), "out", "keypoints", ("nose_x", "nose_y", "eye_x", "eye_y"))
    >>> [target.name for target in targets(points, [0, 1, 3])]
    ['nose', 'eye_y']
    """
    found: list[Target] = []
    for unit in units:
        other = unit ^ 1
        if part.kind == "keypoints" and each == "keypoint" and other in units:
            first = min(unit, other)
            target = Target(part.names[first].removesuffix("_x"), (first, first + 1))
        else:
            target = Target(part.names[unit], (unit,))
        if target not in found:
            found.append(target)
    return found


def explained_model(part: Part) -> keras.Model:
    """Return the network whose outputs are the part's units: of a filter, its strongest activation.

    Args:
        part: the network up to a layer.

    >>> x = keras.Input((4, 4, 2))
    >>> explained_model(Part(keras.Model(x, keras.layers.ReLU()(x)), "relu", "filters", ("0", "1"))).output_shape
    (None, 2)
    """
    if part.kind != "filters":
        return part.model
    return keras.Model(part.model.inputs[0], keras.layers.GlobalMaxPooling2D()(part.model.outputs[0]))
