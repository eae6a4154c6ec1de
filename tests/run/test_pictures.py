import io
import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from fake_run import make_run
from teni.errors import TeniError
from teni.run import make_pictures, read_run, write_run
from teni.run.pictures import read_pictures, write_pictures


def grey(many, height=12, width=8):
    return np.full((many, height, width, 1), np.arange(many)[:, None, None, None] % 250, np.uint8)


def opened(sheet):
    return np.asarray(Image.open(io.BytesIO(sheet)).convert("L")).astype(int)


def test_the_worst_comes_first_and_every_picture_lies_at_its_place():
    images = grey(150)
    errors = np.random.default_rng(0).random(150)
    errors[7] = np.nan
    found = make_pictures([images[:100], images[100:]], errors)
    assert found.rows[-1] == 7
    assert list(found.rows[:-1]) == np.argsort(-np.nan_to_num(errors, nan=-1), kind="stable")[:-1].tolist()
    assert [opened(sheet).shape for sheet in found.sheets] == [(96, 64), (96, 64), (36, 64)]
    for place, row in enumerate(found.rows):
        sheet = opened(found.sheets[place // 64])
        at = place % 64
        cell = sheet[at // 8 * 12 : at // 8 * 12 + 12, at % 8 * 8 : at % 8 * 8 + 8]
        assert abs(cell.mean() - row) < 6


def test_few_pictures_stand_in_one_row_and_colours_stay():
    red = np.zeros((3, 10, 10, 3), np.uint8)
    red[..., 0] = 200
    (sheet,) = make_pictures([red], np.zeros(3)).sheets
    picture = np.asarray(Image.open(io.BytesIO(sheet)).convert("RGB")).astype(int)
    assert picture.shape == (10, 30, 3)
    assert picture[..., 0].mean() > 150 > picture[..., 1].mean()


def test_large_images_are_made_small_and_of_too_many_the_worse_half_is_kept():
    found = make_pictures([np.zeros((2, 600, 300, 1), np.uint8)], np.zeros(2))
    assert (found.width, found.height) == (128, 256)
    found = make_pictures([grey(100)], np.arange(100.0), most=10)
    assert found.rows == (99, 98, 97, 96, 95, 94, 71, 47, 23, 0)
    assert make_pictures([grey(0)], np.zeros(0)) is None


def test_a_run_keeps_them_and_one_of_before_has_none(tmp_path):
    run = make_run()
    write_run(tmp_path, replace(run, pictures=make_pictures([run.examples.images], run.examples.errors)))
    read = read_run(tmp_path).pictures
    assert read is not None
    assert len(read.rows) == len(run.examples)
    (tmp_path / "old").mkdir()
    write_run(tmp_path / "old", make_run())
    assert read_run(tmp_path / "old").pictures is None


@pytest.mark.parametrize("damage", ["row", "index", "sheet", "lost", "width"])
def test_damaged_pictures_are_told(tmp_path, damage):
    write_pictures(tmp_path, make_pictures([grey(3)], np.zeros(3)))
    index, sheet = tmp_path / "pictures" / "pictures.json", tmp_path / "pictures" / "0000.webp"
    if damage == "index":
        index.write_text("{")
    elif damage == "sheet":
        sheet.write_bytes(b"<script>")
    elif damage == "lost":
        sheet.unlink()
    else:
        about = json.loads(index.read_text()) | ({"rows": [0, 9]} if damage == "row" else {"width": "x"})
        index.write_text(json.dumps(about))
    with pytest.raises(TeniError, match=r"pictures: damaged .*fit again"):
        read_pictures(tmp_path, rows=3)
