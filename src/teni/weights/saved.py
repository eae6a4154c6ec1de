"""What a weights file holds: ordered layers with named tensors, read one by one when they are wanted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Age = Literal["keras-oldest", "keras-1", "keras-2", "keras-3", "tensorflow.js"]
Backend = Literal["theano", "tensorflow", "cntk", "jax", "torch"]
Ordering = Literal["channels_first", "channels_last"]


@dataclass(frozen=True)
class SavedTensor:
    """One tensor of a file: its name and shape are known, its values are read by ``read``.

    Args:
        name: as the file gives it, e.g. ``conv1/kernel:0``.
        shape: sizes of its axes, as stored.
        dtype: NumPy's name of the stored number type.
        read: reads the values from the file, anew at each call.

    >>> SavedTensor("bias", (2,), "float32", lambda: np.zeros(2, np.float32)).read()
    array([0., 0.], dtype=float32)
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    read: Callable[[], NDArray[Any]] = field(repr=False, compare=False)

    @property
    def size_bytes(self) -> int:
        """How many bytes the values take once read."""
        return int(np.prod(self.shape, dtype=np.float64)) * np.dtype(self.dtype).itemsize


@dataclass(frozen=True)
class SavedLayer:
    """One layer of a file, with its tensors in the order in which the file lists them (none for a Flatten).

    >>> SavedLayer("flatten_1", ()).tensors
    ()
    """

    name: str
    tensors: tuple[SavedTensor, ...]


@dataclass(frozen=True)
class SavedWeights:
    """A weights file of any age, as far as it tells about itself.

    Args:
        source: path of the file, for messages.
        age: the layout it was written in.
        version: the Keras version that the file states, or None.
        backend: the backend that the file states or its tensor names betray, or None.
        ordering: the axis order that the file states or its kernel shapes betray, or None.
        layers: every layer, in the order of the file, those without tensors too.
        model_config: the network's description as parsed JSON where the file holds one.

    >>> SavedWeights("w.h5", "keras-2", "2.1.4", "tensorflow", None, (SavedLayer("flatten", ()),)).names
    ('flatten',)
    """

    source: str
    age: Age
    version: str | None
    backend: Backend | None
    ordering: Ordering | None
    layers: tuple[SavedLayer, ...]
    model_config: Mapping[str, Any] | None = field(default=None, repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """The layers' names, in the order of the file."""
        return tuple(layer.name for layer in self.layers)

    @property
    def with_tensors(self) -> tuple[SavedLayer, ...]:
        """The layers that hold at least one tensor, in the order of the file."""
        return tuple(layer for layer in self.layers if layer.tensors)
