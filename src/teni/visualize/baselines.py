"""Images that show nothing, for integrated gradients to start from.

No choice is innocent: a pixel that equals its baseline gets nothing, whatever it means. Black, the paper's, is blind
to pupils (Sturmfels, Lundberg & Lee 2020, https://doi.org/10.23915/distill.00022).
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from teni.errors import TeniError

Floats = NDArray[np.float32]
Baseline = Callable[[Floats], Floats]

BLUR = 0.1  # spread of the blur, as a share of the image's shorter side: no feature of a face is left


def black(images: Floats) -> Floats:
    """Give black images.

    >>> black(np.ones((1, 1, 1, 1), np.float32)).item()
    0.0
    """
    return np.zeros_like(images)


def grey(images: Floats) -> Floats:
    """Give images of each image's own mean colour.

    >>> grey(np.array([[[[0.0], [4.0]]]], np.float32)).ravel().tolist()
    [2.0, 2.0]
    """
    return np.broadcast_to(images.mean(axis=(1, 2), keepdims=True), images.shape).astype(np.float32)


def blurred(images: Floats) -> Floats:
    """Give images blurred until nothing can be recognised.

    >>> blurred(np.ones((1, 4, 4, 1), np.float32)).round(6).max().item()
    1.0
    """
    spread = BLUR * min(images.shape[1:3])
    return np.asarray(gaussian_filter(images, (0, spread, spread, 0), mode="nearest"), np.float32)


def baseline(name: str) -> Baseline:
    """Look a baseline up by its name.

    Args:
        name: ``black``, ``grey`` or ``blurred``.

    Raises:
        TeniError: another name.

    >>> baseline("grey") is grey
    True
    """
    known: dict[str, Baseline] = {"black": black, "grey": grey, "blurred": blurred}
    if name not in known:
        raise TeniError(f"no baseline {name!r}; there are {', '.join(known)}")
    return known[name]
