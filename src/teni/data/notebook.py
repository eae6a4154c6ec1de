"""How a data set shows itself: in a line, and in a notebook."""

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from teni.data.counted import counted
from teni.show import panel, pictures, shortened
from teni.task import UNLABELLED, Classes, Keypoints, labelled
from teni.task.draw import draw_points, picture_scale, rgb_picture

if TYPE_CHECKING:
    from teni.data.dataset import Dataset

SHOWN = 6
NOTES = 3
WIDE = 150  # pixels of a picture's longer side


def dataset_line(dataset: "Dataset") -> str:
    """Say in a line what a data set holds."""
    count, things = len(dataset.task.names), "keypoints" if isinstance(dataset.task, Keypoints) else "classes"
    shape = tuple(dataset.images.shape[1:])
    size = f" of {shape[1]}x{shape[0]} pixels, {counted(shape[2], 'channel')}" if len(shape) == 3 else ""
    who = "" if dataset.subjects is None else f", {counted(len(np.unique(dataset.subjects)), 'subject')}"
    labels = "no labels" if dataset.targets is None else f"{count} {things}"
    return f"{counted(len(dataset), 'image')}{size}, {labels}{who}"


def dataset_html(dataset: "Dataset") -> str:
    """Show a few images with their labels, and what is there how often."""
    return panel(
        f"Dataset: {dataset_line(dataset)}",
        [*_labels(dataset), *(shortened(note, 200) for note in dataset.notes[:NOTES])],
        pictures([_picture(dataset, int(row)) for row in _shown(dataset)], WIDE),
    )


def _labels(dataset: "Dataset") -> list[str]:
    targets, task = dataset.targets, dataset.task
    if targets is None or not len(dataset):
        return []
    known = int(labelled(targets, task).sum())
    match task:
        case Keypoints():
            if not task.names:
                return []
            each = (~np.isnan(targets).any(axis=2)).sum(axis=0)
            least = int(each.argmin())
            complete = int((~np.isnan(targets)).all(axis=(1, 2)).sum())
            return [
                f"{known:,} labelled, {complete:,} in full; fewest labels: {shortened(task.names[least])}, "
                f"{int(each[least]):,}"
            ]
        case Classes():
            counts = np.bincount(targets[targets != UNLABELLED], minlength=len(task.names))
            told = [f"{shortened(name, 30)} {int(n):,}" for name, n in zip(task.names, counts, strict=True)]
            more = f" and {len(told) - 12} more" if len(told) > 12 else ""
            return [f"{known:,} labelled: {', '.join(told[:12])}{more}"]


def _shown(dataset: "Dataset") -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Take rows from all over the data, for neighbours often show one subject."""
    many = min(SHOWN, len(dataset))
    return np.linspace(0, max(len(dataset) - 1, 0), many).astype(np.intp)


def _picture(dataset: "Dataset", row: int) -> tuple[Image.Image, str]:
    image, name = np.asarray(dataset.images[row]), shortened(str(dataset.ids[row]), 30)
    targets, task = dataset.targets, dataset.task
    match task:
        case Keypoints():
            truth = None if targets is None else np.asarray(targets[row], np.float64)
            return draw_points(image, truth=truth, scale=picture_scale(image.shape[:2], 2 * WIDE)), name
        case Classes():
            known = targets is not None and targets[row] != UNLABELLED
            label = (
                f": {shortened(task.names[int(targets[row])], 30)}" if targets is not None and known else ""
            )
            return rgb_picture(image), f"{name}{label}"
