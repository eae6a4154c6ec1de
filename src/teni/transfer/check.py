"""What a head cannot be solved from, said before any work."""

import numpy as np
from numpy.typing import NDArray

from teni.data import Dataset
from teni.errors import TeniError
from teni.task import Classes, Keypoints, Targets, Task

Ints = NDArray[np.intp]


def check_learnable(data: Dataset, groups: Ints, most_images: int | None = None) -> Targets:
    """Make sure that a head can be solved from these images, with each subject left out.

    Args:
        data: the training images.
        groups: ``(N,)`` subject of each.
        most_images: how many a decomposition holds; None where that does not matter.

    Returns:
        The targets.

    Raises:
        TeniError: it cannot.

    >>> task, ids = Classes(("cat", "dog"), 2, 2), np.array(["1", "2"])
    >>> cats = Dataset(np.zeros((2, 2, 2, 1), np.uint8), np.array([0, 0]), task, None, ids)
    >>> check_learnable(cats, np.arange(2), 9)
    Traceback (most recent call last):
    ...
    teni.errors.TeniError: all labelled training images show one class, cat; expected at least two to tell apart
    """
    named = "keypoints" if isinstance(data.task, Keypoints) else "classes"
    if data.targets is None:
        raise TeniError(f"the data have no {named} to learn from; give a training file, not a test file")
    if not len(data):
        raise TeniError("the split leaves no images to learn from; give it training rows")
    if len(np.unique(groups)) < 2:
        raise TeniError(
            "all training images show one subject; expected at least two, so that one can be left out"
        )
    if most_images is not None and len(data) > most_images:
        raise TeniError(
            f"{len(data):,} training images; this strategy takes at most {most_images:,} (it decomposes a matrix "
            "of images by images); give fewer, or a strategy that takes any number: auto, ridge, kernel"
        )
    check_labels(data.targets, data.task)
    return data.targets


def check_labels(targets: Targets, task: Task) -> None:
    """Make sure that each keypoint has a label, or that two classes are shown at least.

    Args:
        targets: of the training images.
        task: what they are.

    Raises:
        TeniError: it is not so.

    >>> check_labels(np.array([0, -1, 1]), Classes(("cat", "dog"), 2, 2))
    """
    match task:
        case Keypoints():
            _check_keypoints(targets, task.names)
        case Classes():
            _check_classes(targets, task.names)


def _check_keypoints(targets: Targets, names: tuple[str, ...]) -> None:
    for k, name in enumerate(names):
        if np.isnan(targets[:, k]).any(axis=-1).all():
            raise TeniError(f"no training image has a label for {name}; label some or leave its columns out")


def _check_classes(targets: Targets, names: tuple[str, ...]) -> None:
    shown = np.unique(targets[targets >= 0])
    if not len(shown):
        raise TeniError("no training image has a class; label some images of at least two classes")
    if len(shown) < 2:
        raise TeniError(
            f"all labelled training images show one class, {names[shown[0]]}; expected at least two to tell apart"
        )
