"""Boxes around faces, proposed by the detector of OpenCV, where that is installed."""

import threading
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

LONGEST_SIDE = 640  # of the picture that is searched, in pixels: enough for faces, and quick
MISSING = (
    "boxes cannot be proposed here: OpenCV is not installed; pip install 'teni[propose]' where teni serves"
)


class Proposer:
    """The frontal face detector of P. Viola and M. Jones (2001), with the cascade that OpenCV brings."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # a cascade remembers things while it works
        self._cascade: Any = None

    def boxes(self, grey: NDArray[np.uint8]) -> list[list[float]]:
        """Find faces.

        Args:
            grey: ``uint8 (H, W, 1)``.

        Returns:
            ``[x, y, width, height]`` in pixels of the picture, the largest first.
        """
        from cv2 import CascadeClassifier
        from cv2.data import haarcascades

        height, width = grey.shape[:2]
        factor = min(1.0, LONGEST_SIDE / max(height, width))
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        small = np.asarray(Image.fromarray(grey[..., 0]).resize(size, Image.Resampling.BOX))
        with self._lock:
            if self._cascade is None:
                self._cascade = CascadeClassifier(f"{haarcascades}haarcascade_frontalface_default.xml")
            found: Any = self._cascade.detectMultiScale(small, scaleFactor=1.1, minNeighbors=5)
        scale = np.array([width / size[0], height / size[1]] * 2)
        boxes = np.asarray(found, np.float64).reshape(-1, 4) * scale
        boxes = boxes[np.argsort(-boxes[:, 2] * boxes[:, 3], kind="stable")]
        return [[round(value, 1) for value in box] for box in boxes.tolist()]


def find_proposer() -> Proposer | None:
    """Return the detector, or None where OpenCV is not installed; it is not loaded before it is needed."""
    return Proposer() if find_spec("cv2") is not None else None
