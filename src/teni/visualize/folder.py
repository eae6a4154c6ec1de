"""The folder of pictures: one sub-folder for each method and layer, and one gallery over all of them."""

import io
import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from teni.errors import TeniError
from teni.files import check_output_folder, output_folder, write_text
from teni.visualize.gallery import GALLERY, MARK, build_gallery
from teni.visualize.pictured import Seen
from teni.visualize.render import render
from teni.visualize.sheet import caption, stitch

INDEX = "seen.json"  # what is in a sub-folder; by it the sub-folder is known again
SHEET, ARRAYS = "sheet.png", "arrays.npz"


def folder_name(method: str, layer: str | None) -> str:
    """Name the sub-folder of a method and a layer.

    >>> folder_name("activation", "block/conv 1")
    'activation-block_conv_1'
    """
    plain = re.sub(r"[^\w.-]+", "_", layer or "").strip("._")[:80]
    return f"{method}-{plain}" if plain else method


def check_folder(out: Path, method: str, layer: str | None, overwrite: bool) -> None:
    """Refuse now, before the work, what `save_seen` would refuse at its end.

    Args:
        out: the folder of pictures.
        method: the method's name.
        layer: the layer that was named.
        overwrite: whether earlier pictures of this method and layer may be replaced.

    Raises:
        TeniError: it may not be written.
    """
    if out.exists() and not out.is_dir():
        raise TeniError(f"{out}: is a file, expected a folder; give another name")
    check_output_folder(out / folder_name(method, layer), overwrite, marker=INDEX)
    page = out / GALLERY
    if page.exists() and not (
        page.is_file() and MARK in page.read_text(encoding="utf-8", errors="replace")[:4000]
    ):
        raise TeniError(f"{page}: exists and is no gallery of teni's; give another folder")


def save_seen(
    out: Path,
    seen: Seen,
    *,
    method: str,
    layer: str | None,
    model: str,
    settings: Any,
    seed: int,
    overwrite: bool = False,
) -> list[Path]:
    """Write pictures, sheet and arrays into a sub-folder that appears when it is whole; renew the gallery.

    Args:
        out: the folder of pictures; it is made where it is missing.
        seen: what the method made.
        method: its name.
        layer: the layer that was named, for the sub-folder's name.
        model: what was looked into, as the user named it.
        settings: a dataclass of the method's settings.
        seed: of everything random.
        overwrite: whether earlier pictures of this method and layer may be replaced.

    Returns:
        The path of each picture, in order.

    Raises:
        TeniError: it may not be written, or the disk is full.
    """
    check_folder(out, method, layer, overwrite)
    target = out / folder_name(method, layer)
    names = _file_names(seen)
    with output_folder(target, overwrite, marker=INDEX) as folder:
        pictures = [render(each) for each in seen.pictures]
        for name, picture in zip(names, pictures, strict=True):
            Image.fromarray(picture).save(folder / name)
        if pictures:
            title = " · ".join(filter(None, (Path(model).name or model, method, seen.layer)))
            captions = [caption(each) for each in seen.pictures] if len(pictures) > 1 else [""]
            stitch(pictures, captions, seen.columns, title).save(folder / SHEET)
        (folder / ARRAYS).write_bytes(_arrays(seen))
        for name, content in seen.files.items():
            (folder / name).write_bytes(content)
        about = {
            "model": model,
            "method": method,
            "layer": seen.layer,
            "settings": asdict(settings),
            "seed": seed,
            "notes": list(seen.notes),
            "files": sorted(seen.files),
            "units": [
                {
                    "unit": json_unit(each.unit),
                    "score": float(each.score),
                    "told": each.score_told,
                    "picture": name,
                    "note": each.note,
                }
                for each, name in zip(seen.pictures, names, strict=True)
            ],
        }
        text = json.dumps(about, indent=2, ensure_ascii=False, allow_nan=False)
        (folder / INDEX).write_text(text + "\n", encoding="utf-8")
    write_text(out / GALLERY, build_gallery(out))
    return [target / name for name in names]


def json_unit(unit: str) -> int | str:
    """Give a numbered unit as a number, a named one by its name.

    >>> json_unit("12"), json_unit("nose_tip_x")
    (12, 'nose_tip_x')
    """
    return int(unit) if unit.isascii() and unit.isdecimal() and str(int(unit)) == unit else unit


def _file_names(seen: Seen) -> list[str]:
    used, names = {SHEET.lower()}, list[str]()
    for each in seen.pictures:
        numbered = f"{int(each.unit):04d}" if isinstance(json_unit(each.unit), int) else each.unit
        plain = re.sub(r"[^\w.-]+", "_", numbered).strip("._")[:80] or "picture"
        number, free = 1, plain
        while f"{free}.png".lower() in used:
            number += 1
            free = f"{plain}_{number}"
        used.add(f"{free}.png".lower())
        names.append(f"{free}.png")
    return names


def _arrays(seen: Seen) -> bytes:
    """Pack units, scores and arrays; arrays of one shape become one array, ``pixels``."""
    shown = seen.pictures
    arrays: dict[str, Any] = {
        "units": np.array([each.unit for each in shown], np.str_),
        "scores": np.array([each.score for each in shown], np.float32),
    }
    if len({each.pixels.shape for each in shown}) == 1:
        arrays["pixels"] = np.stack([each.pixels for each in shown]).astype(np.float32)
    else:
        arrays |= {f"pixels_{i}": each.pixels.astype(np.float32) for i, each in enumerate(shown)}
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    return content.getvalue()
