"""The rules of an age and backend by which a forward pass goes, and how a layer's settings are looked up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teni.errors import TeniError

Array = NDArray[Any]


@dataclass(frozen=True)
class Rules:
    """By which rules the old network computed.

    Args:
        theano: convolutions turn their kernels, and ``same`` borders are Theano's.
        channels_first: the axis order of layers that don't say theirs.
        forced: every layer goes by ``channels_first``, whatever it says (today's network, old tensors).
        old: kernels are stored as Keras 0 and 1 did: in the images' order.
        deviation: batch normalization stored standard deviations, to which epsilon was added.
        epsilon: what was added to deviations; None: what the layer says.
        soft: hard_sigmoid has today's slope.

    >>> Rules(theano=True, channels_first=True).old
    True
    """

    theano: bool
    channels_first: bool
    forced: bool = False
    old: bool = True
    deviation: bool = False
    epsilon: float | None = None
    soft: bool = False


@dataclass(frozen=True)
class Signal:
    """What flows between layers: values, and which time steps count (None: all)."""

    values: Array
    mask: Array | None = None


@dataclass(frozen=True)
class Layer:
    """One layer as the file has it; ``soft``: its hard_sigmoid has today's slope, 1/6 instead of 0.2."""

    name: str
    kind: str
    config: Mapping[str, Any]
    tensors: Sequence[Array]
    tensor_names: Sequence[str] = ()
    soft: bool = False

    def get(self, *names: str, default: Any = None) -> Any:
        """Look a setting up under the first of its names that is there."""
        for name in names:
            if self.config.get(name) is not None:
                return self.config[name]
        return default


def is_first(layer: Layer, rules: Rules) -> bool:
    """Tell whether a layer has its channels first: as it says, else as the rules say."""
    word = None if rules.forced else layer.get("data_format", "dim_ordering")
    if word in ("channels_first", "th"):
        return True
    return False if word in ("channels_last", "tf") else rules.channels_first


def to_last(values: Array, first: bool) -> Array:
    """Move the channels of a batch of images to the end, if they come first."""
    return np.moveaxis(values, 1, -1) if first else values


def from_last(values: Array, first: bool) -> Array:
    """Undo ``to_last``."""
    return np.moveaxis(values, -1, 1) if first else values


def pair(setting: Any, rank: int) -> tuple[int, ...]:
    """Read a size given once for all axes or once for each.

    >>> pair(2, 3), pair([1, 2], 2)
    ((2, 2, 2), (1, 2))
    """
    if isinstance(setting, int | float):
        return (int(setting),) * rank
    return tuple(int(size) for size in setting)


def unknown(layer: Layer) -> TeniError:
    """Say that the pass in NumPy does not know a layer's class or setting."""
    return TeniError(f"layer {layer.name!r} ({layer.kind}): the NumPy forward pass does not know it")
