"""Features of some images at one view in a folder: written in blocks, whole or not at all, checked when read.

Plain ``.npy`` files and a JSON file; nothing is ever unpickled. Half precision has 11 bits for a number and a power
of two for each image, so that neither large nor small features leave its range.
"""

import json
import zlib
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.features.network import View
from teni.files import output_folder

Precision = Literal["half", "single"]
Ints = NDArray[np.intp]
Floats = NDArray[np.float32]
Names = NDArray[np.bytes_]

MARKER = "segment.json"
DTYPES: Mapping[str, np.dtype[Any]] = {"half": np.dtype("<f2"), "single": np.dtype("<f4")}
# Images that are read at a time: what is held beside the result.
BLOCK = 256
LARGEST_EXPONENT = 15  # half precision ends below 2**16
SMALLEST_EXPONENT = -126  # a smaller power of two may be zero in single precision


@dataclass(frozen=True)
class Key:
    """What features are of, beside their images.

    Args:
        network: its fingerprint.
        view: where they were taken.
        projection: its fingerprint.
    """

    network: str
    view: View
    projection: str


@dataclass(frozen=True)
class Segment:
    """Features of some images, as they lie on the disk.

    Args:
        folder: where.
        key: what they are of.
        flags: 2 with mirror images, 1 without.
        rows: how many images.
        shape: of one image's features.
        precision: ``half`` or ``single``.
    """

    folder: Path
    key: Key
    flags: int
    rows: int
    shape: tuple[int, ...]
    precision: Precision


class Writer:
    """Takes features block by block; from `new_segment`."""

    def __init__(self, folder: Path, segment: Segment) -> None:
        self._segment = segment
        self._sums = list[int]()
        self._scales = list[Floats]()
        dtype = DTYPES[segment.precision]
        self._file: BinaryIO = (folder / "features.npy").open("xb")
        header = {
            "descr": np.lib.format.dtype_to_descr(dtype),
            "fortran_order": False,
            "shape": (segment.rows, segment.flags, *segment.shape),
        }
        np.lib.format.write_array_header_1_0(self._file, header)

    def add(self, features: Floats) -> None:
        """Write the features of further images.

        Args:
            features: ``(flags, n, ...)``.
        """
        if not features.shape[1]:
            return
        rows = np.ascontiguousarray(features.swapaxes(0, 1))
        scales = np.ones(rows.shape[:2], np.float32)
        if self._segment.precision == "half":
            largest = np.abs(rows.reshape(*rows.shape[:2], -1)).max(axis=2)
            exponents = np.frexp(largest)[1]
            powers = np.maximum(exponents - LARGEST_EXPONENT, SMALLEST_EXPONENT)
            np.ldexp(scales, powers, out=scales, where=np.isfinite(largest))
            rows = rows / scales.reshape(*scales.shape, *(1,) * (rows.ndim - 2))
        with np.errstate(over="ignore"):  # of features that are no numbers, which whoever reads them will say
            stored = rows.astype(DTYPES[self._segment.precision])
        self._sums += [zlib.crc32(np.ascontiguousarray(row).data.cast("B")) for row in stored]
        self._scales.append(scales)
        self._file.write(stored.tobytes())

    def close(self, folder: Path, names: Names) -> None:
        """Write what belongs to the features, and last what makes them count."""
        self._file.close()
        np.save(folder / "images.npy", names, allow_pickle=False)
        np.save(folder / "sums.npy", np.array(self._sums, np.uint32), allow_pickle=False)
        np.save(folder / "scales.npy", np.concatenate(self._scales), allow_pickle=False)
        told = asdict(self._segment)
        del told["folder"]
        (folder / MARKER).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")

    def abandon(self) -> None:
        """Close the file, which is removed with its folder."""
        self._file.close()


@contextmanager
def new_segment(segment: Segment, names: Names) -> Generator[Writer]:
    """Write a segment; its folder appears when all images are in it.

    Args:
        segment: what it is to be.
        names: ``(N,)`` of its images.

    Yields:
        What takes the features in the order of the names.

    Raises:
        TeniError: the disk is full, or writing is not permitted.
    """
    with output_folder(segment.folder, marker=MARKER) as partial:
        writer = Writer(partial, segment)
        try:
            yield writer
            writer.close(partial, names)
        finally:
            writer.abandon()


def open_segment(folder: Path) -> Segment:
    """Read what a segment is of.

    Raises:
        TeniError: it is damaged.
    """
    with _damage_told(folder):
        told = json.loads((folder / MARKER).read_text(encoding="utf-8"))
        key, view = told["key"], told["key"]["view"]
        found = Segment(
            folder,
            Key(
                str(key["network"]), View((view["size"][0], view["size"][1]), view["tap"]), key["projection"]
            ),
            int(told["flags"]),
            int(told["rows"]),
            tuple(int(side) for side in told["shape"]),
            told["precision"],
        )
        if found.precision not in DTYPES or found.flags not in (1, 2) or min(found.rows, *found.shape) < 1:
            raise ValueError
        return found


def segment_images(segment: Segment) -> Names:
    """Return the names of a segment's images, ``(N,)``.

    Raises:
        TeniError: it is damaged.
    """
    with _damage_told(segment.folder):
        return _array(segment.folder / "images.npy", (segment.rows,), np.dtype("S32"))


def read_rows(segment: Segment, rows: Ints, places: Ints, into: Floats) -> None:
    """Read the features of some images, a block at a time.

    Args:
        segment: where they are.
        rows: ``(n,)`` which of its images.
        places: ``(n,)`` where each belongs in `into`.
        into: ``float32 (flags, N, ...)``, written to; fewer flags than the segment has are fine.

    Raises:
        TeniError: the segment is damaged.
    """
    with _damage_told(segment.folder):
        scales = _array(segment.folder / "scales.npy", (segment.rows, segment.flags), np.dtype("<f4"))
        sums = _array(segment.folder / "sums.npy", (segment.rows,), np.dtype("<u4"))
        whole = (segment.rows, segment.flags, *segment.shape)
        with (segment.folder / "features.npy").open("rb") as file:
            dtype = _expect_header(file, whole, DTYPES[segment.precision])
            start = file.tell()
            for first in range(0, len(rows), BLOCK):
                some = rows[first : first + BLOCK]
                block = np.empty((len(some), *whole[1:]), dtype)
                for i, row in enumerate(some):
                    view = block[i].data.cast("B")
                    file.seek(start + int(row) * view.nbytes)
                    if file.readinto(view) != view.nbytes or zlib.crc32(view) != sums[row]:  # pyright: ignore
                        raise ValueError
                factors = scales[some].reshape(len(some), segment.flags, *(1,) * len(segment.shape))
                values = block.astype(np.float32) * factors
                into[:, places[first : first + BLOCK]] = values.swapaxes(0, 1)[: len(into)]


@contextmanager
def _damage_told(folder: Path) -> Generator[None]:
    try:
        yield
    except (
        OSError,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        EOFError,
        SyntaxError,
    ) as error:
        raise TeniError(
            f"{folder}: these stored features are damaged; remove the folder, they are then extracted again"
        ) from error


def _array(path: Path, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
    found = np.load(path, allow_pickle=False)
    if found.shape != shape or found.dtype != dtype:
        raise ValueError
    return found


def _expect_header(file: BinaryIO, shape: tuple[int, ...], dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Read the header of an array, refuse any but the one that was written."""
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError
    if np.lib.format.read_array_header_1_0(file) != (shape, False, dtype):
        raise ValueError
    return dtype
