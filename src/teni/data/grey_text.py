"""Turn grey values written as text, "172 17 5 ...", into bytes: many rows at once, or one to explain."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_SPACE, _ZERO, _TEN, _LOW_BITS, _ONE = (np.uint8(value) for value in (ord(" "), ord("0"), 10, 15, 1))
_PAD = 3  # spaces before the first row: nothing is looked at further back than that


def parse_rows(rows: Sequence[bytes], out: NDArray[np.uint8]) -> bool:
    """Parse whole numbers 0..255 that are separated by single spaces, all rows by the same vector steps.

    Every byte gets the value of the number that would end there (at most three digits back); the bytes
    before the separators are then picked out. About 1.5 ns a byte, checks included; NumPy releases
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
    text = np.frombuffer(b" ".join((b"  ", *rows, b"")), np.uint8)
    is_space = (text == _SPACE).view(np.uint8)
    ends = np.flatnonzero(is_space.view(np.bool_)[_PAD:])
    row_ends = np.cumsum([len(row) + 1 for row in rows]) - 1
    if len(ends) != out.size or not np.array_equal(ends[out.shape[1] - 1 :: out.shape[1]], row_ends):
        return False
    code = text ^ _ZERO  # 0..9 for digits, 16 for a space
    ones = code & _LOW_BITS
    if code.max() > 16 or ones.max() > 9:
        return False  # a byte that is neither
    if (is_space[_PAD:] & is_space[_PAD - 1 : -1]).max():
        return False  # two spaces running
    # For every byte: tens = the two digits before it as a number, 0 across a space; value = 10 tens + itself.
    is_digit = is_space ^ _ONE
    tens = (ones * _TEN)[:-2]
    tens += ones[1:-1]
    tens *= is_digit[1:-1]
    values = tens * _TEN
    values += ones[2:]
    if (values < ones[2:]).view(np.uint8).max():
        return False  # 256..259 wrapped round
    values *= is_digit[2:]
    if (values[:-1] * is_digit[_PAD:]).max() > 25:
        return False  # with one digit more, 260 or above
    # values[i] belongs to text[i + 2], the byte before text[i + _PAD], where `ends` counts from.
    np.take(values, ends, out=out.reshape(-1), mode="clip")
    return True


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
