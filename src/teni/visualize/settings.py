"""The settings of a method, set by ``NAME=VALUE``: what a frozen dataclass of plain types says is all there is."""

import dataclasses
import difflib
import typing
from collections.abc import Sequence
from typing import Any

from teni.errors import TeniError


def parse_settings(kind: type, assignments: Sequence[str]) -> Any:
    """Make the settings of a method.

    Args:
        kind: a frozen dataclass whose fields are bool, int, float, str, literals of str, tuples of these, or
            optional (``none``), each with a default.
        assignments: ``NAME=VALUE``; a tuple's values are separated by commas.

    Returns:
        An instance of `kind`.

    Raises:
        TeniError: no such setting, or a value that it cannot have.

    >>> @dataclasses.dataclass(frozen=True)
    ... class Blur:
    ...     radius: float = 1.0
    >>> parse_settings(Blur, ["radius=2"])
    Blur(radius=2.0)
    """
    hints = typing.get_type_hints(kind)
    names = [field.name for field in dataclasses.fields(kind)]
    values: dict[str, Any] = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        name = name.strip().replace("-", "_")
        if not equals:
            raise TeniError(
                f"--set {assignment}: expected NAME=VALUE, e.g. {names[0]}=…" if names else _none(assignment)
            )
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            told = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"
            raise TeniError(
                f"--set {assignment}: no setting {name!r}; {told}" if names else _none(assignment)
            )
        try:
            values[name] = _value(hints[name], text.strip())
        except ValueError as error:
            raise TeniError(f"--set {assignment}: expected {error}") from error
    try:
        return kind(**values)
    except ValueError as error:  # a dataclass may check what belongs together
        raise TeniError(f"--set: {error}") from error


def told_settings(kind: type) -> list[str]:
    """List the settings of a method as a user may write them.

    >>> @dataclasses.dataclass(frozen=True)
    ... class Blur:
    ...     radius: float = 1.0
    >>> told_settings(Blur)
    ['radius=1.0']
    """
    return [f"{field.name}={_plain(field.default)}" for field in dataclasses.fields(kind)]


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(map(_plain, value))
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)


def _none(assignment: str) -> str:
    return f"--set {assignment}: this method has no settings"


def _value(hint: Any, text: str) -> Any:
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        if text not in inside:
            raise ValueError(f"one of {', '.join(map(str, inside))}, got {text!r}")
        return text
    if origin is tuple:
        return _values(inside, text.split(","))
    if type(None) in inside:
        if text.lower() in ("none", ""):
            return None
        return _value(next(each for each in inside if each is not type(None)), text)
    if hint is bool:
        if text.lower() not in ("true", "false", "yes", "no", "1", "0"):
            raise ValueError(f"true or false, got {text!r}")
        return text.lower() in ("true", "yes", "1")
    if hint in (int, float):
        try:
            return hint(text)
        except ValueError:
            raise ValueError(f"{'a whole number' if hint is int else 'a number'}, got {text!r}") from None
    return text


def _values(kinds: tuple[Any, ...], words: list[str]) -> tuple[Any, ...]:
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_value(kinds[0], word.strip()) for word in words)
    if len(words) != len(kinds):
        raise ValueError(f"{len(kinds)} values separated by commas, got {len(words)}")
    return tuple(_value(kind, word.strip()) for kind, word in zip(kinds, words, strict=True))
