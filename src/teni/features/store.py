"""The feature store: a folder of features that were extracted once, found again by what they are of."""

import json
import secrets
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.features.network import View
from teni.features.projection import Projection
from teni.features.segment import (
    MARKER,
    Key,
    Precision,
    Segment,
    Writer,
    new_segment,
    open_segment,
    read_rows,
    segment_images,
)
from teni.files import PARTIAL, explained, output_folder, remove_leftovers, write_text

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]
Names = NDArray[np.bytes_]
Bools = NDArray[np.bool_]

FORMAT, VERSION = "teni features", 1
MANIFEST = "features.json"
PROJECTION = "projection.json"


@dataclass(frozen=True)
class FeatureStore:
    """Features on disk; from `open_store`.

    Args:
        folder: where.
        precision: of what is added: ``half`` (16 bits, a power of two for each image) or ``single``.
    """

    folder: Path
    precision: Precision

    def missing(self, key: Key, names: Names, flags: int) -> Bools:
        """Tell of which images there are no features yet.

        Args:
            key: what they are of.
            names: ``(N,)`` from `teni.features.fingerprint.image_names`.
            flags: 2 if the mirror images' are needed too.

        Returns:
            ``(N,)``; of images that come twice only the first may be missing.

        Raises:
            TeniError: what is stored is damaged.
        """
        _, first = np.unique(names, return_index=True)
        wanted = np.zeros(len(names), bool)
        wanted[first] = True
        for segment in self._segments(key, flags):
            wanted &= ~np.isin(names, segment_images(segment))
        return wanted

    def read(self, key: Key, names: Names, flags: int) -> Floats:
        """Read features, all of which must be there.

        Args:
            key: what they are of.
            names: ``(N,)`` of their images.
            flags: 2 for the mirror images' too.

        Returns:
            ``float32 (flags, N, ...)``.

        Raises:
            TeniError: something is missing, or damaged.
        """
        return self.find(key, names, flags).read(0, len(names))

    def find(self, key: Key, names: Names, flags: int) -> "Found":
        """Look up where features lie, all of which must be there: once, however many blocks are read.

        Args:
            key: what they are of.
            names: ``(N,)`` of their images.
            flags: 2 for the mirror images' too.

        Raises:
            TeniError: something is missing, or damaged.
        """
        segments: list[Segment] = []
        segment_of, rows = np.full(len(names), -1, np.intp), np.zeros(len(names), np.intp)
        for segment in self._segments(key, flags):
            known = segment_images(segment)
            order = np.argsort(known)
            at = np.minimum(np.searchsorted(known, names, sorter=order), len(known) - 1)
            here = np.flatnonzero((segment_of < 0) & (known[order[at]] == names))
            segment_of[here], rows[here] = len(segments), order[at[here]]
            segments.append(segment)
        if not segments or (segment_of < 0).any():
            raise TeniError(f"{self.folder}: features of {key.view} are gone; start again")
        return Found(tuple(segments), segment_of, rows, flags)

    @contextmanager
    def adding(self, key: Key, names: Names, flags: int, shape: tuple[int, ...]) -> Generator[Writer]:
        """Add the features of further images; they are there when all of them are.

        Args:
            key: what they are of.
            names: ``(N,)`` of the images, in the order in which their features will come.
            flags: 2 with mirror images.
            shape: of one image's features.

        Raises:
            TeniError: the disk is full, or writing is not permitted.
        """
        folder = self.folder / f"{key.view.tap.replace('/', '-')}-{secrets.token_hex(6)}"
        with new_segment(Segment(folder, key, flags, len(names), shape, self.precision), names) as writer:
            yield writer

    def projection(self, network: str, view: View, images: str) -> Projection | None:
        """Return a projection that was found before.

        Args:
            network: fingerprint of the network.
            view: where features are taken.
            images: fingerprint of the images that it was found on.

        Raises:
            TeniError: it is damaged.
        """
        wanted = [network, str(view), images]
        for marker in sorted(self.folder.glob(f"[!.]*/{PROJECTION}")):
            try:
                told = json.loads(marker.read_text(encoding="utf-8"))
                if told["of"] != wanted:
                    continue
                if told["sum"] is None:
                    return Projection(None, 1.0)
                matrix = np.load(marker.parent / "matrix.npy", allow_pickle=False)
                if zlib.crc32(matrix.tobytes()) != told["sum"]:
                    raise ValueError
                return Projection(matrix, float(told["kept"]))
            except (OSError, ValueError, TypeError, KeyError, EOFError) as error:
                raise TeniError(
                    f"{marker.parent}: this stored projection is damaged; remove the folder, it is then found again"
                ) from error
        return None

    def add_projection(self, network: str, view: View, images: str, projection: Projection) -> None:
        """Keep a projection.

        Raises:
            TeniError: the disk is full, or writing is not permitted.
        """
        matrix = projection.matrix
        with output_folder(self.folder / f"projection-{secrets.token_hex(6)}", marker=PROJECTION) as folder:
            if matrix is not None:
                np.save(folder / "matrix.npy", matrix, allow_pickle=False)
            told = {
                "of": [network, str(view), images],
                "kept": projection.kept,
                "sum": None if matrix is None else zlib.crc32(matrix.tobytes()),
            }
            (folder / PROJECTION).write_text(json.dumps(told) + "\n", encoding="utf-8")

    def _segments(self, key: Key, flags: int) -> Iterator[Segment]:
        """Yield what fits; names that begin with a dot are being written, or were never finished."""
        for marker in sorted(self.folder.glob(f"[!.]*/{MARKER}")):
            segment = open_segment(marker.parent)
            if segment.key == key and segment.flags >= flags:
                yield segment


