"""A bright pixel moves to where its keypoint says, whatever is done to the image."""

import numpy as np
import pytest

from teni.errors import TeniError
from teni.task import Classes, Keypoints, flip_targets
from teni.training import Augmentation, flips_only
from teni.training.augmentation import DRAWS, draw_numbers, draw_order
from teni.training.photometry import relight
from teni.training.warp import warp

TASK = Keypoints(("left", "right", "nose"), 31, 41, (1, 0, 2))
STILL = Augmentation(True, 0, 0, 0, 0, 0, 0)


def numbers(**given):
    """Return draws at which nothing happens, but for those given."""
    still = dict.fromkeys(DRAWS, 0.5) | {"flip": 1.0, "blur": 0.0, "hidden": 1.0} | given
    return np.array([[still[name] for name in DRAWS]], np.float32)


def spots(center):
    """Draw three soft spots of their own height, and say where their middles lie."""
    off = 0.5 if center == "halves" else 0.0
    points = np.array([[[12.0, 10.0], [25.0, 12.0], [19.0, 20.0]]], np.float32)
    y, x = np.mgrid[0:31, 0:41] + off
    away = (x - points[0, :, 0, None, None]) ** 2 + (y - points[0, :, 1, None, None]) ** 2
    images = np.exp(-away / 8) * 200
    return np.moveaxis(images, 0, -1)[None].astype(np.float32), points, off


def middles(images, off):
    """Find the middle of the spot in each channel."""
    y, x = np.mgrid[0:31, 0:41] + off
    weight = images[0] / images[0].sum(axis=(0, 1))
    return np.stack([(x[..., None] * weight).sum((0, 1)), (y[..., None] * weight).sum((0, 1))], -1)


@pytest.mark.parametrize("center", ["halves", "integers"])
@pytest.mark.parametrize(
    "given",
    [
        {"flip": 0.0},
        {"angle": 0.9},
        {"size": 0.1},
        {"right": 0.9, "down": 0.3},
        {"flip": 0.0, "angle": 0.2, "size": 0.8, "right": 0.3, "down": 0.6},
    ],
)
def test_spots_move_with_their_keypoints(center, given):
    images, points, off = spots(center)
    augment = Augmentation(True, 25.0, 0.2, 0.1, 0, 0, 0)
    moved, where = warp(images, points, numbers(**given), TASK, augment, center)
    where = np.asarray(where)[0]
    if "flip" in given:  # channel 0 shows the spot that was the left one, which is now called the right one
        where = where[[1, 0, 2]]
    np.testing.assert_allclose(middles(np.asarray(moved), off), where, atol=0.05)
    assert np.abs(np.asarray(where) - points[0]).max() > 1


def test_a_pixel_goes_where_it_is_told():
    image = np.zeros((1, 31, 41, 1), np.float32)
    image[0, 10, 12] = 100
    point = np.array([[[12.5, 10.5]] * 3], np.float32)
    augment = Augmentation(False, 0, 0, 1.0, 0, 0, 0)
    # right = (2 * draw - 1) * width: three pixels to the right, two up
    draws = numbers(right=0.5 + 3 / 41 / 2, down=0.5 - 2 / 31 / 2)
    moved, where = warp(image, point, draws, TASK, augment, "halves")
    assert np.asarray(moved)[0, 8, 15, 0] == pytest.approx(100, abs=1e-2)
    np.testing.assert_allclose(np.asarray(where)[0, 0], [15.5, 8.5], atol=1e-4)


@pytest.mark.parametrize("center", ["halves", "integers"])
def test_a_mirror_alone_is_exact_and_swaps_sides(center):
    images, points, _ = spots(center)
    points[0, 2] = np.nan
    for augment in (STILL, Augmentation(True, 10.0, 0, 0, 0, 0, 0)):
        moved, where = warp(images, points, numbers(flip=0.0), TASK, augment, center)
        np.testing.assert_allclose(moved, images[:, :, ::-1], atol=2e-3)
        np.testing.assert_allclose(where, flip_targets(points, TASK, center), atol=1e-4)


def test_classes_stay_what_they_are():
    task = Classes(("a", "b"), 31, 41)
    _, found = warp(
        np.zeros((1, 31, 41, 1)), np.array([1]), numbers(flip=0.0), task, Augmentation(), "halves"
    )
    assert np.asarray(found).tolist() == [1]


def test_light_blur_and_occlusion_by_hand():
    image = np.zeros((1, 5, 5, 1), np.float32)
    image[0, 2, 2] = 16.0
    blurred = np.asarray(relight(image, numbers(blur=1.0), Augmentation(False, 0, 0, 0, 0, 1.0, 0)))
    np.testing.assert_allclose(blurred[0, 2, :, 0] * 16, np.array([1, 4, 6, 4, 1]) * 6)
    even = np.full((1, 4, 4, 1), 100.0, np.float32)
    lit = relight(even, numbers(gain=1.0), Augmentation(False, 0, 0, 0, 0.25, 0, 0))
    np.testing.assert_allclose(lit, 125.0, rtol=1e-5)
    # 0.4 of each side around the middle: of pixel centres at .125, .375, .625 and .875 the two in between
    wide = numbers(hidden=0.0, hidden_grey=0.2, hidden_width=1.0, hidden_height=1.0)
    hidden = np.asarray(relight(even, wide, Augmentation(False, 0, 0, 0, 0, 0, 0.5)))
    assert (hidden[0, 1:3, 1:3] == 51.0).all()
    assert (hidden == 51.0).sum() == 4


def test_nothing_drawn_changes_nothing():
    images, points, _ = spots("halves")
    moved, where = warp(images, points, numbers(), TASK, Augmentation(), "halves")
    np.testing.assert_allclose(relight(moved, numbers(), Augmentation()), images, atol=1e-2)
    np.testing.assert_allclose(where, points, atol=1e-4)


def test_an_epoch_is_drawn_from_seed_and_number():
    assert (draw_order(9, 4, 1, 2) == draw_order(9, 4, 1, 2)).all()
    assert (draw_order(9, 4, 1, 2) != draw_order(9, 4, 1, 3)).any()
    assert (draw_numbers(9, 1, 2) != draw_numbers(9, 2, 2)).any()
    assert sorted(np.unique(draw_order(9, 4, 1, 2))) == list(range(9))


def test_flips_alone_are_told_apart():
    assert flips_only().only_flips
    assert not Augmentation().only_flips
    assert flips_only(False).flip is False


@pytest.mark.parametrize("wrong", [{"rotation": -1.0}, {"shift": 2.0}])
def test_strengths_without_meaning_are_refused(wrong):
    with pytest.raises(TeniError, match="expected 0 to"):
        Augmentation(**wrong)
