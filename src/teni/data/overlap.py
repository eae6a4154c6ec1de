"""Look for what leaks from a training set into a test set that was given apart."""

from dataclasses import dataclass

import numpy as np

from teni.data.counted import counted
from teni.data.dataset import Dataset
from teni.data.duplicates import near_pairs, perceptual_hash

# Bits. Stricter than for grouping, since a warning should be right: between 2,545 faces and 702 of other
# people 8 bits link 5, 6 bits none.
_THRESHOLD = 6


@dataclass(frozen=True)
class Overlap:
    """What a test set has in common with the training set.

    Args:
        near_duplicates: test images that have a near-duplicate among the training images.
        shared_subjects: subjects in both; None where one of the two does not say.
        test_images: how many test images there are.
    """

    near_duplicates: int
    shared_subjects: int | None
    test_images: int

    def notes(self) -> tuple[str, ...]:
        """Say what was found, one sentence each; nothing where nothing was found."""
        notes = list[str]()
        if self.near_duplicates:
            notes.append(
                f"{self.near_duplicates:,} of {counted(self.test_images, 'test image')} nearly equal to "
                "training images; the test error may be too good."
            )
        if self.shared_subjects:
            notes.append(
                f"{counted(self.shared_subjects, 'subject')} both in the training set and in the test set; "
                "the test error does not tell how well new subjects are predicted."
            )
        return tuple(notes)


def check_overlap(train: Dataset, test: Dataset) -> Overlap:
    """Look for what leaks from a training set into a separate test set.

    Args:
        train: what is learned from.
        test: what is measured on; its images may be of another size.

    >>> from teni.task import Keypoints
    >>> images = np.random.default_rng(0).integers(0, 255, (2, 8, 8, 1), np.uint8)
    >>> data = Dataset(images, None, Keypoints((), 8, 8, ()), None, np.array(["1", "2"]))
    >>> check_overlap(data, data.take(np.array([1]))).near_duplicates
    1
    """
    found = np.zeros(len(test), np.bool_)
    for _, rows in near_pairs(perceptual_hash(train.images), perceptual_hash(test.images), _THRESHOLD):
        found[rows] = True
    shared = None
    if train.subjects is not None and test.subjects is not None:
        shared = len(np.intersect1d(train.subjects, test.subjects))
    return Overlap(int(found.sum()), shared, len(test))
