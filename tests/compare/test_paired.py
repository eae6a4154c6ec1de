"""Errors and paired differences against draws made by hand."""

import numpy as np
import pytest

from teni.compare.losses import Losses
from teni.compare.paired import measure

PEOPLE = np.repeat([f"p{i}" for i in range(12)], 3)


def losses(seed, shift=0.0):
    rng = np.random.default_rng(seed)
    return Losses(rng.gamma(2.0, 2.0, len(PEOPLE)) + shift, np.full(len(PEOPLE), 4.0), "rmse_px")


def rmse(each):
    return np.sqrt(each.sums.sum() / each.counts.sum())


def test_errors_are_means_over_seeds():
    one, two, other = losses(0), losses(1), losses(2, 3.0)
    first, second = measure([[one, two], [other]], PEOPLE, winner=0, seed=5)
    assert first.seeds == pytest.approx((rmse(one), rmse(two)))
    assert first.error == pytest.approx(np.mean(first.seeds))
    assert first.behind is None
    assert second.error == pytest.approx(rmse(other))
    assert second.behind == pytest.approx(rmse(other) - np.mean(first.seeds))


def test_seeds_that_differ_much_leave_error_interval_and_difference_of_one_kind():
    # Two seeds of 1 and 3 pixels on everybody: their mean is 2, though the root of their mean square is 2.24.
    def flat(error):
        return Losses(np.full(len(PEOPLE), 4.0 * error**2), np.full(len(PEOPLE), 4.0), "rmse_px")

    first, second = measure([[flat(1.0), flat(3.0)], [flat(2.1)]], PEOPLE, winner=0, seed=0)
    assert (first.error, first.ci95) == (pytest.approx(2.0), pytest.approx([2.0, 2.0]))
    assert second.behind == pytest.approx(0.1)
    assert second.behind_ci95 == pytest.approx([0.1, 0.1])


def test_a_difference_on_the_same_people_is_surer_than_two_intervals():
    hard = losses(0)
    worse = Losses(hard.sums * 1.1, hard.counts, "rmse_px")  # everybody a little worse
    first, second = measure([[hard], [worse]], PEOPLE, winner=0, seed=0)
    assert first.ci95[1] > second.ci95[0]  # the intervals overlap
    low, high = second.behind_ci95
    assert 0 < low <= second.behind <= high


def test_the_interval_is_that_of_drawing_people():
    one, other = losses(0), losses(3)
    found = measure([[one], [other]], PEOPLE, winner=0, seed=7)
    per_person = [np.stack([x.sums, x.counts]).reshape(2, 12, 3).sum(axis=2) for x in (one, other)]
    rng = np.random.default_rng(7)
    drawn = rng.integers(0, 12, (2000, 12))
    errors = [np.sqrt(sums[drawn].sum(1) / counts[drawn].sum(1)) for sums, counts in per_person]
    order = np.argsort(np.unique(PEOPLE))  # p0, p1, p10, p11, p2 ...: people are drawn in sorted order
    assert order.tolist() == list(range(12))
    spread = np.percentile(errors[1] - errors[0], [2.5, 97.5])
    np.testing.assert_allclose(np.sort(found[1].behind_ci95), spread, rtol=0.25, atol=0.02)


def test_one_person_gives_no_interval():
    found = measure([[losses(0)], [losses(1)]], np.array(["only"] * len(PEOPLE)), winner=0, seed=0)
    assert found[0].ci95 is None
    assert found[1].behind_ci95 is None
    assert found[1].behind is not None


def test_plain_ratios_are_not_rooted():
    one = Losses(np.array([1.0, 3.0]), np.ones(2), "log_loss")
    assert measure([[one]], np.array(["a", "b"]), 0, 0)[0].error == 2.0
