from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from teni.errors import TeniError
from teni.prediction.given import from_array
from teni.prediction.overlay import LONGEST_SIDE, draw_overlays
from teni.task.draw import draw_points

POINTS = np.array([[[30.0, 40.0], [70.0, 20.0]]] * 2, np.float32)


def given(ids: list[str], size: tuple[int, int] = (96, 96)):
    images = np.full((len(ids), *size, 1), 90, np.uint8)
    return from_array(images, np.array(ids), (96, 96, 1))


def test_pictures_and_their_index(tmp_path: Path):
    told = []
    names = draw_overlays(
        tmp_path / "new", given(["7", "ada.jpg"]), POINTS, "halves", on_progress=told.append
    )
    assert names == ["7.png", "ada.png"]
    index = pd.read_csv(tmp_path / "new" / "pictures.csv", dtype=str)
    assert index.values.tolist() == [["7.png", "7"], ["ada.png", "ada.jpg"]]
    with Image.open(tmp_path / "new" / "7.png") as picture:
        expected = draw_points(np.full((96, 96, 1), 90, np.uint8), POINTS[0])
        assert np.asarray(picture).tolist() == np.asarray(expected).tolist()
    assert [p.done for p in told] == [1, 2]


def test_ids_that_are_no_names_of_files(tmp_path: Path):
    ids = ["../../etc/passwd", "a/b.png", "A.png", "a.jpg", "", "...", "x" * 300]
    points = np.repeat(POINTS[:1], len(ids), axis=0)
    names = draw_overlays(tmp_path / "new", given(ids), points, "halves")
    assert names == [
        "passwd.png", "b.png", "A.png", "a_2.png", "image.png", "image_2.png", "x" * 80 + ".png",
    ]  # fmt: skip
    assert sorted(p.name for p in tmp_path.iterdir()) == ["new"]
    assert len(list((tmp_path / "new").iterdir())) == len(ids) + 1


def test_large_images_are_drawn_small_and_the_points_move_along(tmp_path: Path):
    large = given(["a"], size=(2 * LONGEST_SIDE, 1000))
    points = np.array([[[500.0, float(LONGEST_SIDE)]]], np.float32)
    draw_overlays(tmp_path / "new", large, points, "halves")
    with Image.open(tmp_path / "new" / "a.png") as picture:
        assert picture.size == (500, LONGEST_SIDE)
        marked = np.argwhere((np.asarray(picture) != 90).any(-1))
    np.testing.assert_allclose(marked.mean(0), [LONGEST_SIDE / 2 - 0.5, 250 - 0.5], atol=1)


def test_only_overlays_are_ever_replaced(tmp_path: Path):
    folder = tmp_path / "new"
    draw_overlays(folder, given(["a", "b"]), POINTS, "halves")
    with pytest.raises(TeniError, match="exists already; give another folder or replace it with --overwrite"):
        draw_overlays(folder, given(["c"]), POINTS[:1], "halves")
    draw_overlays(folder, given(["c"]), POINTS[:1], "halves", overwrite=True)
    assert sorted(p.name for p in folder.iterdir()) == ["c.png", "pictures.csv"]
    (tmp_path / "holiday").mkdir()
    (tmp_path / "holiday" / "beach.png").touch()
    with pytest.raises(TeniError, match=r"holds files but no pictures\.csv, so teni did not write it"):
        draw_overlays(tmp_path / "holiday", given(["c"]), POINTS[:1], "halves", overwrite=True)
