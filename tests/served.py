"""Pictures for the service, and how tests ask it."""

import io
from collections.abc import Callable

import numpy as np
from PIL import Image
from starlette.testclient import TestClient

from spot_run import blobs

HERE = "http://127.0.0.1:8000"
SPOTS = np.array([[140.0, 60.0], [50.0, 100.0]])  # left and right, in a picture of 200 x 160

Open = Callable[..., TestClient]


def encoded(image: np.ndarray, kind: str = "PNG", **options: object) -> bytes:
    """Encode an image as a file."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, kind, **options)
    return file.getvalue()


def spotted(points: np.ndarray = SPOTS, height: int = 160, width: int = 200) -> np.ndarray:
    """Draw a picture with two bright spots."""
    return blobs(points, height, width, 6.0)


def files(*pictures: bytes) -> list[tuple[str, tuple[str, bytes, str]]]:
    """Put pictures into the field of a form."""
    return [("files", (f"{i}.png", picture, "image/png")) for i, picture in enumerate(pictures)]
