"""What a search may change in each strategy, and what is used without a search."""

from teni.errors import TeniError
from teni.transfer.named import FREEZE, HEADS, TRAINED
from teni.tuning.search import Values
from teni.tuning.space import OneOf, Range, Space

_HEAD: Space = {
    "learning_rate": Range(1e-3, 5e-2, log=True),
    "dropout": Range(0.0, 0.7),
    "width": OneOf((250, 500, 1000, 2000)),
}
_NETWORK: Space = {
    "learning_rate": Range(1e-4, 1e-2, log=True),
    "augmentation": Range(0.0, 2.0),
    "batch": OneOf((16, 32, 64)),
}
# Where what is frozen runs once, images are mirrored and not changed in any other way.
_FROZEN: Space = {name: each for name, each in _NETWORK.items() if name != "augmentation"}
_USUAL_HEAD: Values = {"learning_rate": 0.01, "dropout": 0.5, "width": 1000}
_USUAL_NETWORK: Values = {"learning_rate": 1e-3, "augmentation": 1.0, "batch": 32}
_USUAL_FROZEN: Values = {name: _USUAL_NETWORK[name] for name in _FROZEN}


def space_of(strategy: str) -> tuple[Space, Values]:
    """Say what may be changed in a strategy, and the values that it usually has.

    Args:
        strategy: its name, without ``specialists:``.

    Raises:
        TeniError: there is nothing to search in it.

    >>> sorted(space_of("mlp")[0])
    ['dropout', 'learning_rate', 'width']
    """
    name = strategy.split(":")[0]
    if name in HEADS:
        return _HEAD, _USUAL_HEAD
    if name == FREEZE:
        return _FROZEN, _USUAL_FROZEN
    if name in TRAINED:
        return _NETWORK, _USUAL_NETWORK
    raise TeniError(
        f"--tune: there is nothing to search in {strategy}, which validation chooses whole; expected one of "
        f"{', '.join((*HEADS, *TRAINED))}, or specialists: before one"
    )
