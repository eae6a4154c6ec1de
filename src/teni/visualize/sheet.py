"""Many pictures stitched into one, each with its unit's name and score below."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from teni.visualize.pictured import Pictured
from teni.visualize.render import Picture

SMALLEST_TILE = 96  # pixels; smaller pictures are enlarged by whole numbers
WIDEST = 2400  # of a sheet, in pixels: more pictures make it longer
_PAPER, _INK, _SOFT = "#ffffff", "#1d2126", "#5c646d"
_GAP, _BAND = 8, 18


def stitch(
    pictures: Sequence[Picture], captions: Sequence[str], columns: int | None = None, title: str = ""
) -> Image.Image:
    """Lay pictures out in rows.

    Args:
        pictures: ``uint8 (H, W, 3)`` each, at least one; they may differ in size.
        captions: a line below each; an empty one draws none.
        columns: how many side by side; None makes the sheet about square.
        title: a line above all.

    Returns:
        One RGB picture.

    >>> stitch([np.zeros((96, 96, 3), np.uint8)] * 4, ["0", "1", "2", "3"]).size
    (216, 252)
    """
    tiles = [_enlarged(picture) for picture in pictures]
    wide, high = max(t.width for t in tiles), max(t.height for t in tiles)
    widest = max(1, (WIDEST - _GAP) // (wide + _GAP))
    across = min(columns or max(1, round(np.sqrt(len(tiles) * high / wide))), len(tiles), widest)
    down = -(-len(tiles) // across)
    band = _BAND if any(captions) else 0
    top = _GAP + (_BAND + _GAP if title else 0)
    size = (across * (wide + _GAP) + _GAP, top + down * (high + band + _GAP))
    sheet = Image.new("RGB", size, _PAPER)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(12)
    if title:
        pen.text((_GAP, _GAP), fitted(title, size[0] - 2 * _GAP, pen, font), _INK, font)
    for i, tile in enumerate(tiles):
        x, y = _GAP + i % across * (wide + _GAP), top + i // across * (high + band + _GAP)
        sheet.paste(tile, (x + (wide - tile.width) // 2, y))
        if captions[i]:
            text = fitted(captions[i], wide, pen, font)
            pen.text((x + wide / 2, y + high + band / 2), text, _SOFT, font, anchor="mm")
    return sheet


def caption(pictured: Pictured) -> str:
    """Name a picture's unit and score.

    >>> caption(Pictured("12", 3.14159, np.zeros((1, 1, 1), np.float32)))
    '12  3.142'
    >>> caption(Pictured("cat", 0.9999, np.zeros((1, 1, 1), np.float32), told="99.99%"))
    'cat  99.99%'
    """
    return f"{pictured.unit}  {pictured.score_told}"


def fitted(
    text: str, width: float, pen: ImageDraw.ImageDraw, font: ImageFont.ImageFont | ImageFont.FreeTypeFont
) -> str:
    """Shorten a text in its middle until it fits a width in pixels: names mostly differ at their ends."""
    kept, whole = len(text), text
    while kept and pen.textlength(text, font) > width:
        kept -= 1
        text = f"{whole[: kept // 2]}…{whole[len(whole) - (kept - kept // 2) :]}" if kept > 1 else ""
    return text


def _enlarged(picture: Picture) -> Image.Image:
    height, width = picture.shape[:2]
    factor = max(1, -(-SMALLEST_TILE // max(height, width)))
    image = Image.fromarray(picture)
    return image if factor == 1 else image.resize((width * factor, height * factor), Image.Resampling.NEAREST)
