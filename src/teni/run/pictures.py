"""Small pictures of all images that were measured, on sheets, so that a report can show any of them."""

import io
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from teni.errors import TeniError

FOLDER = "pictures"
_INDEX = "pictures.json"
EACH = 64  # pictures a sheet, eight by eight: a page opens only those sheets that it shows
_ACROSS = 8
_MOST = 4000  # pictures; of more images all that are far off and a share of the others are kept
_PIXELS = 36e6  # of all pictures together, which makes about six megabytes
_LONGEST = 256
_QUALITY = 74


@dataclass(frozen=True, eq=False)
class Pictures:
    """Images made small, on sheets.

    Args:
        width: of each picture, in pixels; its shape is that of the image.
        height: of each picture, in pixels.
        sheets: WebP files, eight pictures a row, the last one perhaps not full.
        rows: for each picture, sheet by sheet, the row of ``predictions.csv`` that it belongs to.
    """

    width: int
    height: int
    sheets: tuple[bytes, ...]
    rows: tuple[int, ...]


def make_pictures(
    parts: Sequence[NDArray[np.uint8]], errors: NDArray[np.floating], most: int = _MOST
) -> Pictures | None:
    """Make sheets of all images, those that were predicted worst first.

    Args:
        parts: images ``uint8 (N, H, W, C)`` of each part, in the order of ``predictions.csv``.
        errors: ``(N,)`` over all parts, NaN where there is no label; the largest come first.
        most: how many to keep; of more the worse half, and evenly spread ones of the others.

    Returns:
        The sheets; None without an image.

    >>> found = make_pictures([np.zeros((3, 40, 20, 1), np.uint8)], np.array([1.0, 3.0, 2.0]))
    >>> found.rows, (found.width, found.height), len(found.sheets)
    ((1, 2, 0), (20, 40), 1)
    """
    many = sum(len(images) for images in parts)
    if not many:
        return None
    order = _kept(np.argsort(-np.nan_to_num(errors, nan=-np.inf), kind="stable"), most)
    starts = np.cumsum([0, *[len(images) for images in parts]])
    height, width = next(images.shape[1:3] for images in parts if len(images))
    longest = min(_LONGEST, max(16, int(math.sqrt(_PIXELS / len(order)))))
    shrink = min(1.0, longest / max(height, width))
    size = max(1, round(width * shrink)), max(1, round(height * shrink))
    sheets: list[bytes] = []
    for first in range(0, len(order), EACH):
        rows = order[first : first + EACH]
        across = min(_ACROSS, len(rows))
        sheet = Image.new("RGB", (across * size[0], -(-len(rows) // across) * size[1]))
        for place, row in enumerate(rows):
            part = int(np.searchsorted(starts, row, side="right")) - 1
            picture = _picture(parts[part][row - starts[part]], size)
            sheet.paste(picture, (place % across * size[0], place // across * size[1]))
        content = io.BytesIO()
        sheet.save(content, "WEBP", quality=_QUALITY, method=2)
        sheets.append(content.getvalue())
    return Pictures(*size, tuple(sheets), tuple(int(row) for row in order))


def write_pictures(folder: Path, pictures: Pictures) -> None:
    """Write the sheets and what is on them into the folder ``pictures`` of a run folder."""
    home = folder / FOLDER
    home.mkdir()
    for number, sheet in enumerate(pictures.sheets):
        (home / _name(number)).write_bytes(sheet)
    about = {"width": pictures.width, "height": pictures.height, "rows": pictures.rows}
    (home / _INDEX).write_text(json.dumps(about) + "\n", encoding="utf-8")


def read_pictures(folder: Path, rows: int) -> Pictures | None:
    """Read the pictures of a run folder.

    Args:
        folder: the run folder.
        rows: how many ``predictions.csv`` has.

    Returns:
        The pictures; None where there are none, as in runs of before.

    Raises:
        TeniError: they are damaged.
    """
    home = folder / FOLDER
    if not home.is_dir():
        return None
    try:
        about: Any = json.loads((home / _INDEX).read_text(encoding="utf-8"))
        width, height, known = (
            int(about["width"]),
            int(about["height"]),
            tuple(int(row) for row in about["rows"]),
        )
        sheets = tuple((home / _name(number)).read_bytes() for number in range(-(-len(known) // EACH)))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TeniError(f"{home}: damaged ({error}); fit again with --overwrite") from error
    sound = (
        min(width, height) > 0
        and all(0 <= row < rows for row in known)
        and all(sheet[:4] == b"RIFF" and sheet[8:12] == b"WEBP" for sheet in sheets)
    )
    if not sound:
        raise TeniError(f"{home}: damaged (pictures and predictions do not belong together); fit again")
    return Pictures(width, height, sheets, known)


def _kept(order: NDArray[np.intp], most: int) -> NDArray[np.intp]:
    if len(order) <= most:
        return order
    worse = most // 2
    spread = np.linspace(worse, len(order) - 1, most - worse).round().astype(np.intp)
    return order[np.concatenate([np.arange(worse), spread])]


def _picture(image: NDArray[np.uint8], size: tuple[int, int]) -> Image.Image:
    grey = image.shape[-1] == 1
    picture = Image.fromarray(image[..., 0] if grey else image[..., :3])
    if picture.size != size:
        picture = picture.resize(size, Image.Resampling.BOX)
    return picture.convert("RGB")


def _name(number: int) -> str:
    return f"{number:04d}.webp"
