"""Load images of classes: class-per-folder, or a labels CSV; folders or zips."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from teni.data.album import Album, open_album, zip_holds_pictures
from teni.data.class_folders import Labelled, read_class_folders
from teni.data.class_images import ReadPictures, Size, read_pictures
from teni.data.class_table import read_class_table, table_columns
from teni.data.counted import counted
from teni.data.dataset import Dataset
from teni.data.image_files import MAX_MEGAPIXELS
from teni.data.picture_subjects import read_picture_subjects
from teni.data.source import MAX_UNPACKED_MB, csv_text, is_zip, open_csv
from teni.errors import TeniError
from teni.progress import OnProgress, silent
from teni.task import UNLABELLED, Classes
from teni.task.image_size import RESIZES, Resize

_NAMED = 3


@dataclass(frozen=True)
class PictureOptions:
    """How pictures are read.

    Args:
        size: height and width to bring them to; None lets `teni.data.class_images.common_size` choose.
        channels: 1 for grey, 3 for colours; None is 1 where all pictures are grey.
        resize: how a picture of another size comes to it; None is ``pad``.
        like: the task of a model: its classes in their order, its size and its way to it.
        max_megapixels: the most pixels that are decoded of one picture, in millions.
        on_progress: told how many pictures are read.

    >>> PictureOptions(size=(224, 224)).resize is None
    True
    """

    size: Size | None = None
    channels: int | None = None
    resize: Resize | None = None
    like: Classes | None = None
    max_megapixels: int = MAX_MEGAPIXELS
    on_progress: OnProgress = silent


def holds_classes(path: Path) -> bool:
    """Tell whether a path means images of classes, and not a table of keypoints.

    Args:
        path: a folder, a zip or a CSV, that may not exist.

    Returns:
        True for a folder, for a zip with pictures in it, and for a CSV with a column of files and one of classes.

    Raises:
        TeniError: the file is there but cannot be read.

    >>> holds_classes(Path("nowhere.csv"))
    False
    """
    if path.is_dir():
        return True
    if not path.is_file():
        return False
    if is_zip(path):
        return zip_holds_pictures(path)
    with open_csv(path) as text:
        return table_columns(list(islice(text.lines, 2))) is not None


def load_classes(
    path: Path,
    subjects: Path | None = None,
    options: PictureOptions = PictureOptions(),
    max_unpacked_mb: int = MAX_UNPACKED_MB,
) -> Dataset:
    """Load images of classes.

    Args:
        path: a folder with a folder for each class, a labels CSV, a folder with one labels CSV, or a zip of these.
        subjects: a CSV that says who or what each picture shows.
        options: how pictures are read.
        max_unpacked_mb: the most that a zip may unpack to, in MB.

    Returns:
        Targets ``int64 (N,)``; classes in natural order, or those of ``options.like``.

    Raises:
        TeniError: something cannot be read; the sentence says what, where, and what was expected.
    """
    if options.resize is not None and options.resize not in RESIZES:
        raise TeniError(f"resize {options.resize!r} is unknown; expected one of {', '.join(RESIZES)}")
    if options.size is not None and min(options.size) < 1:
        raise TeniError(
            f"an image size of {options.size[1]}x{options.size[0]}; expected at least one pixel each way"
        )
    if options.like is not None:
        like = options.like
        options = replace(options, size=(like.height, like.width), resize=like.resize)
    with _opened(path, max_unpacked_mb) as (album, labelled):
        if subjects is not None:
            who = read_picture_subjects(subjects, labelled, max_unpacked_mb)
            labelled = replace(labelled, subjects=who)
        read = read_pictures(
            album,
            labelled.files,
            size=options.size,
            channels=options.channels,
            resize=options.resize or "pad",
            max_megapixels=options.max_megapixels,
            on_progress=options.on_progress,
        )
    return _to_dataset(album.name, labelled, read, options)


@contextmanager
def _opened(path: Path, max_unpacked_mb: int) -> Generator[tuple[Album, Labelled]]:
    """Open the pictures and read which class each shows."""
    is_table = path.is_file() and not is_zip(path)
    with open_album(path.parent if is_table else path, max_unpacked_mb) as album:
        if is_table:
            with open_csv(path) as text:
                labelled = read_class_table(text, album, "")
            if labelled is None:
                raise TeniError(
                    f"{path}: no column of pictures' files and no column of classes; expected both"
                )
            yield album, labelled
            return
        for table in _top_tables(album):
            folder = table.rpartition("/")[0]
            with album.open(table) as stream:
                text = csv_text(stream, f"{album.name}: {table}")
                labelled = read_class_table(text, album, folder and f"{folder}/")
            if labelled is not None:
                yield album, replace(labelled, notes=(*album.notes, *labelled.notes))
                return
        yield album, read_class_folders(album)


def _top_tables(album: Album) -> list[str]:
    """List the CSVs that lie above or beside all pictures."""
    depth = min((file.count("/") for file in album.pictures), default=0)
    return [table for table in album.tables if table.count("/") <= depth]


def _to_dataset(name: str, labelled: Labelled, read: ReadPictures, options: PictureOptions) -> Dataset:
    classes = [labelled.classes[row] for row in read.rows]
    names, notes = labelled.names, [*labelled.notes, *read.notes]
    lost = [each for each in names if each not in classes]
    if lost:
        raise TeniError(f"{name}: no picture of {', '.join(lost[:_NAMED])} can be read; {read.notes[0]}")
    if options.like is not None:
        names = options.like.names
        _check_known(name, labelled.names, names)
    else:
        notes += _odd(name, classes, labelled.ids[read.rows], read.images)
    position = {each: i for i, each in enumerate(names)}
    targets = [UNLABELLED if each is None else position[each] for each in classes]
    height, width = read.images.shape[1:3]
    return Dataset(
        read.images,
        np.array(targets, np.int64),
        Classes(names, height, width, options.resize or "pad"),
        None if labelled.subjects is None else labelled.subjects[read.rows],
        labelled.ids[read.rows],
        tuple(notes),
    )


def _check_known(name: str, found: tuple[str, ...], known: tuple[str, ...]) -> None:
    unknown = [each for each in found if each not in known]
    if unknown:
        raise TeniError(
            f"{name}: the class {unknown[0]!r} is unknown to the model, which tells apart {', '.join(known)}; "
            "name the classes as the training data does"
        )


def _odd(name: str, classes: list[str | None], ids: NDArray[np.str_], images: NDArray[np.uint8]) -> list[str]:
    """Say which classes have a single image, and which images stand in two classes."""
    notes = list[str]()
    counts = {each: classes.count(each) for each in dict.fromkeys(classes) if each is not None}
    single = [each for each, count in counts.items() if count == 1]
    if single and len(counts) > 1:
        named = ", ".join(single[:_NAMED]) + (", ..." if len(single) > _NAMED else "")
        notes.append(
            f"{name}: {counted(len(single), 'class has', 'classes have')} a single image ({named}): whether it is "
            "recognised cannot be measured."
        )
    first: dict[bytes, int] = {}
    twice = list[str]()
    for row, image in enumerate(images):
        other = first.setdefault(blake2b(image.tobytes(), digest_size=16).digest(), row)
        if classes[other] != classes[row]:
            twice.append(f"{ids[other]} and {ids[row]}")
    if twice:
        notes.append(
            f"{name}: {counted(len(twice), 'image equals', 'images equal')} one of another class, the first "
            f"{twice[0]}; one of the two labels is wrong."
        )
    return notes
