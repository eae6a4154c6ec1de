"""Integrated gradients: the change of an output from a baseline to the image, shared out over the pixels.

Sundararajan, Taly & Yan (2017), "Axiomatic attribution for deep networks", https://arxiv.org/abs/1703.01365. The
shares add up to the whole change (completeness), which measures how well the integral was taken; steps are added
where the line bends until it holds.
"""

from dataclasses import dataclass
from typing import Any, Literal

import keras
import numpy as np
from numpy.typing import NDArray

from teni.visualize.baselines import Baseline, baseline, black
from teni.visualize.explain import attributed
from teni.visualize.input_gradient import Attribution, InputGradient, input_gradient
from teni.visualize.outputs import output_scores
from teni.visualize.pictured import Seen
from teni.visualize.quick import quick
from teni.visualize.request import Request
from teni.visualize.targets import Each

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]

AT_A_TIME = 16  # places on the line in one pass


@dataclass(frozen=True)
class IntegratedGradientsSettings:
    """What is explained, and from where.

    Args:
        image: which images of ``--data``, from 0.
        each: whether x and y of a keypoint are shown as one map or as two.
        baseline: the image that shows nothing, from which the change is counted.
        tolerance: by how much the shares may miss the whole change, as a share of it.
        most_steps: along the way from the baseline to the image.
    """

    image: tuple[int, ...] = (0,)
    each: Each = "keypoint"
    baseline: Literal["black", "grey", "blurred"] = "black"
    tolerance: float = 0.01
    most_steps: int = 512


def show_integrated_gradients(request: Request) -> Seen:
    """Explain units by integrated gradients, see `integrated_gradients`."""
    settings: IntegratedGradientsSettings = request.settings
    missed: list[float] = []

    def make(model: keras.Model) -> Attribution:
        start = baseline(settings.baseline)
        method = integrated_gradients(
            quick(model), start=start, tolerance=settings.tolerance, most_steps=settings.most_steps
        )

        def measured(images: Floats, columns: Ints) -> Floats:
            maps = method(images, columns)
            missed.extend(completeness(quick(model), images, columns, maps, start=start).tolist())
            return maps

        return measured

    note = (
        f"What each pixel adds to the change of the output from a {settings.baseline} image to this one: red "
        "raises it, blue lowers it; of a keypoint, bright is how far it moves."
    )
    seen = attributed(request, settings.image, settings.each, make, style="signed-heat", notes=[note])
    told = f"The shares miss the whole change by {100 * max(missed):.2g}% at most (completeness)."
    return Seen(seen.pictures, seen.layer, (*seen.notes, told), columns=seen.columns)


def integrated_gradients(
    model: keras.Model, *, start: Baseline = black, tolerance: float = 0.01, most_steps: int = 512
) -> Attribution:
    """Make integrated gradients along the straight line from the baseline to the image.

    The trapezium rule on 16 places, then on 16 more, and so on: each time the steps over which the rule missed the
    output's own change most are halved. A network of rectifiers bends most close to the baseline; even steps need
    hundreds there.

    Args:
        model: a network of one image.
        start: makes the image that shows nothing, see `teni.visualize.baselines`.
        tolerance: by how much the sum of the shares may miss the change of the output, as a share of it.
        most_steps: places on the line at which to stop in any case; `completeness` then tells how far it came.

    Returns:
        See `Attribution`; signed, in units of the output.

    Raises:
        TeniError: see `input_gradient`.

    >>> x = keras.Input((1, 2, 1))
    >>> model = keras.Model(x, keras.layers.Dense(1, kernel_initializer="ones")(keras.layers.Flatten()(x)))
    >>> found = integrated_gradients(model)(np.array([[[[2.0], [5.0]]]], np.float32), np.array([0]))
    >>> found.ravel().tolist()
    [2.0, 5.0]
    """
    gradient = input_gradient(model)

    def integrate(images: Floats, columns: Ints) -> Floats:
        images = np.asarray(images, np.float32)
        pairs = zip(images, start(images), columns, strict=True)
        return np.stack([_along(gradient, *pair, tolerance, most_steps) for pair in pairs])

    return integrate


def _along(
    gradient: InputGradient, image: Floats, base: Floats, column: int, tolerance: float, most: int
) -> Floats:
    """Integrate along one image's line, see `integrated_gradients`."""
    line = image - base

    def at(shares: NDArray[Any]) -> tuple[Floats, Floats]:
        places = np.asarray(base + shares[:, None, None, None] * line, np.float32)
        return gradient(places, np.full(len(shares), column))

    shares = np.linspace(0, 1, AT_A_TIME, dtype=np.float32)
    scores, gradients = at(shares)
    while True:
        slopes = np.einsum("nhwc,hwc->n", gradients, line)
        # Between two places the output itself says what the trapezium should have been.
        missed = np.diff(scores) - np.diff(shares) * (slopes[:-1] + slopes[1:]) / 2
        change = scores[-1] - scores[0]
        if abs(missed.sum()) <= tolerance * abs(change) or len(shares) + AT_A_TIME > most:
            break
        worst = np.argsort(-np.abs(missed), kind="stable")[:AT_A_TIME]
        more = (shares[worst] + shares[worst + 1]) / 2
        found = at(more)
        shares, scores, gradients = (
            np.concatenate(pair) for pair in zip((shares, scores, gradients), (more, *found), strict=True)
        )
        order = np.argsort(shares, kind="stable")
        shares, scores, gradients = shares[order], scores[order], gradients[order]
    widths = np.diff(shares, prepend=shares[:1], append=shares[-1:])
    weights = ((widths[:-1] + widths[1:]) / 2).astype(np.float32)
    return np.asarray(line * np.tensordot(weights, gradients, axes=1), np.float32)


def completeness(
    model: keras.Model, images: Floats, columns: Ints, maps: Floats, *, start: Baseline = black
) -> Floats:
    """Measure by how much shares miss the change of the output from the baseline to the image.

    Args:
        model: the network.
        images: ``(N, H, W, C)``.
        columns: ``(N,)`` outputs that were explained.
        maps: ``(N, H, W, C)``, what integrated gradients gave.
        start: the baseline that was used.

    Returns:
        ``(N,)``, as a share of the change.
    """
    images = np.asarray(images, np.float32)
    rows = np.arange(len(images))
    scores = output_scores(model)
    change = scores(images)[rows, columns] - scores(start(images))[rows, columns]
    return _missed(maps, change)


def _missed(maps: Floats, change: Floats) -> Floats:
    total = maps.reshape(len(maps), -1).sum(axis=1, dtype=np.float64)
    return np.abs(total - change) / np.maximum(np.abs(change), np.finfo(np.float32).tiny)
