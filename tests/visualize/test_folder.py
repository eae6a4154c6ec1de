"""What is written, and that it is written whole or not at all."""

import json
import re
from dataclasses import dataclass

import numpy as np
import pytest
from PIL import Image

from teni.errors import TeniError
from teni.visualize.folder import INDEX, check_folder, folder_name, save_seen
from teni.visualize.gallery import GALLERY, build_gallery
from teni.visualize.pictured import Pictured, Seen


@dataclass(frozen=True)
class Settings:
    steps: int = 20


def seen(*units, size=(5, 7), **more):
    random = np.random.default_rng(0)
    pictures = [
        Pictured(unit, float(i), random.random((*size, 1), np.float32), f"note of {unit}")
        for i, unit in enumerate(units)
    ]
    return Seen(tuple(pictures), "conv1", **more)


def save(out, shown, method="activation", overwrite=False):
    return save_seen(
        out,
        shown,
        method=method,
        layer="conv1",
        model="tiny",
        settings=Settings(),
        seed=3,
        overwrite=overwrite,
    )


def test_pictures_sheet_arrays_index_and_gallery(tmp_path):
    shown = seen("0", "12", "nose_tip_x", notes=("One.",), files={"table.csv": b"a,b"})
    paths = save(tmp_path / "out", shown)
    assert [path.name for path in paths] == ["0000.png", "0012.png", "nose_tip_x.png"]
    for path in paths:
        with Image.open(path) as picture:
            assert picture.size == (7, 5)
    home = tmp_path / "out" / "activation-conv1"
    assert sorted(path.name for path in home.iterdir()) == [
        "0000.png", "0012.png", "arrays.npz", "nose_tip_x.png", "seen.json", "sheet.png", "table.csv",
    ]  # fmt: skip
    arrays = np.load(home / "arrays.npz")
    np.testing.assert_array_equal(arrays["pixels"], np.stack([each.pixels for each in shown.pictures]))
    assert arrays["units"].tolist() == ["0", "12", "nose_tip_x"]
    assert arrays["scores"].tolist() == [0, 1, 2]
    about = json.loads((home / INDEX).read_text())
    assert about["units"][1] == {
        "unit": 12,
        "score": 1.0,
        "told": "1",
        "picture": "0012.png",
        "note": "note of 12",
    }
    assert (about["settings"], about["seed"], about["notes"]) == ({"steps": 20}, 3, ["One."])
    page = (tmp_path / "out" / GALLERY).read_text()
    assert page.count("data:image/png;base64,") == 3
    assert not re.findall(r"""(?:src|href)=["'](?!data:|#)""", page)


def test_a_unit_that_comes_twice_and_arrays_of_several_sizes(tmp_path):
    two = Seen((*seen("a").pictures, *seen("a", "A", size=(3, 3)).pictures))
    names = [path.name for path in save(tmp_path, two)]
    assert len({name.lower() for name in names}) == 3
    assert np.load(tmp_path / "activation-conv1" / "arrays.npz")["pixels_1"].shape == (3, 3, 1)


def test_names_cannot_leave_the_folder(tmp_path):
    paths = save(tmp_path, seen("../../evil", "..", "sheet"))
    assert [path.name for path in paths] == ["evil.png", "picture.png", "sheet_2.png"]
    assert folder_name("activation", "../up") == "activation-up"


def test_a_second_method_joins_the_gallery(tmp_path):
    save(tmp_path, seen("0"))
    save(tmp_path, seen("1"), method="filters")
    page = (tmp_path / GALLERY).read_text()
    assert page.count('class="show"') == 2
    assert 'data-method="filters"' in page


def test_nothing_is_replaced_without_a_word(tmp_path):
    save(tmp_path, seen("0"))
    with pytest.raises(TeniError, match=r"activation-conv1: exists already; .* --overwrite"):
        save(tmp_path, seen("1"))
    save(tmp_path, seen("1"), overwrite=True)
    assert [p.name for p in (tmp_path / "activation-conv1").glob("0*.png")] == ["0001.png"]


def test_a_page_of_somebody_else_is_never_replaced(tmp_path):
    (tmp_path / GALLERY).write_text("<html>my own</html>")
    with pytest.raises(
        TeniError, match=r"gallery.html: exists and is no gallery of teni's; give another folder"
    ):
        check_folder(tmp_path, "filters", None, True)
    assert not (tmp_path / "activation-conv1").exists()


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path):
    (tmp_path / "out").touch()
    with pytest.raises(TeniError, match=r"^\S+out: is a file, expected a folder; give another name"):
        check_folder(tmp_path / "out", "filters", None, False)


def test_an_error_on_the_way_leaves_nothing(tmp_path):
    broken = Seen((Pictured("0", float("nan"), np.zeros((2, 2, 1), np.float32)),))
    with pytest.raises(ValueError, match="JSON"):
        save(tmp_path, broken)
    assert list(tmp_path.iterdir()) == []


def test_text_of_the_user_is_escaped(tmp_path):
    save(tmp_path, seen("<script>alert(1)</script>"))
    assert "<script>alert" not in (tmp_path / GALLERY).read_text()


def test_many_large_pictures_become_jpeg(tmp_path, monkeypatch):
    save(tmp_path, seen("0"))
    monkeypatch.setattr("teni.visualize.gallery.MOST_BYTES_LOSSLESS", 0)
    assert "data:image/jpeg;base64," in build_gallery(tmp_path)


def test_an_empty_folder_has_a_page_too(tmp_path):
    assert "no pictures here yet" in build_gallery(tmp_path)
