"""Kernels between images, as functions of inner products of their features.

The arc-cosine kernel of order one is what an infinitely wide ReLU layer with random weights computes; applied
twice it stands for two such layers (Cho and Saul 2009, "Kernel methods for deep learning"). It has no width to
choose, and keeps each image's norm, so that layers stack without rescaling.
"""

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Kernel = Literal["linear", "arc-cosine-1", "arc-cosine-2"]
KERNELS: tuple[Kernel, ...] = get_args(Kernel)


def layers(kernel: Kernel) -> int:
    """Count the arc-cosine layers of a kernel; none for the linear one.

    >>> layers("arc-cosine-2")
    2
    """
    return KERNELS.index(kernel)


def apply_kernel(kernel: Kernel, inner: Floats, norms: Floats, other_norms: Floats) -> Floats:
    """Turn inner products of features into kernel values.

    Args:
        kernel: which.
        inner: ``(N, M)`` inner products.
        norms: ``(N,)`` lengths of the first images' features.
        other_norms: ``(M,)`` lengths of the second images' features.

    Returns:
        ``(N, M)``.

    >>> one = np.ones(1)
    >>> float(apply_kernel("arc-cosine-1", np.array([[0.0]]), one, one)[0, 0]) == 1 / np.pi
    True
    """
    if layers(kernel) == 0:
        return inner
    lengths = norms[:, None] * other_norms
    cosine = inner / np.maximum(lengths, np.finfo(np.float64).tiny)
    for _ in range(layers(kernel)):
        cosine = arc_cosine(cosine)
    return cosine * lengths


def arc_cosine(cosine: Floats) -> Floats:
    """Return the order-one arc-cosine kernel of two unit vectors from the cosine of the angle between them.

    >>> arc_cosine(np.array([-1.0, 1.0])).tolist()
    [0.0, 1.0]
    """
    cosine = np.clip(cosine, -1.0, 1.0)
    angle = np.arccos(cosine)
    return (np.sqrt(1.0 - cosine * cosine) + (np.pi - angle) * cosine) / np.pi
