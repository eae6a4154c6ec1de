"""Boxes around faces: as they are sent, and as whole pixels of a picture."""

import json
import math
from dataclasses import dataclass
from typing import Any

from teni.serve.refused import Refused

LARGEST = 1_000_000.0  # no coordinate of a picture is anywhere near


@dataclass(frozen=True)
class Box:
    """A rectangle in the pixels of a picture.

    Args:
        x: its left edge.
        y: its upper edge.
        width: to the right.
        height: downwards.
    """

    x: float
    y: float
    width: float
    height: float

    def within(self, height: int, width: int) -> tuple[int, int, int, int] | None:
        """Return left, upper, right, lower of the whole pixels that the box touches; None if there are none.

        Args:
            height: of the picture.
            width: of the picture.

        >>> Box(-3.5, 1.2, 10, 2).within(8, 6), Box(6, 0, 5, 5).within(8, 6)
        ((0, 1, 6, 4), None)
        """
        left, upper = max(0, math.floor(self.x)), max(0, math.floor(self.y))
        right = min(width, math.ceil(self.x + self.width))
        lower = min(height, math.ceil(self.y + self.height))
        return (left, upper, right, lower) if left < right and upper < lower else None


def read_json(text: bytes, what: str) -> Any:
    """Read JSON from outside; numbers that are none are refused.

    Args:
        text: UTF-8.
        what: what it is, for the sentence.

    Raises:
        Refused: not JSON, or NaN or Infinity in it.

    >>> read_json(b"[1, null]", "boxes")
    [1, None]
    """

    def no_number(name: str) -> None:
        raise Refused(400, f"{what}: {name} is not a number; expected finite numbers")

    try:
        return json.loads(text, parse_constant=no_number)
    except (ValueError, RecursionError) as error:
        raise Refused(400, f"{what}: not JSON that can be read") from error


def read_boxes(found: Any, images: int) -> list[Box | None]:
    """Take boxes out of plain values.

    Args:
        found: a list with ``[x, y, width, height]`` or None for every picture; None stands for no boxes at all.
        images: how many pictures there are.

    Raises:
        Refused: anything else.

    >>> read_boxes([[1, 2, 3, 4], None], 2)
    [Box(x=1.0, y=2.0, width=3.0, height=4.0), None]
    """
    if found is None:
        return [None] * images
    if not isinstance(found, list):
        raise Refused(
            400, f"boxes: {_said(found)}; expected a list with [x, y, width, height] or null a picture"
        )
    entries: list[Any] = found
    if len(entries) != images:
        raise Refused(400, f"boxes: {len(entries)} for {images} pictures; expected one a picture, or null")
    return [None if entry is None else _box(entry, i + 1) for i, entry in enumerate(entries)]


def _box(entry: Any, number: int) -> Box:
    if not isinstance(entry, list) or len(entry) != 4:  # pyright: ignore[reportUnknownArgumentType]
        raise Refused(400, f"boxes: box {number} is {_said(entry)}; expected [x, y, width, height] in pixels")
    values: list[Any] = entry
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST:
            raise Refused(
                400, f"boxes: box {number} has {_said(value)} in it; expected four numbers, in pixels"
            )
    x, y, width, height = (float(value) for value in values)
    if width <= 0 or height <= 0:
        raise Refused(400, f"boxes: box {number} is {width:g} wide and {height:g} high; expected more than 0")
    return Box(x, y, width, height)


def _said(value: Any) -> str:
    """Say what a value is, without repeating text from outside."""
    match value:
        case None | bool():
            return json.dumps(value)
        case int() | float():
            return "a number out of range" if not abs(value) <= LARGEST else f"the number {value:g}"
        case str():
            return "a text"
        case list():
            return f"a list of {len(value)}"  # pyright: ignore[reportUnknownArgumentType]
        case _:
            return "an object"
