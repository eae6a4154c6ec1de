"""Arrays as pictures: how numbers become colours, apart from how the numbers were found."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from teni.visualize.pictured import Floats, Pictured, Style

Picture = NDArray[np.uint8]

SPREAD = 0.1  # of the classic rendering: the standard deviation that the values get, around a half
OPACITY = 0.7  # of the strongest colour of a heat map over an image
BRIGHTEST = (
    99.5  # percentile of a heat map from which on all is drawn alike: one pixel must not darken the rest
)
LARGE = 288  # pixels: images under heat maps are enlarged by whole numbers to about this
# From near black over violet and orange to pale yellow: its lightness alone, rising evenly, can be read.
_HEAT = np.array(
    [(8, 6, 24), (70, 20, 95), (150, 40, 95), (225, 95, 45), (250, 170, 50), (255, 245, 190)], np.float64
)
_COLD, _PALE, _WARM = np.array([(33, 102, 172), (247, 247, 247), (178, 24, 43)], np.float64)


def render(pictured: Pictured) -> Picture:
    """Draw one array.

    Args:
        pictured: what a method made.

    Returns:
        ``uint8 (H, W, 3)``; a heat map over an image has the image's size.

    >>> render(Pictured("0", 1.0, np.zeros((4, 4, 1), np.float32))).shape
    (4, 4, 3)
    """
    if pictured.style in ("heat", "signed-heat"):
        return _heat(pictured)
    return to_bytes(STYLES[pictured.style](pictured.pixels))


def classic(pixels: Floats) -> Floats:
    """Centre on a half with a spread of 0.1, clip to [0, 1]: the rendering of the first pictures of filters.

    After F. Chollet, "How convolutional neural networks see the world" (2016).

    >>> classic(np.array([[[-1.0], [1.0]]], np.float32)).ravel().round(3).astype(str).tolist()
    ['0.4', '0.6']
    """
    x = pixels - pixels.mean()
    return np.clip(x / (x.std() + 1e-5) * SPREAD + 0.5, 0, 1)


def stretched(pixels: Floats) -> Floats:
    """Make the lowest value black and the highest white; a constant is grey.

    >>> stretched(np.array([[[2.0], [4.0]]], np.float32)).ravel().tolist()
    [0.0, 1.0]
    """
    low, high = float(pixels.min()), float(pixels.max())
    return np.full_like(pixels, 0.5) if high == low else ((pixels - low) / (high - low)).astype(np.float32)


def signed(pixels: Floats) -> Floats:
    """Make zero a middle grey, and the largest value of either sign black or white.

    >>> signed(np.array([[[-1.0], [0.0], [2.0]]], np.float32)).ravel().tolist()
    [0.25, 0.5, 1.0]
    """
    most = float(np.abs(pixels).max()) or 1.0
    return pixels / (2 * most) + 0.5


def as_pixels(pixels: Floats) -> Floats:
    """Take 0 to 255 as it is.

    >>> as_pixels(np.array([[[255.0]]], np.float32)).item()
    1.0
    """
    return np.clip(pixels / np.float32(255), 0, 1)


STYLES: dict[Style, Callable[[Floats], Floats]] = {
    "classic": classic,
    "range": stretched,
    "signed": signed,
    "pixels": as_pixels,
}


def to_bytes(values: Floats) -> Picture:
    """Turn [0, 1] into ``uint8 (H, W, 3)``; grey is repeated.

    >>> to_bytes(np.ones((1, 1, 1), np.float32)).tolist()
    [[[255, 255, 255]]]
    """
    rgb = np.repeat(values, 3, axis=-1) if values.shape[-1] == 1 else values[..., :3]
    return np.rint(255 * np.clip(rgb, 0, 1)).astype(np.uint8)


def _heat(pictured: Pictured) -> Picture:
    is_signed = pictured.style == "signed-heat"
    places = pictured.pixels.mean(axis=-1)
    most = float(np.percentile(np.abs(places), BRIGHTEST)) or float(np.abs(places).max()) or 1.0
    share = np.clip(places / most, -1 if is_signed else 0, 1)
    under = pictured.over
    if under is None:
        return _coloured(share, is_signed).round().astype(np.uint8)
    factor = max(1, round(LARGE / max(under.shape[:2])))
    size = (under.shape[1] * factor, under.shape[0] * factor)
    grey = to_bytes(under.astype(np.float32).mean(axis=-1, keepdims=True) / 255)
    face = np.asarray(Image.fromarray(grey).resize(size, Image.Resampling.BICUBIC), np.float64)
    large = Image.fromarray(share.astype(np.float32)).resize(size, Image.Resampling.BICUBIC)
    share = np.clip(np.asarray(large), -1, 1)
    veil = OPACITY * np.abs(share)[..., None]
    picture = Image.fromarray(
        ((1 - veil) * face + veil * _coloured(share, is_signed)).round().astype(np.uint8)
    )
    for x, y in pictured.points:
        _ring(picture, x * factor, y * factor)
    return np.asarray(picture)


def _ring(picture: Image.Image, x: float, y: float) -> None:
    """Draw a thin white ring, dark on both sides, around a place that stays visible."""
    pen, radius = ImageDraw.Draw(picture), max(5.0, max(picture.size) / 40)
    for more, colour in ((1, "#101418"), (-1, "#101418"), (0, "#ffffff")):
        r = radius + more
        pen.ellipse((x - r, y - r, x + r, y + r), outline=colour)


def _coloured(share: Floats, is_signed: bool) -> NDArray[np.float64]:
    """Give each number of [0, 1], or of [-1, 1], its colour, ``float64 (..., 3)``, 0 to 255."""
    stops = np.stack([_COLD, _PALE, _WARM]) if is_signed else _HEAT
    at = np.linspace(-1 if is_signed else 0, 1, len(stops))
    return np.stack([np.interp(share, at, stops[:, channel]) for channel in range(3)], axis=-1)
