"""Which strategies are compared where nobody says: each once, the quick ones first."""

from teni.transfer.closed_form import STRATEGIES
from teni.transfer.named import GROUPS

# In the order of what they usually take; a name may carry what it wants behind a colon.
LADDER: tuple[str, ...] = (
    "ridge",
    "kernel",
    "svm",
    "mlp",
    "specialists:mlp",
    "freeze-below",
    "two-phase",
    "gradual",
    "layerwise",
    "probe-then-tune",
    "scratch",
)

# Solved, not trained: one seed says it all, and the validation rows stay unseen.
SOLVED = (*STRATEGIES, "svm")

SEEDS = 3


def is_solved(strategy: str) -> bool:
    """Tell whether a strategy is solved in closed form or to its only optimum, so that no seed counts.

    >>> is_solved("kernel"), is_solved("specialists:auto"), is_solved("two-phase")
    (True, True, False)
    """
    inner = strategy
    while inner.startswith(GROUPS):  # specialists are solved if what each of them is is
        inner = inner.removeprefix(GROUPS)
    return inner in SOLVED


def seeds_of(strategy: str, seed: int, seeds: int = SEEDS) -> tuple[int, ...]:
    """List the seeds that a strategy is run from: several where training is random.

    >>> seeds_of("ridge", 5), seeds_of("scratch", 5)
    ((5,), (5, 6, 7))
    """
    return (seed,) if is_solved(strategy) else tuple(range(seed, seed + seeds))
