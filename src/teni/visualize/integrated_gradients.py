"""Integrated gradients: the change of an output from a baseline to the image, shared out over the pixels.

Sundararajan, Taly & Yan (2017), "Axiomatic attribution for deep networks", https://arxiv.org/abs/1703.01365. The
shares add up to the whole change (completeness), which measures how well the integral was taken; steps are added
until it holds.
"""

from dataclasses import dataclass
from typing import Literal

import keras
import numpy as np
from numpy.typing import NDArray

from teni.visualize.baselines import Baseline, baseline, black
from teni.visualize.explain import attributed
from teni.visualize.input_gradient import Attribution, input_gradient
from teni.visualize.outputs import output_scores
from teni.visualize.pictured import Seen
from teni.visualize.request import Request
from teni.visualize.targets import Each

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]

FEWEST_STEPS = 16


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
    most_steps: int = 1024


def show_integrated_gradients(request: Request) -> Seen:
    """Explain units by integrated gradients, see `integrated_gradients`."""
    settings: IntegratedGradientsSettings = request.settings
    missed: list[float] = []

    def make(model: keras.Model) -> Attribution:
        start = baseline(settings.baseline)
        method = integrated_gradients(
            model, start=start, tolerance=settings.tolerance, most_steps=settings.most_steps
        )

        def measured(images: Floats, columns: Ints) -> Floats:
            maps = method(images, columns)
            missed.extend(completeness(model, images, columns, maps, start=start).tolist())
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
    model: keras.Model, *, start: Baseline = black, tolerance: float = 0.01, most_steps: int = 1024
) -> Attribution:
    """Make integrated gradients along the straight line from the baseline to the image.

    The trapezium rule with 16 steps; they are doubled, nothing being computed twice, for those images whose shares
    do not add up yet.

    Args:
        model: a network of one image.
        start: makes the image that shows nothing, see `teni.visualize.baselines`.
        tolerance: by how much the sum of the shares may miss the change of the output, as a share of it.
        most_steps: where to stop in any case; `completeness` then tells how far it came.

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

    def at(images: Floats, base: Floats, columns: Ints, share: float) -> tuple[Floats, Floats]:
        return gradient(_mixed(base, images, share), columns)

    def integrate(images: Floats, columns: Ints) -> Floats:
        images = np.asarray(images, np.float32)
        bases = start(images)
        first, low = at(images, bases, columns, 0.0)
        last, high = at(images, bases, columns, 1.0)
        mean = _mixed(low, high, 0.5)
        steps, open_ = 1, np.arange(len(images))
        while steps < most_steps and len(open_):
            part, base, which = images[open_], bases[open_], columns[open_]
            middle = np.zeros_like(part)
            for i in range(steps):
                middle += at(part, base, which, (i + 0.5) / steps)[1] / np.float32(steps)
            mean[open_] = _mixed(mean[open_], middle, 0.5)
            steps *= 2
            if steps >= FEWEST_STEPS:
                error = _missed(_shares(part, base, mean[open_]), (last - first)[open_])
                open_ = open_[error > tolerance]
        return _shares(images, bases, mean)

    return integrate


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


def _mixed(one: Floats, other: Floats, share: float) -> Floats:
    return np.asarray(one + np.float32(share) * (other - one), np.float32)


def _shares(images: Floats, start: Floats, gradients: Floats) -> Floats:
    return np.asarray((images - start) * gradients, np.float32)


def _missed(maps: Floats, change: Floats) -> Floats:
    total = maps.reshape(len(maps), -1).sum(axis=1, dtype=np.float64)
    return np.abs(total - change) / np.maximum(np.abs(change), np.finfo(np.float32).tiny)
