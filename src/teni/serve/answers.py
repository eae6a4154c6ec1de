"""Predictions as the service answers them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.responses import Response

from teni.prediction.resize import as_given
from teni.serve.picture import Prepared
from teni.serve.refused import Refused
from teni.serve.service import Service
from teni.task import Classes, Keypoints

Floats = NDArray[np.float32]


def answers(
    service: Service, prepared: Sequence[Prepared], found: Floats, confidence: float
) -> list[dict[str, Any]]:
    """Put predictions into words, for each picture in order.

    Args:
        service: whose model it was.
        prepared: the N pictures.
        found: ``(N, K, 2)`` pixels of the model's images, or ``(N, C)`` probabilities.
        confidence: of the radii.

    Returns:
        ``{"keypoints": {name: {"x", "y", "radius"}}}`` in pixels of the pictures that were sent, or
        ``{"classes": {name: probability}}``.

    Raises:
        Refused: the model gives no numbers for a picture.
    """
    finite = np.isfinite(found.reshape(len(found), -1)).all(axis=1)
    if not finite.all():
        number = int(np.argmin(finite)) + 1
        raise Refused(422, f"picture {number}: the model gives no numbers for it; send another picture")
    match service.task:
        case Keypoints():
            points = _points(service, prepared, found)
            return [
                _of_keypoints(service, each, row, confidence)
                for each, row in zip(prepared, points.tolist(), strict=True)
            ]
        case Classes(names):
            return [
                {"classes": {name: round(p, 6) for name, p in zip(names, row, strict=True)}}
                for row in found.astype(np.float64).tolist()
            ]


def _points(service: Service, prepared: Sequence[Prepared], found: Floats) -> NDArray[np.float32]:
    """Move points to the pixels of the pictures, as ``teni predict`` does."""
    sizes = np.array([(each.height, each.width) for each in prepared], np.int_)
    corners = np.array([(each.left, each.upper) for each in prepared], np.float64)
    inside = as_given(found, service.shape[:2], sizes, service.center).astype(np.float32)
    return (inside + corners[:, None]).astype(np.float32)


def _of_keypoints(
    service: Service, picture: Prepared, points: list[list[float]], confidence: float
) -> dict[str, Any]:
    height, width = service.shape[:2]
    names = service.task.names
    radii: list[float | None] = [None] * len(names)
    if service.residuals is not None:
        radii = service.residuals.radii(confidence, picture.width / width, picture.height / height)
    return {
        "keypoints": {
            name: {
                "x": round(x, 4),
                "y": round(y, 4),
                "radius": None if radius is None else round(radius, 4),
            }
            for name, (x, y), radius in zip(names, points, radii, strict=True)
        }
    }


def json_response(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with JSON; text that is not ASCII is escaped, so that anything at all can be said.

    Args:
        content: plain values.
        status: of the answer.
        headers: further ones.
    """
    body = json.dumps(content, allow_nan=False, separators=(",", ":")).encode()
    return Response(body, status, headers, "application/json")


def error_response(refused: Refused) -> Response:
    """Answer with one sentence."""
    return json_response({"error": refused.sentence}, refused.status, refused.headers)
