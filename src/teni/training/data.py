"""What a training learns from and is watched on."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teni.data import Dataset, Split
from teni.errors import TeniError
from teni.task import FlipCenter, Targets, Task, labelled

Images = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class TrainingData:
    """Images to learn from and images to stop by.

    Args:
        task: what is predicted.
        images: ``uint8 (N, H, W, C)``.
        targets: of them, see `teni.data.Dataset`.
        validation_images: ``uint8 (M, H, W, C)``.
        validation_targets: of them.
        center: where the mirror's axis lies.
    """

    task: Task
    images: Images
    targets: Targets
    validation_images: Images
    validation_targets: Targets
    center: FlipCenter = "halves"


def training_data(dataset: Dataset, split: Split, center: FlipCenter = "halves") -> TrainingData:
    """Take the labelled rows for training and for validation; the test rows are never looked at.

    Args:
        dataset: images with targets.
        split: of these data.
        center: where the mirror's axis lies.

    Raises:
        TeniError: a split of other data, no targets, or a part without labelled images.

    >>> from teni.task import Keypoints
    >>> points, who = np.zeros((3, 1, 2), np.float32), np.array(["a", "b", "c"])
    >>> data = Dataset(np.zeros((3, 2, 2, 1), np.uint8), points, Keypoints(("nose",), 2, 2, (0,)), who, who)
    >>> parts = Split(np.array(["train", "test", "validation"]), np.arange(3), data.fingerprint)
    >>> training_data(data, parts).images.shape
    (1, 2, 2, 1)
    """
    if split.data != dataset.fingerprint:
        raise TeniError("the split was made for other data (its fingerprint differs); split these data")
    if dataset.targets is None:
        raise TeniError("the data have no labels to learn from; give a training file, not a test file")
    known = labelled(dataset.targets, dataset.task)
    found: list[Any] = []
    for part in ("train", "validation"):
        rows = split.rows(part)
        rows = rows[known[rows]]
        if not len(rows):
            raise TeniError(
                f"the split has no labelled image for {part}; training needs some to learn from and some, of other "
                "subjects, to stop by"
            )
        found += [dataset.images[rows], dataset.targets[rows]]
    return TrainingData(dataset.task, found[0], found[1], found[2], found[3], center)
