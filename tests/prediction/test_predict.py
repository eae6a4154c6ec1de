import json
from pathlib import Path

import numpy as np
import pytest

import teni
from spot_run import NAMES, blobs, pixels_lit, save_spot_run
from teni.errors import TeniError
from teni.prediction import load_model, predict
from teni.prediction.model import flip_center
from teni.run import read_run

LIT = np.array([[[70, 30], [20, 40]], [[50, 90], [47, 0]], [[95, 10], [0, 95]]])  # x, y of left and right


def test_where_the_light_is(spots: Path):
    np.testing.assert_allclose(predict(spots, pixels_lit(LIT)), LIT + 0.5, atol=1e-3)


def test_the_public_name_and_a_run_that_is_open(spots: Path):
    found = teni.predict(teni.read_run(spots), pixels_lit(LIT))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, LIT + 0.5, atol=1e-3)


def test_the_mirror_says_the_same_where_the_model_is_symmetric(spots: Path):
    images = pixels_lit(LIT)
    np.testing.assert_allclose(predict(spots, images, tta=True), predict(spots, images), atol=1e-3)


def test_the_mirror_cancels_a_bias_to_one_side(tmp_path: Path):
    """Both passes give x + 3; flipped back, the second is x - 3. A bias downwards stays what it is."""
    run = save_spot_run(tmp_path / "biased", bias=(3.0, 2.0))
    images = pixels_lit(LIT)
    np.testing.assert_allclose(predict(run, images), LIT + 0.5 + [3, 2], atol=1e-3)
    np.testing.assert_allclose(predict(run, images, tta=True), LIT + 0.5 + [0, 2], atol=1e-3)


def test_the_mirror_knows_where_pixel_centres_lie(tmp_path: Path):
    """With centres at integers x becomes 95 - x; taken for 96 - x the mean would be half a pixel off."""
    right = save_spot_run(tmp_path / "integers", center="integers", shift=-0.5)
    wrong = save_spot_run(tmp_path / "halves", center="halves", shift=-0.5)
    images = pixels_lit(LIT)
    np.testing.assert_allclose(predict(right, images, tta=True), LIT, atol=1e-3)
    np.testing.assert_allclose(predict(wrong, images, tta=True), LIT + np.array([0.5, 0]), atol=1e-3)


@pytest.mark.parametrize("size", [(192, 192), (240, 400), (64, 48)])
def test_points_are_in_the_pixels_of_the_image_as_given(spots: Path, size: tuple[int, int]):
    height, width = size
    where = np.array([[0.7 * width, 0.3 * height], [0.25 * width, 0.6 * height]])
    image = blobs(where, height, width, spread=min(size) / 24)
    found = predict(spots, image[None, ..., None])
    np.testing.assert_allclose(found[0], where, atol=0.08 * max(size) / 96)


def test_a_data_set_and_colours(spots: Path):
    images = pixels_lit(LIT)
    dataset = teni.Dataset(images, None, teni.Keypoints((), 96, 96, ()), None, np.array(["a", "b", "c"]))
    np.testing.assert_allclose(predict(spots, dataset), LIT + 0.5, atol=1e-3)
    np.testing.assert_allclose(predict(spots, np.repeat(images, 3, -1)), LIT + 0.5, atol=1e-3)


def test_a_model_of_colours_takes_grey(tmp_path: Path):
    run = save_spot_run(tmp_path / "colours", channels=3)
    np.testing.assert_allclose(predict(run, pixels_lit(LIT)), LIT + 0.5, atol=1e-3)


def test_no_images(spots: Path):
    assert predict(spots, np.zeros((0, 96, 96, 1), np.uint8)).shape == (0, 2, 2)


def test_progress(spots: Path):
    told = []
    predict(spots, pixels_lit(LIT), on_progress=told.append)
    assert (told[-1].done, told[-1].total) == (3, 3)


def test_a_model_that_predicts_no_numbers(tmp_path: Path):
    run = save_spot_run(tmp_path / "broken", bias=(float("nan"), 0.0))
    with pytest.raises(TeniError, match=r"broken: the model's prediction for image 1 is not a number; it is"):
        predict(run, pixels_lit(LIT))


def test_a_model_of_another_run(tmp_path: Path):
    run = save_spot_run(tmp_path / "spots")
    about = json.loads((run / "run.json").read_text())
    about["task"].update(width=64, height=64)
    (run / "run.json").write_text(json.dumps(about))
    with pytest.raises(TeniError, match=r"takes images \(96, 96, 1\) .* but run\.json tells of 64x64"):
        load_model(read_run(run))


def test_a_model_that_is_none_or_carries_code(tmp_path: Path):
    import keras

    run = save_spot_run(tmp_path / "spots")
    (run / "model.keras").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(TeniError, match=r"model\.keras: not a \.keras archive, or a damaged one"):
        predict(run, pixels_lit(LIT))
    layers = [keras.Input((96, 96, 1)), keras.layers.Lambda(lambda x: x)]
    keras.Sequential(layers).save(run / "model.keras")
    with pytest.raises(TeniError, match=r"model\.keras: 'lambda.*' is a Lambda, code that teni does not run"):
        predict(run, pixels_lit(LIT))
    (run / "model.keras").unlink()
    with pytest.raises(TeniError, match="the run folder has lost its model"):
        predict(run, pixels_lit(LIT))


def test_a_strange_flip_center(tmp_path: Path):
    run = save_spot_run(tmp_path / "spots", center="thirds")
    with pytest.raises(TeniError, match=r"flip\.center 'thirds', expected 'halves' or 'integers'"):
        predict(run, pixels_lit(LIT))


def test_a_run_that_does_not_say_has_its_centres_at_halves(spots: Path):
    run = read_run(spots)
    del run.about["flip"]
    assert flip_center(run) == "halves"
    assert run.task.names == NAMES
