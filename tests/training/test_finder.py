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
    found = find_learning_rate(net, data(), phase, settings, seed=0, between=(1e-5, 10.0))
    assert found.table.columns.tolist() == list(COLUMNS)
    assert found.table["learning_rate"].iloc[[0, -1]].tolist() == pytest.approx([1e-5, 10.0])
    best = found.table["learning_rate"][found.table["smoothed"].argmin()]
    assert 1e-5 < found.proposal <= best
    assert found.table["smoothed"].iloc[-1] > found.table["smoothed"].min()
    for one, other in zip(before, net.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_steepest_fall_is_proposed():
    """The logarithm of the loss falls from 0 to -2 as an arctangent, steepest at step 50, and rises at step 85."""
    rates = np.geomspace(1e-6, 1.0, 101)
    steps = np.arange(101)
    losses = np.exp(-1 - np.arctan((steps - 50) / 8) / np.pi * 2 + np.where(steps >= 85, 5.0, 0.0))
    found = judge(rates, losses)
    assert found.proposal == pytest.approx(rates[50], rel=0.2)
    assert found.fell


def test_losses_are_smoothed_in_their_logarithms():
    """By hand: the weights of a step's neighbours are exp(-1 / 72), of theirs exp(-4 / 72)."""
    found = judge(np.array([1e-3, 1e-2, 1e-1]), np.array([1.0, np.e, np.nan]))
    near = np.exp(-1 / 72)
    far = np.exp(-4 / 72)
    by_hand = [near / (1 + near), 1 / (1 + near), near / (near + far)]
    np.testing.assert_allclose(np.log(found.table["smoothed"]), by_hand, rtol=1e-12)


def test_chance_at_the_smallest_rates_proposes_nothing():
    """Batches differ by a fifth; only from step 60 on does the loss fall, to a third."""
    rates, steps = np.geomspace(1e-6, 1.0, 101), np.arange(101)
    for seed in range(20):
        noise = np.random.default_rng(seed).normal(0, 0.2, 101)
        falls = np.exp(noise - np.clip((steps - 60) / 15, 0, 1) * np.log(3) + np.where(steps > 85, 4.0, 0.0))
        assert rates[55] < judge(rates, falls).proposal < rates[80]
        flat = np.exp(noise + np.where(steps > 85, 4.0, 0.0))
        assert not judge(rates, flat).fell


def test_losses_that_never_fall_or_are_no_numbers():
    rates = np.geomspace(1e-4, 1.0, 20)
    for losses in (np.linspace(1, 9, 20), np.full(20, np.nan), np.zeros(20), np.r_[np.nan, np.ones(19)]):
        found = judge(rates, losses)
        assert (found.proposal, found.fell) == (rates[0], False)


@pytest.mark.parametrize("wrong", [{"steps": 9}, {"between": (1.0, 1.0)}, {"between": (0.0, 1.0)}])
def test_senseless_ranges_are_refused(wrong):
    with pytest.raises(TeniError, match="rates that rise"):
        find_learning_rate(
            network(), data(), Phase("a", {"head": 1.0}, 1, 1.0), TrainingSettings(), seed=0, **wrong
        )
