import numpy as np
import pytest

from teni.visualize.pictured import Pictured
from teni.visualize.render import classic, render


def picture(values, style, over=None):
    pixels = np.array(values, np.float32).reshape(1, -1, 1)
    return render(Pictured("0", 0.0, pixels, style=style, over=over))[0]


def test_classic_is_centred_with_a_spread_of_a_tenth():
    noise = np.random.default_rng(0).normal(300, 40, (50, 50, 3)).astype(np.float32)
    found = classic(noise)
    assert found.mean() == pytest.approx(0.5, abs=1e-4)
    assert found.std() == pytest.approx(0.1, rel=1e-2)
    assert classic(np.array([[[0.0]] * 99 + [[1e6]]], np.float32)).max() == 1  # clipped


def test_styles_by_hand():
    assert picture([2, 3, 6], "range")[:, 0].tolist() == [0, 64, 255]
    assert picture([5, 5], "range")[:, 0].tolist() == [128, 128]
    assert picture([-4, 0, 2], "signed")[:, 0].tolist() == [0, 128, 191]
    assert picture([0, 0], "signed")[:, 0].tolist() == [128, 128]
    assert picture([-9, 100.4, 300], "pixels")[:, 0].tolist() == [0, 100, 255]


def test_colours_stay_colours_and_grey_is_repeated():
    pixels = np.array([[[255.0, 0, 128]]], np.float32)
    assert render(Pictured("0", 0.0, pixels, style="pixels")).tolist() == [[[255, 0, 128]]]
    assert render(Pictured("0", 0.0, pixels[..., :1], style="pixels")).tolist() == [[[255, 255, 255]]]


def test_heat_grows_lighter():
    found = picture(np.linspace(0, 1, 9), "heat").astype(int)
    luminance = found @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(luminance) > 0).all()


def test_heat_over_an_image_enlarges_it_by_whole_numbers_and_leaves_cold_places_alone():
    over = np.full((8, 6, 1), 77, np.uint8)
    heat = np.zeros((2, 2, 1), np.float32)
    heat[0, 0] = 1
    found = render(Pictured("0", 0.0, heat, style="heat", over=over))
    assert found.shape == (36 * 8, 36 * 6, 3)
    assert np.abs(found[-1, -1].astype(int) - 77).max() <= 1
    assert found[0, 0, 0] > 120


def test_signed_heat_shows_both_signs_in_other_colours():
    over = np.full((1, 3, 3), 100, np.uint8)
    found = picture([-1, 0, 1], "signed-heat", over).astype(int)
    assert found.shape == (3 * 96, 3)
    assert np.abs(found[144] - 100).max() <= 3  # the middle of the middle, where nothing is hot
    assert found[0, 2] > found[0, 0]  # blue
    assert found[-1, 0] > found[-1, 2]  # red
