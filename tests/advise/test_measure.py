"""Advice measured on tiny pictures, where it is known what there is to know."""

import numpy as np
import pytest

from blobs import blobs, split_of, tiny_network
from teni.advise import measure_advice
from teni.backbones import propose_taps


@pytest.fixture(scope="module")
def advice():
    data = blobs(60, 15, gap=0.05)
    return measure_advice(data, split_of(data), tiny_network(), seed=1)


def test_every_tap_from_early_to_late_has_its_error_and_its_evidence(advice):
    depths = advice.similarity.depths
    assert tuple(depth.tap for depth in depths) == propose_taps(tiny_network(), 6)
    assert all(np.isfinite([depth.error, depth.log_evidence]).all() for depth in depths)
    assert all(depth.h_score is None for depth in depths)
    assert all(len(depth.places) == 2 for depth in depths)


def test_the_best_tap_is_solved_on_all_images_with_learned_and_with_random_weights(advice):
    alike = advice.similarity
    assert 0 < alike.learned_error < 5
    assert alike.random_error > 0
    # The weights of the tiny network are random themselves: nothing was learned that could help much.
    assert abs(alike.gain_over_random) < 0.6


def test_the_learning_curve_speaks_of_those_that_were_learned_from(advice):
    assert advice.size.subjects == 12
    assert advice.size.low <= advice.size.gain <= advice.size.high


def test_the_same_seed_gives_the_same_advice(advice):
    data = blobs(60, 15, gap=0.05)
    again = measure_advice(data, split_of(data), tiny_network(), seed=1)
    assert again == advice


def test_too_few_subjects_for_a_curve():
    data = blobs(12, 6)
    assert measure_advice(data, split_of(data), tiny_network()) is None
