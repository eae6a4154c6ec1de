"""JSON files of unknown origin: bounded, and refused in one sentence."""

import json
from pathlib import Path
from typing import Any

from teni.errors import TeniError

MAX_JSON_BYTES = 64 * 2**20


def read_json(path: Path, expected: str) -> Any:
    """Read a JSON file.

    Args:
        path: the file; it must exist.
        expected: what it should have been, for the messages.

    Returns:
        What it holds.

    Raises:
        TeniError: longer than 64 MiB, or not JSON.

    >>> read_json(Path("."), "a description")
    Traceback (most recent call last):
    ...
    teni.errors.TeniError: .: not readable as JSON; expected a description
    """
    try:
        if path.stat().st_size > MAX_JSON_BYTES:
            raise TeniError(f"{path}: longer than {MAX_JSON_BYTES >> 20} MiB; expected {expected}")
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise TeniError(f"{path}: not readable as JSON; expected {expected}") from error
