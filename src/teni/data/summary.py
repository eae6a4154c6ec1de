"""What a data set holds, at a glance."""

from dataclasses import dataclass

import numpy as np

from teni.data.counted import counted
from teni.data.dataset import Dataset
from teni.data.duplicates import Lookalikes, group_lookalikes

_PATTERNS_SHOWN = 4
_NAMES_SHOWN = 6


@dataclass(frozen=True)
class LabelSummary:
    """What is labelled.

    Args:
        counts: for each keypoint, in the order of the data set, its name and how many rows have it.
        complete: how many rows have all keypoints.
        patterns: which keypoints are labelled together and in how many rows, commonest first.
        x_range: least and greatest x in pixels; None without a label.
        y_range: the same for y.
    """

    counts: tuple[tuple[str, int], ...]
    complete: int
    patterns: tuple[tuple[tuple[str, ...], int], ...]
    x_range: tuple[float, float] | None
    y_range: tuple[float, float] | None


@dataclass(frozen=True)
class Summary:
    """What a data set holds.

    Args:
        rows: how many images.
        image_shape: height, width, channels.
        grey_range: least, mean and greatest value of all images.
        labels: what is labelled; None for a data set without targets.
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
    labels: LabelSummary | None
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
        labels=_labels(dataset),
        subjects=subjects,
        subject_sizes=sizes,
        duplicate_rows=alike.rows,
        duplicate_groups=alike.shared_groups,
        notes=dataset.notes,
    )


def _labels(dataset: Dataset) -> LabelSummary | None:
    """Summarise the targets."""
    if dataset.targets is None:
        return None
    names = dataset.task.names
    labelled = ~np.isnan(dataset.targets).any(-1)
    patterns, counts = np.unique(labelled, axis=0, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    seen = dataset.targets[labelled]
    ranges = [(float(v.min()), float(v.max())) if len(v) else None for v in seen.T]
    return LabelSummary(
        counts=tuple((name, int(count)) for name, count in zip(names, labelled.sum(0).tolist(), strict=True)),
        complete=int(labelled.all(-1).sum()),
        patterns=tuple(
            (
                tuple(name for name, there in zip(names, patterns[i].tolist(), strict=True) if there),
                int(counts[i]),
            )
            for i in order
        ),
        x_range=ranges[0],
        y_range=ranges[1],
    )


def summary_text(found: Summary) -> str:
    """Write a summary as lines of text, as one reads it before anything else.

    >>> found = Summary(2, (4, 4, 1), (0, 15.5, 31), None, None, None, 0, 0, ())
    >>> print(summary_text(found))
    2 images of 4x4 pixels, 1 channel, values 0 to 31 (mean 15.5)
    subjects not given; no near-duplicates
    no keypoints
    """
    height, width, channels = found.image_shape
    low, mean, high = found.grey_range
    lines = [
        f"{counted(found.rows, 'image')} of {width}x{height} pixels, {counted(channels, 'channel')}, "
        f"values {low} to {high} (mean {mean:.1f})",
        f"{_subjects_text(found)}; {_duplicates_text(found)}",
        *(["no keypoints"] if found.labels is None else _labels_text(found.labels, found.rows)),
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


def _labels_text(labels: LabelSummary, rows: int) -> list[str]:
    """Write counts, ranges and patterns."""
    width = max(len(name) for name, _ in labels.counts)
    lines = [f"{counted(len(labels.counts), 'keypoint')}; {labels.complete:,} of {rows:,} rows have them all"]
    if labels.x_range is not None and labels.y_range is not None:
        (left, right), (top, bottom) = labels.x_range, labels.y_range
        lines.append(f"x from {left:.1f} to {right:.1f}, y from {top:.1f} to {bottom:.1f} pixels")
    lines.append("rows with a label:")
    lines += [f"  {name:{width}s}  {count:>7,}  {count / rows:4.0%}" for name, count in labels.counts]
    gaps = [pattern for pattern in labels.patterns if len(pattern[0]) < len(labels.counts)]
    if gaps:
        lines.append("rows with gaps:")
        lines += [f"  {_pattern_text(names, count, labels)}" for names, count in gaps[:_PATTERNS_SHOWN]]
        if rest := gaps[_PATTERNS_SHOWN:]:
            others = sum(count for _, count in rest)
            lines.append(f"  {counted(others, 'row')} in {counted(len(rest), 'other pattern')}")
    return lines


def _pattern_text(names: tuple[str, ...], count: int, labels: LabelSummary) -> str:
    """Name what is there or what is missing, whichever is shorter."""
    total = len(labels.counts)
    have = counted(count, "row has", "rows have")
    if not names:
        return f"{have} no label at all"
    if 2 * len(names) <= total:
        return f"{have} only {_listed(names, total)}"
    missing = tuple(name for name, _ in labels.counts if name not in names)
    return f"{have} all but {_listed(missing, total)}"


def _listed(names: tuple[str, ...], total: int) -> str:
    more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
    return f"{len(names)} of {total}: {', '.join(names[:_NAMES_SHOWN])}{more}"
