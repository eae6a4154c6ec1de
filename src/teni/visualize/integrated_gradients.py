"""Integrated gradients: the change of an output from a baseline to the image, shared out over the pixels.

Sundararajan, Taly & Yan (2017), "Axiomatic attribution for deep networks", https://arxiv.org/abs/1703.01365. The
shares add up to the whole change (completeness), which measures how well the integral was taken; steps are added
until it holds.
"""

import keras
import numpy as np
from numpy.typing import NDArray

from teni.visualize.baselines import Baseline, black
from teni.visualize.input_gradient import Attribution, input_gradient
from teni.visualize.outputs import output_scores

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]

FEWEST_STEPS = 16


def integrated_gradients(
    model: keras.Model, *, baseline: Baseline = black, tolerance: float = 0.01, most_steps: int = 1024
) -> Attribution:
    """Make integrated gradients along the straight line from the baseline to the image.

    The trapezium rule with 16 steps; they are doubled, nothing being computed twice, for those images whose shares
    do not add up yet.

    Args:
        model: a network of one image.
        baseline: makes the image that shows nothing.
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

    def at(images: Floats, start: Floats, columns: Ints, share: float) -> tuple[Floats, Floats]:
        return gradient(_mixed(start, images, share), columns)

    def integrate(images: Floats, columns: Ints) -> Floats:
        images = np.asarray(images, np.float32)
        start = baseline(images)
        first, low = at(images, start, columns, 0.0)
        last, high = at(images, start, columns, 1.0)
        mean = _mixed(low, high, 0.5)
        steps, open_ = 1, np.arange(len(images))
        while steps < most_steps and len(open_):
            part, base, which = images[open_], start[open_], columns[open_]
            middle = np.zeros_like(part)
            for i in range(steps):
                middle += at(part, base, which, (i + 0.5) / steps)[1] / np.float32(steps)
            mean[open_] = _mixed(mean[open_], middle, 0.5)
            steps *= 2
            if steps >= FEWEST_STEPS:
                error = _missed(_shares(part, base, mean[open_]), (last - first)[open_])
                open_ = open_[error > tolerance]
        return _shares(images, start, mean)

    return integrate


def completeness(
    model: keras.Model, images: Floats, columns: Ints, maps: Floats, *, baseline: Baseline = black
) -> Floats:
    """Measure by how much shares miss the change of the output from the baseline to the image.

    Args:
        model: the network.
        images: ``(N, H, W, C)``.
        columns: ``(N,)`` outputs that were explained.
        maps: ``(N, H, W, C)``, what integrated gradients gave.
        baseline: that was used.

    Returns:
        ``(N,)``, as a share of the change.
    """
    images = np.asarray(images, np.float32)
    rows = np.arange(len(images))
    scores = output_scores(model)
    change = scores(images)[rows, columns] - scores(baseline(images))[rows, columns]
    return _missed(maps, change)


def _mixed(one: Floats, other: Floats, share: float) -> Floats:
    return np.asarray(one + np.float32(share) * (other - one), np.float32)


def _shares(images: Floats, start: Floats, gradients: Floats) -> Floats:
    return np.asarray((images - start) * gradients, np.float32)


def _missed(maps: Floats, change: Floats) -> Floats:
    total = maps.reshape(len(maps), -1).sum(axis=1, dtype=np.float64)
    return np.abs(total - change) / np.maximum(np.abs(change), np.finfo(np.float32).tiny)
