"""How a dense head is trained on features that stay as they are."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from teni.errors import TeniError


@dataclass(frozen=True)
class MlpSettings:
    """Dense layers with rectifiers, trained by stochastic gradient descent with Nesterov's momentum.

    The defaults are those of the specialists' heads in S. Yuki's tutorial (2016, https://elix-tech.github.io/):
    two layers of 1,000 units, half of the first one's outputs dropped, 300 epochs.

    Args:
        widths: units of the hidden layers.
        dropout: the share of outputs dropped behind each hidden layer, as many numbers as widths.
        learning_rates: of the first and the last epoch, linear in between.
        momentum: of the gradient descent, 0 to below 1.
        epochs: how many times all rows are seen at most.
        patience: epochs without a lower validation loss after which training stops.
        batch: rows a step.

    Raises:
        TeniError: numbers that no training can be done with.

    >>> MlpSettings().widths
    (1000, 1000)
    """

    widths: tuple[int, ...] = (1000, 1000)
    dropout: tuple[float, ...] = (0.5, 0.0)
    learning_rates: tuple[float, float] = (0.01, 0.001)
    momentum: float = 0.9
    epochs: int = 300
    patience: int = 100
    batch: int = 32

    def __post_init__(self) -> None:
        """Refuse what cannot be trained with."""
        if not self.widths or min(self.widths) < 1:
            raise TeniError(f"widths {self.widths}: expected one hidden layer at least, each of some units")
        if len(self.dropout) != len(self.widths) or not all(0 <= rate < 1 for rate in self.dropout):
            raise TeniError(
                f"dropout {self.dropout}: expected {len(self.widths)} shares from 0 to below 1, one behind each "
                "hidden layer"
            )
        if not 0 <= self.momentum < 1:
            raise TeniError(f"a momentum of {self.momentum:g}: expected 0 to below 1")
        if min(self.learning_rates) < 0 or min(self.epochs, self.patience, self.batch) < 1:
            raise TeniError(
                f"learning rates {self.learning_rates}, {self.epochs} epochs, patience {self.patience}, batches "
                f"of {self.batch}: expected rates that are not negative, and at least one of each other"
            )

    def learning_rate(self, epoch: int) -> float:
        """Return the learning rate of an epoch, counted from 0.

        >>> MlpSettings().learning_rate(0), MlpSettings().learning_rate(299)
        (0.01, 0.001)
        """
        first, last = self.learning_rates
        return float(np.linspace(first, last, self.epochs)[epoch])


def first_weights(
    settings: MlpSettings, features: int, start: NDArray[np.float32], seed: int
) -> list[NDArray[np.float32]]:
    """Draw the weights that training starts from: hidden kernels by Glorot and Bengio (2010), all else zero.

    The last layer starts out saying the same for every row. With a random one, training would first have to
    unlearn what the others say through it, of a size that depends on the features.

    Args:
        settings: the widths.
        features: how many numbers describe a row.
        start: ``(C,)`` what is predicted before anything was learned.
        seed: of the draw.

    Returns:
        Kernel and bias of each layer in turn, kernels ``(inputs, units)``.

    >>> [w.shape for w in first_weights(MlpSettings((4,), (0.0,)), 3, np.zeros(2, np.float32), seed=0)]
    [(3, 4), (4,), (4, 2), (2,)]
    """
    rng = np.random.default_rng((seed, 0))
    sizes = (features, *settings.widths)
    weights: list[NDArray[np.float32]] = []
    for inputs, units in pairwise(sizes):
        kernel = rng.random((inputs, units), np.float32)
        kernel -= 0.5
        kernel *= 2 * np.sqrt(6 / (inputs + units))
        weights += [kernel, np.zeros(units, np.float32)]
    return [*weights, np.zeros((sizes[-1], len(start)), np.float32), start]
