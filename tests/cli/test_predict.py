import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from spot_run import blobs, pixels_lit, save_spot_run, write_table

LIT = np.array([[[70, 30], [20, 40]], [[50, 90], [47, 0]]])
HEADER = ["id", "left_spot_x", "left_spot_y", "right_spot_x", "right_spot_y"]


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    return write_table(tmp_path / "test.csv", pixels_lit(LIT))


def rows(text: str) -> tuple[list[str], list[str], np.ndarray]:
    table = list(csv.reader(io.StringIO(text)))
    return (
        table[0],
        [row[0] for row in table[1:]],
        np.array([row[1:] for row in table[1:]], float).reshape(-1, 2, 2),
    )


def test_a_table_to_standard_output_in_its_own_process(process: Callable, spots: Path, faces: Path):
    ended = process("predict", spots, faces)
    header, ids, points = rows(ended.out)
    assert (ended.code, header, ids) == (0, HEADER, ["1", "2"])
    np.testing.assert_allclose(points, LIT + 0.5, atol=1e-3)
    assert "features: 2 of 2" in ended.err


def test_a_folder_of_pictures_to_a_file(teni: Callable, spots: Path, tmp_path: Path):
    (tmp_path / "new").mkdir()
    where = np.array([[140.0, 60.0], [40.0, 80.0]])
    Image.fromarray(blobs(where, 192, 192, 6.0)).convert("RGB").save(tmp_path / "new" / "b.png")
    Image.fromarray(pixels_lit(LIT)[0, ..., 0]).save(tmp_path / "new" / "a.png")
    (tmp_path / "new" / "notes.txt").touch()
    ended = teni("predict", spots, tmp_path / "new", "--out", tmp_path / "points.csv")
    assert (ended.code, ended.out) == (0, "")
    assert "1 of 2 images are not of the model's 96x96 pixels" in ended.err
    assert "1 of the 3 entries are no pictures" in ended.err
    _, ids, points = rows((tmp_path / "points.csv").read_text())
    assert ids == ["a.png", "b.png"]
    np.testing.assert_allclose(points, [LIT[0] + 0.5, where], atol=0.2)


def test_the_mirror(teni: Callable, tmp_path: Path, faces: Path):
    run = save_spot_run(tmp_path / "biased", bias=(3.0, 0.0))
    np.testing.assert_allclose(
        rows(teni("predict", run, faces).out)[2], LIT + 0.5 + np.array([3, 0]), atol=1e-3
    )
    np.testing.assert_allclose(rows(teni("predict", run, faces, "--tta").out)[2], LIT + 0.5, atol=1e-3)


def test_json_is_all_there_is_on_standard_output(teni: Callable, spots: Path, faces: Path, tmp_path: Path):
    found = json.loads(teni("predict", spots, faces, "--json").out)
    assert (found["run"], found["images"], found["out"]) == (str(spots), 2, None)
    assert found["predictions"][1]["id"] == "2"
    assert found["predictions"][1]["keypoints"]["right_spot"] == {
        "x": pytest.approx(47.5, abs=1e-3),
        "y": pytest.approx(0.5, abs=1e-3),
    }
    out = tmp_path / "points.csv"
    found = json.loads(teni("predict", spots, faces, "--json", "--out", out, "--seed", 3).out)
    assert found == {"run": str(spots), "images": 2, "tta": False, "out": str(out), "overlay": None}


def test_overlays(teni: Callable, spots: Path, faces: Path, tmp_path: Path):
    ended = teni("predict", spots, faces, "--overlay", tmp_path / "seen", "--out", tmp_path / "points.csv")
    assert ended.code == 0
    assert sorted(p.name for p in (tmp_path / "seen").iterdir()) == ["1.png", "2.png", "pictures.csv"]
    with Image.open(tmp_path / "seen" / "1.png") as picture:
        drawn = np.asarray(picture.convert("HSV"))[..., 1] > 128  # the only colour is that of the crosses
    y, x = np.argwhere(drawn).T / 4
    for half, (px, py) in ((x > 48, LIT[0, 0] + 0.5), (x < 48, LIT[0, 1] + 0.5)):
        assert abs(x[half].mean() - px) < 0.5
        assert abs(y[half].mean() - py) < 0.5


