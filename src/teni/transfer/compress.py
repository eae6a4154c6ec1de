"""Fewer numbers for a kernel head to carry: the training images' features in their own principal components.

A kernel head needs every training image's features to compare a new image with. Kept whole they would be hundreds
of megabytes. Projected on the r strongest directions of the training images (even and odd parts apart, over all
views together), the head carries one matrix from features to r numbers and r numbers a training image.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from teni.transfer.parts import Inner, Parts
from teni.transfer.threads import side_by_side

Floats32 = NDArray[np.float32]

# Directions whose variance is below this share of the strongest are rounding, not features.
SMALLEST_SHARE = 1e-7


@dataclass(frozen=True, eq=False)
class Reduced:
    """The training images in few components, and how to bring other images there.

    Args:
        bases: for each part ``(D, r)``, D running over the views one after the other.
        components: the training images as `Parts` of r numbers, with which a head is solved.
        kept: share of the variance that the components hold, 0 to 1.
    """

    bases: tuple[Floats32, ...]
    components: Parts
    kept: float


def affordable_rank(features: int, images: int, columns: int, megabytes: float) -> int:
    """Say how many components a head may have, all parts together, to stay under a size.

    Args:
        features: D, over all views.
        images: N training images.
        columns: outputs of the head.
        megabytes: what its numbers may take up.

    >>> affordable_rank(16384, 2545, 30, 80.0)
    1048
    """
    room = megabytes * 1e6 / 4 - 2 * images * columns
    return max(int(room / (features + images)), 1)


def reduce(views: Sequence[Parts], inner: Inner, rank: int) -> Reduced:
    """Project the training images on their strongest principal components.

    Args:
        views: the training images' features, one for each view; kernels see the mean over views.
        inner: their inner products, from `teni.transfer.parts.inner_products`.
        rank: how many components, all parts together; each part keeps one at least.

    >>> from teni.transfer.parts import inner_products
    >>> one = Parts((np.diag(np.array([2.0, 1.0], np.float32)),), np.zeros(2, np.float32), 1.0)
    >>> abs(reduce([one], inner_products([one]), 1).components.parts[0].round(6)).ravel().tolist()
    [2.0, 0.0]
    """
    grams = [inner.same] if inner.cross is None else [inner.same + inner.cross, inner.same - inner.cross]
    halves = 1.0 if inner.cross is None else 0.5
    found = side_by_side(lambda gram: _decompose(halves * gram, rank), grams)
    values = np.concatenate([v for v, _, _ in found])
    least = max(np.sort(values)[::-1][:rank][-1], values.max(initial=0.0) * SMALLEST_SHARE)
    bases: list[Floats32] = []
    components: list[Floats32] = []
    for i, (value, vector, _) in enumerate(found):
        strong = np.flatnonzero((value >= least) & (value > 0))
        # A part that says nothing (images that are their own mirror images) still needs a component.
        strong = strong if len(strong) else np.array([len(value) - 1])
        root = np.sqrt(value[strong])
        inverse = np.divide(1.0, root, out=np.zeros_like(root), where=root > 0)
        bases.append(_basis([view.parts[i] for view in views], vector[:, strong] * inverse))
        components.append((vector[:, strong] * root).astype(np.float32))
    total = sum(trace for _, _, trace in found)
    kept = float(values[values >= least].sum() / total) if total > 0 else 1.0
    width = sum(b.shape[1] for b in bases)
    return Reduced(tuple(bases), Parts(tuple(components), np.zeros(width, np.float32), 1.0), min(kept, 1.0))


def _decompose(
    gram: NDArray[np.float64], rank: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return the largest eigenvalues of one part's Gram matrix, their vectors, and the trace."""
    trace = float(np.trace(gram))
    # All eigenvectors by divide and conquer, as NumPy does, are quicker than a third of them by any other way.
    values, vectors = np.linalg.eigh(gram)
    strongest = slice(max(len(gram) - rank, 0), len(gram))
    return np.maximum(values[strongest], 0.0), vectors[:, strongest], trace


def _basis(parts: Sequence[Floats32], weights: NDArray[np.float64]) -> Floats32:
    """Return the directions in feature space, ``(D, r)``, whose products with features are the components."""
    thin = (weights / len(parts)).astype(np.float32)
    return np.concatenate([part.T @ thin for part in parts])
