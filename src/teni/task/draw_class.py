"""Pictures of classes on images: which is the likeliest, how likely, and which it is."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from teni.task.classes import UNLABELLED, Classes
from teni.task.draw import rgb_picture, with_caption

Probabilities = NDArray[np.floating[Any]]


def class_caption(predicted: Probabilities, truth: int, task: Classes) -> str:
    """Say which class is the likeliest and how likely; where it is another, say which and how likely that was.

    Args:
        predicted: ``(C,)`` probabilities.
        truth: the class, -1 = unlabelled.
        task: the C classes.

    >>> task = Classes(("cat", "dog"), 4, 4)
    >>> class_caption(np.array([0.8, 0.2]), 0, task), class_caption(np.array([0.8, 0.2]), 1, task)
    ('cat 80%', 'cat 80%, is dog 20%')
    """
    best = int(np.argmax(predicted))
    said = f"{task.names[best]} {predicted[best]:.0%}"
    if truth in (UNLABELLED, best):
        return said
    return f"{said}, is {task.names[truth]} {predicted[truth]:.0%}"


def draw_class(
    image: NDArray[np.uint8], predicted: Probabilities, truth: int, task: Classes, *, scale: int = 1
) -> Image.Image:
    """Write below an enlarged image what `class_caption` says.

    Args:
        image: ``uint8 (H, W, C)``, one or three channels.
        predicted: ``(C,)`` probabilities.
        truth: the class, -1 = unlabelled.
        task: the C classes.
        scale: how many times larger the picture is.

    >>> draw_class(np.zeros((96, 96, 1), np.uint8), np.array([0.8, 0.2]), -1, Classes(("a", "b"), 96, 96)).width
    96
    """
    height, width = image.shape[:2]
    picture = rgb_picture(image).resize((width * scale, height * scale), Image.Resampling.BICUBIC)
    return with_caption(picture, class_caption(predicted, truth, task))
