"""Careful access to HDF5 files of unknown origin: nothing outside the file, nothing absurd, no pickles."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from math import prod
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.weights.archive import member_place
from teni.weights.hdf5_trial import Part, survives

MAX_DEPTH = 32
MAX_NAMES = 100_000
MAX_TEXT_BYTES = 256 * 2**20
MAX_TENSOR_BYTES = 4 * 2**30
# gzip cannot shrink anything by more than 1,032 to 1; a tensor that claims more than that is not there.
MAX_COMPRESSION = 1032
KNOWN_FILTERS = {1: "gzip", 2: "shuffle", 3: "fletcher32", 32000: "lzf"}
DAMAGE = (OSError, KeyError, ValueError, TypeError, RuntimeError, OverflowError, MemoryError, RecursionError)


@contextmanager
def open_hdf5(path: Path, inside: str | None = None) -> Generator[h5py.File]:
    """Open an HDF5 file for reading; whatever breaks inside on account of the file becomes one TeniError.

    Args:
        path: the file.
        inside: if the file is a zip archive, the name of the HDF5 file in it.

    Returns:
        A context that gives the open file.

    Raises:
        TeniError: there is no such file, it is not HDF5, it is truncated or damaged.

    >>> with open_hdf5(Path("nowhere.h5")) as file:
    ...     pass
    Traceback (most recent call last):
    ...
    teni.errors.TeniError: nowhere.h5: no such file; give the path of a weights file
    """
    if not path.is_file():
        raise TeniError(f"{path}: no such file; give the path of a weights file")
    with ExitStack() as stack:
        content = path if inside is None else stack.enter_context(open_part(path, inside))
        try:
            file = stack.enter_context(h5py.File(content, "r"))
        except DAMAGE as error:
            message = f"{path}: not an HDF5 file, or a truncated one; download or copy it again"
            raise TeniError(message) from error
        try:
            yield file
        except DAMAGE as error:
            message = f"{path}: damaged HDF5 file ({_short(error)}); download or copy it again"
            raise TeniError(message) from error


def check_hdf5(path: Path, inside: str | None = None) -> None:
    """Make sure, in a process of its own, that the HDF5 library neither crashes nor hangs on a file.

    To be called once, before a file of unknown origin is opened.

    Args:
        path: the file.
        inside: if the file is a zip archive, the name of the HDF5 file in it.

    Raises:
        TeniError: there is no such file, or the library does not survive it.
    """
    if not path.is_file():
        raise TeniError(f"{path}: no such file; give the path of a weights file")
    start, size = (0, path.stat().st_size) if inside is None else member_place(path, inside)
    if not survives(path, start, size):
        raise TeniError(
            f"{path}: so damaged that the HDF5 library crashes or hangs; download or copy it again"
        )


def open_part(path: Path, inside: str) -> Part:
    """Open a member of an archive where it lies.

    Args:
        path: the archive.
        inside: the member.
    """
    start, size = member_place(path, inside)
    return Part(path.open("rb"), start, size)


def member(group: h5py.Group, path: str, where: str) -> h5py.Group | h5py.Dataset:
    """Step down a path inside a file along plain members only: links to elsewhere are refused.

    Args:
        group: where the path starts.
        path: names separated by ``/``, e.g. ``conv1/kernel:0``.
        where: the file and the layer, for messages.

    Returns:
        The group or dataset at the end of the path.

    Raises:
        TeniError: the path leads nowhere, out of the file, or too deep.
    """
    parts = [part for part in path.split("/") if part]
    if not parts or len(parts) > MAX_DEPTH or "." in parts or path.startswith("/"):
        raise TeniError(f"{where}: {path!r} is not the name of a tensor; expected a short relative path")
    found: Any = group
    for part in parts:
        link = found.get(part, getlink=True) if isinstance(found, h5py.Group) else None
        if link is None:
            raise TeniError(f"{where}: {path!r} is listed but not in the file; the file is incomplete")
        if not isinstance(link, h5py.HardLink):
            raise TeniError(f"{where}: {path!r} is a link to somewhere else, which is never followed")
        found = found[part]
    return found


def subgroup(group: h5py.Group, path: str, where: str) -> h5py.Group:
    """Step down to a group; see ``member``."""
    found = member(group, path, where)
    if not isinstance(found, h5py.Group):
        raise TeniError(f"{where}: {path!r} is a tensor; expected a group")
    return found


def attribute_names(group: h5py.Group, name: str, where: str) -> tuple[str, ...] | None:
    """Read a list of names from an attribute, also one split into ``name0``, ``name1``, … for its size.

    Args:
        group: what carries the attribute.
        name: its name, e.g. ``layer_names``.
        where: the file and the layer, for messages.

    Returns:
        The names, or None if there is no such attribute.

    Raises:
        TeniError: the attribute is not a list of text, or an absurdly long one.
    """
    if name in group.attrs:
        return tuple(_names(group, name, where))
    if f"{name}0" not in group.attrs:
        return None
    found: list[str] = []
    for chunk in range(MAX_NAMES):
        if f"{name}{chunk}" not in group.attrs:
            break
        found.extend(_names(group, f"{name}{chunk}", where))
        _check_count(len(found), name, where)
    return tuple(found)


def attribute_text(group: h5py.Group, name: str, where: str) -> str | None:
    """Read one text attribute, or None if there is none; see ``attribute_names``."""
    if name not in group.attrs:
        return None
    _check_attribute(group, name, where)
    value = group.attrs[name]
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.reshape(()).item()
    return _text(value, name, where)


def attribute_integer(group: h5py.Group, name: str, where: str) -> int | None:
    """Read one whole, non-negative number from an attribute, or None if there is none."""
    if name not in group.attrs:
        return None
    _check_attribute(group, name, where)
    value = np.asarray(group.attrs[name])
    if value.size != 1 or value.dtype.kind not in "iu" or value.reshape(()).item() < 0:
        raise TeniError(
            f"{where}: attribute {name!r} must be one whole number, 0 or more; found {str(value)[:40]}"
        )
    return int(value.reshape(()).item())


def check_dataset(dataset: h5py.Group | h5py.Dataset, where: str) -> h5py.Dataset:
    """Make sure, before anything is allocated, that a dataset is numbers which really lie in the file.

    Args:
        dataset: what the file holds under the tensor's name.
        where: the file, layer and tensor, for messages.

    Returns:
        The same dataset.

    Raises:
        TeniError: not numbers, stored outside the file, larger than what is stored, or above 4 GiB.
    """
    if not isinstance(dataset, h5py.Dataset):
        raise TeniError(f"{where}: is a group or a type; expected a tensor")
    kind = dataset.dtype
    if kind.kind not in "fiub" or kind.subdtype is not None:
        raise TeniError(f"{where}: holds {str(kind)[:40]}; expected numbers (objects are never read)")
    if dataset.is_virtual or dataset.external:
        raise TeniError(f"{where}: its values lie in another file, which is never opened")
    if dataset.shape is None:
        raise TeniError(f"{where}: is declared without a shape; the file is incomplete")
    _check_filters(dataset, where)
    claimed, stored = prod(dataset.shape) * kind.itemsize, dataset.id.get_storage_size()
    largest = max(claimed, prod(dataset.chunks or ()) * kind.itemsize)
    allowed = stored * (MAX_COMPRESSION if dataset.compression else 1) + (2**16 if dataset.chunks else 0)
    if largest > MAX_TENSOR_BYTES:
        raise TeniError(f"{where}: shape {dataset.shape} takes {largest:,} bytes; at most 4 GiB is read")
    if claimed > allowed:
        raise TeniError(
            f"{where}: shape {dataset.shape} takes {claimed:,} bytes, stored are {stored:,}; incomplete"
        )
    return dataset


def read_tensor(path: Path, name: str, inside: str | None = None) -> NDArray[Any]:
    """Read one dataset of an HDF5 file, checked anew.

    Args:
        path: the file.
        name: the dataset's full path inside the file, without a leading slash.
        inside: if the file is a zip archive, the name of the HDF5 file in it.

    Returns:
        The values, as stored.

    Raises:
        TeniError: see ``check_dataset``.
    """
    where = f"{path}: tensor {name!r}"
    with open_hdf5(path, inside) as file:
        return np.asarray(check_dataset(member(file, name, where), where)[()])


def _check_filters(dataset: h5py.Dataset, where: str) -> None:
    properties = dataset.id.get_create_plist()
    for position in range(properties.get_nfilters()):
        code = properties.get_filter(position)[0]
        if code not in KNOWN_FILTERS:
            known = ", ".join(KNOWN_FILTERS.values())
            raise TeniError(f"{where}: compressed by filter {code}; expected one of {known}")


def _names(group: h5py.Group, name: str, where: str) -> list[str]:
    _check_attribute(group, name, where)
    listed = np.asarray(group.attrs[name])
    if listed.size == 0:
        return []
    return [_text(value, name, where) for value in listed.reshape(-1).tolist()]


def _check_attribute(group: h5py.Group, name: str, where: str) -> None:
    """Look at an attribute's type and shape before reading it: a false shape must not allocate anything."""
    attribute = group.attrs.get_id(name)
    if attribute.dtype.kind not in "SOUiuf":
        raise TeniError(
            f"{where}: attribute {name!r} holds {str(attribute.dtype)[:40]}; expected text or a number"
        )
    if len(attribute.shape or ()) > 1:
        raise TeniError(f"{where}: attribute {name!r} is a table; expected one value or a list")
    _check_count(prod(attribute.shape or ()), name, where)
    if prod(attribute.shape or ()) * attribute.dtype.itemsize > MAX_TEXT_BYTES:
        raise TeniError(f"{where}: attribute {name!r} is larger than {MAX_TEXT_BYTES >> 20} MiB")


def _check_count(count: int, name: str, where: str) -> None:
    if count > MAX_NAMES:
        raise TeniError(f"{where}: {name!r} lists {count:,} names; at most {MAX_NAMES:,} are read")


def _text(value: Any, name: str, where: str) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        raise TeniError(f"{where}: {name!r} must be text; found {type(value).__name__}")
    return value


def _short(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:120]}"
