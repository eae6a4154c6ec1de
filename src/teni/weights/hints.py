"""What the builder of a network knows about its weights that its layers themselves do not tell."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class Part:
    """One variable of a composed layer, and the tensor of the file that it is made of.

    Args:
        variable: the Keras variable.
        tensor: the position of the tensor among those of the file's layer.
        shape: of the tensor in the file.
        change: makes the variable's values of the tensor's.
        why: what is changed, for the report; empty if nothing is.
    """

    variable: Any
    tensor: int
    shape: tuple[int, ...]
    change: Callable[[Array], Array]
    why: str = ""


@dataclass(frozen=True)
class Composition:
    """A layer that today's Keras does not have, composed of several that it has.

    Args:
        parts: where the values of its variables come from; a variable without a part keeps its initial values.
        count: how many tensors the file has for the layer.
        matrices_first: whether the positions count the tensors of two axes first: their order has changed.
    """

    parts: Sequence[Part]
    count: int
    matrices_first: bool = False


@dataclass(frozen=True)
class Hints:
    """What is known about the weights of a network's layers, by the layers' names.

    Args:
        images: for each Dense layer behind a flattened channels-first image, and each PReLU over one:
            (channels, *space).
        composed: for each layer composed of others.

    >>> Hints().images
    {}
    """

    images: Mapping[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])
    composed: Mapping[str, Composition] = field(default_factory=dict[str, Composition])
