"""The data set: images, what is known about them, and a fingerprint of both."""

import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from teni.data.large import take_rows
from teni.task import Targets, Task


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images with their targets, in the order of the file they came from.

    Args:
        images: ``uint8 (N, H, W, C)``, channels last, as given (no preprocessing).
        targets: keypoints ``float32 (N, K, 2)`` pixels (x right, y down), NaN = unlabelled; classes ``int64 (N,)``
            positions among the names, -1 = unlabelled; None for images without labels.
        task: what is predicted.
        subjects: ``(N,)`` strings, who each image shows; None when nobody said.
        ids: ``(N,)`` strings, each image's own name or row number.
        notes: what was left out or looked odd while reading, one sentence each.

    >>> from teni.task import Keypoints
    >>> d = Dataset(np.zeros((1, 4, 4, 1), np.uint8), None, Keypoints((), 4, 4, ()), None, np.array(["1"]))
    >>> len(d), d.fingerprint[:8]
    (1, '...')
    """

    images: NDArray[np.uint8]
    targets: Targets | None
    task: Task
    subjects: NDArray[np.str_] | None
    ids: NDArray[np.str_]
    notes: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        """Count the images."""
        return len(self.images)

    def __repr__(self) -> str:
        """Say in a line what is there."""
        from teni.data.notebook import dataset_line  # which needs this class

        return f"<Dataset: {dataset_line(self)}>"

    def _repr_html_(self) -> str:
        """Show itself in a notebook: a few pictures with their labels, and counts."""
        from teni.data.notebook import dataset_html

        return dataset_html(self)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over images, targets, subjects, ids and task, as hexadecimal text."""
        digest = hashlib.sha256()
        digest.update(repr((self.images.shape, self.task)).encode())
        for start in range(0, len(self.images), 1024):  # memory-mapped images may be larger than memory
            digest.update(np.ascontiguousarray(self.images[start : start + 1024]).data)
        for part in (self.targets, self.subjects, self.ids):
            digest.update(b"none" if part is None else np.ascontiguousarray(part).tobytes())
        return digest.hexdigest()

    def take(self, rows: NDArray[np.intp]) -> "Dataset":
        """Return the data set of the given rows, in the given order (a row may come twice).

        Args:
            rows: integer positions, ``(M,)``.

        >>> from teni.task import Keypoints
        >>> images, task = np.zeros((3, 4, 4, 1), np.uint8), Keypoints((), 4, 4, ())
        >>> d = Dataset(images, None, task, None, np.array(["a", "b", "c"]))
        >>> d.take(np.array([2, 0])).ids.tolist()
        ['c', 'a']
        """
        return replace(
            self,
            images=take_rows(self.images, rows),
            targets=None if self.targets is None else self.targets[rows],
            subjects=None if self.subjects is None else self.subjects[rows],
            ids=self.ids[rows],
        )
