import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teni.data.grey_text import explain_row, parse_rows, show


def as_text(values: list[int]) -> bytes:
    return b" ".join(b"%d" % value for value in values)


@given(st.integers(1, 5), st.integers(1, 12), st.data())
def test_every_table_of_grey_values_is_read_back(rows: int, count: int, data: st.DataObject) -> None:
    row = st.lists(st.integers(0, 255), min_size=count, max_size=count)
    table = data.draw(st.lists(row, min_size=rows, max_size=rows))
    out = np.zeros((rows, count), np.uint8)
    assert parse_rows([as_text(values) for values in table], out)
    assert out.tolist() == table


def test_all_256_values_are_read() -> None:
    out = np.zeros((1, 256), np.uint8)
    assert parse_rows([as_text(list(range(256)))], out)
    assert out[0].tolist() == list(range(256))


@given(st.text("0123456789 .-/:x\n", max_size=12).map(str.encode), st.integers(1, 4))
def test_the_fast_way_never_disagrees_with_the_slow_one(row: bytes, count: int) -> None:
    out = np.zeros((1, count), np.uint8)
    slow = explain_row(row, count)
    if parse_rows([row], out):
        assert isinstance(slow, np.ndarray)
        assert slow.tolist() == out[0].tolist()
    else:
        canonical = re.fullmatch(rb"\d{1,3}( \d{1,3})*", row)
        assert canonical is None or isinstance(slow, str)


@pytest.mark.parametrize(
    "row",
    [b"1 2 256", b"1 2 259", b"1 2 260", b"1 2 999", b"1 2 1000", b"1 2 2555", b"1 2 9999", b"1 2 25600"],
)
def test_values_above_255_are_not_wrapped_round(row: bytes) -> None:
    assert not parse_rows([b"1 2 3", row], np.zeros((2, 3), np.uint8))


@pytest.mark.parametrize(
    "row", [b"1  2", b" 1 2", b"1 2 ", b"1\t2", b"1 -2", b"1 2.", b"1 :", b"1 /", b"1 \xb2", b""]
)
def test_other_forms_are_left_to_the_slow_way(row: bytes) -> None:
    out = np.full((1, 2), 7, np.uint8)
    assert not parse_rows([row], out)
    assert out.tolist() == [[7, 7]]


def test_a_value_too_many_here_does_not_make_up_for_one_too_few_there() -> None:
    assert not parse_rows([b"1 2 3", b"1 2 3 4", b"1 2"], np.zeros((3, 3), np.uint8))


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (b"1 2", "2 grey values where 3 were expected"),
        (b"", "0 grey values where 3 were expected"),
        (b"1 2 3 4", "4 grey values where 3 were expected"),
        (b"1 x 3", "grey value 2 is 'x', not a number"),
        (b"1 2,3 4", "grey value 2 is '2,3', not a number"),
        (b"1 2 256", "grey value 3 is '256', not a whole number from 0 to 255"),
        (b"-1 2 3", "grey value 1 is '-1', not a whole number from 0 to 255"),
        (b"1 0.5 3", "grey value 2 is '0.5', not a whole number from 0 to 255"),
        (b"1 nan 3", "grey value 2 is 'nan', not a whole number from 0 to 255"),
        (b"1 inf 3", "grey value 2 is 'inf', not a whole number from 0 to 255"),
    ],
)
def test_what_is_wrong_with_a_row_is_told(row: bytes, what: str) -> None:
    assert explain_row(row, 3) == what


def test_whole_numbers_written_otherwise_are_read() -> None:
    found = explain_row(b" 1.0  2e1\t255 ", 3)
    assert isinstance(found, np.ndarray)
    assert found.tolist() == [1, 20, 255]


def test_long_and_broken_words_are_shown_short() -> None:
    assert show(b"a" * 50) == repr("a" * 20 + "...")
    assert show(b"\xff") == "'\ufffd'"
