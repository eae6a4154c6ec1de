"""A trial reading of an HDF5 file in a process of its own: a damaged file can hang or crash the library.

Run as a script, with h5py alone: everything is visited that teni may read afterwards, but for
tensors stored as they are, whose reading is a plain copy. What the library survives here it survives there.
"""

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, BinaryIO

MAX_OBJECTS = 400_000
MAX_MEMORY_BYTES = 3 * 2**30
# Seconds of computing; on the clock it may be many times as long, as other programs may want the machine too.
BASE_SECONDS, BYTES_A_SECOND, CLOCK_FACTOR = 8, 20_000_000, 10
REFUSED = 3


class Part(io.RawIOBase):
    """A part of a file as a file of its own; nothing outside it can be read.

    Args:
        file: the open file, which is closed with the part.
        start: where the part begins.
        size: how many bytes it has.
    """

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        self._file, self._start, self._size, self._at = file, start, size, 0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that it can be read at any place."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place within the part."""
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(origin + offset, 0)
        return self._at

    def tell(self) -> int:
        """Tell the place within the part."""
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer with what comes next."""
        self._file.seek(self._start + self._at)
        content = self._file.read(max(min(len(buffer), self._size - self._at), 0))
        buffer[: len(content)] = content
        self._at += len(content)
        return len(content)

    def close(self) -> None:
        """Close the file that it is a part of."""
        self._file.close()
        super().close()


def survives(path: Path, start: int, size: int) -> bool:
    """Tell whether the HDF5 library gets through a file, or part of one, without crash, hang or flood.

    Args:
        path: the file.
        start: where the HDF5 content begins.
        size: how many bytes it has.

    Returns:
        False if the process that tried died, took too long or too much memory; a file that the library
        plainly refuses is no danger.
    """
    seconds = BASE_SECONDS + size // BYTES_A_SECOND
    arguments = [sys.executable, "-I", __file__, str(path), str(start), str(size), str(seconds)]
    # Filters from elsewhere are never loaded: "::" turns HDF5's search for them off.
    environment = {**os.environ, "HDF5_PLUGIN_PRELOAD": "::", "OPENBLAS_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            arguments,
            check=False,
            timeout=seconds * CLOCK_FACTOR,
            capture_output=True,
            env=environment,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode in (0, REFUSED)


def visit(path: str, start: int, size: int) -> None:
    """Read all that a reader may read: links, attributes, types, shapes, and the tensors stored in chunks.

    Args:
        path: the file.
        start: where the HDF5 content begins.
        size: how many bytes it has.

    Raises:
        Exception: whatever the library says of a damaged file, if it lives to say it.
    """
    import h5py
    from h5py import h5o  # pyright: ignore[reportAttributeAccessIssue]

    with h5py.File(Part(Path(path).open("rb"), start, size), "r") as file:
        waiting: list[Any] = [file]
        seen: set[Any] = set()
        while waiting and len(seen) < MAX_OBJECTS:
            found = waiting.pop()
            for name in found.attrs:
                attribute = found.attrs.get_id(name)
                if attribute.dtype.kind in "SOUiuf" and (attribute.shape is None or len(attribute.shape) < 2):
                    found.attrs[name]
            if isinstance(found, h5py.Dataset):
                _read(found)
            elif isinstance(found, h5py.Group):
                for name in found:
                    if isinstance(found.get(name, getlink=True), h5py.HardLink):
                        inner = found[name]
                        address = h5o.get_info(inner.id).addr
                        if address not in seen:
                            seen.add(address)
                            waiting.append(inner)


def _read(dataset: Any) -> None:
    stored, plan = dataset.id.get_storage_size(), dataset.id.get_create_plist()
    elsewhere = dataset.is_virtual or dataset.external
    if dataset.chunks is None or dataset.dtype.kind not in "fiub" or elsewhere:
        return
    known = all(plan.get_filter(place)[0] in (1, 2, 3, 32000) for place in range(plan.get_nfilters()))
    if known and dataset.nbytes <= stored * 1032 + 2**16:
        for window in dataset.iter_chunks():
            dataset[window]


def _limit(seconds: int) -> None:
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


if __name__ == "__main__":
    _limit(int(sys.argv[4]))
    try:
        visit(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    except Exception:  # whatever the library says of the file, the reader will say it in teni's words
        sys.exit(REFUSED)