def test_a_submission(teni: Callable, tmp_path: Path, faces: Path):
    run = save_spot_run(tmp_path / "biased", bias=(0.0, 20.0))
    lookup = tmp_path / "IdLookupTable.csv"
    lookup.write_text("RowId,ImageId,FeatureName,Location\n1,2,left_spot_y,\n2,1,right_spot_x,\n")
    assert teni("predict", run, faces, "--lookup", lookup).out == "RowId,Location\n1,96.0000\n2,20.5000\n"
    out = tmp_path / "submission.csv"
    ended = teni("predict", run, faces, "--lookup", lookup, "--out", out, "--json")
    assert json.loads(ended.out)["out"] == str(out)
    assert out.read_text() == "RowId,Location\n1,96.0000\n2,20.5000\n"
    ended = teni("predict", run, faces, "--lookup", lookup, "--json")
    assert ended.code == 2
    assert "with --json a submission needs a file; give --out" in ended.err


def test_a_lookup_table_of_other_images(teni: Callable, spots: Path, faces: Path, tmp_path: Path):
    lookup = tmp_path / "IdLookupTable.csv"
    lookup.write_text("RowId,ImageId,FeatureName\n1,77,left_spot_y\n")
    ended = teni("predict", spots, faces, "--lookup", lookup)
    assert ended.code == 1
    assert "ImageId 77 is not known" in ended.err


def test_nothing_is_overwritten_unless_told(teni: Callable, spots: Path, faces: Path, tmp_path: Path):
    out = tmp_path / "points.csv"
    out.write_text("mine")
    ended = teni("predict", spots, faces, "--out", out)
    assert (ended.code, out.read_text()) == (1, "mine")
    assert "points.csv: exists already; give another name or replace it with --overwrite" in ended.err
    assert teni("predict", spots, faces, "--out", out, "--overwrite").code == 0
    assert out.read_text().startswith("id,")
    (tmp_path / "seen").mkdir()
    ended = teni("predict", spots, faces, "--overlay", tmp_path / "seen")
    assert (ended.code, ended.out) == (1, "")
    assert "seen: exists already; give another folder" in ended.err


def test_hostile_pictures(teni: Callable, spots: Path, tmp_path: Path):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "text.png").write_text("no picture")
    Image.new("1", (2000, 1000)).save(tmp_path / "new" / "large.png")
    ended = teni("predict", spots, tmp_path / "new", "--max-megapixels", 1)
    assert (ended.code, ended.out) == (1, "")
    assert "2 of 2 pictures cannot be read" in ended.err
    assert "2,000x1,000 pixels, over the limit of 1 megapixels" in ended.err
    assert "text.png: not a picture" in ended.err
    assert "Traceback" not in ended.err


def test_the_limit_of_megapixels_has_a_limit(teni: Callable, spots: Path, faces: Path):
    assert teni("predict", spots, faces, "--max-megapixels", 179).code == 2


def test_a_zip_that_swells(teni: Callable, spots: Path, faces: Path, tmp_path: Path):
    import zipfile

    with zipfile.ZipFile(tmp_path / "test.zip", "w") as archive:
        archive.writestr("test.csv", faces.read_text() + " " * 2_000_000)
    ended = teni("predict", spots, tmp_path / "test.zip", "--max-unpacked-mb", 1)
    assert ended.code == 1
    assert "over the limit of 1 MB" in ended.err


def test_no_images_there(teni: Callable, spots: Path):
    ended = teni("predict", spots, "nowhere")
    assert ended.code == 1
    assert "Error: nowhere: no such file or folder" in ended.err
