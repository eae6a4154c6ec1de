"""One door to every weights file: the layout is told from the content, not from the name."""

from pathlib import Path

from teni.errors import TeniError
from teni.weights.hdf5_guard import open_hdf5
from teni.weights.hdf5_layers import holds_layers, read_layers
from teni.weights.saved import SavedWeights


def read(path: Path | str) -> SavedWeights:
    """List what a weights file of any age holds; no tensor is read before it is wanted.

    Args:
        path: an HDF5 file of Keras 1.0 to 2.x.

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
    with open_hdf5(path) as file:
        layered = holds_layers(file)
    if layered:
        return read_layers(path)
    raise TeniError(f"{path}: HDF5, but no weights file of Keras that is known; expected 'layer_names'")
