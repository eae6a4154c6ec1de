"""What a data set holds, at a glance."""

from dataclasses import dataclass

import numpy as np

from teni.data.counted import counted
from teni.data.dataset import Dataset
from teni.data.duplicates import Lookalikes, group_lookalikes
from teni.data.labels import ClassSummary, LabelSummary, labels_text, summarise_labels


@dataclass(frozen=True)
class Summary:
    """What a data set holds.

    Args:
        rows: how many images.
        image_shape: height, width, channels.
        grey_range: least, mean and greatest value of all images.
        labels: what is labelled, keypoints or classes; None for a data set without targets.
        subject_sizes: least, median and greatest number of images of a subject; None where nobody said who
            they show.
        subjects: how many subjects; None where nobody said.
        duplicate_rows: how many images have a near-duplicate.
        duplicate_groups: how many groups of near-duplicates there are.
        notes: what looked odd while reading, one sentence each.
    """

    rows: int
    image_shape: tuple[int, int, int]
    grey_range: tuple[int, float, int]
    labels: LabelSummary | ClassSummary | None
    subjects: int | None
    subject_sizes: tuple[int, float, int] | None
    duplicate_rows: int
    duplicate_groups: int
    notes: tuple[str, ...]


def summary(dataset: Dataset, lookalikes: Lookalikes | None = None) -> Summary:
    """Count and measure what a data set holds.

    Args:
        dataset: images, with or without targets and subjects; at least one.
        lookalikes: its near-duplicates if they have been looked for already.

    >>> from teni.task import Keypoints
    >>> images = np.arange(32, dtype=np.uint8).reshape(2, 4, 4, 1)
    >>> points = np.array([[[1, 2], [3, 1]], [[2, 2], [np.nan, np.nan]]], np.float32)
    >>> task = Keypoints(("eye", "nose"), 4, 4, (0, 1))
    >>> found = summary(Dataset(images, points, task, None, np.array(["1", "2"])))
    >>> found.labels.counts, found.labels.complete
    ((('eye', 2), ('nose', 1)), 1)
    """
    alike = group_lookalikes(dataset.images) if lookalikes is None else lookalikes
    height, width, channels = dataset.images.shape[1:]
    subjects, sizes = None, None
    if dataset.subjects is not None:
        counts = np.unique(dataset.subjects, return_counts=True)[1]
        subjects, sizes = len(counts), (int(counts.min()), float(np.median(counts)), int(counts.max()))
    images = dataset.images
    return Summary(
        rows=len(dataset),
        image_shape=(height, width, channels),
        grey_range=(int(images.min()), float(images.mean()), int(images.max())),
        labels=summarise_labels(dataset),
        subjects=subjects,
        subject_sizes=sizes,
        duplicate_rows=alike.rows,
        duplicate_groups=alike.shared_groups,
        notes=dataset.notes,
    )


def summary_text(found: Summary) -> str:
    """Write a summary as lines of text, as one reads it before anything else.

    >>> found = Summary(2, (4, 4, 1), (0, 15.5, 31), None, None, None, 0, 0, ())
    >>> print(summary_text(found))
    2 images of 4x4 pixels, 1 channel, values 0 to 31 (mean 15.5)
    subjects not given; no near-duplicates
    no labels
    """
    height, width, channels = found.image_shape
    low, mean, high = found.grey_range
    lines = [
        f"{counted(found.rows, 'image')} of {width}x{height} pixels, {counted(channels, 'channel')}, "
        f"values {low} to {high} (mean {mean:.1f})",
        f"{_subjects_text(found)}; {_duplicates_text(found)}",
        *(["no labels"] if found.labels is None else labels_text(found.labels, found.rows)),
        *found.notes,
    ]
    return "\n".join(lines)


def _subjects_text(found: Summary) -> str:
    if found.subjects is None or found.subject_sizes is None:
        return "subjects not given"
    low, _, high = found.subject_sizes
    each = counted(low, "image") if low == high else f"{low} to {high} images"
    return f"{counted(found.subjects, 'subject')} with {each} each"


def _duplicates_text(found: Summary) -> str:
    if not found.duplicate_rows:
        return "no near-duplicates"
    return f"{counted(found.duplicate_rows, 'near-duplicate')} in {counted(found.duplicate_groups, 'group')}"
