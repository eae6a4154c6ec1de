"""What a user gives to predict on: a table of images, a picture, or a folder of pictures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from teni.data import PictureOptions, load
from teni.data.image_files import MAX_MEGAPIXELS, SUFFIXES, Pictures, find_pictures, read_picture
from teni.data.source import MAX_UNPACKED_MB
from teni.errors import TeniError
from teni.prediction.resize import for_model, resize_of
from teni.progress import OnProgress, Progress, silent
from teni.task import Classes, Task
from teni.task.image_size import Resize

Images = NDArray[np.uint8]
Shape = tuple[int, int, int]

_STRETCHED = 1.1  # ratios of the sides that differ by more than this are worth a word
_NAMED = 3


@dataclass(frozen=True, eq=False)
class Given:
    """N images as a model takes them, and what is known of them as they were given.

    Args:
        images: ``uint8 (N, H, W, C)``, the size and channels of the model.
        sizes: ``(N, 2)`` height and width of each as given.
        ids: ``(N,)`` strings.
        original: gives the image at a position as it was given, ``uint8 (h, w, 1 or 3)``; a file is read
            again, in colours.
        notes: what was done to them or left out, one sentence each.
    """

    images: Images
    sizes: NDArray[np.int_]
    ids: NDArray[np.str_]
    original: Callable[[int], Images]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Count the images."""
        return len(self.images)


def from_array(images: Images, ids: NDArray[np.str_] | None, shape: Shape, task: Task | None = None) -> Given:
    """Take images that are in memory already.

    Args:
        images: ``uint8 (N, h, w, c)``, one or three channels.
        ids: ``(N,)``; None numbers them from 1.
        shape: height, width and channels of the model's images.
        task: what the model predicts, keypoints if None: says how an image is resized.

    Raises:
        TeniError: another shape or type.

    >>> from_array(np.zeros((2, 8, 8, 1), np.uint8), None, (4, 4, 1)).images.shape
    (2, 4, 4, 1)
    """
    given = np.asarray(images)
    if given.ndim != 4 or given.shape[-1] not in (1, 3) or given.dtype != np.uint8:
        raise TeniError(
            f"images of shape {given.shape} and type {given.dtype}; expected uint8 (N, H, W, 1 or 3), values "
            "from 0 to 255"
        )
    sizes = np.tile(np.array(given.shape[1:3], np.int_), (len(given), 1))
    names = np.arange(1, len(given) + 1).astype(np.str_) if ids is None else ids
    taken = given if given.shape[1:] == shape else np.zeros((len(given), *shape), np.uint8)
    if taken is not given:
        for i, image in enumerate(given):
            taken[i] = for_model(image, shape, _resize(task))
    return Given(taken, sizes, names, lambda i: given[i], _resizing_notes(sizes, shape, task))


def from_files(
    pictures: Pictures,
    shape: Shape,
    task: Task | None = None,
    *,
    max_megapixels: int = MAX_MEGAPIXELS,
    on_progress: OnProgress = silent,
) -> Given:
    """Read pictures one by one; only what the model takes of each stays in memory.

    Args:
        pictures: as `teni.data.image_files.find_pictures` lists them.
        shape: height, width and channels of the model's images.
        task: what the model predicts, keypoints if None.
        max_megapixels: the most pixels that are decoded of one picture, in millions.
        on_progress: told how many pictures are read.

    Raises:
        TeniError: pictures cannot be read; the first three are named.
    """
    images = np.zeros((len(pictures.files), *shape), np.uint8)
    sizes = np.zeros((len(pictures.files), 2), np.int_)
    problems = list[str]()

    def read(i: int, channels: int = 3) -> Images:
        return read_picture(pictures.files[i], channels, max_megapixels=max_megapixels)

    for i in range(len(images)):
        try:
            picture = read(i, shape[2])
        except TeniError as error:
            problems.append(str(error))
            continue
        images[i], sizes[i] = for_model(picture, shape, _resize(task)), picture.shape[:2]
        on_progress(Progress("pictures", i + 1, len(images)))
    _raise_if_any(problems, len(images))
    notes = (*pictures.notes, *_resizing_notes(sizes, shape, task))
    return Given(images, sizes, np.array(pictures.ids, np.str_), read, notes)


