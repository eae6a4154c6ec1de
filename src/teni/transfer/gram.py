"""Kernel values for a head: the kernel of the summed views, plus a constant that stands for the intercept."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teni.transfer.kernels import Kernel, apply_kernel
from teni.transfer.parts import Inner
from teni.transfer.threads import side_by_side

Floats = NDArray[np.float64]

# An intercept is a feature that is 1 for every image. At this weight (an image's kernel with itself is 1 on average)
# no lambda that is tried holds it back, and leaving a subject out leaves its share of the intercept out too.
INTERCEPT = 50.0


@dataclass(frozen=True, eq=False)
class Gram:
    """Kernel values between N images and M training images.

    Args:
        same: ``(N, M)`` between images.
        cross: ``(N, M)`` between images and the training images' mirror images; None without mirror images.
    """

    same: Floats
    cross: Floats | None

    def take(self, rows: Any, columns: Any) -> "Gram":
        """Return the kernel values of some images with some training images."""
        cut = np.ix_(rows, columns)
        return Gram(self.same[cut], None if self.cross is None else self.cross[cut])

    def predict(self, alpha: Floats) -> Floats:
        """Sum the kernel values times the dual weights ``(flags, M, C)``; returns ``(N, C)``."""
        found = self.same @ alpha[0]
        return found if self.cross is None else found + self.cross @ alpha[1]


def make_gram(
    kernel: Kernel, inner: Inner, norms: Floats | None = None, other_norms: Floats | None = None
) -> Gram:
    """Apply a kernel to inner products.

    Args:
        kernel: which.
        inner: between N images and M training images.
        norms: ``(N,)`` lengths of the images' features; read off the diagonal if None (N = M, same images).
        other_norms: ``(M,)`` lengths of the training images' features; the same as `norms` if None.
    """
    norms = np.sqrt(np.maximum(np.diag(inner.same), 0.0)) if norms is None else norms
    other_norms = norms if other_norms is None else other_norms
    products = [inner.same] if inner.cross is None else [inner.same, inner.cross]
    made = side_by_side(lambda x: apply_kernel(kernel, x, norms, other_norms) + INTERCEPT, products)
    return Gram(made[0], made[1] if len(made) == 2 else None)
