"""Occlusion: how much an output changes where a part of the image is hidden.

Zeiler & Fergus (2014), "Visualizing and understanding convolutional networks", section 4.2,
https://arxiv.org/abs/1311.2901. It needs no gradient, and asks a question that people ask.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import keras
import numpy as np
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.progress import OnProgress, Progress, silent
from teni.visualize.baselines import Baseline, baseline, grey
from teni.visualize.explain import asked, shown
from teni.visualize.layers import part
from teni.visualize.outputs import output_scores
from teni.visualize.pictured import Seen
from teni.visualize.quick import quick
from teni.visualize.request import Request
from teni.visualize.targets import Each, explained_model

Floats = NDArray[np.float32]
IMAGES_AT_A_TIME = 256  # hidden copies that are held in memory


@dataclass(frozen=True)
class OcclusionSettings:
    """What is explained, and what hides it.

    Args:
        image: which images of ``--data``, from 0.
        each: whether x and y of a keypoint are shown as one map or as two.
        window: side of the square in pixels; none: an eighth of the image's shorter side.
        stride: pixels from one square to the next; none: a quarter of the window.
        fill: what the square shows.
    """

    image: tuple[int, ...] = (0,)
    each: Each = "keypoint"
    window: int | None = None
    stride: int | None = None
    fill: Literal["grey", "black", "blurred"] = "grey"


def show_occlusion(request: Request) -> Seen:
    """Explain units by hiding parts of the image, see `occlusion`."""
    settings: OcclusionSettings = request.settings
    piece = part(request.opened, request.layer)
    ask = asked(request, piece, settings.image, settings.each)
    hide = occlusion(
        quick(explained_model(piece), back=False),
        window=settings.window,
        stride=settings.stride,
        fill=baseline(settings.fill),
        on_progress=request.on_progress,
    )
    maps = hide(ask.images, [target.columns for target in ask.targets])
    note = (
        "Red: hiding this place lowers the output, blue: it raises it; of a keypoint, red is how far it moves, in "
        "pixels, when the place is hidden."
    )
    return shown(ask, maps[..., None], piece, "signed-heat", [note])


def occlusion(
    model: keras.Model,
    *,
    window: int | None = None,
    stride: int | None = None,
    fill: Baseline = grey,
    on_progress: OnProgress = silent,
) -> Callable[[Floats, Sequence[tuple[int, ...]]], Floats]:
    """Make maps of what hiding a square does to an output.

    The squares lie a stride apart and never beyond the image; the last ones end at its border, so that every
    pixel is hidden at least once. A pixel's value is the mean over all squares that hide it.

    Args:
        model: a network of one image.
        window: side of the square in pixels; an eighth of the image's shorter side by default.
        stride: pixels from one square to the next; a quarter of the window by default.
        fill: makes what the square shows instead.
        on_progress: told how many images are done.

    Returns:
        A function of images ``(N, H, W, C)`` and T targets, each one or several of the flattened outputs, that
        gives ``(N, T, H, W)``. For one output the map is by how much hiding lowers it. For several, such as x and
        y of a keypoint, it is the length of their change together: how far the point moves.

    Raises:
        TeniError: not such a network; from the function, a square that does not fit into the image.

    >>> x = keras.Input((2, 2, 1))
    >>> dense = keras.layers.Dense(1, kernel_initializer="ones")
    >>> hide = occlusion(keras.Model(x, dense(keras.layers.Flatten()(x))), window=1, stride=1, fill=np.zeros_like)
    >>> hide(np.array([[[[1.0], [2.0]], [[3.0], [4.0]]]], np.float32), [(0,)])[0, 0].tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    scores = output_scores(model)

    def over(images: Floats, targets: Sequence[tuple[int, ...]]) -> Floats:
        images = np.asarray(images, np.float32)
        height, width = images.shape[1:3]
        side = max(1, min(height, width) // 8) if window is None else window
        step = max(1, side // 4) if stride is None else stride
        if not (1 <= side <= min(height, width) and 1 <= step <= side):
            raise TeniError(
                f"a square of {side} pixels, moved by {step}, on images of {width}x{height}: expected a square "
                "that fits into the image and a stride from 1 to its side"
            )
        most = max((column for columns in targets for column in columns), default=0)
        fills, before = fill(images), scores(images)
        if most >= before.shape[1]:
            raise TeniError(f"{model.name} has {before.shape[1]} outputs, counted from 0; there is no {most}")
        corners = [(top, left) for top in starts(height, side, step) for left in starts(width, side, step)]
        maps = np.zeros((len(images), len(targets), height, width), np.float32)
        for i, (image, cover) in enumerate(zip(images, fills, strict=True)):
            after = _hidden_scores(scores, image, cover, corners, side)
            for k, columns in enumerate(targets):
                change = (before[i] - after)[:, list(columns)]
                lost = change[:, 0] if len(columns) == 1 else np.linalg.norm(change, axis=1)
                maps[i, k] = _mean_over_squares(lost, corners, side, (height, width))
            on_progress(Progress("occlusion", i + 1, len(images)))
        return maps

    return over


def starts(length: int, window: int, stride: int) -> list[int]:
    """Say where squares begin along one side, so that the last one ends at the border.

    >>> starts(10, 4, 3), starts(10, 4, 4)
    ([0, 3, 6], [0, 4, 6])
    """
    found = list(range(0, length - window + 1, stride))
    return found if found[-1] == length - window else [*found, length - window]


def _hidden_scores(
    scores: Callable[[Floats], Floats],
    image: Floats,
    cover: Floats,
    corners: list[tuple[int, int]],
    side: int,
) -> Floats:
    """Return the outputs ``(P, D)`` with each of P squares hidden."""
    found: list[Floats] = []
    for start in range(0, len(corners), IMAGES_AT_A_TIME):
        part = corners[start : start + IMAGES_AT_A_TIME]
        copies = np.repeat(image[None], len(part), axis=0)
        for copy, (top, left) in zip(copies, part, strict=True):
            square = np.s_[top : top + side, left : left + side]
            copy[square] = cover[square]
        found.append(scores(copies))
    return np.concatenate(found)


def _mean_over_squares(
    values: Floats, corners: list[tuple[int, int]], side: int, shape: tuple[int, int]
) -> Floats:
    total, count = np.zeros(shape), np.zeros(shape)
    for value, (top, left) in zip(values, corners, strict=True):
        total[top : top + side, left : left + side] += value
        count[top : top + side, left : left + side] += 1
    return (total / count).astype(np.float32)
