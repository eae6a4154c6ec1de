"""Pictures of keypoints on images: where they are predicted and where they were labelled."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from teni.task.keypoints import FlipCenter
from teni.task.metrics import Points

TRUTH = "#35c7f0"  # a ring; told from the other by shape too, not by colour alone
PREDICTED = "#ff8a1f"  # a cross
_DARK = "#101418"
_PAPER = "#ffffff"
_SMOOTH = 3  # marks are drawn this much larger and shrunk, which smooths their edges


def picture_scale(size: Sequence[int], wanted: int = 384) -> int:
    """Return how many times to enlarge an image so that its longer side is about `wanted` pixels (1 or more).

    >>> picture_scale((96, 96)), picture_scale((2000, 3000))
    (4, 1)
    """
    return max(1, round(wanted / max(size)))


def draw_points(
    image: NDArray[np.uint8],
    predicted: Points | None = None,
    truth: Points | None = None,
    *,
    scale: int | None = None,
    caption: str = "",
    center: FlipCenter = "halves",
) -> Image.Image:
    """Draw predicted points as crosses, labelled ones as rings, and lines between them, on an enlarged image.

    Args:
        image: ``uint8 (H, W, C)``, one or three channels.
        predicted: ``(K, 2)`` pixels; NaN is left out.
        truth: ``(K, 2)`` pixels; NaN is left out.
        scale: how many times larger the picture is; None makes the longer side about 384 pixels.
        caption: a line below, e.g. the error.
        center: where the centre of the first pixel lies: at 0.5 (``halves``) or at 0 (``integers``).

    Returns:
        An RGB picture of ``scale`` times the size, with a band below if there is a caption.

    >>> draw_points(np.zeros((96, 96, 1), np.uint8), np.array([[48.0, 30.0]]), scale=2).size
    (192, 192)
    """
    height, width = image.shape[:2]
    factor = picture_scale((height, width)) if scale is None else scale
    picture = rgb_picture(image).resize((width * factor, height * factor), Image.Resampling.BICUBIC)
    smooth = _SMOOTH if max(picture.size) <= 1000 else 1
    layer = Image.new("RGBA", (picture.width * smooth, picture.height * smooth))
    pen = ImageDraw.Draw(layer)
    radius = smooth * max(3.0, max(picture.size) / 80)
    shift = 0.5 if center == "integers" else 0.0
    if predicted is not None and truth is not None:
        for ends in np.concatenate([predicted, truth], -1):
            if np.isfinite(ends).all():
                _link(pen, ((ends + shift) * factor * smooth).tolist(), radius)
    for points, mark in ((truth, _ring), (predicted, _cross)):
        for x, y in [] if points is None else points:
            if np.isfinite(x) and np.isfinite(y):
                mark(pen, (x + shift) * factor * smooth, (y + shift) * factor * smooth, radius)
    layer = layer.resize(picture.size, Image.Resampling.BOX)
    picture.paste(layer, mask=layer)
    return with_caption(picture, caption) if caption else picture


def contact_sheet(
    pictures: Sequence[Image.Image], columns: int | None = None, gap: int = 8, *, marks: bool = True
) -> Image.Image:
    """Lay pictures out in rows, with a line below that says which mark is which.

    Args:
        pictures: at least one; they may differ in size.
        columns: how many side by side; None makes the sheet about square, at most six wide.
        gap: pixels between them.
        marks: whether there are marks, and so the line.

    Returns:
        One RGB picture.

    >>> contact_sheet([Image.new("RGB", (20, 10))] * 3, columns=2, gap=0).size[0]
    40
    """
    across = columns or min(6, int(np.ceil(np.sqrt(len(pictures)))))
    across = min(across, len(pictures))
    wide, high = max(p.width for p in pictures), max(p.height for p in pictures)
    down = -(-len(pictures) // across)
    line = 24 if marks else 0
    sheet = Image.new(
        "RGB", (across * (wide + gap) - gap + 2 * gap, down * (high + gap) + gap + line), _PAPER
    )
    for i, picture in enumerate(pictures):
        sheet.paste(picture, (gap + i % across * (wide + gap), gap + i // across * (high + gap)))
    if marks:
        _explain_marks(sheet, gap, line)
    return sheet


def _explain_marks(sheet: Image.Image, gap: int, line: int) -> None:
    pen, middle = ImageDraw.Draw(sheet), sheet.height - line / 2 - 2
    _ring(pen, gap + 8, middle, 5)
    _cross(pen, gap + 84, middle, 5)
    font = ImageFont.load_default(13)
    pen.text((gap + 20, middle), "labelled", _DARK, font, anchor="lm")
    pen.text((gap + 96, middle), "predicted", _DARK, font, anchor="lm")


def rgb_picture(image: NDArray[np.uint8]) -> Image.Image:
    """Make a picture of an image, ``uint8 (H, W)`` or ``(H, W, C)``."""
    grey = image.ndim == 2 or image.shape[-1] == 1
    return Image.fromarray(image.reshape(image.shape[:2]) if grey else image[..., :3]).convert("RGB")


def _link(pen: ImageDraw.ImageDraw, ends: list[float], radius: float) -> None:
    for colour, width in ((_DARK, radius * 0.5), (_PAPER, radius * 0.2)):
        pen.line(ends, fill=colour, width=max(1, round(width)))


def _ring(pen: ImageDraw.ImageDraw, x: float, y: float, radius: float) -> None:
    for colour, width in ((_DARK, radius * 0.75), (TRUTH, radius * 0.4)):
        outer = radius + width / 2
        pen.ellipse((x - outer, y - outer, x + outer, y + outer), outline=colour, width=max(1, round(width)))


def _cross(pen: ImageDraw.ImageDraw, x: float, y: float, radius: float) -> None:
    for colour, width, arm in ((_DARK, radius * 0.75, radius * 1.15), (PREDICTED, radius * 0.4, radius)):
        for way in (1, -1):
            ends = (x - arm, y - way * arm, x + arm, y + way * arm)
            pen.line(ends, fill=colour, width=max(1, round(width)))


def with_caption(picture: Image.Image, caption: str) -> Image.Image:
    """Put a line of text below a picture, cut where it is too long."""
    band = 26
    whole = Image.new("RGB", (picture.width, picture.height + band), _PAPER)
    whole.paste(picture)
    pen, font = ImageDraw.Draw(whole), ImageFont.load_default(15)
    while caption and pen.textlength(caption, font) > picture.width - 8:
        caption = caption[:-2].rstrip("…") + "…" if len(caption) > 2 else ""
    pen.text((picture.width / 2, picture.height + band / 2), caption, _DARK, font, anchor="mm")
    return whole
