import pytest

from blobs import tiny_network
from teni.cli.networks import pair_weights, to_compare
from teni.errors import TeniError
from teni.transfer.named import Wanted


def test_weights_go_with_networks_in_order():
    assert pair_weights(["a", "b"], []) == (("a", None), ("b", None))
    assert pair_weights(["a", "b"], ["x.h5", "none"]) == (("a", "x.h5"), ("b", None))


def test_another_number_of_weights_or_a_network_twice():
    with pytest.raises(
        TeniError, match="1 --weights for 2 --backbone; give one for each, in order, and 'none'"
    ):
        pair_weights(["a", "b"], ["x.h5"])
    with pytest.raises(TeniError, match="--backbone a is given twice; a network is compared once"):
        pair_weights(["a", "a"], [])


def test_closed_forms_choose_among_all_sizes_and_what_trains_takes_the_smallest():
    wanted = Wanted((), mirror=False, epochs=3)
    network = to_compare(tiny_network(), (16, 20), [], None, wanted)
    assert {view.size for view in network.wanted.views} == {(16, 20), (24, 30), (32, 40)}
    assert {view.size for view in network.trained.views} == {(16, 20)}
    assert (network.trained.mirror, network.trained.epochs, network.trained.sum_all) == (False, 3, False)
