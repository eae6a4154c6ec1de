"""The pictures below a folder or in a zip, by name; nothing is ever unpacked to disk."""

import os
import stat
import zipfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from teni.data.counted import counted
from teni.data.image_files import MAX_FILE_BYTES, SUFFIXES
from teni.data.natural_order import natural_key
from teni.data.source import MAX_UNPACKED_MB, TROUBLE
from teni.errors import TeniError

MOST_FILES = 200_000
_NAMED = 3
_SHADOWS = ("__MACOSX", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True)
class Album:
    """Pictures that can be opened by name.

    Args:
        name: how messages call the folder or the zip.
        pictures: paths below it, with ``/``, in natural order.
        tables: paths of the CSVs below it.
        folders: paths of all folders below it.
        open: opens a file by its path, for reading bytes.
        notes: what was left out, one sentence each.
    """

    name: str
    pictures: tuple[str, ...]
    tables: tuple[str, ...]
    folders: tuple[str, ...]
    open: Callable[[str], BinaryIO]
    notes: tuple[str, ...] = ()


@contextmanager
def open_album(path: Path, max_unpacked_mb: int = MAX_UNPACKED_MB) -> Generator[Album]:
    """List the pictures below a folder or in a zip, and keep the zip open meanwhile.

    Hidden files and what systems leave behind (``.DS_Store``, ``__MACOSX``, ``Thumbs.db``) are passed over.

    Args:
        path: a folder or a zip.
        max_unpacked_mb: the most that the pictures of a zip may unpack to, in MB of 1,000,000 bytes.

    Raises:
        TeniError: it cannot be read, or a zip should not be.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     (Path(folder) / "cat").mkdir()
    ...     _ = (Path(folder) / "cat" / "1.png").write_bytes(b"")
    ...     with open_album(Path(folder)) as album:
    ...         album.pictures, album.folders
    (('cat/1.png',), ('cat',))
    """
    if path.is_dir():
        files, folders, hidden = _walk(path)
        name = str(path) if path.name else str(path.resolve())  # not "."
        yield _sorted_out(name, files, folders, hidden, lambda name: _open_file(path / name))
        return
    try:
        archive = zipfile.ZipFile(path)
    except TROUBLE as error:
        raise TeniError(f"{path.name}: not a zip, or a damaged one ({error}); get the file again") from error
    with archive:
        files, folders, hidden = _members(archive, path.name, max_unpacked_mb)

        def read(name: str) -> BinaryIO:
            try:
                # The reader never hands out more than the size that the zip declares, and that was checked.
                return archive.open(name)  # pyright: ignore[reportReturnType]
            except TROUBLE as error:
                raise TeniError(f"{path.name}: {name}: cannot be unpacked ({error})") from error

        yield _sorted_out(path.name, files, folders, hidden, read)


