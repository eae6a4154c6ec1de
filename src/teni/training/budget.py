"""How long a fit may train."""

from dataclasses import dataclass, replace

from teni.errors import TeniError


@dataclass(frozen=True)
class Budget:
    """The most that a strategy may spend on training; what is solved in closed form needs none and ignores it.

    Args:
        seconds: of training, all phases together; None for what the strategy itself plans.
        epochs: over the images, all phases together; None for what the strategy itself plans.

    Raises:
        TeniError: a number that is not positive.

    >>> Budget(seconds=600.0).epochs is None
    True
    """

    seconds: float | None = None
    epochs: int | None = None

    def __post_init__(self) -> None:
        """Refuse numbers that leave nothing to train with."""
        if self.seconds is not None and not self.seconds > 0:
            raise TeniError(f"a budget of {self.seconds:g} seconds: expected more than none")
        if self.epochs is not None and self.epochs < 1:
            raise TeniError(f"a budget of {self.epochs} epochs: expected at least one")

    def less(self, spent: float) -> "Budget":
        """Return what is left when some of the seconds are spent: one at least, so that something is trained.

        >>> Budget(seconds=600.0).less(30.0).seconds, Budget(seconds=2.0).less(30.0).seconds
        (570.0, 1.0)
        >>> Budget().less(30.0).seconds is None
        True
        """
        return self if self.seconds is None else replace(self, seconds=max(self.seconds - spent, 1.0))
