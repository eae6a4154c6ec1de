"""Files inside a zip archive of unknown origin: found, bounded, opened."""

import io
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from teni.errors import TeniError

MAX_MEMBERS = 10_000
MAX_UNPACKED_BYTES = 512 * 2**20
DAMAGE = (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError)


@contextmanager
def open_member(path: Path, name: str) -> Generator[IO[bytes]]:
    """Open one file of a zip archive so that it can be read at any place.

    A member stored as it is, as Keras does, is read where it lies; a compressed one is unpacked in memory.

    Args:
        path: the archive.
        name: the member.

    Returns:
        A context that gives the open member.

    Raises:
        TeniError: not a zip archive, damaged, without that member, or too large once unpacked.
    """
    try:
        archive = zipfile.ZipFile(path)
    except DAMAGE as error:
        raise TeniError(f"{path}: not a zip archive, or a damaged one; save the model again") from error
    with archive:
        yield _open(archive, path, name)


def member_text(path: Path, name: str, limit: int) -> str:
    """Read one text file of a zip archive.

    Args:
        path: the archive.
        name: the member.
        limit: the most bytes that are read.

    Raises:
        TeniError: see ``open_member``; or the text is longer, or not UTF-8.
    """
    with open_member(path, name) as member:
        try:
            content = member.read(limit + 1)
            if len(content) <= limit:
                return content.decode("utf-8")
        except (*DAMAGE, UnicodeDecodeError) as error:
            raise TeniError(f"{path}: its {name!r} is damaged; save the model again") from error
    raise TeniError(f"{path}: its {name!r} is longer than {limit >> 20} MiB")


def _open(archive: zipfile.ZipFile, path: Path, name: str) -> IO[bytes]:
    if len(archive.infolist()) > MAX_MEMBERS:
        raise TeniError(f"{path}: holds more than {MAX_MEMBERS:,} files; a Keras model has a handful")
    try:
        found = archive.getinfo(name)
    except KeyError as error:
        raise TeniError(f"{path}: a zip archive without {name!r}; this is no Keras model") from error
    try:
        if found.compress_type == zipfile.ZIP_STORED:
            return archive.open(found)
        if found.file_size > MAX_UNPACKED_BYTES:
            raise TeniError(
                f"{path}: its {name!r} is compressed and unpacks to {found.file_size:,} bytes; "
                f"at most {MAX_UNPACKED_BYTES:,} are unpacked; save the model again, Keras does not compress"
            )
        with archive.open(found) as member:
            return io.BytesIO(member.read(MAX_UNPACKED_BYTES))
    except DAMAGE as error:
        raise TeniError(f"{path}: its {name!r} is damaged; save the model again") from error
