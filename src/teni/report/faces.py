"""Faces of the report: the picture inline, the points above it as SVG, so that each can tell its name."""

import base64
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from teni.report.words import readable
from teni.run import Run, predictions_arrays
from teni.run.examples import KINDS

_LONGEST = 384  # pixels; larger pictures are shrunk for the page


def shown_faces(run: Run) -> list[dict[str, Any]]:
    """Give the faces of each kind.

    Returns:
        For each kind that there is: kind, faces (id, part, px, picture, points). A point has name, px (its
        error or None), predicted and truth (x, y or None), in pixels of the image as SVG counts them: the
        left edge of the first pixel is 0.
    """
    shown = run.examples
    center = (run.about.get("flip") or {}).get("center", "halves")
    shift = 0.5 if center == "integers" else 0.0
    kinds: list[dict[str, Any]] = []
    for kind in KINDS:
        faces = [
            {
                "id": str(shown.ids[i]),
                "part": str(shown.parts[i]),
                "px": float(shown.errors[i]),
                "picture": data_uri(shown.images[i]),
                "points": _points(run.task.names, shown.predicted[i] + shift, shown.truth[i] + shift),
            }
            for i in shown.of(kind)
        ]
        if faces:
            kinds.append({"kind": kind, "faces": faces})
    return kinds


def error_map(run: Run) -> list[dict[str, Any]]:
    """Give each keypoint's mean labelled place and its error, to be drawn to scale.

    Returns:
        name, x, y and px, all in pixels of the image; keypoints without a label are left out.
    """
    _, truth = predictions_arrays(run.predictions, run.task.names)
    block = run.metrics.get("test") or run.metrics["validation"]
    places: list[dict[str, Any]] = []
    for k, name in enumerate(run.task.names):
        known = truth[~np.isnan(truth[:, k]).any(-1), k]
        px = block.get("per_keypoint", {}).get(name, {}).get("rmse_px")
        if len(known) and px is not None:
            x, y = known.mean(0)
            places.append({"name": readable(name), "x": round(x, 2), "y": round(y, 2), "px": px})
    return places


def data_uri(image: NDArray[np.uint8]) -> str:
    """Write an image as a PNG inside an address.

    Args:
        image: ``uint8 (H, W, C)``, one or three channels.

    >>> data_uri(np.zeros((2, 2, 1), np.uint8))[:22]
    'data:image/png;base64,'
    """
    grey = image.shape[-1] == 1
    picture = Image.fromarray(image[..., 0] if grey else image[..., :3])
    picture.thumbnail((_LONGEST, _LONGEST))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def _points(
    names: tuple[str, ...], predicted: NDArray[np.floating], truth: NDArray[np.floating]
) -> list[dict[str, Any]]:
    points: list[dict[str, Any]] = []
    for name, ours, true in zip(names, predicted, truth, strict=True):
        both = np.isfinite(ours).all() and np.isfinite(true).all()
        points.append({
            "name": readable(name),
            "px": float(np.linalg.norm(ours - true)) if both else None,
            "predicted": _pair(ours),
            "truth": _pair(true),
        })  # fmt: skip
    return points


def _pair(point: NDArray[np.floating]) -> tuple[float, float] | None:
    return (round(float(point[0]), 2), round(float(point[1]), 2)) if np.isfinite(point).all() else None
