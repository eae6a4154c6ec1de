"""The task of naming what an image shows: one of several classes."""

from dataclasses import dataclass

from teni.task.image_size import Resize

UNLABELLED = -1  # in place of a class, where nobody said which it is


@dataclass(frozen=True)
class Classes:
    """Named classes of which an image shows one.

    Targets are ``int64 (N,)`` positions among the names, -1 = unlabelled; predictions ``(N, C)`` probabilities.

    Args:
        names: the C classes, in the order of the probabilities.
        height: image height in pixels.
        width: image width in pixels.
        resize: how an image of another size becomes one of this size.

    >>> Classes(("cat", "dog"), 96, 96).names[1]
    'dog'
    """

    names: tuple[str, ...]
    height: int
    width: int
    resize: Resize = "pad"
