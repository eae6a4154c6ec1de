"""Attribution of a request: which images, which targets, the maps, and how they are shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import keras
import numpy as np
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.progress import Progress
from teni.visualize.input_gradient import Attribution
from teni.visualize.keypoint_map import keypoint_map
from teni.visualize.layers import Part, part
from teni.visualize.outputs import output_scores
from teni.visualize.pictured import Pictured, Seen, Style
from teni.visualize.request import Request
from teni.visualize.targets import Each, Target, explained_model, targets

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]

NEAR = 0.1  # of the image's width: within it a map counts as near its keypoint


@dataclass(frozen=True, eq=False)
class Asked:
    """The images and the targets of a request.

    Args:
        images: ``float32 (N, H, W, C)``.
        ids: ``(N,)``.
        targets: what is explained of each image.
        outputs: ``(N, D)`` the network's outputs.
    """

    images: Floats
    ids: tuple[str, ...]
    targets: tuple[Target, ...]
    outputs: Floats


def asked(request: Request, piece: Part, image: Sequence[int], each: Each) -> Asked:
    """Read what a request asks for.

    Args:
        request: of the command.
        piece: the network up to the layer whose units are explained.
        image: which images of ``--data``, from 0.
        each: see `teni.visualize.targets.targets`.

    Raises:
        TeniError: an image that there is not.
    """
    given = request.given
    many = 0 if given is None else len(given)
    if given is None or not image or not all(0 <= i < many for i in image):
        told = ",".join(map(str, image))
        raise TeniError(f"--set image={told}: there are {many} images in --data, counted from 0")
    images = np.asarray(given.images[list(image)], np.float32)
    outputs = output_scores(explained_model(piece))(images)
    found = tuple(targets(piece, request.units, each))
    return Asked(images, tuple(str(given.ids[i]) for i in image), found, outputs)


def attributed(
    request: Request,
    image: Sequence[int],
    each: Each,
    make: Callable[[keras.Model], Attribution],
    *,
    style: Style,
    notes: Sequence[str],
    about_output: bool = False,
) -> Seen:
    """Explain what a request asks for by a method that explains one number at a time.

    Args:
        request: of the command.
        image: which images of ``--data``, from 0.
        each: see `teni.visualize.targets.targets`.
        make: makes the method for a network.
        style: ``heat``, which shows how large a map is, or ``signed-heat``.
        notes: what the pictures say, one sentence each.
        about_output: whether the layer that was named is not the one whose units are explained.

    Returns:
        A picture for each image and target.
    """
    piece = part(request.opened, None if about_output else request.layer)
    ask = asked(request, piece, image, each)
    attribution = make(explained_model(piece))
    maps: list[Floats] = []
    for done, target in enumerate(ask.targets, start=1):
        maps.append(_one(attribution, ask.images, target))
        request.on_progress(Progress("maps", done, len(ask.targets)))
    return shown(ask, np.stack(maps, axis=1), piece, style, notes)


def shown(ask: Asked, maps: Floats, piece: Part, style: Style, notes: Sequence[str]) -> Seen:
    """Turn maps into pictures over their images, image by image.

    Args:
        ask: what was asked.
        maps: ``(N, T, H, W, C)``, a map for each image and target.
        piece: the network that was explained.
        style: ``heat`` or ``signed-heat``.
        notes: what the pictures say.

    Returns:
        The pictures. Their scores are the outputs; of a keypoint the share of the map that lies near it.
    """
    pictures: list[Pictured] = []
    for i, name in enumerate(ask.ids):
        for k, target in enumerate(ask.targets):
            found = maps[i, k]
            is_keypoint = len(target.columns) == 2
            how = "heat" if is_keypoint else style  # how far a keypoint moves has no sign
            flat = magnitude(found) if how == "heat" else found.sum(axis=-1)
            point = _point(ask.outputs[i], target) if piece.kind == "keypoints" else None
            score = float(ask.outputs[i, target.columns[0]])
            words = ""
            if point is not None and is_keypoint:
                score = near_share(flat, point)
                words = f"{score:.0%} near"
            note = f"image {name}" if len(ask.ids) > 1 else ""
            pictures.append(
                Pictured(
                    target.name,
                    score,
                    flat[..., None],
                    note,
                    how,
                    ask.images[i].astype(np.uint8),
                    words,
                    points=() if point is None else (point,),
                )
            )
    told = list(notes)
    if piece.kind == "keypoints":
        told.append(
            "The ring is where the network sees the keypoint; a keypoint's score is the share of its map that lies "
            f"within {100 * NEAR:.0f}% of the image's width around the ring."
        )
    many = len(ask.targets)
    return Seen(
        tuple(pictures), piece.layer, tuple(told), columns=many if len(ask.ids) > 1 and many > 1 else None
    )


def magnitude(maps: Floats) -> Floats:
    """Reduce a signed map of colours to one that says how much each pixel matters, as Simonyan et al. do.

    Args:
        maps: ``(N, H, W, C)``.

    Returns:
        ``(N, H, W)``, the largest absolute value over the colours.

    >>> magnitude(np.array([[[[1.0, -3.0]]]], np.float32)).tolist()
    [[[3.0]]]
    """
    return np.abs(maps).max(axis=-1)


def near_share(found: Floats, point: tuple[float, float]) -> float:
    """Measure which share of a map lies near a point.

    Args:
        found: ``(H, W)``; absolute values count.
        point: x and y in pixels.

    >>> near_share(np.ones((1, 100), np.float32), (5.0, 0.5))
    0.15
    """
    height, width = found.shape
    y, x = np.mgrid[:height, :width] + 0.5
    near = np.hypot(x - point[0], y - point[1]) <= NEAR * width
    total = float(np.abs(found).sum())
    return float(np.abs(found)[near].sum()) / total if total else 0.0


def _one(attribution: Attribution, images: Floats, target: Target) -> Floats:
    if len(target.columns) == 2:
        return keypoint_map(attribution)(images, np.full(len(images), target.columns[0] // 2))
    return attribution(images, np.full(len(images), target.columns[0]))


def _point(outputs: Floats, target: Target) -> tuple[float, float]:
    """Return where the network sees the keypoint that a target is about."""
    x = target.columns[0] // 2 * 2
    return float(outputs[x]), float(outputs[x + 1])
