import pytest

from teni.data.header import read_header, split_row
from teni.errors import TeniError


def test_columns_are_understood_in_any_order() -> None:
    header = read_header(b"Image,b_y,a_x,Mood,a_y,ImageId,b_x,Subject", "f.csv")
    assert header.keypoints == ("b", "a")
    assert header.places == (6, 1, 2, 4)
    assert (header.image, header.image_id, header.subject) == (0, 5, 7)
    assert header.ignored == ("Mood",)


def test_names_may_be_japanese_quoted_spaced_and_behind_a_byte_order_mark() -> None:
    header = read_header('\ufeff左目_x, 左目_y ,"image"'.encode(), "f.csv")
    assert header.keypoints == ("左目",)
    assert header.image == 2


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"a_x,Image", "f.csv: there is a column 'a_x' but no 'a_y'; add it"),
        (b"a_y,Image", "f.csv: there is a column 'a_y' but no 'a_x'; add it"),
        (b"a_x,a_y,a_x", "f.csv: the column 'a_x' stands there twice; every column needs its own name"),
        (b"a_x;a_y;Image", "f.csv: the columns are separated by ';'; expected commas"),
        ("a_x,a_y".encode("utf-16"), "f.csv: written in UTF-16; save it as CSV in UTF-8"),
        (b"\x89PNG\r\x1a\x00\x00", "f.csv: not a text file; expected a CSV, or a zip with one CSV in it"),
        (
            "左目_x,左目_y".encode("shift-jis"),
            "f.csv: the header line is not UTF-8 text; expected a CSV saved as UTF-8",
        ),
    ],
)
def test_a_line_that_is_no_header_is_refused(line: bytes, message: str) -> None:
    with pytest.raises(TeniError) as error:
        read_header(line, "f.csv")
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        (b"1,2,3 4", [b"1", b"2", b"3 4"]),
        (b",,", [b"", b"", b""]),
        (b"1,2,3,4", [b"1", b"2", b"3,4"]),
        (b"1,2", None),
        (b'1,"2","3 4"', [b"1", b"2", b"3 4"]),
        (b'"3 4",1,', [b"3 4", b"1", b""]),
        (b'"a ""b"", c",1,2', [b'a "b", c', b"1", b"2"]),
        (b'1,2,"3 4', None),
        (b'1,"2",3,4', None),
        (b'1,x"2",3', None),
    ],
)
def test_rows_fall_into_fields(line: bytes, fields: list[bytes] | None) -> None:
    assert split_row(line, 3) == fields
