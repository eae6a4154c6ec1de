"""The phases of a training: which layers learn, how fast, and for how long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from teni.errors import TeniError

Schedule = Literal["cosine", "linear", "constant"]


@dataclass(frozen=True)
class Phase:
    """A part of a training during which the same layers learn.

    Args:
        name: as loss curves show it.
        rates: for each layer that learns, by name, what the learning rate is multiplied by; the others are frozen.
        epochs: over the images, at most.
        learning_rate: the highest.
        schedule: how it falls: by a ``cosine`` or on a ``linear`` way, or not at all.
        last: what it falls to, as a share of the highest.
        warmup: over how many epochs it first rises from zero; may be a part of one.
        norms: whether batch norms that learn keep their statistics (as a pretrained network's should) or take each
            ``batch``'s; those of frozen layers always keep them.

    Raises:
        TeniError: no layer, no epoch, or a rate that is not positive.

    >>> Phase("head", {"head": 1.0}, 5, 1e-3).schedule
    'cosine'
    """

    name: str
    rates: Mapping[str, float]
    epochs: int
    learning_rate: float
    schedule: Schedule = "cosine"
    last: float = 0.05
    warmup: float = 0.0
    norms: Literal["kept", "batch"] = "kept"

    def __post_init__(self) -> None:
        """Refuse a phase in which nothing is learned."""
        if not self.rates or min(self.rates.values()) <= 0 or self.epochs < 1 or self.learning_rate <= 0:
            raise TeniError(
                f"phase {self.name!r} trains {len(self.rates)} layers for {self.epochs} epochs at "
                f"{self.learning_rate:g}; expected at least one layer with a positive rate, and one epoch"
            )

    def learning_rates(self, shares: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return the learning rate at given shares of the phase.

        Args:
            shares: from 0, the start of the phase, to 1, its end.

        >>> Phase("all", {"a": 1.0}, 2, 1.0, "linear", last=0.5).learning_rates(np.array([0.0, 0.5, 1.0])).tolist()
        [1.0, 0.75, 0.5]
        """
        done = np.clip(shares, 0, 1)
        if self.schedule == "constant":
            level = np.ones_like(done)
        else:
            fallen = (1 - np.cos(np.pi * done)) / 2 if self.schedule == "cosine" else done
            level = 1 - (1 - self.last) * fallen
        if self.warmup > 0:
            level = level * np.minimum(done * self.epochs / self.warmup, 1.0)
        return (self.learning_rate * level).astype(np.float32)


def within(phases: Sequence[Phase], epochs: int | None) -> tuple[Phase, ...]:
    """Shorten phases alike, so that all together take no more epochs; those that get none are left out.

    Args:
        phases: as planned.
        epochs: the most for all of them; None for what is planned.

    >>> planned = [Phase("head", {"a": 1.0}, 10, 1.0), Phase("all", {"a": 1.0}, 30, 1.0)]
    >>> [phase.epochs for phase in within(planned, 8)]
    [2, 6]
    """
    total = sum(phase.epochs for phase in phases)
    if epochs is None or epochs >= total:
        return tuple(phases)
    ends = np.round(np.cumsum([phase.epochs for phase in phases]) * epochs / total).astype(int)
    lengths = np.diff(ends, prepend=0)
    return tuple(replace(phase, epochs=int(n)) for phase, n in zip(phases, lengths, strict=True) if n > 0)
