"""The range test leaves the network alone and proposes a rate below the one that ruins it."""

import numpy as np
import pytest

from teni.errors import TeniError
from teni.training import Phase, TrainingSettings, find_learning_rate, flips_only
from teni.training.finder import COLUMNS, judge
from training.nets import data, network


def test_on_a_network():
    net = network()
    before = net.get_weights()
    phase = Phase("head", {"head": 1.0}, 1, 1.0)
    settings = TrainingSettings(batch=8, augment=flips_only())
    found = find_learning_rate(net, data(), phase, settings, seed=0, steps=40, between=(1e-5, 10.0))
    assert found.table.columns.tolist() == list(COLUMNS)
    assert found.table["learning_rate"].iloc[[0, -1]].tolist() == pytest.approx([1e-5, 10.0])
    best = found.table["learning_rate"][found.table["smoothed"].argmin()]
    assert 1e-5 < found.proposal <= best
    assert found.table["smoothed"].iloc[-1] > found.table["smoothed"].min()
    for one, other in zip(before, net.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_steepest_fall_is_proposed():
    rates = np.geomspace(1e-4, 1.0, 41)
    losses = np.ones(41)
    losses[20:26] = [0.8, 0.2, 0.2, 0.2, 0.2, 0.2]
    losses[26:] = 50.0
    found = judge(rates, losses)
    assert found.proposal == pytest.approx(rates[21], rel=0.3)
    # by hand: the running mean keeps 0.9, and its weight so far is 1 - 0.9 ** steps
    assert found.table["smoothed"][0] == pytest.approx(1.0)
    assert found.table["smoothed"][20] == pytest.approx(1 - 0.2 * 0.1 / (1 - 0.9**21))


def test_losses_that_never_fall_or_are_no_numbers():
    rates = np.geomspace(1e-4, 1.0, 20)
    assert judge(rates, np.linspace(1, 9, 20)).proposal == rates[0]
    assert judge(rates, np.full(20, np.nan)).proposal == rates[0]


@pytest.mark.parametrize("wrong", [{"steps": 9}, {"between": (1.0, 1.0)}, {"between": (0.0, 1.0)}])
def test_senseless_ranges_are_refused(wrong):
    with pytest.raises(TeniError, match="rates that rise"):
        find_learning_rate(
            network(), data(), Phase("a", {"head": 1.0}, 1, 1.0), TrainingSettings(), seed=0, **wrong
        )
