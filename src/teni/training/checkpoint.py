"""The state of a training on disk after each epoch: written whole or not at all, read without unpickling."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from teni.errors import TeniError
from teni.files import write_bytes

FILE = "training.npz"
_PLAIN = "plain"  # the entry that holds everything that is no array, as JSON


def write_checkpoint(folder: Path, key: str, content: dict[str, Any]) -> None:
    """Write a state in place of the one before.

    Args:
        folder: made if it is not there.
        key: what the training is, e.g. a fingerprint of data, plan and seed.
        content: arrays, lists and dictionaries of arrays, and plain values.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> write_checkpoint(folder, "a", {"weights": [np.ones(2)], "epoch": 3})
    >>> read_checkpoint(folder, "a")
    {'weights': [array([1., 1.])], 'epoch': 3}
    """
    arrays: list[np.ndarray[Any, Any]] = []
    plain = json.dumps({"key": key, "content": _take_out(content, arrays)})
    file = io.BytesIO()
    entries = {f"array_{i}": array for i, array in enumerate(arrays)}
    np.savez(file, allow_pickle=False, **{_PLAIN: np.array(plain)}, **entries)
    folder.mkdir(parents=True, exist_ok=True)
    write_bytes(folder / FILE, file.getvalue())


def read_checkpoint(folder: Path, key: str) -> dict[str, Any] | None:
    """Read the state of a training.

    Args:
        folder: need not exist.
        key: as it was written.

    Returns:
        What was written; None if there is nothing, or the state of another training.

    Raises:
        TeniError: the file is damaged.

    >>> read_checkpoint(Path("nowhere"), "a") is None
    True
    """
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as file:
            found = json.loads(str(file[_PLAIN]))
            if found["key"] != key:
                return None
            return _put_back(found["content"], file)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise TeniError(
            f"{path}: a damaged checkpoint ({error}); delete it to train from the start"
        ) from error


def _take_out(value: Any, arrays: list[Any]) -> Any:
    """Replace arrays by their numbers, and collect them."""
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return {"array": len(arrays) - 1}
    if isinstance(value, dict):
        return {"entries": {name: _take_out(each, arrays) for name, each in value.items()}}
    if isinstance(value, list | tuple):
        return {"list": [_take_out(each, arrays) for each in value]}
    return {"value": value}


def _put_back(value: dict[str, Any], file: Any) -> Any:
    ((kind, inside),) = value.items()
    if kind == "array":
        return file[f"array_{inside}"]
    if kind == "entries":
        return {name: _put_back(each, file) for name, each in inside.items()}
    if kind == "list":
        return [_put_back(each, file) for each in inside]
    return inside
