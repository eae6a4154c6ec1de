import numpy as np
import pytest
from PIL import Image, ImageColor

from teni.task.draw import PREDICTED, TRUTH, contact_sheet, draw_points, picture_scale

GREY = np.full((96, 96, 1), 128, np.uint8)


def near(picture: Image.Image, colour: str) -> np.ndarray:
    """Find the pixels of about this colour, as (x, y)."""
    far = np.abs(np.asarray(picture, int) - ImageColor.getrgb(colour)).sum(-1)
    return np.argwhere(far < 60)[:, ::-1]


def test_marks_lie_where_the_keypoints_are():
    picture = draw_points(GREY, np.array([[20.0, 70.0]]), np.array([[60.0, 30.0]]), scale=4)
    assert picture.size == (384, 384)
    np.testing.assert_allclose(near(picture, PREDICTED).mean(0) + 0.5, (80, 280), atol=0.75)
    np.testing.assert_allclose(near(picture, TRUTH).mean(0) + 0.5, (240, 120), atol=0.75)


def test_a_cross_and_a_ring_differ_in_shape():
    at = np.array([[48.0, 48.0]])
    cross = draw_points(GREY, at, scale=4)
    ring = draw_points(GREY, None, at, scale=4)
    assert np.abs(near(cross, PREDICTED) - 192).sum(1).min() <= 2  # the cross covers the point
    assert np.abs(near(ring, TRUTH) - 192).sum(1).min() >= 3  # the ring leaves it free


def test_a_line_joins_what_belongs_together():
    left, right = np.array([[30.0, 48.0]]), np.array([[60.0, 48.0]])
    assert draw_points(GREY, left, scale=4).getpixel((180, 192)) == (128, 128, 128)
    assert min(draw_points(GREY, left, right, scale=4).getpixel((180, 192))) > 150


def test_pixel_centres_at_integers_shift_the_marks_by_half_a_pixel():
    at = np.array([[48.0, 48.0]])
    halves = near(draw_points(GREY, at, scale=4), PREDICTED).mean(0)
    integers = near(draw_points(GREY, at, scale=4, center="integers"), PREDICTED).mean(0)
    np.testing.assert_allclose(integers - halves, 2, atol=0.4)


def test_points_that_are_not_known_or_lie_outside_do_no_harm():
    points = np.array([[np.nan, 3.0], [-500.0, 900.0]])
    assert near(draw_points(GREY, points, points), PREDICTED).size == 0


@pytest.mark.parametrize("shape", [(96, 96), (96, 96, 1), (96, 96, 3)])
def test_grey_and_colour(shape: tuple[int, ...]):
    picture = draw_points(np.full(shape, 77, np.uint8), scale=1)
    assert picture.mode == "RGB"
    assert picture.getpixel((5, 5)) == (77, 77, 77)


def test_colours_are_kept():
    image = np.zeros((8, 8, 3), np.uint8) + np.array([10, 20, 30], np.uint8)
    assert draw_points(image, scale=1).getpixel((4, 4)) == (10, 20, 30)


def test_the_caption_is_a_band_below_and_is_cut_when_too_long():
    plain, short = draw_points(GREY, scale=2), draw_points(GREY, scale=2, caption="12: 1.23 px")
    assert short.width == plain.width
    assert short.height > plain.height
    assert (np.asarray(short)[plain.height :] < 100).any()
    long = np.asarray(draw_points(GREY, scale=2, caption="long " * 100))[plain.height :]
    assert (long[:, :3] == 255).all()
    assert (long[:, -3:] == 255).all()
    tiny = draw_points(np.zeros((4, 4, 1), np.uint8), scale=1, caption="nothing fits")
    assert tiny.width == 4


def test_sheet():
    pictures = [Image.new("RGB", (40, 30), colour) for colour in ("red", "lime", "blue", "black", "gray")]
    sheet = contact_sheet(pictures, columns=3, gap=10)
    assert sheet.width == 3 * 40 + 4 * 10
    assert sheet.getpixel((15, 15)) == (255, 0, 0)
    assert sheet.getpixel((115, 15)) == (0, 0, 255)
    assert sheet.getpixel((15, 55)) == (0, 0, 0)
    assert near(sheet, PREDICTED).size
    assert near(sheet, TRUTH).size


def test_scale():
    assert picture_scale((96, 96), 288) == 3
    assert picture_scale((1, 1), 384) == 384
    assert picture_scale((5000, 100)) == 1
