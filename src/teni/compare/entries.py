"""Every strategy on every network from every seed: what a comparison consists of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from teni.backbones import Backbone, weights_fingerprint
from teni.compare.entry import Entry
from teni.compare.ladder import is_solved, seeds_of
from teni.errors import TeniError
from teni.transfer import Strategy
from teni.transfer.named import Wanted, strategy_named


@dataclass(frozen=True, eq=False)
class Network:
    """A network that strategies are tried on.

    Args:
        backbone: with its pretrained weights; a strategy that trains works on a copy of its own.
        wanted: views to choose from, for heads in closed form.
        trained: what a strategy that is trained is told: usually the best view alone.
    """

    backbone: Backbone
    wanted: Wanted
    trained: Wanted


def make_entries(
    networks: Sequence[Network], strategies: Sequence[str], *, seed: int, seeds: int
) -> tuple[Entry, ...]:
    """List every strategy on every network, from several seeds where training is random.

    Args:
        networks: the networks.
        strategies: names, as `teni.transfer.named` knows them.
        seed: the first.
        seeds: how many, for what is trained.

    Returns:
        The entries, what is solved first, then seed by seed: interrupted early, a comparison still holds something
        of everything.

    Raises:
        TeniError: a name that no strategy has, or networks whose names are alike.

    >>> make_entries((), ("ridge",), seed=0, seeds=3)
    ()
    """
    for network in networks:
        for name in strategies:
            strategy_named(name, network.trained)  # a name that cannot be is told now, and not after an hour
    found = [
        Entry(name, network.backbone.name, each, _maker(network, name), not is_solved(name), told)
        for network in networks
        for told in [_told(network)]
        for name in dict.fromkeys(strategies)
        for each in seeds_of(name, seed, seeds)
    ]
    keys = [entry.key for entry in found]
    if twice := [entry for entry in found if keys.count(entry.key) > 1]:
        raise TeniError(
            f"two networks of this comparison go by the name {twice[-1].backbone}, or nearly; give each once, "
            "and rename the file of one if they are two"
        )
    return tuple(sorted(found, key=lambda entry: (entry.trains, entry.seed)))


def _maker(network: Network, name: str) -> Callable[[], tuple[Strategy, Backbone]]:
    def make() -> tuple[Strategy, Backbone]:
        wanted = network.wanted if is_solved(name) else network.trained
        return strategy_named(name, wanted), network.backbone

    return make


def _told(network: Network) -> dict[str, str]:
    """Say what the network begins with and what is chosen from; the views to train at follow from it."""
    wanted = network.wanted
    views = (" + " if wanted.sum_all else ", ").join(map(str, wanted.views))
    return {
        "weights": weights_fingerprint(network.backbone),
        "views": views,
        "mirror images": "yes" if wanted.mirror else "no",
    }
