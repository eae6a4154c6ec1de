"""The learning rate of a plan, found by a range test where that was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from teni.training import Phase, TrainingData, TrainingSettings, find_learning_rate

# A test reads more than these off no better; a rate of more digits would promise what it does not know.
DIGITS = 2


@dataclass(frozen=True, eq=False)
class FoundRate:
    """What a range test means for a plan.

    Args:
        phases: with the rate that was found, or as they were where the loss fell at none.
        about: ``usual`` and ``found`` (None for none), and of each step of the test ``learning_rate``, ``loss`` and
            ``smoothed``.
        note: what a reader should know.
    """

    phases: tuple[Phase, ...]
    about: dict[str, Any]
    note: str


def find_rate(
    network: keras.Model,
    data: TrainingData,
    phases: Sequence[Phase],
    settings: TrainingSettings,
    *,
    seed: int,
) -> FoundRate:
    """Test rates on the layers that learn in the first phase, and give all phases their share of what was found.

    Args:
        network: as it is before training; it is left so.
        data: what to learn from; the validation images are not looked at.
        phases: as planned with the usual rate.
        settings: batch, optimiser, augmentation.
        seed: of everything random.

    >>> from teni.training import flips_only
    >>> from teni.task import Classes
    >>> x = keras.Input((2, 2, 1))
    >>> net = keras.Model(x, keras.layers.Dense(2, name="head")(keras.layers.Flatten()(x)))
    >>> images = np.repeat(np.array([0, 9], np.uint8), 4)[:, None, None, None] * np.ones((1, 2, 2, 1), np.uint8)
    >>> data = TrainingData(Classes(("dark", "light"), 2, 2), images, np.repeat([0, 1], 4), images[::4], np.arange(2))
    >>> plain = TrainingSettings(augment=flips_only(), batch=4)
    >>> found = find_rate(net, data, [Phase("all", {"head": 1.0}, 20, 1e-3)], plain, seed=0)
    >>> found.phases[0].learning_rate == found.about["found"]
    True
    """
    first = phases[0]
    tested = find_learning_rate(network, data, first, settings, seed=seed)
    usual = first.learning_rate
    rate = float(f"{tested.proposal:.{DIGITS}g}") if tested.fell else None
    about = {
        "usual": usual,
        "found": rate,
        **{name: _plain(tested.table[name].to_numpy()) for name in tested.table},
    }
    if rate is None:
        note = f"The range test saw the loss fall at no learning rate; the usual one, {usual:g}, was kept."
        return FoundRate(tuple(phases), about, note)
    note = (
        f"In the range test the loss fell fastest at a learning rate of {rate:g}, which was taken; {usual:g} is "
        "usual."
    )
    scaled = tuple(replace(each, learning_rate=each.learning_rate * (rate / usual)) for each in phases)
    return FoundRate(scaled, about, note)


def _plain(column: NDArray[np.float64]) -> list[float | None]:
    """Return numbers as JSON knows them: None for a loss that is none any more."""
    return [float(f"{value:.5g}") if np.isfinite(value) else None for value in column]
