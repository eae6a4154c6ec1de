"""The even and the odd part of features under mirroring, and the inner products that kernels are made of.

With features a of an image and f of its mirror image, the pair (a, f) describes the image and (f, a) its mirror
image. Their inner products need only the even part (a + f) / 2 and the odd part (a - f) / 2: an image with another
image gives even + odd, an image with a mirror image gives even - odd.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from teni.transfer.threads import side_by_side

Floats32 = NDArray[np.float32]
Floats = NDArray[np.float64]

# Columns of features that are multiplied at a time: bounds what a Gram matrix needs beside itself.
BLOCK = 4096
# Variance below this share of the mean's square is what single precision leaves of equal numbers.
ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class Parts:
    """Centred features, split into even and odd (one part where mirror images are not used).

    Args:
        parts: for each part ``float32 (N, D)``.
        mean: ``(D,)`` what was subtracted from the first part (the odd part has mean zero by symmetry).
        scale: what the features were multiplied by so that an image's inner product with itself is 1 on average.
    """

    parts: tuple[Floats32, ...]
    mean: Floats32
    scale: float

    def __len__(self) -> int:
        """Count the images."""
        return len(self.parts[0])


@dataclass(frozen=True, eq=False)
class Inner:
    """Inner products between images, and between images and mirror images.

    Args:
        same: ``(N, M)``.
        cross: ``(N, M)``; None where mirror images are not used.
    """

    same: Floats
    cross: Floats | None


def split_parts(features: Floats32) -> tuple[Floats32, ...]:
    """Split features into even and odd, in place of the features.

    Args:
        features: ``(flags, N, D)``; overwritten.

    Returns:
        For each part ``(N, D)``: even and odd, or the features themselves where there is one flag.

    >>> [part.tolist() for part in split_parts(np.array([[[3.0]], [[1.0]]], np.float32))]
    [[[2.0]], [[1.0]]]
    """
    if len(features) == 1:
        return (features[0],)
    for start in range(0, features.shape[1], 256):
        rows = slice(start, start + 256)
        even = (features[0, rows] + features[1, rows]) / 2
        features[1, rows] = (features[0, rows] - features[1, rows]) / 2
        features[0, rows] = even
    return features[0], features[1]


def training_parts(features: Floats32) -> Parts:
    """Split, centre and scale the features of the training images.

    Args:
        features: ``(flags, N, ...)``; overwritten where its memory allows.

    Returns:
        Parts whose inner product of an image with itself is 1 on average; all nothing but rounding where the
        images' features do not differ.

    >>> made = training_parts(np.array([[[1.0], [5.0]]], np.float32))
    >>> made.parts[0].ravel().tolist(), made.mean.tolist(), made.scale
    ([-1.0, 1.0], [3.0], 0.5)
    """
    parts = split_parts(features.reshape(*features.shape[:2], -1))
    mean = parts[0].mean(axis=0, dtype=np.float64).astype(np.float32)
    np.subtract(parts[0], mean, out=parts[0])
    energy = sum(float(np.einsum("nd,nd->", p, p, dtype=np.float64)) for p in parts) / len(parts[0])
    # Features that do not differ must not have their rounding made large.
    rounding = ROUNDING * float(np.dot(mean, mean))
    scale = 1.0 / np.sqrt(energy) if energy > rounding else 1.0
    for part in parts:
        np.multiply(part, np.float32(scale), out=part)
    return Parts(parts, mean, float(scale))


def other_parts(features: Floats32, like: Parts) -> Parts:
    """Split, centre and scale the features of other images as the training images' were.

    Args:
        features: ``(flags, M, ...)``; overwritten where its memory allows.
        like: of the training images.

    >>> like = training_parts(np.array([[[1.0], [5.0]]], np.float32))
    >>> other_parts(np.array([[[7.0]]], np.float32), like).parts[0].tolist()
    [[2.0]]
    """
    parts = split_parts(features.reshape(*features.shape[:2], -1))
    np.subtract(parts[0], like.mean, out=parts[0])
    for part in parts:
        np.multiply(part, np.float32(like.scale), out=part)
    return Parts(parts, like.mean, like.scale)


def inner_products(views: Sequence[Parts], others: Sequence[Parts] | None = None) -> Inner:
    """Return the mean over views of the inner products of images.

    Args:
        views: the features of N images, one for each view.
        others: the features of M images at the same views; the N images themselves if None.

    >>> one = Parts((np.eye(2, dtype=np.float32),), np.zeros(2, np.float32), 1.0)
    >>> inner_products([one]).same.tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    pairs = list(zip(views, others or views, strict=True))

    def mean(i: int) -> Floats:
        total = _product(pairs[0][0].parts[i], pairs[0][1].parts[i])
        for view, other in pairs[1:]:
            total += _product(view.parts[i], other.parts[i])
        return total / len(pairs)

    made = side_by_side(mean, range(len(views[0].parts)))
    return Inner(made[0], None) if len(made) == 1 else Inner(made[0] + made[1], made[0] - made[1])


def _product(a: Floats32, b: Floats32) -> Floats:
    """Multiply ``(N, D)`` by ``(M, D)`` transposed, a block of columns at a time, summed in double precision."""
    total = np.zeros((len(a), len(b)))
    for start in range(0, a.shape[1], BLOCK):
        block = np.ascontiguousarray(a[:, start : start + BLOCK])
        total += block @ (block if b is a else np.ascontiguousarray(b[:, start : start + BLOCK])).T
    return total
