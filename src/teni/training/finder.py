"""Find a learning rate by a range test: it rises with each step until the loss does."""

from dataclasses import dataclass

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.training.data import TrainingData
from teni.training.learner import Learner, plain_afterwards
from teni.training.phases import Phase
from teni.training.settings import TrainingSettings
from teni.training.steps import training_form

COLUMNS = ("learning_rate", "loss", "smoothed")
# Over how many steps losses are smoothed, and how many times its lowest the loss may be before the test ends.
WIDTH, RISE = 6.0, 3.0
# What of the level at the smallest rates the loss must fall to, in how many standard errors at least, and what of it
# is left where the way down begins.
CLEAR, SURE, LEFT = 0.85, 4.0, 0.97


@dataclass(frozen=True, eq=False)
class RangeTest:
    """What a range test found.

    Args:
        table: one row a step, columns `COLUMNS`: the loss of the step, and the geometric mean of those around it.
        proposal: the learning rate at which the loss fell fastest; of the whole phase, layers keep their shares.
    """

    table: pd.DataFrame
    proposal: float

    @property
    def fell(self) -> bool:
        """Tell whether the loss fell at all; if not, the proposal is but the smallest rate."""
        return self.proposal > self.table["learning_rate"].iloc[0]


def find_learning_rate(
    network: keras.Model,
    data: TrainingData,
    phase: Phase,
    settings: TrainingSettings,
    *,
    seed: int,
    steps: int = 100,
    between: tuple[float, float] = (1e-6, 1.0),
) -> RangeTest:
    """Train for a few steps at rates that rise evenly in their logarithm (Smith, 2017); the network is left as it is.

    Args:
        network: flat and functional, see `teni.training.train`.
        data: what to learn from.
        phase: which layers learn; its own learning rate does not count.
        settings: batch, optimiser, augmentation.
        seed: of everything random.
        steps: how many.
        between: the first and the last rate.

    Raises:
        TeniError: rates that do not rise, or fewer than ten steps.

    >>> find_learning_rate(None, None, None, None, seed=0, between=(1.0, 0.1))
    Traceback (most recent call last):
    ...
    teni.errors.TeniError: a range test of 100 steps from 1 to 0.1: expected ten steps at least, and rates that rise
    """
    if not 0 < between[0] < between[1] or steps < 10:
        raise TeniError(
            f"a range test of {steps} steps from {between[0]:g} to {between[1]:g}: expected ten steps at least, and "
            "rates that rise"
        )
    fast = training_form(network)
    with plain_afterwards(fast):
        before = fast.get_weights()
        learner = Learner(fast, phase, data, settings, seed)
        epochs = -(-steps // learner.steps)
        rates = np.geomspace(*between, epochs * learner.steps).astype(np.float32)
        state, losses = learner.start(), list[NDArray[np.float32]]()
        for epoch in range(epochs):
            here = rates[epoch * learner.steps : (epoch + 1) * learner.steps]
            state, told = learner.epoch(state, epoch + 1, here)
            losses.append(told)
        fast.set_weights(before)
    return judge(rates.astype(np.float64), np.concatenate(losses).astype(np.float64))


def judge(rates: NDArray[np.float64], losses: NDArray[np.float64]) -> RangeTest:
    """Smooth the losses of a range test, and propose the rate at which they fell fastest.

    Losses are those of different batches, so the first ones rise and fall by chance alone: looked at is only the
    last way down, from the level at the smallest rates to the bottom, and only if that lies clearly below the level.

    Args:
        rates: of each step, rising.
        losses: of each step.

    >>> rates = np.geomspace(1e-4, 1.0, 41)
    >>> falls = 1 / (1 + (rates / 1e-2) ** 2) + rates**2
    >>> found = judge(rates, falls)
    >>> 1e-3 < found.proposal < 1e-1
    True
    """
    fine = np.isfinite(losses) & (losses > 0)
    logs = np.log(np.where(fine, losses, 1.0))
    first = logs[: max(len(logs) // 5, 1)]
    level = float(np.mean(first)) if fine[: len(first)].all() else np.nan
    smooth = _smooth(logs, fine)
    table = pd.DataFrame({"learning_rate": rates, "loss": losses, "smoothed": np.exp(smooth)})
    nothing = RangeTest(table, float(rates[0]))
    if not np.isfinite(level):
        return nothing
    lowest = np.minimum(np.minimum.accumulate(np.where(fine, smooth, np.inf)), level)
    risen = np.flatnonzero(~fine | (smooth > lowest + np.log(RISE)))
    end = int(risen[0]) if len(risen) else len(smooth)
    if not end:
        return nothing
    bottom = int(np.argmin(smooth[:end]))
    # How far the means of some losses lie apart by chance: as many as are smoothed together, and the first ones.
    chance = np.std(first) * np.sqrt(1 / (2 * np.sqrt(np.pi) * WIDTH) + 1 / len(first))
    if smooth[bottom] > level + min(np.log(CLEAR), -SURE * chance):
        return nothing  # the rates were too large from the start, or nothing can be learned
    above = np.flatnonzero(smooth[:bottom] >= level + np.log(LEFT))
    start = int(above[-1]) if len(above) else 0
    slope = np.gradient(smooth[: bottom + 1], np.log(rates[: bottom + 1]))
    return RangeTest(table, float(rates[start + int(np.argmin(slope[start:]))]))


def _smooth(logs: NDArray[np.float64], fine: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Average logarithms over the steps around each, the near ones more; NaN where there are none."""
    at = np.arange(len(logs))
    weights = np.exp(-0.5 * ((at[:, None] - at) / WIDTH) ** 2) * fine
    total = weights.sum(axis=1)
    return np.divide(weights @ logs, total, out=np.full(len(logs), np.nan), where=total > 0)
