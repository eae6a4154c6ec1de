import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from teni.data import Dataset, load, require_labels
from teni.errors import TeniError
from teni.task import Keypoints

Write = Callable[..., Path]
HEADER = "left_x,left_y,right_x,right_y,Image"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(*lines: str, name: str = "f.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join(lines))
        return path

    return write


def test_a_training_file(write: Write) -> None:
    data = load(write(HEADER, "0,1,2,0.5,1 2 3 4", ",,2,0,5 6 7 8"))
    assert data.images.dtype == np.uint8
    assert data.images.tolist() == [[[[1], [2]], [[3], [4]]], [[[5], [6]], [[7], [8]]]]
    assert data.targets is not None
    assert data.targets.dtype == np.float32
    np.testing.assert_array_equal(data.targets, [[[0, 1], [2, 0.5]], [[np.nan, np.nan], [2, 0]]])
    assert data.task == Keypoints(("left", "right"), 2, 2, (1, 0))
    assert data.ids.tolist() == ["1", "2"]
    assert data.subjects is None
    assert data.notes == ()


def test_a_test_file_has_no_targets(write: Write) -> None:
    data = load(str(write("ImageId,Image", "7,1 2 3 4", "3,5 6 7 8")))
    assert data.targets is None
    assert data.task == Keypoints((), 2, 2, ())
    assert data.ids.tolist() == ["7", "3"]


def test_the_same_file_has_the_same_fingerprint(write: Write) -> None:
    first = load(write(HEADER, "0,1,2,0,1 2 3 4"))
    assert load(write(HEADER, "0,1,2,0,1 2 3 4", name="g.csv")).fingerprint == first.fingerprint
    assert load(write(HEADER, "0,1,2,0,1 2 3 5")).fingerprint != first.fingerprint


def test_subjects_come_from_a_file_or_a_column(write: Write) -> None:
    faces = write("a_x,a_y,Image,Subject", "1,1,1 2 3 4,Ada", "1,1,5 6 7 8,Max")
    in_column = load(faces).subjects
    assert in_column is not None
    assert in_column.tolist() == ["Ada", "Max"]
    in_file = load(faces, subjects=write("Who", "Tom", "Tim", name="s.csv")).subjects
    assert in_file is not None
    assert in_file.tolist() == ["Tom", "Tim"]


def test_keypoints_of_another_file_take_the_place(write: Write) -> None:
    faces = write(HEADER, ",,,,1 2 3 4", ",,,,5 6 7 8")
    other = write("nose_y,nose_x,Subject", "1,0,Ada", "2,1,Max", name="k.csv")
    data = load(faces, keypoints=other)
    assert data.task.names == ("nose",)
    assert data.targets is not None
    assert data.targets.tolist() == [[[0, 1]], [[1, 2]]]
    assert data.subjects is not None
    assert data.subjects.tolist() == ["Ada", "Max"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            ["a_x,a_y", "1,1"],
            "k.csv: 1 row for the 2 images of f.csv; expected the same rows in the same order",
        ),
        (
            ["Subject", "Ada", "Max"],
            "k.csv: no coordinates; expected columns called <keypoint>_x and <keypoint>_y",
        ),
        (
            ["ImageId,a_x,a_y", "1,1,1", "3,1,1"],
            "k.csv: row 2 has ImageId 3, f.csv has 2; expected the same rows in the same order",
        ),
    ],
)
def test_keypoints_that_do_not_fit(write: Write, lines: list[str], message: str) -> None:
    faces = write("ImageId,Image", "1,1 2 3 4", "2,5 6 7 8")
    with pytest.raises(TeniError) as error:
        load(faces, keypoints=write(*lines, name="k.csv"))
    assert str(error.value) == message


def test_what_looks_odd_is_noted_and_kept(write: Write) -> None:
    data = load(write("a_x,a_y,b_x,b_y,Image,Mood", "0,2,-0.5,2,1 2 3 4,good", "1,,2.5,9,5 6 7 8,bad"))
    assert data.notes == (
        "f.csv: points with only x or only y count as not labelled: 1.",
        "f.csv: columns that mean nothing here were ignored: Mood.",
        "f.csv: 3 coordinates in 2 rows outside the image of 2x2 pixels, kept "
        "(the first: row 1, b_x = -0.5).",
    )
    assert data.targets is not None
    np.testing.assert_array_equal(data.targets, [[[0, 2], [-0.5, 2]], [[np.nan, np.nan], [2.5, 9]]])


