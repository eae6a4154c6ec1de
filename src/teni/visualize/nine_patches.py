"""The strongest activations of filters over a data set: each projected back, beside the image patch it came from.

Laid out as figure 2 of Zeiler & Fergus (2014), https://arxiv.org/abs/1311.2901.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from teni.data.duplicates import group_lookalikes
from teni.data.subjects import read_subjects
from teni.errors import TeniError
from teni.progress import Progress
from teni.visualize.backward import Rule, way_back
from teni.visualize.deconvnet import projection
from teni.visualize.flow import lay_open
from teni.visualize.geometry import Region
from teni.visualize.layers import part
from teni.visualize.pictured import Pictured, Seen
from teni.visualize.receptive_field import patch, receptive_field
from teni.visualize.render import signed, to_bytes
from teni.visualize.request import Request
from teni.visualize.strongest import Strongest, strongest

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

CELL = 84  # pixels of a patch's side on the picture, about: small patches are enlarged by whole numbers
LARGEST_CELL = 128
_GAP, _BAND = 3, 16
_PAPER, _INK = (255, 255, 255), "#1d2126"
_NOTHING = 128  # what a projection's zero is drawn as, and what lies beyond the image


@dataclass(frozen=True)
class DeconvSettings:
    """What is sent back, and from where.

    Args:
        rule: what rectifiers do on the way back: ``deconv``, ``guided``, or the plain ``gradient``.
        many: how many of the strongest activations of each unit.
        subjects: a CSV with the subject of each image, of whom one image each is taken; none: of images that
            look nearly the same one is taken.
    """

    rule: Rule = "deconv"
    many: int = 9
    subjects: str | None = None


def show_nine_patches(request: Request) -> Seen:
    """Show for each unit what its strongest activations over ``--data`` respond to."""
    settings: DeconvSettings = request.settings
    given = request.given
    if given is None or settings.many < 1:
        raise TeniError(f"--set many={settings.many}: expected 1 or more, and images in --data")
    piece = part(request.opened, request.layer)
    model, layer = piece.model, piece.model.outputs[0]._keras_history.operation.name
    back = projection(model, layer, rule=settings.rule)  # refuses a layer before the long way over the data
    groups = _groups(given.images, settings.subjects)
    found = strongest(
        model,
        layer,
        given.images,
        request.units,
        many=settings.many,
        subjects=groups,
        on_progress=request.on_progress,
    )
    field = receptive_field(model, layer, request.opened.shape)
    pictures: list[Pictured] = []
    arrays: dict[str, Floats] = {}
    rows: list[dict[str, object]] = []
    for i, unit in enumerate(found.units):
        images = given.images[found.images[i]]
        regions = [field(int(row), int(column)) for row, column in found.places[i]]
        sent = back(images.astype(np.float32), np.full(len(images), unit), found.places[i])
        name = piece.names[unit]
        arrays[f"unit_{name}"] = sent
        sheet = nine_patches(
            [patch(x, r) for x, r in zip(sent, regions, strict=True)],
            [patch(x, r) for x, r in zip(images, regions, strict=True)],
            settings.rule,
        )
        pictures.append(Pictured(name, float(found.values[i, 0]), sheet.astype(np.float32), style="pixels"))
        rows += _rows(name, found, i, given.ids, regions)
        request.on_progress(Progress("projections", i + 1, len(found.units)))
    notes = (
        f"Each picture: on the left what the {len(found.images[0])} strongest activations of a unit were made of, "
        f"sent back to the pixels ({settings.rule}; grey is nothing), on the right the part of the image that each "
        "one sees, in the same order, the strongest first. The score is the strongest activation.",
        "One image of each subject at most."
        if settings.subjects
        else "Of images that look alike one at most.",
        *_cautions(model, layer, settings.rule, found),
    )
    files = {
        "strongest.csv": pd.DataFrame(rows).to_csv(index=False).encode(),
        "projections.npz": _packed(arrays),
    }
    return Seen(tuple(pictures), request.layer or "", notes, files)


def _cautions(model: keras.Model, layer: str, rule: Rule, found: Strongest) -> list[str]:
    """Say where the pictures tell less than they seem to."""
    told: list[str] = []
    flow = lay_open(model)
    way = way_back(flow, flow.find(layer)[0].outputs[0])
    if rule == "deconv" and not any(isinstance(step.operation, keras.layers.MaxPooling2D) for step in way):
        told.append(
            f"No max-pooling lies before {layer}: a deconvnet's projection is then the same for every image up to "
            "its strength; --set rule=guided tells images apart."
        )
    alike = int((np.ptp(found.values, axis=1) == 0).sum()) if found.values.shape[1] > 1 else 0
    if alike:
        told.append(
            f"In {alike} of {len(found.units)} units the strongest activations are all alike, such as at the cap of "
            "a ReLU6, and the images shown are merely the first; name the layer before."
        )
    return told


def nine_patches(projections: Sequence[Floats], patches: Sequence[Bytes], rule: str) -> Bytes:
    """Lay projections and patches out as two squares side by side.

    Args:
        projections: ``(h, w, C)`` each, the strongest first; they are drawn signed, each on its own scale.
        patches: of the images, ``uint8 (h, w, C)`` each, of the same sizes.
        rule: what to write over the projections.

    Returns:
        ``uint8 (H, W, 3)``.

    >>> nine_patches([np.ones((4, 4, 1), np.float32)] * 9, [np.zeros((4, 4, 1), np.uint8)] * 9, "deconv").shape
    (280, 537, 3)
    """
    side = max(max(x.shape[:2]) for x in projections)
    factor = max(1, CELL // side)
    cell = min(side * factor, LARGEST_CELL)
    across = int(np.ceil(np.sqrt(len(projections))))
    down = -(-len(projections) // across)
    wide, high = across * (cell + _GAP) + _GAP, down * (cell + _GAP) + _GAP
    sheet = Image.new("RGB", (2 * wide + 3 * _GAP, high + _BAND), _PAPER)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(11)
    for half, (title, tiles) in enumerate(
        ((rule, [_grey(x) for x in projections]), ("image", list(patches)))
    ):
        left = half * (wide + 3 * _GAP)
        pen.text((left + _GAP, _BAND / 2), title, _INK, font, anchor="lm")
        for i, tile in enumerate(tiles):
            place = (left + _GAP + i % across * (cell + _GAP), _BAND + _GAP + i // across * (cell + _GAP))
            sheet.paste(_fitted(tile, side, cell), place)
    return np.asarray(sheet)


def _grey(projection: Floats) -> Bytes:
    return to_bytes(signed(projection))


def _fitted(tile: NDArray[np.generic], side: int, cell: int) -> Image.Image:
    """Put a patch in the middle of a square as large as the largest patch, and make it a cell."""
    rgb = np.repeat(tile, 3, axis=-1) if tile.shape[-1] == 1 else tile
    canvas = np.full((side, side, 3), _NOTHING, np.uint8)
    top, left = (side - rgb.shape[0]) // 2, (side - rgb.shape[1]) // 2
    canvas[top : top + rgb.shape[0], left : left + rgb.shape[1]] = rgb
    how = Image.Resampling.BICUBIC if cell >= side else Image.Resampling.LANCZOS
    return Image.fromarray(canvas).resize((cell, cell), how)


def _groups(images: Bytes, subjects: str | None) -> NDArray[np.generic]:
    from pathlib import Path

    if subjects is None:
        return group_lookalikes(images).groups
    return read_subjects(Path(subjects), len(images))


def _rows(
    name: str, found: Strongest, i: int, ids: NDArray[np.str_], regions: Sequence[Region]
) -> list[dict[str, object]]:
    return [
        {
            "unit": name,
            "rank": rank + 1,
            "image": str(ids[found.images[i, rank]]),
            "activation": float(found.values[i, rank]),
            "row": int(found.places[i, rank, 0]),
            "column": int(found.places[i, rank, 1]),
            "top": region.rows[0],
            "bottom": region.rows[1],
            "left": region.columns[0],
            "right": region.columns[1],
        }
        for rank, region in enumerate(regions)
    ]


def _packed(arrays: dict[str, Floats]) -> bytes:
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)  # pyright: ignore[reportArgumentType]
    return content.getvalue()
