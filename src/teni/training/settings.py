"""What every strategy that trains has in common."""

from dataclasses import dataclass, field
from typing import Literal

from teni.errors import TeniError
from teni.training.augmentation import Augmentation

LearningRate = float | Literal["find"] | None
OptimizerName = Literal["adam", "sgd"]


@dataclass(frozen=True)
class TrainingSettings:
    """How a strategy trains; what is None is left to the strategy.

    Args:
        epochs: over the images, all phases together; None for what the strategy plans.
        batch: images a step.
        learning_rate: of a new head, of which other layers have their shares; ``find`` for what a range test finds,
            None for what suits the strategy.
        optimizer: ``adam``, or ``sgd`` with Nesterov's momentum of 0.9.
        patience: epochs of a phase without a better validation error after which the phase ends; None for never.
        augment: what is done to the images of each batch.
        precision: ``float32``, or ``mixed`` (products in bfloat16, weights in float32); ``auto`` is mixed on
            accelerators and float32 on a CPU.

    Raises:
        TeniError: a number that leaves nothing to train with.

    >>> TrainingSettings(batch=16).optimizer
    'adam'
    """

    epochs: int | None = None
    batch: int = 32
    learning_rate: LearningRate = None
    optimizer: OptimizerName = "adam"
    patience: int | None = 20
    augment: Augmentation = field(default_factory=Augmentation)
    precision: Literal["auto", "float32", "mixed"] = "auto"

    def __post_init__(self) -> None:
        """Refuse numbers that leave nothing to train with."""
        for name, value in (("epochs", self.epochs), ("batch", self.batch), ("patience", self.patience)):
            if value is not None and value < 1:
                raise TeniError(f"training with {name}={value}: expected at least 1")
        rate = self.learning_rate
        if isinstance(rate, str):
            if rate != "find":
                raise TeniError(f"training with a learning rate of {rate!r}: expected a number, or find")
        elif rate is not None and not 0 < rate < float("inf"):
            raise TeniError(f"training with a learning rate of {rate:g}: expected more than 0")
        if self.optimizer not in ("adam", "sgd"):
            raise TeniError(f"no optimizer is called {self.optimizer!r}; expected adam or sgd")
