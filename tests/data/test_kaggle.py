import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from teni.data.kaggle import read_table
from teni.errors import TeniError

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(*lines: str, end: str = "\n", name: str = "f.csv") -> Path:
        path = tmp_path / name
        path.write_bytes((end.join(lines)).encode())
        return path

    return write


def message_of(path: Path) -> str:
    with pytest.raises(TeniError) as error:
        read_table(path)
    return str(error.value)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    images=st.tuples(st.integers(1, 40), st.integers(1, 4)).flatmap(
        lambda size: arrays(np.uint8, (size[0], size[1], size[1]))
    ),
    ending=st.sampled_from(["\n", "\r\n"]),
    quote=st.sampled_from(["", '"']),
    last=st.booleans(),
    data=st.data(),
)
def test_what_was_written_is_read(
    tmp_path: Path, images: np.ndarray, ending: str, quote: str, last: bool, data: st.DataObject
) -> None:
    coordinate = st.one_of(st.just(""), st.floats(-10, 200, width=32).map(repr))
    points = [[data.draw(coordinate) for _ in range(4)] for _ in images]
    greys = [quote + " ".join(map(str, image.ravel().tolist())) + quote for image in images]
    names = ["b_x", "a_y", "b_y", "a_x"]
    order = [0, 1, 2, 3, 4] if last else [0, 4, 2, 1, 3]
    rows = [[*point, grey] for point, grey in zip(points, greys, strict=True)]
    lines = [",".join(row[i] for i in order) for row in [[*names, "Image"], *rows]]
    path = tmp_path / "f.csv"
    path.write_bytes((ending.join(lines)).encode())
    table = read_table(path)
    assert table.images is not None
    np.testing.assert_array_equal(table.images[..., 0], images)
    expected = np.array([[float(value or "nan") for value in row] for row in points], np.float32)
    keypoints = [["b_x", "b_y"], ["a_x", "a_y"]]
    by_name = [[expected[:, names.index(column)] for column in pair] for pair in keypoints]
    np.testing.assert_array_equal(table.points, np.moveaxis(np.array(by_name), -1, 0)[:, [0, 1]])


def test_ids_subjects_and_columns_that_mean_nothing(write: Write) -> None:
    table = read_table(write("ImageId,Subject,Mood,Image", "a1, Ada ,good,1 2 3 4", "b2,Max,bad,5 6 7 8"))
    assert table.ids is not None
    assert table.subjects is not None
    assert table.ids.tolist() == ["a1", "b2"]
    assert table.subjects.tolist() == ["Ada", "Max"]
    assert table.ignored == ("Mood",)
    assert table.points.shape == (2, 0, 2)


@pytest.mark.parametrize("word", ["", " ", "nan", "NaN", "NA", "null"])
def test_a_missing_coordinate_is_nan(write: Write, word: str) -> None:
    table = read_table(write("a_x,a_y,Image", f"{word},1.5,1 2 3 4"))
    np.testing.assert_array_equal(table.points, [[[np.nan, 1.5]]])


def test_images_may_be_left_unread(write: Write) -> None:
    table = read_table(write("a_x,a_y,Image", "1,2,rubbish"), with_images=False)
    assert table.images is None
    assert table.points.tolist() == [[[1, 2]]]


def test_rows_that_are_untidy_are_read_all_the_same(write: Write) -> None:
    table = read_table(write("Image", "1 2 3 4", " 5.0  6 7 8 ", "9 10 11 12"))
    assert table.images is not None
    assert table.images.reshape(3, 4).tolist() == [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]


