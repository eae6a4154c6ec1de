"""The grid of all images, which a script fills."""

import base64
from typing import Any

from teni.report.album import Album, album_data
from teni.report.section import Section
from teni.report.words import faces as words
from teni.report.words.numbers import readable
from teni.run import Run
from teni.suspects import Suspect
from teni.task import Keypoints


def section(run: Run, album: Album | None, suspects: list[Suspect]) -> Section | None:
    """Gather the images with all that is known of them; None without any."""
    if album is None:
        return None
    points = isinstance(run.task, Keypoints)
    names = [readable(name) for name in run.task.names]
    parts = sorted(set(album.who[:, 0].tolist()))
    subjects = sorted(set(album.who[:, 2].tolist()) - {""})
    shown, every = len(album.errors), len(run.predictions)
    note = None
    if shown < every:
        note = words.kept(shown, every) if album.whole else words.OLD
    values: dict[str, Any] = {
        "points": points,
        "names": names,
        "parts": [(part, words.PARTS.get(part, part)) for part in parts],
        "subjects": subjects,
        "suspects": bool(suspects),
        "note": note,
        "sheets": [base64.b64encode(sheet).decode("ascii") for sheet in album.pictures.sheets],
        "words": words,
    }
    data = {"album": album_data(album, run, suspects) | {"names": names}}
    return Section("faces", words.FACES, words.TITLE, values, data=data)
