"""Some rows of images that need not be in memory."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Images = NDArray[np.uint8]
Ints = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Some:
    """Some rows of images, each read when it is asked for.

    Args:
        images: ``uint8 (N, H, W, C)``, may be memory-mapped.
        rows: which, ascending.

    >>> some = Some(np.zeros((9, 2, 2, 1), np.uint8), np.array([2, 5]))
    >>> some.shape, some[0:1].shape
    ((2, 2, 2, 1), (1, 2, 2, 1))
    """

    images: Images
    rows: Ints

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Number, height, width and channels."""
        height, width, channels = self.images.shape[1:]
        return len(self.rows), height, width, channels

    def __len__(self) -> int:
        """Count the images."""
        return len(self.rows)

    def __getitem__(self, part: slice) -> Images:
        """Read some of them."""
        rows = self.rows[part]
        if (
            len(rows) and rows[-1] - rows[0] == len(rows) - 1
        ):  # side by side: a slice of a lazy array is enough
            return np.asarray(self.images[rows[0] : rows[-1] + 1])
        return np.stack([np.asarray(self.images[row]) for row in rows])