def test_wrong_rows_are_named_by_row_and_line(write: Write) -> None:
    path = write(
        "a_x,a_y,Image",
        "1,1,1 2 3 4",
        "1,1,1 2 3",
        "",
        "1,1,1 2 3 x",
        "1,1,1 2 3 256",
        "1,no,1 2 3 4",
        "1,1",
        "1,1,",
    )
    assert message_of(path) == (
        "f.csv: 6 rows cannot be used: row 2 (line 3): 3 grey values where 4 were expected; "
        "row 3 (line 5): grey value 4 is 'x', not a number; "
        "row 4 (line 6): grey value 4 is '256', not a whole number from 0 to 255; "
        "and 3 more; correct them or take them out"
    )


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("1,no,1 2 3 4", "a_y is 'no', not a number of pixels"),
        ("1,inf,1 2 3 4", "a_y is inf, nowhere near an image"),
        ("1,-2e6,1 2 3 4", "a_y is -2e+06, nowhere near an image"),
        ("1,2", "not the 3 fields of the header"),
        ("1,2,", "0 grey values where 4 were expected"),
        ("1,2,1 2 3 4 5 6 7 8 9", "9 grey values where 4 were expected"),
        ('1,2,"1 2 3 4', "not the 3 fields of the header"),
        ("1,2,1 2 3,4 5", "grey value 3 is '3,4', not a number"),
    ],
)
def test_what_is_wrong_with_a_row(write: Write, line: str, what: str) -> None:
    good = "1,1,1 2 3 4"
    assert f"row 3 (line 4): {what}; correct it or take it out" in message_of(
        write("a_x,a_y,Image", good, good, line, good)
    )


def test_more_wrong_rows_than_there_is_room_for_images(write: Write) -> None:
    assert "99 rows cannot be used" in message_of(write("Image", *["1 2 3 4"] * 9, *["1"] * 99))


def test_the_size_of_most_images_is_expected_even_if_the_first_is_another(write: Write) -> None:
    message = message_of(write("Image", "1 2 3 4 5", "1 2 3 4", "1 2 3 4"))
    assert "row 1 (line 2): 5 grey values where 4 were expected" in message


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "f.csv: the file is empty; expected a header line and one row an image"),
        (["Image"], "f.csv: a header but no rows under it; expected one row an image"),
        (
            ["Image,a_x,a_y", ",1,1"],
            "f.csv: the Image column of the first rows is empty; expected grey values and spaces",
        ),
        (
            ["Image", "1 2 3 4 5", "1 2 3 4 5"],
            "f.csv: the images have 5 grey values, which makes no square; "
            "expected as many as a square image has (2x2 would be 4)",
        ),
        (
            ["Image", "1 2 3 4 5 6 7"],
            "f.csv: the images have 7 grey values, which makes no square; "
            "expected as many as a square image has (3x3 would be 9)",
        ),
        (
            ["a_x,a_y,b_x,b_y,c_x,c_y", "1,2,3,4,5,6"],
            "f.csv: no Image column (found a_x, a_y, b_x, b_y, ...); expected one with the grey values of "
            "each image, separated by spaces (coordinates alone are given as keypoints, beside the file "
            "with the images)",
        ),
        (["ImageId,Image", ",1"], "f.csv: row 1 has an empty ImageId; give every row its own"),
    ],
)
def test_a_table_that_cannot_be_used(write: Write, lines: list[str], message: str) -> None:
    assert message_of(write(*lines)) == message


def test_a_subject_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b"Subject,Image\nRen\xe9,1\n")
    assert message_of(path) == "f.csv: the Subject column is not UTF-8 text; save the file as UTF-8"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from Linux' /proc")
def test_reading_takes_less_memory_than_twice_the_images(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    row = " ".join(str(value % 256) for value in range(9216))
    path.write_text("Image\n" + f"{row}\n" * 2500)
    program = (
        "import pathlib, re, sys; from teni.data import load\n"
        "status = pathlib.Path('/proc/self/status')\n"
        "peak = lambda: 1024 * int(re.search(r'VmHWM:\\s+(\\d+)', status.read_text())[1])\n"
        "before = peak(); data = load(sys.argv[1]); print((peak() - before) / data.images.nbytes)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
    )
    assert 0.9 < float(done.stdout) < 1.5
