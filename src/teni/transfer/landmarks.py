"""A kernel in as many coordinates as there are landmarks: what makes its head cost no more than images times those.

A head on all images decomposes a matrix of images by images. Some of them, the landmarks, are enough to say what
the kernel sees: with K the kernel between landmarks and k that of an image with each, ``z = k K^(-1/2)`` are
coordinates whose products are the kernel as far as landmarks can tell (Williams and Seeger 2001, "Using the Nystroem
method to speed up kernel machines"). All images are learned from, through sums over their coordinates.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from teni.transfer.gram import INTERCEPT
from teni.transfer.kernels import Kernel, apply_kernel
from teni.transfer.parts import Inner, Parts, inner_products
from teni.transfer.threads import side_by_side

Floats32 = NDArray[np.float32]
Floats = NDArray[np.float64]

# Directions of the landmarks whose share of an average image's kernel is smaller are what single precision leaves.
SMALLEST = 1e-5


@dataclass(frozen=True, eq=False)
class Landmarks:
    """M images that others are compared with; from `make_landmarks`.

    Args:
        components: their features, even and odd parts where mirror images are used.
        kernel: which.
        matrices: for each part ``(M, r)``, from kernel values to coordinates.
    """

    components: Parts
    kernel: Kernel
    matrices: tuple[Floats, ...]

    @property
    def constant(self) -> float:
        """Return the last coordinate of every image's first part, which stands for the intercept."""
        return float(np.sqrt(INTERCEPT * len(self.matrices)))

    def coordinates(self, components: Parts) -> tuple[Floats32, ...]:
        """Return the coordinates of N images.

        Args:
            components: their features, centred and scaled as the landmarks' were.

        Returns:
            For each part ``(N, r)``; the first has one column more, the intercept's.

        >>> one = Parts((np.eye(2, dtype=np.float32),), np.zeros(2, np.float32), 1.0)
        >>> z = make_landmarks(one, "linear").coordinates(one)[0]
        >>> (z @ z.T - 50).round(4).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
        """
        values = _kernel_parts(self.kernel, components, self.components)
        found = side_by_side(lambda k, matrix: (k @ matrix).astype(np.float32), values, self.matrices)
        ones = np.full((len(components), 1), self.constant, np.float32)
        return (np.concatenate([found[0], ones], axis=1), *found[1:])


def make_landmarks(components: Parts, kernel: Kernel) -> Landmarks:
    """Find the coordinates that a kernel has on some images.

    Args:
        components: the features of M images, as `teni.transfer.compress.reduce` gives them.
        kernel: which.
    """

    def whiten(gram: Floats) -> Floats:
        values, vectors = np.linalg.eigh(gram)
        strong = values > SMALLEST * max(float(np.trace(gram)) / len(gram), SMALLEST)
        strong[-1] = True  # a part that says nothing still has a coordinate
        return vectors[:, strong] / np.sqrt(np.maximum(values[strong], SMALLEST))

    return Landmarks(
        components, kernel, tuple(side_by_side(whiten, _kernel_parts(kernel, components, components)))
    )


def _kernel_parts(kernel: Kernel, components: Parts, others: Parts) -> list[Floats]:
    """Return the kernel without its intercept, even and odd part, ``(N, M)`` each."""
    inner = inner_products([components], [others])
    norms, other_norms = _lengths(components), _lengths(others)
    products = [inner.same] if inner.cross is None else [inner.same, inner.cross]
    made = side_by_side(lambda x: apply_kernel(kernel, x, norms, other_norms), products)
    found = Inner(made[0], made[1] if len(made) == 2 else None)
    return [found.same] if found.cross is None else [found.same + found.cross, found.same - found.cross]


def _lengths(components: Parts) -> Floats:
    squares = [np.einsum("nd,nd->n", part, part, dtype=np.float64) for part in components.parts]
    return np.sqrt(np.sum(squares, axis=0))
