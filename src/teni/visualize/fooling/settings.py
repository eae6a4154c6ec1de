"""What a user may choose when a model is to be fooled."""

from dataclasses import dataclass
from typing import Literal

Outputs = Literal["auto", "logits", "probabilities"]


@dataclass(frozen=True)
class AscentSettings:
    """How to climb by gradient.

    Args:
        steps: at most so many.
        step: the root mean square of a step, in grey values.
        target: the confidence at which a class counts as fooled and its ascent ends.
        outputs: what the model gives; ``auto`` looks at it.

    >>> AscentSettings(target=99.99)
    Traceback (most recent call last):
    ...
    ValueError: target is a confidence, above 0 and at most 1, not 99.99
    """

    steps: int = 1000
    step: float = 1.0
    target: float = 0.9999
    outputs: Outputs = "auto"

    def __post_init__(self) -> None:
        """Refuse what no search can be run with.

        Raises:
            ValueError: a number out of range.
        """
        _check_target(self.target)
        if self.steps < 0 or not 0 < self.step < float("inf"):
            raise ValueError(f"steps must be 0 or more and step above 0, not {self.steps} and {self.step}")


@dataclass(frozen=True)
class EvolutionSettings:
    """How long and how broadly to evolve.

    Args:
        generations: at most so many after the first, random one.
        population: candidates in a generation.
        target: the confidence at which a class counts as fooled; evolution ends when all do.
        outputs: what the model gives; ``auto`` looks at it.
        archive: a file that keeps the state; where it is there already, evolution goes on from it.
    """

    generations: int = 1000
    population: int = 200
    target: float = 0.9999
    outputs: Outputs = "auto"
    archive: str | None = None

    def __post_init__(self) -> None:
        """Refuse what no search can be run with.

        Raises:
            ValueError: a number out of range.
        """
        _check_target(self.target)
        if self.generations < 0 or self.population < 1:
            raise ValueError(
                f"generations must be 0 or more and population 1 or more, not {self.generations} and "
                f"{self.population}"
            )


def _check_target(target: float) -> None:
    if not 0 < target <= 1:
        raise ValueError(f"target is a confidence, above 0 and at most 1, not {target}")
