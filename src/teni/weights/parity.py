"""The parity check: a converted network against a slow NumPy pass over the file's own tensors and rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.weights.graph import Network
from teni.weights.reading import Reading
from teni.weights.reference import Rules, forward
from teni.weights.saved import SavedTensor, SavedWeights

Array = NDArray[Any]
# For each input, and for each output, what is moved between the file's axis order and channels last: nothing,
# the channels of an image, or the rows of a flattened image of (channels, *space).
Moved = tuple[Sequence[bool], Sequence[bool | tuple[int, ...]]]
TOLERANCE = 1e-4
# What stands for a size that the network leaves open, in pixels or steps; the first that it takes.
OPEN_SIZES = (32, 96, 299)
BATCH = 2


@dataclass(frozen=True)
class Parity:
    """How far a converted network is from the file's own.

    Args:
        difference: the largest difference between any two outputs; None if it was not computed.
        largest: the largest output of the file's own network, to judge the difference by.
        why_not: why it was not computed, or None.
    """

    difference: float | None
    largest: float
    why_not: str | None = None

    @property
    def holds(self) -> bool:
        """Whether the two agree within 1e-4 of the largest output (of 1, if that is smaller)."""
        return self.difference is not None and self.difference <= TOLERANCE * max(self.largest, 1.0)


def rules_for(saved: SavedWeights, reading: Reading, *, forced: bool = False) -> Rules:
    """Give the rules by which the file's own network computed.

    Args:
        saved: the file.
        reading: how it is read.
        forced: the network is one of today, to be computed in the file's axis order.
    """
    return Rules(
        theano=reading.kernels == "convolution",
        channels_first=reading.ordering == "channels_first",
        forced=forced,
        old=saved.age in ("keras-oldest", "keras-1"),
        deviation=reading.statistics == "deviation",
        epsilon=reading.epsilon,
        soft=saved.age == "keras-3",
    )


def random_inputs(model: keras.Model, seed: int) -> list[Array]:
    """Make random inputs of a network's shapes; whole numbers where an Embedding reads them.

    Args:
        model: the network.
        seed: the same seed gives the same numbers.

    Returns:
        One array for each input, of two examples where the network leaves that open.

    >>> [x.shape for x in random_inputs(keras.Sequential([keras.Input((4, 2)), keras.layers.ReLU()]), 0)]
    [(2, 4, 2)]
    """
    rng = np.random.default_rng(seed)
    words = min(
        (layer.input_dim for layer in model.layers if isinstance(layer, keras.layers.Embedding)), default=0
    )
    size = _open_size(model)
    inputs: list[Array] = []
    for tensor in model.inputs:
        shape = _closed(tensor.shape, size)
        values: Array = rng.integers(0, words, shape) if words else rng.normal(size=shape).astype("float32")
        inputs.append(values)
    return inputs


def _open_size(model: keras.Model) -> int:
    """Find the least size that the network takes where it leaves the size open."""
    for size in OPEN_SIZES[:-1]:
        given = [keras.KerasTensor(_closed(tensor.shape, size), tensor.dtype) for tensor in model.inputs]
        try:
            outs = keras.tree.flatten(model.compute_output_spec(given if len(given) > 1 else given[0]))
        except ValueError:
            continue
        if all(axis is None or axis > 0 for out in outs for axis in out.shape):
            return size
    return OPEN_SIZES[-1]


def _closed(shape: Sequence[int | None], size: int) -> tuple[int, ...]:
    return (shape[0] or BATCH, *(size if axis is None else int(axis) for axis in shape[1:]))


def compare(
    network: Network,
    tensors: Mapping[str, Sequence[SavedTensor]],
    model: keras.Model,
    inputs: Sequence[Array],
    rules: Rules,
    moved: Moved,
) -> Parity:
    """Compute both networks and compare.

    Args:
        network: as the file, or the architecture, describes it.
        tensors: for each of its layers the file's tensors.
        model: the converted network.
        inputs: one array for each of its inputs, as it takes them.
        rules: the rules of the file.
        moved: which inputs and outputs have their channels first in the file.

    Returns:
        The largest difference, or why there is none.
    """
    theirs = [np.moveaxis(x, -1, 1) if first else x for x, first in zip(inputs, moved[0], strict=True)]
    try:
        expected = forward(network, tensors, theirs, rules)
    except TeniError as error:
        return Parity(None, 0.0, str(error))
    found = predict(model, inputs)
    _forget(model)
    pairs = [
        (_channels_last(there, first), here)
        for there, here, first in zip(expected, found, moved[1], strict=True)
    ]
    if any(there.shape != here.shape for there, here in pairs):
        shapes = [(there.shape, here.shape) for there, here in pairs]
        return Parity(float("inf"), 0.0, f"the outputs have other shapes: {shapes}")
    difference = max(float(np.abs(there - here).max(initial=0.0)) for there, here in pairs)
    largest = max(float(np.abs(there).max(initial=0.0)) for there, _ in pairs)
    return Parity(difference if np.isfinite(difference) else float("inf"), largest)


def _forget(network: Any) -> None:
    """Let recurrent layers that keep their state begin anew."""
    for layer in network.layers:
        if hasattr(layer, "layers"):
            _forget(layer)
        elif getattr(layer, "stateful", False):
            layer.reset_state()


def _channels_last(values: Array, moved: bool | tuple[int, ...]) -> Array:
    if isinstance(moved, tuple):
        images = values.reshape(len(values), *moved)
        return np.moveaxis(images, 1, -1).reshape(values.shape)
    return np.moveaxis(values, 1, -1) if moved else values


def predict(model: keras.Model, inputs: Sequence[Array]) -> list[Array]:
    """Compute a network's outputs as a list of arrays.

    Args:
        model: the network.
        inputs: one array for each input.
    """
    out = model(list(inputs) if len(inputs) > 1 else inputs[0], training=False)
    outs = list(out) if isinstance(out, list | tuple) else [out]
    return [np.asarray(keras.ops.convert_to_numpy(one)) for one in outs]