def zip_holds_pictures(path: Path) -> bool:
    """Tell whether there is a picture in a zip; False where it cannot be read.

    >>> zip_holds_pictures(Path("nowhere.zip"))
    False
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.lower().endswith(SUFFIXES)]
    except TROUBLE:
        return False
    return any(not any(_is_hidden(part) for part in PurePosixPath(name).parts) for name in names)


def _walk(path: Path) -> tuple[list[str], list[str], int]:
    """List files and folders below a folder, links followed, each folder once; count what is hidden."""
    files, folders, hidden = list[str](), list[str](), 0
    seen, waiting = set[tuple[int, int]](), [""]
    while waiting:
        here = waiting.pop()
        place = path / here
        try:
            found = place.stat()
            if (found.st_dev, found.st_ino) in seen:  # a link back to where we have been
                continue
            seen.add((found.st_dev, found.st_ino))
            entries = sorted(os.scandir(place), key=lambda entry: entry.name)
        except OSError as error:
            raise TeniError(f"{place}: cannot be read ({error.strerror})") from error
        for entry in entries:
            name = f"{here}{entry.name}"
            if _is_hidden(entry.name):
                hidden += 1
            elif entry.is_dir():
                folders.append(name)
                waiting.append(f"{name}/")
            else:
                files.append(name)
        _check_count(str(path), len(files))
    return files, folders, hidden


def _members(archive: zipfile.ZipFile, name: str, max_unpacked_mb: int) -> tuple[list[str], list[str], int]:
    """List files and folders of a zip; refuse what is encrypted, too large, or points outside."""
    files, folders, hidden, total = list[str](), set[str](), 0, 0
    _check_count(name, len(archive.infolist()))
    for member in archive.infolist():
        path = PurePosixPath(member.filename)
        if path.is_absolute() or ".." in path.parts or any(c in member.filename for c in "\\:\0"):
            raise TeniError(
                f"{name}: {member.filename!r} points outside of the zip; expected plain paths, make the zip anew"
            )
        if any(_is_hidden(part) for part in path.parts):
            hidden += not member.is_dir()
            continue
        folders.update(str(parent) for parent in path.parents if str(parent) != ".")
        if member.is_dir():
            folders.add(str(path))
            continue
        if stat.S_ISLNK(member.external_attr >> 16):
            raise TeniError(f"{name}: {member.filename!r} is a link; expected the picture itself")
        if member.flag_bits & 1:
            raise TeniError(f"{name}: {member.filename!r} is encrypted; unpack the zip and give the folder")
        if member.file_size > MAX_FILE_BYTES:
            raise TeniError(
                f"{name}: {member.filename!r} unpacks to {member.file_size / 1e6:,.0f} MB, over the limit of "
                f"{MAX_FILE_BYTES / 1e6:,.0f} MB a file; save it smaller"
            )
        total += member.file_size
        files.append(member.filename)
    if total > max_unpacked_mb * 1_000_000:
        raise TeniError(
            f"{name}: unpacks to {total / 1e6:,.0f} MB, over the limit of {max_unpacked_mb:,} MB; raise "
            "max_unpacked_mb if you trust this file"
        )
    if len(set(files)) < len(files):
        twice = next(file for i, file in enumerate(files) if file in files[:i])
        raise TeniError(f"{name}: holds {twice!r} twice; make the zip anew")
    return files, sorted(folders), hidden


def _sorted_out(
    name: str, files: list[str], folders: list[str], hidden: int, read: Callable[[str], BinaryIO]
) -> Album:
    pictures = sorted((f for f in files if f.lower().endswith(SUFFIXES)), key=natural_key)
    tables = sorted(f for f in files if f.lower().endswith(".csv"))
    others = sorted(set(files) - set(pictures) - set(tables))
    notes = list[str]()
    if hidden:
        notes.append(f"{name}: {counted(hidden, 'hidden file')} passed over (such as .DS_Store).")
    if others:
        named = ", ".join(others[:_NAMED]) + (", ..." if len(others) > _NAMED else "")
        notes.append(f"{name}: {counted(len(others), 'file')} left out, no pictures by their names: {named}.")
    return Album(name, tuple(pictures), tuple(tables), tuple(folders), read, tuple(notes))


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name in _SHADOWS


def _check_count(name: str, files: int) -> None:
    if files > MOST_FILES:
        raise TeniError(
            f"{name}: more than {MOST_FILES:,} files; expected a folder with the images of one data set"
        )


def _open_file(file: Path) -> BinaryIO:
    try:
        size = file.stat().st_size
        if size > MAX_FILE_BYTES:
            raise TeniError(
                f"{file}: {size / 1e6:,.0f} MB, over the limit of {MAX_FILE_BYTES / 1e6:,.0f} MB a picture; "
                "save it smaller"
            )
        if not file.is_file():
            raise TeniError(f"{file}: not a file; expected a picture")
        return file.open("rb")
    except OSError as error:
        raise TeniError(f"{file}: cannot be opened ({error.strerror})") from error