def read_given(
    path: Path,
    shape: Shape,
    task: Task | None = None,
    *,
    max_unpacked_mb: int = MAX_UNPACKED_MB,
    max_megapixels: int = MAX_MEGAPIXELS,
    on_progress: OnProgress = silent,
) -> Given:
    """Read what a user points to: a Kaggle-style CSV or zip, a picture, or a folder of pictures.

    Args:
        path: the file or folder.
        shape: height, width and channels of the model's images.
        task: what the model predicts, keypoints if None; for classes a folder with a folder for each will do too.
        max_unpacked_mb: the most that a zip may unpack to, in MB.
        max_megapixels: the most pixels that are decoded of one picture, in millions.
        on_progress: told how many pictures are read.

    Raises:
        TeniError: there is nothing there, or it cannot be read.
    """
    if not path.exists():
        raise TeniError(
            f"{path}: no such file or folder; expected a picture, a folder of pictures, or a Kaggle-style "
            "CSV or zip"
        )
    if not (isinstance(task, Classes) and _holds_folders_alone(path)):
        pictures = find_pictures(path)
        if pictures is not None:
            return from_files(pictures, shape, task, max_megapixels=max_megapixels, on_progress=on_progress)
    like = task if isinstance(task, Classes) else None
    options = PictureOptions(
        channels=shape[2], like=like, max_megapixels=max_megapixels, on_progress=on_progress
    )
    dataset = load(path, mirrored=False, max_unpacked_mb=max_unpacked_mb, pictures=options)
    given = from_array(dataset.images, dataset.ids, shape, task)
    return Given(given.images, given.sizes, given.ids, given.original, (*dataset.notes, *given.notes))


def _holds_folders_alone(path: Path) -> bool:
    """Tell whether a folder has folders in it and no picture of its own."""
    if not path.is_dir():
        return False
    inside = [entry for entry in path.iterdir() if not entry.name.startswith(".")]
    pictures = any(entry.suffix.lower() in SUFFIXES and not entry.is_dir() for entry in inside)
    return not pictures and any(entry.is_dir() for entry in inside)


def _resize(task: Task | None) -> Resize:
    return "stretch" if task is None else resize_of(task)


def _raise_if_any(problems: Sequence[str], many: int) -> None:
    if not problems:
        return
    if many == 1:
        raise TeniError(problems[0])
    more = f"; and {len(problems) - _NAMED:,} more" if len(problems) > _NAMED else ""
    raise TeniError(
        f"{len(problems):,} of {many:,} pictures cannot be read: {'; '.join(problems[:_NAMED])}{more}"
    )


def _resizing_notes(sizes: NDArray[np.int_], shape: Shape, task: Task | None) -> tuple[str, ...]:
    """Say how many images are resized, and how many of these are stretched or lose something."""
    height, width, _ = shape
    resized = int((sizes != np.array([height, width])).any(axis=1).sum())
    if not resized:
        return ()
    ratio = np.log((sizes[:, 1] * height) / (sizes[:, 0] * width))
    stretched = int((np.abs(ratio) > np.log(_STRETCHED)).sum())
    points = ", and their keypoints are in the pixels of the image as given"
    notes = [
        f"{resized:,} of {len(sizes):,} images are not of the model's {width}x{height} pixels: they are "
        f"resized for it{'' if isinstance(task, Classes) else points}."
    ]
    if stretched:
        become = {"stretch": "stretched", "pad": "given grey bars", "crop": "cut to their middle"}[
            _resize(task)
        ]
        notes.append(
            f"{stretched:,} of them have other proportions and are {become}, which costs accuracy; cut them "
            f"to {width}:{height} around what the model knows."
        )
    return tuple(notes)
