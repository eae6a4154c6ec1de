"""A data set as a CSV in the layout of Kaggle's Facial Keypoints Detection, to practise on or to hand on."""

import csv
import io
from pathlib import Path

import numpy as np

from teni.data.dataset import Dataset
from teni.errors import TeniError
from teni.files import write_text
from teni.task import Keypoints


def write_kaggle(dataset: Dataset, file: Path, subjects: Path | None = None) -> None:
    """Write images and keypoints as `teni.load` reads them back: two columns a keypoint, empty cells for gaps.

    Args:
        dataset: grey square images, as the layout has no place for colours or another width.
        file: the CSV to write; one that stands there is replaced.
        subjects: a CSV for who each image shows, a column ``Subject``; None writes none.

    Raises:
        TeniError: classes instead of keypoints, colours, images that are not square, or nobody said who they show.

    >>> import tempfile
    >>> from teni.data.faces import synthetic_faces
    >>> file = Path(tempfile.mkdtemp()) / "training.csv"
    >>> write_kaggle(synthetic_faces(2, look="source", seed=0), file)
    >>> file.read_text().split(",")[:2], len(file.read_text().splitlines())
    (['left_eye_center_x', 'left_eye_center_y'], 3)
    """
    height, width, channels = dataset.images.shape[1:]
    if not isinstance(dataset.task, Keypoints):
        raise TeniError(f"{file}: Kaggle's layout holds keypoints, not classes; write the images as files")
    if channels != 1 or height != width:
        raise TeniError(
            f"{file}: Kaggle's layout holds grey square images, not {width}x{height} with {channels} channels"
        )
    if subjects is not None and dataset.subjects is None:
        raise TeniError(f"{subjects}: nobody said who the images show; leave it out")
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    named = () if dataset.targets is None else dataset.task.names
    rows.writerow([*(f"{name}_{axis}" for name in named for axis in "xy"), "Image"])
    for row in range(len(dataset)):
        points = [] if dataset.targets is None else dataset.targets[row].ravel()
        values = np.asarray(dataset.images[row]).ravel().tolist()
        rows.writerow(["" if np.isnan(x) else str(x) for x in points] + [" ".join(map(str, values))])
    write_text(file, text.getvalue())
    if subjects is not None and dataset.subjects is not None:
        who = io.StringIO()
        csv.writer(who, lineterminator="\n").writerows(
            [["Subject"], *([name] for name in dataset.subjects.tolist())]
        )
        write_text(subjects, who.getvalue())
