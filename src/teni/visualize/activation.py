"""Activation maximisation: the image that a unit responds to most, climbed to from noise."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.progress import OnProgress, silent
from teni.visualize.layers import Part, part
from teni.visualize.maximise import (
    Fourier,
    Plain,
    Plan,
    Regularisers,
    Views,
    ascend,
    unit_objective,
)
from teni.visualize.opened import Opened
from teni.visualize.pictured import Pictured, Seen, Style
from teni.visualize.quick import quick
from teni.visualize.request import Request

ABOUT_COORDINATES = (
    "A coordinate has no preferred sight: its picture is whatever pushes the predicted point furthest to the right "
    "(x) or down (y), mostly far outside the image. It shows which patterns move the point, and in which direction; "
    "it does not show what the network takes for that keypoint."
)

NO_ANSWER = "no answer"


@dataclass(frozen=True)
class ActivationSettings:
    """How images are climbed to; `recipe` chooses the rest where it is left open.

    Args:
        recipe: classic, from pixels of noise as the first pictures of filters were made; or readable, from waves
            of every length, moved before each step.
        steps: of gradient ascent; None: 20 for classic, 256 for readable.
        rate: length of a step; None: 1 pixel value for classic, 0.05 for readable.
        logits: whether a final softmax or sigmoid is cut off.
        where: of a filter's map, the mean or the middle; None: mean.
        moves: jitter (pixels), rotation (degrees) and scale (share) at random before each step; None: none for
            classic, some for readable.
        penalties: weights of L2, of total variation, and spread of a blur in pixels every four steps; None: by
            recipe.
    """

    recipe: Literal["classic", "readable"] = "classic"
    steps: int | None = None
    rate: float | None = None
    logits: bool = True
    where: Literal["mean", "center"] = "mean"
    moves: tuple[float, float, float] | None = None
    penalties: tuple[float, float, float] | None = None


def activation(request: Request) -> Seen:
    """Show what units respond to most: see `maximise_units`."""
    settings: ActivationSettings = request.settings
    piece = part(request.opened, request.layer, logits=settings.logits)
    pictures = maximise_units(
        request.opened, piece, request.units, settings, seed=request.seed, on_progress=request.on_progress
    )
    notes = [ABOUT_COORDINATES] if piece.kind == "keypoints" else []
    if piece.kind == "classes" and not piece.logits and settings.logits:
        notes.append(
            f"{request.opened.name}: the scores are the outputs themselves; no softmax was found to cut off."
        )
    silent_units = sum(each.told == NO_ANSWER for each in pictures)
    if silent_units:
        notes.append(
            f"{silent_units} of {len(pictures)} units of {piece.layer} answered to nothing on the way, so that there "
            "was no slope to climb and their pictures are noise; name the layer before the rectifier, or take "
            "another --seed."
        )
    return Seen(pictures, piece.layer, tuple(notes))


def maximise_units(
    opened: Opened,
    piece: Part,
    units: Sequence[int],
    settings: ActivationSettings | None = None,
    *,
    seed: int = 0,
    on_progress: OnProgress = silent,
) -> tuple[Pictured, ...]:
    """Climb to an image for each of several units, all at once.

    Args:
        opened: the network.
        piece: the network up to the layer whose units are meant.
        units: their places.
        settings: how.
        seed: of the noise and the moves.
        on_progress: told how many images are done.

    Returns:
        For each unit an image, ``float32 (H, W, C)`` of pixels, scored by the unit's activation (a filter's is the
        mean of its map).

    Raises:
        TeniError: the settings cannot be.

    >>> import keras
    >>> from teni.visualize import open_network
    >>> x = keras.Input((8, 8, 1))
    >>> opened = open_network(keras.Model(x, keras.layers.Conv2D(3, 3)(x)), "tiny")
    >>> [each.unit for each in maximise_units(opened, part(opened), [0, 2])]
    ['0', '2']
    """
    settings = settings or ActivationSettings()
    plan = plan_of(settings)
    objective = unit_objective(piece, settings.where, quick)
    found = ascend(objective, opened.shape, units, plan, seed=seed, on_progress=on_progress)
    style: Style = "classic" if settings.recipe == "classic" else "pixels"
    answered: NDArray[np.bool_] = np.asarray((found.scores != 0).any(axis=0))
    return tuple(
        Pictured(piece.names[unit], float(score), image, style=style, told="" if answers else NO_ANSWER)
        for unit, score, image, answers in zip(units, found.scores[-1], found.images, answered, strict=True)
    )


def plan_of(settings: ActivationSettings) -> Plan:
    """Fill in what the recipe says.

    Args:
        settings: what the user says.

    Raises:
        TeniError: a number of steps or a rate that is none.

    >>> plan_of(ActivationSettings()).steps, plan_of(ActivationSettings("readable")).image
    (20, Fourier(decay=1.0, spread=0.05))
    """
    classic = settings.recipe == "classic"
    steps = (20 if classic else 256) if settings.steps is None else settings.steps
    rate = (1.0 if classic else 0.05) if settings.rate is None else settings.rate
    if steps < 1 or not rate > 0:
        raise TeniError(f"--set steps={steps} rate={rate}: expected at least one step of a length above 0")
    jitter, rotation, scale = settings.moves or ((0, 0, 0) if classic else (8, 10, 0.1))
    l2, variation, blur = settings.penalties or (0, 0, 0)
    image = Plain() if classic else Fourier()
    return Plan(steps, rate, image, Views(jitter, rotation, scale), Regularisers(l2, variation, blur))