def test_an_image_id_that_stands_twice(write: Write) -> None:
    with pytest.raises(TeniError, match=r"^f.csv: ImageId 8 stands on row 2 and row 4; expected it once$"):
        load(write("ImageId,Image", "7,1 2 3 4", "8,1 2 3 4", "9,1 2 3 4", "8,1 2 3 4"))


def test_a_folder_and_nothing(tmp_path: Path) -> None:
    with pytest.raises(
        TeniError, match=r": no folders with pictures \(found nothing\); expected a folder of"
    ):
        load(tmp_path)
    with pytest.raises(TeniError, match="no such file"):
        load(tmp_path / "none.csv")


def test_a_side_without_its_counterpart(write: Write) -> None:
    faces = write("left_eye_x,left_eye_y,Image", "1,1,1 2 3 4")
    with pytest.raises(TeniError, match="'left_eye' has a side but there is no 'right_eye'"):
        load(faces)
    assert load(faces, mirror={"left_eye": "left_eye"}).task.flip_permutation == (0,)


PIECES = [
    b"1 2 3 4",
    b"256",
    b",",
    b",,",
    b"\n",
    b"\r\n",
    b'"',
    b" ",
    b"\0",
    b"\xff",
    b"-1",
    b"1e999",
    b"left_x",
    b"Image",
]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join), st.booleans(), st.booleans())
def test_whatever_a_file_holds_is_read_or_explained(
    tmp_path: Path, content: bytes, with_header: bool, packed: bool
) -> None:
    content = b"a_x,a_y,Image\n1,1,1 2 3 4\n" * with_header + content
    path = tmp_path / "f.csv"
    if packed:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("g.csv", content)
    else:
        path.write_bytes(content)
    with suppress(TeniError):
        data = load(path)
        assert data.images.shape == (len(data.ids), 2, 2, 1) or not with_header


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 400), st.binary(min_size=1, max_size=4))
def test_a_zip_with_any_bytes_changed_is_read_or_explained(tmp_path: Path, at: int, change: bytes) -> None:
    path = tmp_path / "f.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("g.csv", "a_x,a_y,Image\n" + "1,1,1 2 3 4\n2,1,5 6 7 8\n" * 9)
    content = bytearray(path.read_bytes())
    at %= len(content)
    content[at : at + len(change)] = change
    path.write_bytes(content)
    with suppress(TeniError):
        assert len(load(path)) == 18


def labelled(points: list[list[list[float]]] | None, names: tuple[str, ...]) -> Dataset:
    targets = None if points is None else np.array(points, np.float32).reshape(-1, len(names), 2)
    images = np.zeros((2, 2, 2, 1), np.uint8)
    return Dataset(
        images, targets, Keypoints(names, 2, 2, tuple(range(len(names)))), None, np.array(["1", "2"])
    )


def test_every_keypoint_must_be_labelled_in_some_row() -> None:
    nan = [np.nan, np.nan]
    require_labels(labelled([[[1, 1], nan], [nan, [1, 1]]], ("a", "b")))
    with pytest.raises(TeniError, match=r"^no row has a label for b; label some or take the columns out$"):
        require_labels(labelled([[[1, 1], nan], [nan, nan]], ("a", "b")))
    with pytest.raises(TeniError, match="no row has a label for a, b, c and 1 more; label"):
        require_labels(labelled([[nan] * 4] * 2, ("a", "b", "c", "d")))
    with pytest.raises(TeniError, match=r"^the training data has no keypoints; expected columns called"):
        require_labels(labelled(None, ()))


@pytest.mark.real
def test_the_real_faces(real_data: Path) -> None:
    folder = real_data / "faces"
    data = load(folder / "training.zip", subjects=folder / "training_subjects.csv")
    assert data.images.shape == (2545, 96, 96, 1)
    assert data.subjects is not None
    assert len(set(data.subjects.tolist())) == 210
    assert data.targets is not None
    assert (~np.isnan(data.targets).any((1, 2))).sum() == 959
    complete = load(folder / "training.zip", keypoints=folder / "training_complete_keypoints.csv").targets
    assert complete is not None
    there = ~np.isnan(data.targets)
    np.testing.assert_array_equal(complete[there], data.targets[there])
    assert load(folder / "test.zip").targets is None
