"""The gallery: every picture of a folder on one page that needs nothing else."""

import base64
import io
import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from PIL import Image

GALLERY = "gallery.html"
MARK = '<meta name="generator" content="teni gallery">'
INDEX = "seen.json"
MOST_BYTES_LOSSLESS = 8_000_000  # of all pictures together; more become JPEG


def build_gallery(folder: Path) -> str:
    """Build the page of all that methods wrote into a folder.

    Args:
        folder: holds a sub-folder for each method and layer, as `teni.visualize.folder.save_seen` writes it.

    Returns:
        One HTML page with its pictures inside; it asks for nothing over the network.
    """
    found = [
        (each.parent, json.loads(each.read_text(encoding="utf-8")))
        for each in sorted(folder.glob(f"*/{INDEX}"))
    ]
    files = [home / unit["picture"] for home, about in found for unit in about["units"]]
    lossless = sum(file.stat().st_size for file in files) <= MOST_BYTES_LOSSLESS
    shows = [_show(home, about, lossless) for home, about in found]
    page = Environment(
        loader=PackageLoader("teni.visualize", "page"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    models = list(dict.fromkeys(show["model"] for show in shows))
    return page.get_template("gallery.html").render(shows=shows, models=models, mark=MARK)


def _show(home: Path, about: dict[str, Any], lossless: bool) -> dict[str, Any]:
    units = [
        {
            **unit,
            "source": _source(home / unit["picture"], lossless),
            "path": f"{home.name}/{unit['picture']}",
        }
        for unit in about["units"]
    ]
    return {**about, "folder": home.name, "units": units}


def _source(file: Path, lossless: bool) -> str:
    """Read a picture as a data URI."""
    if lossless:
        return f"data:image/png;base64,{base64.b64encode(file.read_bytes()).decode()}"
    content = io.BytesIO()
    with Image.open(file) as picture:
        picture.convert("RGB").save(content, "JPEG", quality=88)
    return f"data:image/jpeg;base64,{base64.b64encode(content.getvalue()).decode()}"
