"""What is written in Kaggle's layout is read back as it was."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from blobs import blobs
from kaggle_folder import square
from shapes import shapes
from teni.data import load, write_kaggle
from teni.errors import TeniError


def test_it_is_read_back_as_it_was(tmp_path: Path):
    data = square(blobs(12, 4, gap=0.3))
    data = replace(data, subjects=np.array([f"{name}, the {name}" for name in data.subjects.tolist()]))
    write_kaggle(data, tmp_path / "a.csv", tmp_path / "who.csv")
    found = load(tmp_path / "a.csv", subjects=tmp_path / "who.csv")
    np.testing.assert_array_equal(found.images, data.images)
    np.testing.assert_array_equal(found.targets, data.targets)
    assert found.task.names == data.task.names
    assert found.subjects is not None
    assert data.subjects is not None
    assert found.subjects.tolist() == data.subjects.tolist()


def test_without_labels_there_is_only_the_image(tmp_path: Path):
    write_kaggle(replace(square(blobs(2, 2)), targets=None), tmp_path / "test.csv")
    assert (tmp_path / "test.csv").read_text().startswith("Image\n")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (shapes(6, 3), "holds keypoints, not classes"),
        (blobs(2, 2), "holds grey square images, not 20x16 with 1 channels"),
        (replace(square(blobs(2, 2)), subjects=None), "nobody said who the images show; leave it out"),
    ],
)
def test_what_the_layout_cannot_hold(tmp_path: Path, data, sentence: str):
    with pytest.raises(TeniError, match=sentence):
        write_kaggle(data, tmp_path / "a.csv", tmp_path / "who.csv")
    assert list(tmp_path.iterdir()) == []