@dataclass(frozen=True, eq=False)
class Found:
    """Where the features of N images lie; from `FeatureStore.find`.

    Args:
        segments: what holds them.
        segment_of: ``(N,)`` position of each image's segment.
        rows: ``(N,)`` the image's row in it.
        flags: 2 with mirror images, 1 without.
    """

    segments: tuple[Segment, ...]
    segment_of: Ints
    rows: Ints
    flags: int

    def read(self, start: int, stop: int) -> Floats:
        """Read the features of the images from `start` to `stop`, ``float32 (flags, stop - start, ...)``.

        Raises:
            TeniError: they are damaged.
        """
        rows, segment_of = self.rows[start:stop], self.segment_of[start:stop]
        into = np.empty((self.flags, len(rows), *self.segments[0].shape), np.float32)
        for i, segment in enumerate(self.segments):
            here = np.flatnonzero(segment_of == i)
            if len(here):
                read_rows(segment, rows[here], here, into)
        return into


def open_store(folder: Path, precision: Precision | None = None) -> FeatureStore:
    """Open a feature store, or make one.

    Args:
        folder: where; a folder that is there must be empty or a store.
        precision: of a new store; None is half. A store that is there keeps its own.

    Raises:
        TeniError: the folder holds something else, a store of another version or precision, or cannot be written.

    >>> import tempfile
    >>> home = Path(tempfile.mkdtemp())
    >>> open_store(home / "store").precision, open_store(home / "store").precision
    ('half', 'half')
    >>> open_store(home / "store", "single")
    Traceback (most recent call last):
    ...
    teni.errors.TeniError: ...store: holds features of half precision, single was asked for; give another folder
    """
    manifest = folder / MANIFEST
    if folder.exists() and not folder.is_dir():
        raise TeniError(f"{folder}: is a file, expected the folder of a feature store; give another name")
    if not manifest.is_file():
        # Another command may be making the same store just now, or was killed while it did.
        if folder.is_dir() and not all(each.match(f".*{PARTIAL}") for each in folder.iterdir()):
            raise TeniError(
                f"{folder}: holds files but no {MANIFEST}, so it is no feature store; give another folder"
            )
        with explained(folder):
            folder.mkdir(parents=True, exist_ok=True)
        told = {"format": FORMAT, "version": VERSION, "precision": precision or "half"}
        write_text(manifest, json.dumps(told) + "\n")
    try:
        told = json.loads(manifest.read_text(encoding="utf-8"))
        known, version, kept = told["format"] == FORMAT, told["version"], told["precision"]
    except (OSError, ValueError, TypeError, KeyError):
        known, version, kept = False, None, None
    if not known or kept not in ("half", "single"):
        raise TeniError(f"{manifest}: is not that of a feature store, or damaged; give another folder")
    if version != VERSION:
        raise TeniError(
            f"{folder}: a feature store of version {version}, this teni knows {VERSION}; give another folder"
        )
    if precision not in (None, kept):
        raise TeniError(
            f"{folder}: holds features of {kept} precision, {precision} was asked for; give another folder"
        )
    remove_leftovers(folder)
    return FeatureStore(folder, kept)
