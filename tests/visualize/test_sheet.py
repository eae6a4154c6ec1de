import numpy as np
from PIL import Image, ImageDraw, ImageFont

from teni.visualize.sheet import fitted, stitch


def grey(value, height=100, width=100):
    return np.full((height, width, 3), value, np.uint8)


def test_pictures_stand_in_rows_in_their_order():
    sheet = np.asarray(stitch([grey(10), grey(20), grey(30)], ["", "", ""], columns=2))
    assert sheet.shape == (8 + 2 * 108, 8 + 2 * 108, 3)
    assert (sheet[58, 58, 0], sheet[58, 166, 0], sheet[166, 58, 0], sheet[166, 166, 0]) == (10, 20, 30, 255)


def test_small_pictures_are_enlarged_without_blur():
    tiny = np.zeros((3, 3, 3), np.uint8)
    tiny[1, 1] = 255
    sheet = np.asarray(stitch([tiny], [""]))
    assert sheet.shape == (112, 112, 3)
    assert set(np.unique(sheet[8:-8, 8:-8])) == {0, 255}


def test_a_sheet_grows_downwards_beyond_its_width():
    assert stitch([grey(0, 900, 900)] * 5, [""] * 5, columns=5).size[0] <= 2400


def test_captions_and_title_are_drawn():
    plain, told = (stitch([grey(255)], [word], title=word) for word in ("", "12 3.4"))
    assert np.asarray(plain).min() == 255
    assert np.asarray(told).min() < 100
    assert isinstance(told, Image.Image)


def test_a_text_that_is_too_long_keeps_both_ends():
    image = Image.new("RGB", (400, 20))
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(12)
    names = [fitted(f"block10_depthwise_relu/{unit}", 80, pen, font) for unit in (7, 18)]
    assert [(name[:4], name[-2:]) for name in names] == [("bloc", "/7"), ("bloc", "18")]
    assert all("…" in name and pen.textlength(name, font) <= 80 for name in names)
    assert fitted("short", 80, pen, font) == "short"
    assert fitted("short", 1, pen, font) == ""
