"""Files inside a zip archive of unknown origin: found, bounded, opened."""

import zipfile
import zlib
from pathlib import Path
from typing import IO

from teni.errors import TeniError

DAMAGE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError)
# A member's own header: 30 bytes; the last four give the lengths of the name and the extra that follow.
HEADER_BYTES, LENGTHS = 30, slice(26, 30)


def member_place(path: Path, name: str) -> tuple[int, int]:
    """Tell where in an archive a member lies that is not compressed.

    Args:
        path: the archive.
        name: the member.

    Returns:
        Its first byte and its size in bytes.

    Raises:
        TeniError: not a zip archive, without that member, or the member is compressed.
    """
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            found = archive.getinfo(name)
            if found.compress_type == zipfile.ZIP_STORED:
                return _content_start(file, found), found.file_size
    except KeyError as error:
        raise TeniError(f"{path}: a zip archive without {name!r}; this is no Keras model") from error
    except DAMAGE as error:
        raise TeniError(f"{path}: not a zip archive, or a damaged one; save the model again") from error
    raise TeniError(f"{path}: its {name!r} is compressed; save the model again, Keras does not compress it")


def member_text(path: Path, name: str, limit: int) -> str:
    """Read one text file of a zip archive.

    Args:
        path: the archive.
        name: the member.
        limit: the most bytes that are read.

    Raises:
        TeniError: not a zip archive, without that member, too long, or not UTF-8.
    """
    try:
        with zipfile.ZipFile(path) as archive, archive.open(name) as member:
            content = member.read(limit + 1)
        if len(content) <= limit:
            return content.decode("utf-8")
    except KeyError as error:
        raise TeniError(f"{path}: a zip archive without {name!r}; this is no Keras model") from error
    except DAMAGE as error:
        raise TeniError(f"{path}: its {name!r} is damaged; save the model again") from error
    raise TeniError(f"{path}: its {name!r} is longer than {limit >> 20} MiB")


def _content_start(file: IO[bytes], found: zipfile.ZipInfo) -> int:
    file.seek(found.header_offset)
    lengths = file.read(HEADER_BYTES)[LENGTHS]
    skipped = int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
    return found.header_offset + HEADER_BYTES + skipped
