"""Turn grey values written as text, "172 17 5 ...", into bytes: many rows at once, or one to explain."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_SPACE, _ZERO, _TEN = np.uint8(ord(" ")), np.uint8(ord("0")), np.uint8(10)
_LOW_BITS = np.uint8(15)
_PAD = b"   "


def parse_rows(rows: Sequence[bytes], out: NDArray[np.uint8]) -> bool:
    """Parse whole numbers 0..255 that are separated by single spaces, all rows by the same vector steps.

    Every byte gets the value of the number that would end there (at most three digits back); the bytes
    before the separators are then picked out. About 1.5 ns a byte, several checks included; NumPy releases
    the interpreter lock in nearly all of it, so threads help.

    Args:
        rows: one text an image.
        out: where the values go, ``uint8 (len(rows), values)``; only written when all is well.

    Returns:
        Whether every row had exactly this form. If not, `explain_row` reads or explains each row by itself.

    >>> out = np.zeros((2, 3), np.uint8)
    >>> parse_rows([b"1 20 255", b"7 8 9"], out), out.tolist()
    (True, [[1, 20, 255], [7, 8, 9]])
    >>> parse_rows([b"1 20 256", b"7 8 9"], out)
    False
    """
    text = np.frombuffer(b"".join((_PAD, b" ".join(rows), b" ")), np.uint8)
    space = text == _SPACE
    ends = np.flatnonzero(space[len(_PAD) :])
    row_ends = np.cumsum([len(row) + 1 for row in rows]) - 1
    if len(ends) != out.size or not np.array_equal(ends[out.shape[1] - 1 :: out.shape[1]], row_ends):
        return False
    digit = (text ^ _ZERO) < _TEN
    if np.count_nonzero(digit) + len(ends) + len(_PAD) != len(text):
        return False  # a byte that is neither digit nor space
    if _any(space[len(_PAD) :] & space[len(_PAD) - 1 : -1]):
        return False  # two spaces running
    two = digit[1:] & digit[:-1]
    if _any(two[2:] & two[:-2]):
        return False  # four digits running
    # For every byte: tens = the two digits before it as a number (0 across a space), value = 10 tens +
    # itself.
    ones, is_digit = text & _LOW_BITS, digit.view(np.uint8)
    tens = (ones * _TEN)[:-2]
    tens += ones[1:-1]
    tens *= is_digit[1:-1]
    if (tens * is_digit[2:]).max() > 25:
        return False
    values = tens * _TEN
    values += ones[2:]
    if _any(values < ones[2:]):
        return False  # 256..259 wrapped round
    # values[i] belongs to text[i + 2], the byte before text[i + len(_PAD)], where ends counts from.
    np.take(values, ends, out=out.reshape(-1), mode="clip")
    return True


def _any(mask: NDArray[np.bool_]) -> bool:
    return bool(mask.view(np.uint8).max())  # several times faster than mask.any()


def explain_row(row: bytes, count: int) -> NDArray[np.uint8] | str:
    """Read one row of grey values the slow way, or say what is wrong with it.

    Args:
        row: numbers separated by any white space; ``12.0`` counts as 12.
        count: how many there should be.

    Returns:
        ``uint8 (count,)``, or what is wrong, as the end of a sentence.

    >>> explain_row(b" 1.0  2 ", 2).tolist(), explain_row(b"1 2 x", 3)
    ([1, 2], "grey value 3 is 'x', not a number")
    """
    words = row.split()
    if len(words) != count:
        return f"{len(words):,} grey values where {count:,} were expected"
    values = np.zeros(count)
    for i, word in enumerate(words):
        try:
            values[i] = float(word)
        except ValueError:
            return f"grey value {i + 1:,} is {show(word)}, not a number"
        if not (0 <= values[i] <= 255 and values[i] == int(values[i])):
            return f"grey value {i + 1:,} is {show(word)}, not a whole number from 0 to 255"
    return values.astype(np.uint8)


def show(word: bytes) -> str:
    """Quote a piece of somebody's file for a message, cut to twenty characters.

    >>> show(b"tuesday")
    "'tuesday'"
    """
    text = word.decode("utf-8", "replace")
    return repr(text if len(text) <= 20 else text[:20] + "...")
