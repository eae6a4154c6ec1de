"""The reader of the oldest layout, of Keras 0.x: ``nb_layers``, and ``param_0``, … in ``layer_0``, …"""

from functools import partial
from pathlib import Path

import h5py

from teni.errors import TeniError
from teni.weights import hdf5_guard as guard
from teni.weights.guess import kernel_ordering
from teni.weights.saved import SavedLayer, SavedTensor, SavedWeights

MAX_LAYERS = 20_000
MAX_PARAMS = 1_000


def holds_oldest(file: h5py.File) -> bool:
    """Tell whether a file is of this layout.

    >>> with h5py.File("x", "w", driver="core", backing_store=False) as file:
    ...     holds_oldest(file)
    False
    """
    return "nb_layers" in file.attrs


def read_oldest(path: Path) -> SavedWeights:
    """List the layers and tensors of a file that Keras 0.x wrote; no tensor is read yet.

    Such a file names neither layers nor tensors, nor does it say its backend; its kernels' shapes tell
    the axis order.

    Args:
        path: an HDF5 file with ``nb_layers`` at its root.

    Returns:
        What the file holds, the layers named ``layer_0``, …

    Raises:
        TeniError: not that layout, damaged, or with anything that a weights file never has.
    """
    with guard.open_hdf5(path) as file:
        count = guard.attribute_integer(file, "nb_layers", str(path))
        if count is None or count > MAX_LAYERS:
            raise TeniError(f"{path}: 'nb_layers' is {count}; expected a number up to {MAX_LAYERS:,}")
        layers = tuple(_layer(path, file, f"layer_{number}") for number in range(count))
    return SavedWeights(
        source=str(path),
        age="keras-oldest",
        version=None,
        backend=None,
        ordering=kernel_ordering(layers, "keras-oldest"),
        layers=layers,
    )


def _layer(path: Path, file: h5py.File, name: str) -> SavedLayer:
    where = f"{path}: {name!r}"
    group = guard.subgroup(file, name, where)
    count = guard.attribute_integer(group, "nb_params", where) or 0
    if count > MAX_PARAMS:
        raise TeniError(f"{where}: 'nb_params' is {count:,}; at most {MAX_PARAMS:,} are read")
    tensors: list[SavedTensor] = []
    for number in range(count):
        tensor = f"param_{number}"
        dataset = guard.check_dataset(guard.member(group, tensor, where), f"{where}, {tensor!r}")
        read = partial(guard.read_tensor, path, f"{name}/{tensor}")
        tensors.append(SavedTensor(tensor, tuple(map(int, dataset.shape)), dataset.dtype.name, read))
    return SavedLayer(name, tuple(tensors))
