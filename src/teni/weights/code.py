"""Descriptions that would run code of somebody's own when a network is built of them: refused."""

from collections.abc import Mapping
from typing import Any

from teni.errors import TeniError


def refuse_code(config: Any, source: str) -> None:
    """Make sure that a description names only Keras's own classes and no functions.

    Args:
        config: parsed JSON.
        source: the file, for the message.

    Raises:
        TeniError: a Lambda, or a class that is not Keras's own.

    >>> refuse_code({"class_name": "Lambda", "config": {}}, "model.keras")
    Traceback (most recent call last):
    ...
    teni.errors.TeniError: model.keras: holds a Lambda, which runs code from the file; it is refused
    """
    waiting = [config]
    while waiting:
        found = waiting.pop()
        if isinstance(found, Mapping):
            _check(found, source)
            waiting.extend(found.values())
        elif isinstance(found, list | tuple):
            waiting.extend(found)


def _check(found: Mapping[str, Any], source: str) -> None:
    name = found.get("class_name")
    if name in ("Lambda", "__lambda__", "function"):
        raise TeniError(f"{source}: holds a {name}, which runs code from the file; it is refused")
    module = found.get("module")
    if isinstance(module, str) and module.partition(".")[0] not in ("keras", "builtins"):
        raise TeniError(
            f"{source}: needs {module}.{name}, which is not Keras's own; code from a file is refused"
        )
    registered = found.get("registered_name")
    if isinstance(registered, str) and ">" in registered:
        raise TeniError(
            f"{source}: needs {registered!r}, which is not Keras's own; code from a file is refused"
        )
