"""Advice measured on tiny pictures, where it is known what there is to know."""

from dataclasses import replace

import numpy as np
import pytest

from blobs import blobs, split_of, tiny_network
from teni.advise import measure_advice
from teni.advise.measure import _scores
from teni.backbones import propose_taps
from teni.task import Classes
from teni.transfer import ClosedForm


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


def test_gaps_all_over_leave_the_evidence_of_what_is_most_often_labelled():
    """With half of the labels missing here and there hardly an image has them all."""
    data = blobs(90, 15, gap=0.5)
    targets = data.targets.copy()
    for k in range(3):
        targets[k::3, k] = np.nan  # no image is whole
    data = replace(data, targets=targets)
    found = measure_advice(data, split_of(data), tiny_network(), seed=1)
    assert all(np.isfinite(depth.log_evidence) for depth in found.similarity.depths)


def test_labels_that_never_vary_say_nothing_of_features():
    features = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)
    data = blobs(6, 6)
    still = replace(data, targets=np.ones_like(data.targets))
    assert _scores(features, still) == (None, None)
    kinds = Classes(("cat", "dog"), 16, 20)
    assert _scores(features, replace(data, targets=np.zeros(6, np.int64), task=kinds)) == (None, None)


def test_without_mirror_images_none_are_learned_from(monkeypatch):
    seen = []
    whole = ClosedForm.fit

    def fit(self, *given, **more):
        seen.append(self.centers)
        return whole(self, *given, **more)

    monkeypatch.setattr(ClosedForm, "fit", fit)
    data = blobs(60, 15)
    measure_advice(data, split_of(data), tiny_network(), mirror=False)
    assert seen == [(), ()]


def test_too_few_subjects_for_a_curve():
    data = blobs(12, 6)
    assert measure_advice(data, split_of(data), tiny_network()) is None
