"""One door to every weights file: the layout is told from the content, not from the name."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py

from teni.errors import TeniError
from teni.weights.hdf5_guard import check_hdf5, open_hdf5
from teni.weights.hdf5_layers import holds_layers, read_layers
from teni.weights.hdf5_oldest import holds_oldest, read_oldest
from teni.weights.keras3 import WEIGHTS, holds_keras3, read_keras3, read_keras_archive
from teni.weights.saved import SavedWeights
from teni.weights.tfjs import read_tfjs


def read(path: Path | str) -> SavedWeights:
    """List what a weights file of any age holds; no tensor is read before it is wanted.

    Args:
        path: an HDF5 file of Keras 0.x to 2.x, a ``.weights.h5`` or ``.keras`` of Keras 3, or the
            ``model.json`` of a TensorFlow.js layers model (its folder will do).

    Returns:
        Its layers and tensors, and what the file tells of its age, backend and ordering.

    Raises:
        TeniError: no such file, not a weights file, damaged, or with parts that lie outside the file.

    >>> read("nowhere.h5")
    Traceback (most recent call last):
    ...
    teni.errors.TeniError: nowhere.h5: no such file; give the path of a weights file
    """
    path = Path(path)
    if path.is_dir():
        path = path / "model.json"
    if not path.is_file():
        raise TeniError(f"{path}: no such file; give the path of a weights file")
    if path.suffix.lower() == ".json":
        return read_tfjs(path)
    if zipfile.is_zipfile(path):
        check_hdf5(path, WEIGHTS)
        return read_keras_archive(path)
    check_hdf5(path)
    with open_hdf5(path) as file:
        layout = _layout(file)
    if layout is None:
        raise TeniError(f"{path}: HDF5, but no weights file of any Keras (no layers are listed in it)")
    return layout(path)


def holds_model(path: Path) -> bool:
    """Tell whether a weights file holds the network's description too.

    Args:
        path: a file that ``read`` has read.
    """
    if path.is_dir() or path.suffix.lower() == ".json" or zipfile.is_zipfile(path):
        return True
    with open_hdf5(path) as file:
        return "model_config" in file.attrs


def _layout(file: h5py.File) -> Callable[[Path], SavedWeights] | None:
    if holds_layers(file):
        return read_layers
    if holds_oldest(file):
        return read_oldest
    return read_keras3 if holds_keras3(file) else None
