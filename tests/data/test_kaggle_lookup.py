import zipfile
from pathlib import Path

import numpy as np
import pytest

from teni.data.kaggle_lookup import Lookup, asked_for, read_lookup, read_solution, write_submission
from teni.errors import TeniError
from teni.task import Keypoints

TASK = Keypoints(("nose_tip", "mouth"), 96, 90, (0, 1))  # 96 high, 90 wide
IDS = np.array(["1", "2", "3"])
TABLE = """RowId,ImageId,FeatureName,Location
1,1,nose_tip_x,
2,1,nose_tip_y,
3,3,mouth_y,
4,2,nose_tip_x,
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "IdLookupTable.csv"
    file.write_text(TABLE)
    return file


@pytest.fixture
def lookup(table: Path) -> Lookup:
    return read_lookup(table, IDS, TASK)


def solve(folder: Path, text: str, lookup: Lookup) -> np.ndarray:
    (folder / "solution.csv").write_text(text)
    return read_solution(folder / "solution.csv", lookup)


def test_what_is_asked(lookup: Lookup):
    assert lookup.row_ids.tolist() == ["1", "2", "3", "4"]
    assert lookup.images.tolist() == [0, 0, 2, 1]
    assert lookup.coordinates.tolist() == [0, 1, 3, 0]
    assert lookup.shape == (3, 2, 2)


def test_columns_in_any_order_zipped_with_a_mark_and_windows_line_ends(tmp_path: Path):
    text = "\ufeffLocation,FeatureName,RowId,ImageId\r\n,mouth_x,a1,3\r\n"
    with zipfile.ZipFile(tmp_path / "l.zip", "w") as archive:
        archive.writestr("IdLookupTable.csv", text)
    lookup = read_lookup(tmp_path / "l.zip", IDS, TASK)
    assert (lookup.row_ids[0], lookup.images[0], lookup.coordinates[0]) == ("a1", 2, 2)


def test_a_solution_lands_in_its_places(tmp_path: Path, lookup: Lookup):
    truth = solve(tmp_path, "RowId,Location\n4,40.5\n1,10\n3,\n2,20\n", lookup)
    expected = np.full((3, 2, 2), np.nan)
    expected[0, 0] = (10, 20)
    expected[1, 0, 0] = 40.5  # and RowId 3 has no answer
    np.testing.assert_array_equal(truth, expected)
    assert truth.dtype == np.float32


def test_a_submission_is_clipped_and_in_the_order_of_the_table(tmp_path: Path, lookup: Lookup):
    predicted = np.arange(12.0).reshape(3, 2, 2)
    predicted[0, 0] = (-4, 95.99999)
    predicted[1, 0, 0] = 95  # the image is 90 wide
    write_submission(tmp_path / "s.csv", lookup, predicted, TASK)
    assert (tmp_path / "s.csv").read_text() == "RowId,Location\n1,0.0000\n2,96.0000\n3,11.0000\n4,90.0000\n"
    assert predicted[0, 0, 0] == -4  # what was given stays as it was


def test_a_submission_read_as_a_solution_gives_the_predictions_back(tmp_path: Path, lookup: Lookup):
    predicted = np.random.default_rng(0).uniform(0, 90, (3, 2, 2))
    write_submission(tmp_path / "s.csv", lookup, predicted, TASK)
    truth = read_solution(tmp_path / "s.csv", lookup)
    known = ~np.isnan(truth)
    assert known.sum() == 4
    np.testing.assert_allclose(truth[known], predicted[known], atol=1e-4)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "RowId,ImageId,Location\n1,1,\n",
            r"no column FeatureName; found RowId, ImageId, Location,",
        ),
        ("RowId,ImageId,FeatureName\n", "no rows below the header"),
        ("RowId,ImageId,FeatureName\n1,1,mouth_x\n1,2,mouth_x\n", "RowId 1 comes more than once"),
        (
            "RowId,ImageId,FeatureName\n1,7,mouth_x\n2,8,mouth_x\n3,7,mouth_y\n",
            r"ImageId 7, 8 is not known \(3 rows\); the images have 1, 2, 3",
        ),
        (
            "RowId,ImageId,FeatureName\n1,1,nose_tp_x\n",
            r"nose_tp_x is not .* nearest: nose_tip_x",
        ),
        (
            "RowId,ImageId,FeatureName\n1,1,qqq\n",
            r"qqq is not .* knows nose_tip_x, .* and 1 more",
        ),
        ('RowId,ImageId,FeatureName\n1,1,"mouth_x\n', "cannot be read as CSV"),
    ],
)
def test_a_lookup_table_that_does_not_fit(tmp_path: Path, text: str, words: str):
    (tmp_path / "l.csv").write_text(text)
    with pytest.raises(TeniError, match=r"l\.csv: .*" + words):
        read_lookup(tmp_path / "l.csv", IDS, TASK)


def test_images_that_share_an_id(table: Path):
    with pytest.raises(TeniError, match="some of these images have the same one"):
        read_lookup(table, np.array(["1", "2", "2"]), TASK)


def test_files_that_are_not_there_or_not_text(tmp_path: Path):
    with pytest.raises(TeniError, match="no such file"):
        read_lookup(tmp_path / "l.csv", IDS, TASK)
    (tmp_path / "l.csv").write_bytes(b"RowId,ImageId,FeatureName\n1,\xff\xfe,mouth_x\n")
    with pytest.raises(TeniError, match="cannot be read as CSV"):
        read_lookup(tmp_path / "l.csv", IDS, TASK)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("RowId\n1\n", "no column Location"),
        (
            "RowId,Location\n1,1\n2,2\n9,3\n4,4\n",
            r"RowId 9 is not known \(1 row\); .* has 1, 2, 3",
        ),
        ("RowId,Location\n1,1\n4,2\n", r"2 rows, expected the 4 of .*IdLookupTable.csv; RowId 2, 3 missing"),
        ("RowId,Location\n1,1\n2,x\n3,inf\n4,4\n", r"2 Locations are not numbers, first 'x' of RowId 2"),
    ],
)
def test_a_solution_that_does_not_fit(tmp_path: Path, lookup: Lookup, text: str, words: str):
    with pytest.raises(TeniError, match=r"solution\.csv: " + words):
        solve(tmp_path, text, lookup)


def test_predictions_that_do_not_fit(lookup: Lookup):
    with pytest.raises(TeniError, match=r"of shape \(3, 2, 2\), got \(2, 2, 2\)"):
        asked_for(lookup, np.zeros((2, 2, 2)), TASK)
    with pytest.raises(TeniError, match="4 of the predictions it asks for are not numbers"):
        asked_for(lookup, np.full((3, 2, 2), np.nan), TASK)


@pytest.mark.real
def test_the_real_table_and_its_answers(real_data: Path):
    faces = real_data / "faces"
    header = (faces / "test_complete_keypoints.csv").read_text().splitlines()
    names = tuple(column.removesuffix("_x") for column in header[0].split(",") if column.endswith("_x"))
    task = Keypoints(names, 96, 96, tuple(range(len(names))))
    lookup = read_lookup(faces / "IdLookupTable.csv", np.arange(1, len(header)).astype(str), task)
    truth = read_solution(faces / "test_solution.csv", lookup)
    complete = np.array([row.split(",")[:30] for row in header[1:]], np.float32).reshape(truth.shape)
    known = ~np.isnan(truth)
    assert known.sum() == len(lookup)
    np.testing.assert_array_equal(truth[known], complete[known])
