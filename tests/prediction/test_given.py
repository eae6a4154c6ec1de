from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from spot_run import blobs, write_table
from teni.data.image_files import Pictures
from teni.errors import TeniError
from teni.prediction.given import from_array, from_files, read_given

SHAPE = (96, 96, 1)


def save(folder: Path, *names: str, size: tuple[int, int] = (96, 96)) -> None:
    folder.mkdir(exist_ok=True)
    for name in names:
        Image.new("L", size, 50).save(folder / name)


def test_images_that_fit_are_not_copied():
    images = np.zeros((3, 96, 96, 1), np.uint8)
    given = from_array(images, None, SHAPE)
    assert given.images is images
    assert given.notes == ()
    assert given.ids.tolist() == ["1", "2", "3"]
    assert given.sizes.tolist() == [[96, 96]] * 3


def test_images_of_another_size_are_resized_and_the_originals_kept():
    images = np.full((2, 48, 60, 3), 9, np.uint8)
    given = from_array(images, np.array(["a", "b"]), SHAPE)
    assert given.images.shape == (2, 96, 96, 1)
    assert given.sizes.tolist() == [[48, 60]] * 2
    assert given.original(1).shape == (48, 60, 3)
    assert given.notes[0].startswith("2 of 2 images are not of the model's 96x96 pixels: they are resized")
    assert given.notes[1].startswith("2 of them have other proportions and are stretched")


def test_a_tenth_of_stretching_is_not_worth_a_word():
    assert len(from_array(np.zeros((1, 100, 109, 1), np.uint8), None, SHAPE).notes) == 1
    assert len(from_array(np.zeros((1, 100, 111, 1), np.uint8), None, SHAPE).notes) == 2
    assert len(from_array(np.zeros((1, 111, 100, 1), np.uint8), None, SHAPE).notes) == 2


@pytest.mark.parametrize(
    "images",
    [np.zeros((2, 96, 96), np.uint8), np.zeros((1, 96, 96, 1)), np.zeros((1, 96, 96, 4), np.uint8)],
)
def test_what_is_no_image(images: np.ndarray):
    with pytest.raises(TeniError, match=r"images of shape .* and type .*; expected uint8 \(N, H, W"):
        from_array(images, None, SHAPE)


def test_a_folder_of_pictures_of_many_sizes(tmp_path: Path):
    save(tmp_path, "a.png", "b.png")
    Image.fromarray(blobs(np.array([[10, 10]]), 40, 30, 3)).save(tmp_path / "c.png")
    (tmp_path / "notes.txt").touch()
    told = []
    given = read_given(tmp_path, SHAPE, on_progress=told.append)
    assert given.ids.tolist() == ["a.png", "b.png", "c.png"]
    assert given.sizes.tolist() == [[96, 96], [96, 96], [40, 30]]
    assert given.original(2).shape == (40, 30, 3)  # the model is grey, overlays need not be
    assert "1 of the 4 entries are no pictures" in given.notes[0]
    assert "1 of 3 images are not of the model's" in given.notes[1]
    assert [(p.step, p.done, p.total) for p in told] == [("pictures", i, 3) for i in (1, 2, 3)]


def test_bad_pictures_are_named_together(tmp_path: Path):
    save(tmp_path, "good.png")
    for i in range(5):
        (tmp_path / f"bad{i}.png").write_text("no picture")
    with pytest.raises(TeniError) as caught:
        read_given(tmp_path, SHAPE)
    text = str(caught.value)
    assert text.startswith("5 of 6 pictures cannot be read: ")
    assert text.count("not a picture that can be read") == 3
    assert text.endswith("; and 2 more")


def test_one_bad_picture(tmp_path: Path):
    (tmp_path / "a.png").write_text("no picture")
    with pytest.raises(TeniError, match=r"^[^ ]*a\.png: not a picture that can be read"):
        read_given(tmp_path / "a.png", SHAPE)
    with pytest.raises(TeniError, match="no such file"):
        from_files(Pictures((tmp_path / "b.png",), ("b.png",)), SHAPE)


def test_the_limit_of_megapixels_is_handed_on(tmp_path: Path):
    save(tmp_path, "a.png", size=(1100, 1000))
    with pytest.raises(TeniError, match="over the limit of 1 megapixels"):
        read_given(tmp_path, SHAPE, max_megapixels=1)


def test_a_table(tmp_path: Path):
    images = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 1)).astype(np.uint8)
    given = read_given(write_table(tmp_path / "test.csv", images), SHAPE)
    assert given.images.shape == (2, 96, 96, 1)
    np.testing.assert_array_equal(given.original(1), images[1])
    assert given.ids.tolist() == ["1", "2"]


def test_the_notes_of_a_table_are_kept(tmp_path: Path):
    points = np.array([[[9.0, 9.0], [1.0, 1.0]]])
    file = write_table(tmp_path / "faces.csv", np.zeros((1, 8, 8, 1), np.uint8), points)
    notes = read_given(file, (8, 8, 1)).notes
    assert len(notes) == 1
    assert "outside the image of 8x8" in notes[0]


def test_nothing_there(tmp_path: Path):
    with pytest.raises(TeniError, match="faces: no such file or folder; expected a picture, a folder of"):
        read_given(tmp_path / "faces", SHAPE)
