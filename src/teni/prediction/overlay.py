"""Predictions drawn on the images they are for, one picture each."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from teni.files import output_folder
from teni.prediction.given import Given
from teni.prediction.resize import as_given, for_model
from teni.progress import OnProgress, Progress, silent
from teni.task import UNLABELLED, Classes, FlipCenter, Task
from teni.task.draw import draw_points, picture_scale
from teni.task.draw_class import draw_class

INDEX = "pictures.csv"  # which picture is whose; by it a folder of overlays is known again
LONGEST_SIDE = 1600  # of a picture, in pixels; marks on larger ones would be too small to see


def draw_overlays(
    folder: Path,
    given: Given,
    predicted: NDArray[np.float32],
    center: FlipCenter,
    *,
    task: Task | None = None,
    overwrite: bool = False,
    on_progress: OnProgress = silent,
) -> list[str]:
    """Draw what is predicted on every image, into a folder that appears when all are drawn.

    Args:
        folder: to be made; with `overwrite`, overlays of before are replaced.
        given: the images.
        predicted: ``(N, K, 2)`` pixels of the images as given, or ``(N, C)`` probabilities.
        center: where the centre of the first pixel lies.
        task: what is predicted; keypoints if None.
        overwrite: whether a folder of overlays may be replaced.
        on_progress: told how many pictures are drawn.

    Returns:
        The names of the pictures, in the order of the images; ``pictures.csv`` has them beside the ids.

    Raises:
        TeniError: the folder exists, the disk is full, or writing is not permitted.
    """
    names = _file_names(given.ids)
    with output_folder(folder, overwrite, marker=INDEX) as inside:
        for i, name in enumerate(names):
            _picture(given.original(i), predicted[i], center, task).save(inside / name)
            on_progress(Progress("overlays", i + 1, len(names)))
        index = pd.DataFrame({"file": names, "id": given.ids.astype(str)})
        index.to_csv(inside / INDEX, index=False, lineterminator="\n")
    return names


def _file_names(ids: NDArray[np.str_]) -> list[str]:
    """Make a file's name of each id: safe, short, and told apart by a number where two would be one."""
    used, names = set[str](), list[str]()
    for name in ids.tolist():
        plain = re.sub(r"[^\w.-]+", "_", Path(name).stem if "." in name else name).strip("._")[:80] or "image"
        number, free = 1, plain
        while free.lower() in used:  # some systems take A.png and a.png for one
            number += 1
            free = f"{plain}_{number}"
        used.add(free.lower())
        names.append(f"{free}.png")
    return names


def _picture(
    image: NDArray[np.uint8], predicted: NDArray[np.float32], center: FlipCenter, task: Task | None
) -> Image.Image:
    if isinstance(task, Classes):
        small, _ = _at_most(image, np.zeros((0, 2), np.float32), center)
        return draw_class(small, predicted, UNLABELLED, task, scale=picture_scale(small.shape[:2]))
    small, points = _at_most(image, predicted, center)
    return draw_points(small, points, center=center)


def _at_most(
    image: NDArray[np.uint8], points: NDArray[np.float32], center: FlipCenter
) -> tuple[NDArray[np.uint8], NDArray[np.floating]]:
    """Shrink a large image, and move the points with it."""
    height, width, channels = image.shape
    factor = LONGEST_SIDE / max(height, width)
    if factor >= 1:
        return image, points
    size = (max(1, round(height * factor)), max(1, round(width * factor)))
    moved = as_given(points[None], (height, width), np.array([size]), center)[0]
    return for_model(image, (*size, channels)), moved
