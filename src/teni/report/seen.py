"""What was looked at in a run's model: the sheets that `teni visualize` left in the run folder."""

import base64
import io
import json
from pathlib import Path
from typing import Any

from PIL import Image

from teni.run import Run

FOLDER = "figures/seen"  # in the run folder; `teni visualize RUN` writes there
GALLERY = f"{FOLDER}/gallery.html"
_MOST_EMBEDDED = 12_000_000  # bytes of a gallery inside the report; a larger one is linked to
_LONGEST = 1400  # pixels; larger sheets are shrunk for the page, the gallery has them whole


def seen_sheets(run: Run) -> list[dict[str, Any]]:
    """Give the sheet of each method and layer.

    Args:
        run: as `teni.run.read_run` gives it; without a folder it has none.

    Returns:
        For each: title, picture (a data URI), notes, how many pictures. What cannot be read is left out: a report is
        never lost for a picture.
    """
    home = run.path / FOLDER
    return [shown for file in sorted(home.glob("*/seen.json")) if (shown := _sheet(file)) is not None]


def seen_gallery(run: Run) -> str | None:
    """Give the gallery page to be shown inside the report, where pictures are chosen and enlarged.

    Args:
        run: as `teni.run.read_run` gives it.

    Returns:
        The whole page; None where there is none, or one too large to be carried along.
    """
    file = run.path / GALLERY
    try:
        if file.stat().st_size > _MOST_EMBEDDED:
            return None
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None


def _sheet(file: Path) -> dict[str, Any] | None:
    try:
        about = json.loads(file.read_text(encoding="utf-8"))
        with Image.open(file.with_name("sheet.png")) as sheet:
            picture = sheet.convert("RGB")
        title = " of ".join(filter(None, (str(about["method"]), str(about["layer"]))))
        notes, many = [str(note) for note in about["notes"]], len(about["units"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    picture.thumbnail((_LONGEST, _LONGEST * 2))
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=85)
    source = f"data:image/jpeg;base64,{base64.b64encode(content.getvalue()).decode()}"
    return {"title": title, "picture": source, "notes": notes, "many": many}
