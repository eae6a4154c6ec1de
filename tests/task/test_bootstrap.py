import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teni.task.bootstrap import interval, resampled_ratios, sums_by_subject


def test_sums_by_subject_adds_rows_of_one_person():
    values = np.array([[1.0, 10.0], [2.0, 20.0], [4.0, 40.0], [8.0, 80.0]])
    sums = sums_by_subject(values, np.array(["b", "a", "b", "c"]))
    assert sums.tolist() == [[2, 20], [5, 50], [8, 80]]


def test_two_subjects_give_the_three_ratios_that_can_be_drawn_as_often_as_they_should():
    # subject A: 2 / 1, subject B: 12 / 3. Drawn AA, AB or BA, BB: 2/1, 14/4, 24/6.
    above, below = np.array([[2.0], [12.0]]), np.array([[1.0], [3.0]])
    drawn = resampled_ratios(above, below, seed=3, resamples=20_000)[:, 0]
    values, counts = np.unique(drawn, return_counts=True)
    assert values.tolist() == [2.0, 3.5, 4.0]
    np.testing.assert_allclose(counts / 20_000, [0.25, 0.5, 0.25], atol=0.015)


def test_agrees_with_a_plain_loop_over_resamples():
    random = np.random.default_rng(0)
    above, below = random.uniform(1, 9, (40, 2)), random.integers(1, 5, (40, 2)).astype(float)
    loop = []
    for _ in range(4000):
        rows = random.integers(0, 40, 40)
        loop.append(above[rows].sum(0) / below[rows].sum(0))
    ours = resampled_ratios(above, below, seed=1, resamples=4000)
    np.testing.assert_allclose(ours.mean(0), np.mean(loop, 0), rtol=0.01)
    np.testing.assert_allclose(ours.std(0), np.std(loop, 0), rtol=0.08)


def test_blocks_do_not_change_the_answer(monkeypatch: pytest.MonkeyPatch):
    above, below = np.arange(1.0, 8.0)[:, None], np.ones((7, 1))
    whole = resampled_ratios(above, below, seed=5, resamples=50)
    monkeypatch.setattr("teni.task.bootstrap._BLOCK", 21)
    np.testing.assert_array_equal(resampled_ratios(above, below, seed=5, resamples=50), whole)


def test_same_seed_same_draws_other_seed_other_draws():
    above, below = np.arange(1.0, 8.0)[:, None], np.ones((7, 1))
    first = resampled_ratios(above, below, seed=5, resamples=50)
    np.testing.assert_array_equal(first, resampled_ratios(above, below, seed=5, resamples=50))
    assert not np.array_equal(first, resampled_ratios(above, below, seed=6, resamples=50))


def test_a_draw_without_anything_that_counts_is_not_a_number_and_is_left_out_of_the_interval():
    # Only the first of two subjects has labels: a quarter of the draws has none.
    drawn = resampled_ratios(np.array([[3.0], [0.0]]), np.array([[1.0], [0.0]]), seed=0, resamples=400)
    assert 60 < np.isnan(drawn).sum() < 140
    assert interval(drawn) == [[3.0, 3.0]]
    assert interval(np.full((5, 1), np.nan)) == [None]


def test_interval_covers_the_truth_about_as_often_as_it_says():
    random, hits = np.random.default_rng(7), 0
    for seed in range(200):
        values = random.normal(10, 2, (60, 1))
        low, high = interval(resampled_ratios(values, np.ones((60, 1)), seed, 400))[0] or (0, 0)
        hits += low <= 10 <= high
    assert 0.88 <= hits / 200 <= 0.99


@given(st.lists(st.floats(0.1, 50), min_size=2, max_size=30), st.integers(0, 99))
def test_interval_lies_within_the_values(values: list[float], seed: int):
    column = np.array(values)[:, None]
    low, high = interval(resampled_ratios(column, np.ones_like(column), seed, 100))[0] or (0, 0)
    assert min(values) - 1e-9 <= low <= high <= max(values) + 1e-9
