"""Sheets of the images that a report shows, as pictures of their own."""

from pathlib import Path

from PIL import Image

from teni.run.examples import KINDS, Examples
from teni.task import Classes, Keypoints, Task, words
from teni.task.draw import contact_sheet, draw_points, picture_scale
from teni.task.draw_class import draw_class

WIDE = 288  # pixels of an image's longer side, about


def write_figures(folder: Path, examples: Examples, task: Task) -> None:
    """Draw one sheet a kind: ``best.png``, ``median.png``, ``worst.png``.

    Args:
        folder: made if it is not there.
        examples: what to draw.
        task: what is predicted.
    """
    folder.mkdir(exist_ok=True)
    for kind in KINDS:
        rows = examples.of(kind)
        if rows.size:
            pictures = [_picture(examples, int(row), task) for row in rows]
            contact_sheet(pictures, marks=isinstance(task, Keypoints)).save(folder / f"{kind}.png")


def _picture(examples: Examples, row: int, task: Task) -> Image.Image:
    image, predicted, truth = examples.images[row], examples.predicted[row], examples.truth[row]
    scale = picture_scale(image.shape[:2], WIDE)
    match task:
        case Keypoints():
            caption = f"{examples.ids[row]}: {words(task).error(float(examples.errors[row]))}"
            return draw_points(image, predicted, truth, scale=scale, caption=caption)
        case Classes():
            return draw_class(image, predicted, int(truth), task, scale=scale)
