"""What is labelled in a data set, and whether that is enough to learn from: the part that depends on the task."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from teni.data.counted import counted
from teni.data.dataset import Dataset
from teni.errors import TeniError
from teni.task import Classes, Keypoints

_PATTERNS_SHOWN = 4
_NAMES_SHOWN = 6


@dataclass(frozen=True)
class LabelSummary:
    """What is labelled, where images have keypoints.

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
class ClassSummary:
    """What is labelled, where images show classes.

    Args:
        counts: for each class, in the order of the data set, its name and how many images show it.
        complete: how many images have a class.
    """

    counts: tuple[tuple[str, int], ...]
    complete: int


def summarise_labels(dataset: Dataset) -> LabelSummary | ClassSummary | None:
    """Count what is labelled; None for a data set without targets.

    >>> task = Classes(("cat", "dog"), 2, 2)
    >>> animals = Dataset(np.zeros((2, 2, 2, 1), np.uint8), np.array([1, -1]), task, None, np.array(["a", "b"]))
    >>> summarise_labels(animals)
    ClassSummary(counts=(('cat', 0), ('dog', 1)), complete=1)
    """
    if dataset.targets is None:
        return None
    match dataset.task:
        case Keypoints():
            return _keypoint_summary(dataset.targets, dataset.task)
        case Classes():
            known = dataset.targets[dataset.targets >= 0]
            counts = np.bincount(known, minlength=len(dataset.task.names)).tolist()
            return ClassSummary(tuple(zip(dataset.task.names, counts, strict=True)), len(known))


def _keypoint_summary(targets: NDArray[np.float32], task: Keypoints) -> LabelSummary:
    names = task.names
    labelled = ~np.isnan(targets).any(-1)
    patterns, counts = np.unique(labelled, axis=0, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    seen = targets[labelled]
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


def labels_text(labels: LabelSummary | ClassSummary, rows: int) -> list[str]:
    """Write what is labelled as lines of text.

    Args:
        labels: from `summarise_labels`.
        rows: how many images there are.

    >>> print("\\n".join(labels_text(ClassSummary((("cat", 3), ("dog", 1)), 4), 5)))
    2 classes; 4 of 5 images have one
    images that show it:
      cat        3   60%
      dog        1   20%
    """
    match labels:
        case LabelSummary():
            return _keypoints_text(labels, rows)
        case ClassSummary():
            return [
                f"{counted(len(labels.counts), 'class', 'classes')}; {labels.complete:,} of {rows:,} images have one",
                "images that show it:",
                *_shares_text(labels.counts, rows),
            ]


def _keypoints_text(labels: LabelSummary, rows: int) -> list[str]:

    lines = [f"{counted(len(labels.counts), 'keypoint')}; {labels.complete:,} of {rows:,} rows have them all"]
    if labels.x_range is not None and labels.y_range is not None:
        (left, right), (top, bottom) = labels.x_range, labels.y_range
        lines.append(f"x from {left:.1f} to {right:.1f}, y from {top:.1f} to {bottom:.1f} pixels")
    lines.append("rows with a label:")
    lines += _shares_text(labels.counts, rows)
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


def _shares_text(counts: tuple[tuple[str, int], ...], rows: int) -> list[str]:
    width = max(len(name) for name, _ in counts)
    return [f"  {name:{width}s}  {count:>7,}  {count / rows:4.0%}" for name, count in counts]


def require_labels(dataset: Dataset) -> None:
    """Make sure that a data set can be learned from.

    Every keypoint must be labelled in some row; of classes there must be two or more, with two images each or more.

    Args:
        dataset: what is to be trained on.

    Raises:
        TeniError: no labels, a keypoint that is labelled nowhere, fewer than two classes, or a class with a single
            image.

    >>> images, task = np.zeros((1, 2, 2, 1), np.uint8), Keypoints(("nose",), 2, 2, (0,))
    >>> require_labels(Dataset(images, np.full((1, 1, 2), np.nan, np.float32), task, None, np.array(["1"])))
    Traceback (most recent call last):
    ...
    teni.errors.TeniError: no row has a label for nose; label some or take the columns out
    """
    match dataset.task:
        case Keypoints():
            _require_keypoints(dataset)
        case Classes():
            _require_classes(dataset)


def _require_keypoints(dataset: Dataset) -> None:
    if dataset.targets is None or not dataset.task.names:
        raise TeniError(
            "the training data has no keypoints; expected columns called <keypoint>_x and <keypoint>_y"
        )
    rows_with = (~np.isnan(dataset.targets).any(-1)).sum(0).tolist()
    without = [name for name, rows in zip(dataset.task.names, rows_with, strict=True) if not rows]
    if without:
        named = ", ".join(without[:3]) + (f" and {len(without) - 3} more" if len(without) > 3 else "")
        raise TeniError(f"no row has a label for {named}; label some or take the columns out")


def _require_classes(dataset: Dataset) -> None:
    found = summarise_labels(dataset)
    if not isinstance(found, ClassSummary) or not found.complete:
        raise TeniError(
            "the training data has no classes; expected a folder of images for each class, or a CSV with an "
            "image and a class a row"
        )
    shown = [name for name, count in found.counts if count]
    if len(shown) < 2:
        raise TeniError(f"all images show one class, {shown[0]}; expected at least two to tell apart")
    single = [name for name, count in found.counts if count == 1]
    if single:
        named = ", ".join(single[:_NAMES_SHOWN]) + (", ..." if len(single) > _NAMES_SHOWN else "")
        raise TeniError(
            f"{counted(len(single), 'class has', 'classes have')} a single image ({named}); expected at least two "
            "of each, one to learn from and one to be measured on: add images or leave the class out"
        )
