"""Output folders and files that are never half-written."""

import errno
import os
import secrets
import shutil
from collections.abc import Generator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path

from teni.errors import TeniError

try:
    import fcntl
except ImportError:  # Windows: no such lock, so what a killed process left is never cleaned there
    fcntl = None

PARTIAL = ".partial"  # .NAME.1a2b3c4d.partial: being written, or left by a process that was killed
REPLACED = ".replaced"  # .NAME.1a2b3c4d.replaced: the old folder, while the new one takes its place


@contextmanager
def output_folder(path: Path, overwrite: bool = False, marker: str = "run.json") -> Generator[Path]:
    """Give a temporary folder beside `path` to write into; it takes the name `path` when all has gone well.

    Whatever happens meanwhile (an error, Ctrl-C, ``kill -9``, a power cut), `path` is afterwards what it was
    or the new folder, whole. On an error the temporary folder is removed; what a killed process left is
    removed by the next one that writes to the same `path`.

    Args:
        path: the folder to make; missing parents are made too.
        overwrite: replace the folder that stands there, once the new one is whole.
        marker: a folder with content is only ever replaced if it holds a file of this name.

    Yields:
        The temporary folder, empty.

    Raises:
        TeniError: `path` exists and may not be replaced, the disk is full, or writing is not permitted.

    >>> import tempfile
    >>> home = Path(tempfile.mkdtemp())
    >>> with output_folder(home / "faces") as folder:
    ...     _ = (folder / "run.json").write_text("{}")
    >>> [p.name for p in home.rglob("*")]
    ['faces', 'run.json']
    """
    target = Path(path).resolve()
    with explained(path):
        _refuse(path, target, overwrite, marker)
        target.parent.mkdir(parents=True, exist_ok=True)
        with _turn(target.parent):
            _tidy(target)
            _refuse(path, target, overwrite, marker)
            partial = _beside(target, PARTIAL)
            partial.mkdir()
            alive = _lock(partial, wait=False)
    try:
        with explained(path, full_only=True):  # other errors in there are the caller's own
            yield partial
            _flush(partial)
        with explained(path), _turn(target.parent):
            _refuse(path, target, overwrite, marker)  # somebody else may have been quicker
            _put_in_place(partial, target)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    finally:
        _unlock(alive)


def check_output_folder(path: Path, overwrite: bool = False, marker: str = "run.json") -> None:
    """Refuse now, before hours of work, what `output_folder` would refuse at the end.

    Args:
        path: the folder to make.
        overwrite: whether a folder that stands there may be replaced.
        marker: see `output_folder`.

    Raises:
        TeniError: `path` exists and may not be replaced, or nothing can be written where it is to be.

    >>> check_output_folder(Path("no/such/folder"))
    """
    target = Path(path).resolve()
    with explained(path):
        _refuse(path, target, overwrite, marker)
        above = next(folder for folder in target.parents if os.path.lexists(folder))
        if not above.is_dir():
            raise TeniError(f"{path}: {above} is a file, expected a folder; give another place")
        if not os.access(above, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(above))


