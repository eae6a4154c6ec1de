"""Polynomial mutation against the formula by hand, and against its distribution."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest

from teni.visualize.fooling.polynomial import perturbation, polynomial_mutation


def test_by_hand():
    # Strength 1: below a half sqrt(2 u) - 1, above it 1 - sqrt(2 (1 - u)).
    drawn = np.array([0.0, 0.125, 0.32, 0.5, 0.68, 0.875])
    assert perturbation(drawn, 1.0).tolist() == pytest.approx([-1, -0.5, -0.2, 0, 0.2, 0.5])
    # Strength 15: the sixteenth root; u = 0.5 * 0.9^16 moves down by a tenth of the range, its mirror up.
    share = 0.5 * 0.9**16
    assert perturbation(np.array([share, 1 - share]), 15.0).tolist() == pytest.approx([-0.1, 0.1])


def cumulated(step, strength):
    """Integrate the density (n + 1) / 2 * (1 - |d|)^n by hand."""
    tail = (1 - np.abs(step)) ** (strength + 1) / 2
    return np.where(step < 0, tail, 1 - tail)


@pytest.mark.parametrize("strength", [1.0, 15.0])
def test_distribution(strength):
    steps = perturbation(np.random.default_rng(0).random(20_000), strength)
    assert kstest(steps, lambda step: cumulated(step, strength)).pvalue > 0.01
    assert np.abs(steps).mean() == pytest.approx(1 / (strength + 2), rel=0.02)


def test_rate_and_range():
    rng = np.random.default_rng(1)
    values = np.full((50, 50, 1), 90.0, np.float32)
    mutated = polynomial_mutation(values, rng, 0.1, 15.0, 0.0, 100.0)
    moved = mutated != values
    assert moved.mean() == pytest.approx(0.1, abs=0.02)
    # The steps are a share of the range; those beyond its end stop there.
    steps = mutated[moved] - 90
    assert -steps[steps < 0].mean() == pytest.approx(100 / 17, rel=0.25)
    assert mutated.max() == 100.0
    assert (mutated == 100.0).sum() < 50


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.floats(0, 1), st.floats(0.5, 40), st.floats(-5, 0), st.floats(0.125, 5))
def test_stays_within_and_leaves_the_parent(seed, rate, strength, low, high):
    rng = np.random.default_rng(seed)
    parent = rng.uniform(low, high, 40).astype(np.float32).clip(np.float32(low), np.float32(high))
    before = parent.copy()
    child = polynomial_mutation(parent, rng, rate, strength, low, high)
    np.testing.assert_array_equal(parent, before)
    assert child.dtype == np.float32
    assert child.min() >= np.float32(low)
    assert child.max() <= np.float32(high)
    if rate == 0:
        np.testing.assert_array_equal(child, parent)
