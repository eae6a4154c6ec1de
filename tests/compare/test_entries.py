"""A comparison lists every strategy on every network, and says what decides the numbers of each."""

from dataclasses import replace

import pytest

from blobs import tiny_network
from teni.compare import Network, make_entries
from teni.errors import TeniError
from teni.features import View
from teni.transfer.named import Wanted

ONE, OTHER = View((16, 20), "p1"), View((16, 20), "b1")


def network(**changed) -> Network:
    wanted = replace(Wanted((ONE,)), **changed)
    return Network(tiny_network(), wanted, wanted)


def test_what_is_solved_comes_first_and_then_seed_by_seed():
    entries = make_entries([network()], ("scratch", "ridge", "mlp", "ridge"), seed=3, seeds=2)
    assert [(entry.strategy, entry.seed) for entry in entries] == [
        ("ridge", 3), ("scratch", 3), ("mlp", 3), ("scratch", 4), ("mlp", 4),
    ]  # fmt: skip


def test_specialists_of_what_is_solved_are_solved_whatever_they_are():
    # What is taken for trained gets the validation rows, and what is solved would learn from them.
    names = (
        "specialists:auto",
        "specialists:svm",
        "specialists:specialists:ridge",
        "auto",
        "specialists:mlp",
    )
    entries = make_entries([network()], names, seed=0, seeds=1)
    assert [entry.strategy for entry in entries if entry.trains] == ["specialists:mlp"]


def test_networks_that_would_share_a_folder_are_refused():
    one, other = network(), network()
    for name in ("net.keras", "./net.keras"):  # one file, or two whose outcomes would overwrite each other
        named = [replace(each, backbone=replace(each.backbone, name=name)) for each in (one, other)]
        first = replace(named[0], backbone=replace(named[0].backbone, name="net.keras"))
        with pytest.raises(TeniError, match="two networks of this comparison go by the name"):
            make_entries([first, named[1]], ("ridge",), seed=0, seeds=1)


def test_other_views_other_weights_and_no_mirror_images_are_another_entry():
    def told(given: Network) -> dict[str, str]:
        return dict(make_entries([given], ("ridge",), seed=0, seeds=1)[0].told)

    same, usual = told(network()), told(network())
    assert same == usual
    assert told(network(views=(ONE, OTHER)))["views"] == "p1 at 20x16, b1 at 20x16" != usual["views"]
    assert told(network(views=(ONE, OTHER), sum_all=True))["views"] == "p1 at 20x16 + b1 at 20x16"
    assert told(network(mirror=False))["mirror images"] != usual["mirror images"]
    changed = network()
    changed.backbone.model.set_weights([weight + 1 for weight in changed.backbone.model.get_weights()])
    assert told(changed)["weights"] != usual["weights"]
