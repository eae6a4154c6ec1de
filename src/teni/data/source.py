"""Open one CSV, plain or zipped, as lines of bytes; nothing is ever unpacked to disk."""

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from teni.errors import TeniError

MAX_UNPACKED_MB = 2048
_BUFFER = 1 << 20
# What `zipfile` is seen to raise over zips that are damaged, or made to do harm.
TROUBLE = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(OSError, EOFError, ValueError, RuntimeError, OverflowError),
)
_ZIP_BEGINS = (b"PK\x03\x04", b"PK\x05\x06")
_LONGEST_LINE = 1 << 28  # a grey image of 8,000 x 8,000; a longer line is no row of a table


@dataclass(frozen=True)
class CsvText:
    """An open CSV.

    Args:
        name: how messages call it, e.g. ``training.zip: training.csv``.
        size: bytes of text, line ends included.
        lines: (line number from 1, the line without its end) of every line that is not blank.
    """

    name: str
    size: int
    lines: Iterator[tuple[int, bytes]]


@contextmanager
def open_csv(path: Path, max_unpacked_mb: int = MAX_UNPACKED_MB) -> Generator[CsvText]:
    """Open a CSV, or the only CSV in a zip, for reading once from top to bottom.

    Args:
        path: a CSV or a zip; its first bytes tell which, whatever its name says.
        max_unpacked_mb: the most that a zipped CSV may unpack to, in MB of 1,000,000 bytes.

    Raises:
        TeniError: no such file, a folder, an unreadable file, or a zip that cannot or should not be read.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.csv")
    ...     _ = path.write_bytes(b"x,y\\r\\n1,2")
    ...     with open_csv(path) as text:
    ...         list(text.lines)
    [(1, b'x,y'), (2, b'1,2')]
    """
    try:
        if not path.exists():
            raise TeniError(f"{path}: no such file; expected a CSV, or a zip with one CSV in it")
        if not path.is_file():
            raise TeniError(f"{path}: not a file; expected a CSV, or a zip with one CSV in it")
        stream = path.open("rb", buffering=_BUFFER)
    except OSError as error:
        raise TeniError(f"{path}: cannot be opened ({error.strerror})") from error
    with stream:
        begin = stream.read(4)
        stream.seek(0)
        if begin in _ZIP_BEGINS or path.suffix.lower() == ".zip":
            with _open_zipped(stream, path.name, max_unpacked_mb) as text:
                yield text
        else:
            yield CsvText(path.name, path.stat().st_size, _lines(stream, path.name))


def csv_text(stream: BinaryIO, name: str) -> CsvText:
    """Take an open file for a CSV; the size is not known.

    >>> [line for _, line in csv_text(io.BytesIO(b"a,b"), "a.csv").lines]
    [b'a,b']
    """
    return CsvText(name, 0, _lines(stream, name))


def is_zip(path: Path) -> bool:
    """Tell by its first bytes, and by its name, whether a file is a zip.

    >>> is_zip(Path("animals.zip"))
    True
    """
    if path.suffix.lower() == ".zip":
        return True
    try:
        with path.open("rb") as stream:
            return stream.read(4) in _ZIP_BEGINS
    except OSError:
        return False


@contextmanager
def _open_zipped(stream: BinaryIO, name: str, max_unpacked_mb: int) -> Generator[CsvText]:
    """Open the only CSV in a zip."""
    try:
        archive = zipfile.ZipFile(stream)
    except TROUBLE as error:
        raise TeniError(f"{name}: not a zip, or a damaged one ({error}); download it again") from error
    with archive:
        member = _only_csv(archive, name)
        whole = f"{name}: {member.filename}"
        if member.flag_bits & 1:
            raise TeniError(f"{whole}: encrypted; unpack it with its password and give the CSV")
        # The reader below never hands out more than the size that the zip declares, so checking that is
        # enough.
        if member.file_size > max_unpacked_mb * 1_000_000:
            raise TeniError(
                f"{whole}: unpacks to {member.file_size / 1e6:,.0f} MB, over the limit of "
                f"{max_unpacked_mb:,} MB; raise max_unpacked_mb if you trust this file"
            )
        try:
            unpacked = archive.open(member)
        except TROUBLE as error:
            raise TeniError(f"{whole}: cannot be unpacked ({error})") from error
        with io.BufferedReader(unpacked, _BUFFER) as text:  # pyright: ignore[reportArgumentType]
            yield CsvText(whole, member.file_size, _lines(text, whole))


def _only_csv(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    """Find the one CSV of a zip, past what macOS puts beside it."""
    found = [
        m for m in archive.infolist() if m.filename.lower().endswith(".csv") and not _is_shadow(m.filename)
    ]
    if not found:
        inside = ", ".join(m.filename for m in archive.infolist()[:3]) or "nothing"
        raise TeniError(f"{name}: holds no CSV (found {inside}); expected a zip with one CSV in it")
    if len(found) > 1:
        named = ", ".join(m.filename for m in found[:5]) + (", ..." if len(found) > 5 else "")
        raise TeniError(
            f"{name}: holds {len(found)} CSVs ({named}); unpack it and give the one that is meant"
        )
    return found[0]


def _is_shadow(name: str) -> bool:
    return name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1].startswith("._")


def _lines(stream: BinaryIO, name: str) -> Iterator[tuple[int, bytes]]:
    """Yield the numbered lines that are not blank, and turn what goes wrong underneath into one sentence."""
    number = 0
    while True:
        try:
            line = stream.readline(_LONGEST_LINE)
        except TROUBLE as error:
            raise TeniError(f"{name}: damaged after line {number} ({error}); get the file again") from error
        if not line:
            return
        number += 1
        if len(line) == _LONGEST_LINE:
            raise TeniError(
                f"{name}: line {number} is longer than {_LONGEST_LINE:,} bytes; this is not a CSV"
            )
        line = line.rstrip(b"\r\n")
        if line:
            yield number, line
