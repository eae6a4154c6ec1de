"""Class-per-folder images: ``data/cat/1.png`` shows a cat."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from teni.data.album import Album
from teni.data.counted import counted
from teni.data.natural_order import natural_key
from teni.errors import TeniError

_PARTS = {"train", "training", "val", "valid", "validation", "test", "testing"}
_NAMED = 3


@dataclass(frozen=True, eq=False)
class Labelled:
    """Pictures of an album with the class of each.

    Args:
        files: their paths in the album.
        ids: ``(N,)`` what each is called.
        classes: for each its class; None where it is not known.
        names: the classes there are, in natural order.
        subjects: ``(N,)`` who or what each shows, or None where nobody said.
        notes: what was left out or looked odd, one sentence each.
    """

    files: tuple[str, ...]
    ids: NDArray[np.str_]
    classes: tuple[str | None, ...]
    names: tuple[str, ...]
    subjects: NDArray[np.str_] | None = None
    notes: tuple[str, ...] = ()


def read_class_folders(album: Album) -> Labelled:
    """Take each folder of an album for a class, with all pictures below it.

    A single folder around all others, as zips often have one, is passed over.

    Args:
        album: the pictures.

    Returns:
        Ids are the paths of the pictures below the class folders' own, e.g. ``cat/1.png``.

    Raises:
        TeniError: there are no class folders, or the folders are parts of a split.

    >>> album = Album("animals", ("cat/1.png", "dog/1.png"), (), ("cat", "dog"), lambda name: open(name, "rb"))
    >>> read_class_folders(album).classes
    ('cat', 'dog')
    """
    root = _root(album)
    inside = [file for file in album.pictures if file.startswith(root) and "/" in file[len(root) :]]
    loose = len(album.pictures) - len(inside)
    if not inside:
        seen = album.pictures or album.tables
        found = ", ".join(seen[:_NAMED]) + (", ..." if len(seen) > _NAMED else "")
        raise TeniError(
            f"{album.name}: no folders with pictures (found {found or 'nothing'}); expected a folder of "
            "pictures for each class, e.g. cat/1.png and dog/1.png, or a CSV that names each picture's class"
        )
    ids = [file[len(root) :] for file in inside]
    classes = [name.split("/", 1)[0] for name in ids]
    names = sorted(set(classes), key=natural_key)
    _refuse_parts(album, names, ids)
    notes = [*album.notes]
    if loose:
        notes.append(f"{album.name}: {counted(loose, 'picture')} in no class folder left out.")
    top = {folder[len(root) :].split("/", 1)[0] for folder in album.folders if folder.startswith(root)}
    empty = sorted(top - set(names) - {""}, key=natural_key)
    if empty:
        named = ", ".join(empty[:_NAMED]) + (", ..." if len(empty) > _NAMED else "")
        notes.append(f"{album.name}: {counted(len(empty), 'folder')} without pictures left out: {named}.")
    if any(name.count("/") > 1 for name in ids):
        notes.append(f"{album.name}: pictures in folders below a class folder belong to that class.")
    return Labelled(tuple(inside), np.array(ids, np.str_), tuple(classes), tuple(names), notes=tuple(notes))


def _root(album: Album) -> str:
    """Return the path of the folders that stand alone around all others, with its ``/``; mostly empty."""
    root = ""
    while True:
        pictures = [file[len(root) :] for file in album.pictures if file.startswith(root)]
        tops = {name.split("/", 1)[0] for name in pictures}
        if len(tops) != 1 or any(name.count("/") < 2 for name in pictures):
            return root
        # One folder that holds folders and no picture of its own. Were it a class, there would be no other.
        root += f"{tops.pop()}/"


def _refuse_parts(album: Album, names: list[str], ids: list[str]) -> None:
    """Refuse folders that are the parts of a split, each with class folders inside."""
    if len(names) < 2 or not {name.lower() for name in names} <= _PARTS:
        return
    if any(name.count("/") < 2 for name in ids):
        return
    test = next((name for name in names if name.lower().startswith("test")), names[-1])
    train = next((name for name in names if name.lower().startswith("train")), names[0])
    raise TeniError(
        f"{album.name}: its folders {', '.join(names)} are parts of a split, not classes; give "
        f"{album.name}/{train}, and {album.name}/{test} as the test data"
    )
