import pytest

from teni.cli.networks import pair_weights
from teni.errors import TeniError


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
