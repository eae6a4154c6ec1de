"""The sheet of nine: what lies where, what is exact, what the files hold."""

import io
from dataclasses import replace

import keras
import numpy as np
import pandas as pd
import pytest

from teni.errors import TeniError
from teni.prediction.given import from_array
from teni.visualize import Request, open_network
from teni.visualize.nine_patches import DeconvSettings, nine_patches, show_nine_patches

from .nets import layers

SIZE = 12


def spots():
    """A network whose one filter looks for a bright 2 x 2 spot, and images with one spot each."""
    x = keras.Input((SIZE, SIZE, 1), name="image")
    conv = layers.Conv2D(1, 2, use_bias=False, activation="relu", name="spot")
    model = keras.Model(x, layers.MaxPooling2D(2, name="pool")(conv(layers.Rescaling(1 / 255)(x))))
    conv.set_weights([np.ones((2, 2, 1, 1), np.float32)])
    images = np.zeros((11, SIZE, SIZE, 1), np.uint8)
    for i, image in enumerate(images):
        image[i : i + 2, 5:7] = 100 + 10 * i
    return model, images


def request(**settings):
    model, images = spots()
    given = from_array(images, None, (SIZE, SIZE, 1))
    return Request(open_network(model, "spots"), "spot", (0,), DeconvSettings(**settings), given)


def test_the_nine_strongest_with_their_exact_patches(tmp_path):
    people = tmp_path / "people.csv"
    people.write_text("Subject\n" + "\n".join("abcdefghijj") + "\n")
    seen = show_nine_patches(request(subjects=str(people)))
    table = pd.read_csv(io.BytesIO(seen.files["strongest.csv"]))
    assert table["image"].tolist() == [11, 9, 8, 7, 6, 5, 4, 3, 2]  # 10 shows the same subject as 11
    assert table["top"].tolist() == [10, 8, 7, 6, 5, 4, 3, 2, 1]
    assert (table["bottom"] - table["top"]).tolist() == [1] * 9
    assert table["left"].tolist() == [5] * 9
    assert seen.pictures[0].score == pytest.approx(4 * 200 / 255, rel=1e-5)
    sent = np.load(io.BytesIO(seen.files["projections.npz"]))["unit_0"]
    assert sent.shape == (9, SIZE, SIZE, 1)
    where = np.argwhere(sent[0, :, :, 0] > 0)
    assert where.tolist() == [[10, 5], [10, 6], [11, 5], [11, 6]]
    assert "One image of each subject" in seen.notes[1]


def test_it_says_where_a_picture_tells_less_than_it_seems_to():
    model, images = spots()
    capped = keras.Model(model.inputs[0], layers.ReLU(6.0, name="cap")(model.get_layer("spot").output * 1e3))
    given = from_array(images, None, (SIZE, SIZE, 1))
    seen = show_nine_patches(Request(open_network(capped), "cap", (0,), DeconvSettings(many=3), given))
    assert seen.notes[2].startswith("No max-pooling lies before cap")
    assert seen.notes[3].startswith("In 1 of 1 units the strongest activations are all alike")
    behind = Request(open_network(model), "pool", (0,), DeconvSettings(many=3), given)
    assert len(show_nine_patches(behind).notes) == 2


def test_without_subjects_near_duplicates_count_once():
    given = request()
    doubled = np.concatenate([given.given.images, given.given.images])
    asked = replace(given, given=from_array(doubled, None, (SIZE, SIZE, 1)))
    table = pd.read_csv(io.BytesIO(show_nine_patches(asked).files["strongest.csv"]))
    assert table["activation"].is_unique


def test_where_patches_and_projections_lie():
    projections = [np.full((2, 2, 1), (-1.0) ** i, np.float32) for i in range(4)]
    patches = [np.full((2, 2, 1), 40 * i, np.uint8) for i in range(4)]
    sheet = nine_patches(projections, patches, "deconv")
    height, width = sheet.shape[:2]
    half = width // 2
    body = sheet[16:]
    rows, columns = (height - 16) // 4, half // 4
    left = [body[r * rows, c * columns, 0] for r in (1, 3) for c in (1, 3)]
    right = [body[r * rows, half + c * columns, 0] for r in (1, 3) for c in (1, 3)]
    assert left == [255, 0, 255, 0]
    assert right == [0, 40, 80, 120]


def test_a_patch_at_the_border_keeps_its_scale():
    sheet = nine_patches(
        [np.ones((4, 4, 1), np.float32), np.ones((2, 4, 1), np.float32)],
        [np.full((4, 4, 1), 200, np.uint8), np.full((2, 4, 1), 200, np.uint8)],
        "deconv",
    )
    cell = sheet[19:103, 3 + 84 + 3 : 3 + 2 * 84 + 3, 0]
    assert 0.4 < (cell > 190).mean() < 0.6  # half of the second cell is image, the rest lies beyond it


def test_large_patches_are_shrunk_and_colours_stay():
    red = np.zeros((300, 300, 3), np.uint8)
    red[..., 0] = 255
    sheet = nine_patches([np.zeros((300, 300, 3), np.float32)], [red], "guided")
    assert sheet.shape == (16 + 134, 2 * 134 + 9, 3)
    assert sheet[80, 200].tolist() == [255, 0, 0]
    assert sheet[80, 60].tolist() == [128, 128, 128]


@pytest.mark.parametrize("many", [0, -1])
def test_how_many_must_be_one_at_least(many):
    with pytest.raises(TeniError, match=f"--set many={many}: expected 1 or more"):
        show_nine_patches(request(many=many))
