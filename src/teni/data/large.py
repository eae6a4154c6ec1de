"""Arrays of images that may be larger than memory: beyond a size they stand in a file that nobody else sees."""

import errno
import math
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teni.errors import TeniError

Images = NDArray[np.uint8]

IN_MEMORY = 512_000_000  # bytes: 55,000 grey images of 96 x 96
_ROWS = 1024
# Where Linux and macOS keep large temporary files; /tmp is in memory on some machines.
_ON_DISK = Path("/var/tmp")


def make_room(shape: tuple[int, ...], in_memory: int = IN_MEMORY, *, reserve: bool = True) -> Images:
    """Return an array to be written to, in memory or, where it is large, in a file without a name.

    The file is gone with the array.

    Args:
        shape: of the ``uint8`` array.
        in_memory: the most bytes that are kept in memory.
        reserve: whether the file takes its space at once; if not, what is never written to takes none.

    Raises:
        TeniError: no such file can be made, or the disk has no room for it.

    >>> room = make_room((3, 2, 2, 1), in_memory=8)
    >>> type(room).__name__, room.shape
    ('memmap', (3, 2, 2, 1))
    """
    if math.prod(shape) <= in_memory:
        return np.empty(shape, np.uint8)
    return _on_disk(shape, np.uint8, "images", reserve)


def make_rows(shape: tuple[int, ...], in_memory: int = IN_MEMORY) -> NDArray[np.float32]:
    """Return an array of numbers as `make_room` does one of images.

    >>> make_rows((2, 3)).dtype.name
    'float32'
    """
    if 4 * math.prod(shape) <= in_memory:
        return np.empty(shape, np.float32)
    return _on_disk(shape, np.float32, "features", True)


def take_rows(images: Images, rows: NDArray[Any], in_memory: int = IN_MEMORY) -> Images:
    """Return some images; those that stand in a file are copied to another where they are large.

    Args:
        images: ``uint8 (N, H, W, C)``.
        rows: integer positions ``(M,)``.
        in_memory: the most bytes that are kept in memory.

    >>> take_rows(np.arange(4, dtype=np.uint8).reshape(4, 1, 1, 1), np.array([3, 1])).ravel().tolist()
    [3, 1]
    """
    if not isinstance(images, np.memmap):
        return images[rows]
    if len(rows) == len(images) and np.array_equal(rows, np.arange(len(images))):
        return images
    room = make_room((len(rows), *images.shape[1:]), in_memory)
    for start in range(0, len(rows), _ROWS):
        room[start : start + _ROWS] = images[rows[start : start + _ROWS]]
    return room


def _on_disk(shape: tuple[int, ...], dtype: Any, what: str, reserve: bool) -> Any:
    folder = _ON_DISK if os.access(_ON_DISK, os.W_OK) else Path(tempfile.gettempdir())
    size = math.prod(shape) * np.dtype(dtype).itemsize
    try:
        # A disk that fills up while a map is written to ends the process without a word: so it is asked before.
        if shutil.disk_usage(folder).free < size:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        with tempfile.TemporaryFile(dir=folder) as file:  # the map keeps the file alive
            if reserve:
                _reserve(file.fileno(), size)
            return np.memmap(file, dtype, "w+", shape=shape)
    except OSError as error:
        raise TeniError(
            f"{folder}: no room for {size / 1e9:.1f} GB of {what} ({error.strerror}); free some space there"
        ) from error


def _reserve(file: int, size: int) -> None:
    if not hasattr(os, "posix_fallocate"):  # macOS
        return
    try:
        os.posix_fallocate(file, 0, size)
    except OSError as error:
        if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL):  # some file systems cannot
            raise
