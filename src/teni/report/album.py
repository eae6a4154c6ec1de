"""The images of a run with what was predicted and what is so, in the order in which they lie on their sheets."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teni.run import Pictures, Run, make_pictures, predictions_arrays
from teni.run.tables import class_columns
from teni.suspects import KINDS, Suspect
from teni.task import Classes, Keypoints, image_errors


@dataclass(frozen=True, eq=False)
class Album:
    """M images, as many as there are pictures.

    Args:
        pictures: their sheets.
        who: ``(M, 3)`` part, id and subject.
        predicted: ``(M, K, 2)`` pixels or ``(M, C)`` probabilities.
        truth: ``(M, K, 2)`` pixels or ``(M,)`` classes.
        errors: ``(M,)``, NaN without a label.
        whole: whether these are all kept pictures of a fit of today, not a few examples.
    """

    pictures: Pictures
    who: NDArray[np.str_]
    predicted: NDArray[np.floating[Any]]
    truth: NDArray[Any]
    errors: NDArray[np.floating[Any]]
    whole: bool


def album_of(run: Run) -> Album | None:
    """Put the images of a run together; runs of before have but their examples. None without an image."""
    if run.pictures is None:
        return _of_examples(run)
    table, task = run.predictions.iloc[list(run.pictures.rows)], run.task
    match task:
        case Keypoints():
            predicted, truth = predictions_arrays(table, task.names)
        case Classes():
            position = {name: i for i, name in enumerate(task.names)}
            predicted = table[list(class_columns(task.names))].to_numpy(np.float64)
            truth = np.array([position.get(str(name), -1) for name in table["class_true"]], np.int64)
    who = table[["part", "id", "subject"]].to_numpy(str)
    return Album(run.pictures, who, predicted, truth, image_errors(predicted, truth, task), True)


def _of_examples(run: Run) -> Album | None:
    shown = run.examples
    if not len(shown):
        return None
    pictures = make_pictures([shown.images], shown.errors)
    if pictures is None:
        return None
    rows = np.array(pictures.rows)
    table = run.predictions
    subjects = dict(zip(zip(table["part"], table["id"], strict=True), table["subject"], strict=True))
    who = [
        (part, name, subjects.get((part, name), ""))
        for part, name in zip(shown.parts[rows], shown.ids[rows], strict=True)
    ]
    return Album(
        pictures,
        np.array(who, str).reshape(-1, 3),
        shown.predicted[rows],
        shown.truth[rows],
        shown.errors[rows],
        False,
    )


def album_data(album: Album, run: Run, suspects: list[Suspect]) -> dict[str, Any]:
    """Write an album as compact plain values for the page's script.

    Numbers are whole: points hundredths of a pixel, errors and probabilities thousandths; null is unknown.
    """
    task = run.task
    subjects, subject = np.unique(album.who[:, 2], return_inverse=True)
    parts, part = np.unique(album.who[:, 0], return_inverse=True)
    told: dict[str, Any] = {
        "width": album.pictures.width,
        "height": album.pictures.height,
        "image": [task.width, task.height],
        "ids": album.who[:, 1].tolist(),
        "subjects": subjects.tolist(),
        "subject": subject.tolist(),
        "parts": parts.tolist(),
        "part": part.tolist(),
        "errors": _whole(album.errors, 1000),
        "suspects": _places(album, run, suspects),
    }
    match task:
        case Keypoints():
            center = (run.about.get("flip") or {}).get("center", "halves")
            shift = 0.5 if center == "integers" else 0.0  # SVG counts from the left edge of the first pixel
            points = (_whole(given + shift, 100) for given in (album.predicted, album.truth))
            predicted, truth = points
            return told | {"kind": "keypoints", "predicted": predicted, "truth": truth}
        case Classes():
            said = album.predicted.argmax(1)
            rows = np.arange(len(said))
            own = np.where(album.truth >= 0, album.predicted[rows, np.maximum(album.truth, 0)], np.nan)
            shares = {"said": said.tolist(), "share": _whole(album.predicted[rows, said], 1000)}
            return told | {
                "kind": "classes",
                **shares,
                "truth": album.truth.tolist(),
                "own": _whole(own, 1000),
            }


def _whole(values: NDArray[np.floating[Any]], times: int) -> list[int | None]:
    flat = np.asarray(values, np.float64).ravel() * times
    return [None if not np.isfinite(value) else round(value) for value in flat.tolist()]


def _places(album: Album, run: Run, suspects: list[Suspect]) -> list[list[Any]]:
    """List suspects as place in the album, kind, keypoints, score in tenths; those without a picture are left out."""
    table = run.predictions
    if album.whole:
        place = {row: at for at, row in enumerate(album.pictures.rows)}
        found = [(place.get(suspect.row), suspect) for suspect in suspects]
    else:
        by_name = {(part, name): at for at, (part, name, _) in enumerate(album.who.tolist())}
        found = [(by_name.get(tuple(table.iloc[s.row][["part", "id"]])), s) for s in suspects]
    return [
        [at, KINDS.index(s.kind), list(s.where), round(10 * s.score)] for at, s in found if at is not None
    ]
