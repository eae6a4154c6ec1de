"""How long a fit may train."""

from dataclasses import dataclass

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