def remove_leftovers(folder: Path) -> None:
    """Remove what killed processes left half-written in a folder; what a living one writes stays.

    Args:
        folder: in which folders are made by `output_folder`, under names that never come again.

    >>> import tempfile
    >>> home = Path(tempfile.mkdtemp())
    >>> (home / ".faces.1a2b3c4d.partial").mkdir()
    >>> remove_leftovers(home)
    >>> list(home.iterdir())
    []
    """
    with suppress(OSError), _turn(folder):
        for old in folder.glob(f".*{PARTIAL}"):
            _remove_dead(old)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file at once: it holds what it held before, or the whole new content.

    Args:
        path: the file; its folder must exist. A device or pipe (``/dev/stdout``) is written to directly.
        content: what to write.

    Raises:
        TeniError: the folder is missing, `path` is a folder, the disk is full, or writing is not permitted.

    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "submission.csv"
    >>> write_bytes(file, b"RowId,Location")
    >>> file.read_bytes()
    b'RowId,Location'
    """
    target = Path(path).resolve()
    if target.is_dir():
        raise TeniError(f"{path}: is a folder; give the name of a file to write")
    if not target.parent.is_dir():
        raise TeniError(f"{path}: the folder {target.parent} does not exist; make it or give another one")
    with explained(path):
        if Path(path).exists() and not target.is_file():
            Path(path).write_bytes(content)
            return
        partial = _beside(target, PARTIAL)
        try:
            with partial.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(target)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise


def write_text(path: Path, content: str) -> None:
    """Write a UTF-8 text file at once, line ends as given; see `write_bytes`.

    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "notes.txt"
    >>> write_text(file, "転移")
    >>> len(file.read_bytes())
    6
    """
    write_bytes(path, content.encode())


@contextmanager
def explained(path: Path, full_only: bool = False) -> Generator[None]:
    """Turn a full disk and a missing permission, while writing to `path`, into a sentence.

    Args:
        path: what is being written, as the user named it.
        full_only: let everything but a full disk pass as it is.

    Raises:
        TeniError: in place of what was raised.

    >>> with explained(Path("runs/faces")):
    ...     raise OSError(errno.ENOSPC, "No space left on device")
    Traceback (most recent call last):
    ...
    teni.errors.TeniError: runs/faces: the disk is full; free some space or give another place
    """
    try:
        yield
    except (OSError, RuntimeError) as error:
        number = _number(error)
        if number in (errno.ENOSPC, errno.EDQUOT):
            raise TeniError(f"{path}: the disk is full; free some space or give another place") from error
        if number == errno.EFBIG:
            raise TeniError(
                f"{path}: a file grew larger than is allowed here (ulimit -f); raise the limit or give "
                "another place"
            ) from error
        if full_only or number is None:
            raise
        if number in (errno.EACCES, errno.EPERM, errno.EROFS):
            why = f"{getattr(error, 'filename', None) or path}: {os.strerror(number)}"
            raise TeniError(f"{path}: writing is not permitted ({why}); give another place") from error
        raise TeniError(f"{path}: cannot be written ({os.strerror(number)}); give another place") from error


def _number(error: OSError | RuntimeError) -> int | None:
    """Find the system's error number, also where HDF5 has put it into the text of an error of its own."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    text = str(error)
    return next((n for n in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) if os.strerror(n) in text), None)


def _refuse(path: Path, target: Path, overwrite: bool, marker: str) -> None:
    if not os.path.lexists(target):
        return
    if not target.is_dir():
        raise TeniError(f"{path}: is a file, expected a folder to make; give another name")
    if not overwrite:
        raise TeniError(f"{path}: exists already; give another folder or replace it with --overwrite")
    if any(target.iterdir()) and not (target / marker).is_file():
        raise TeniError(
            f"{path}: holds files but no {marker}, so teni did not write it and does not replace it; "
            "give another folder or empty it yourself"
        )


def _beside(target: Path, end: str) -> Path:
    return target.with_name(f".{target.name}.{secrets.token_hex(4)}{end}")


@contextmanager
def _turn(folder: Path) -> Generator[None]:
    """Let one process at a time tidy and rename in a folder; none of that takes long."""
    lock = _lock(folder, wait=True)
    try:
        yield
    finally:
        _unlock(lock)


def _lock(folder: Path, wait: bool) -> int | None:
    """Lock a folder until its process ends or unlocks it; None if it is held or cannot be locked here."""
    if fcntl is None:
        return None
    number = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(number, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        os.close(number)
        return None
    return number


def _unlock(lock: int | None) -> None:
    if lock is not None:
        os.close(lock)


def _tidy(target: Path) -> None:
    """Make good what killed processes left beside `target`; what a living one writes is locked and stays."""
    aside = sorted(target.parent.glob(f".{escape(target.name)}.????????{REPLACED}"))
    if aside and not os.path.lexists(target):  # killed between two renames: the old folder still counts
        aside.pop().rename(target)
    for old in (*aside, *target.parent.glob(f".{escape(target.name)}.????????{PARTIAL}")):
        _remove_dead(old)


def _remove_dead(old: Path) -> None:
    if old.is_dir() and not old.is_symlink():
        lock = _lock(old, wait=False)
        if lock is not None:
            shutil.rmtree(old, ignore_errors=True)
            os.close(lock)


def _put_in_place(partial: Path, target: Path) -> None:
    old = _beside(target, REPLACED) if target.exists() else None
    if old is not None:
        target.rename(old)
    try:
        partial.rename(target)
    except BaseException:
        if old is not None:
            old.rename(target)
        raise
    _sync_folder(target.parent)
    if old is not None:
        shutil.rmtree(old, ignore_errors=True)


def _flush(folder: Path) -> None:
    """Have everything on the disk before the rename: a full disk may show only now, a power cut later."""
    for file in folder.rglob("*"):
        if file.is_file() and not file.is_symlink():
            with file.open("rb") as open_file:
                os.fsync(open_file.fileno())
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):  # not every system lets a folder be opened or synced
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
