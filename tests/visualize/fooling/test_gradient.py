"""Gradient ascent on colours: the top is a pure colour, and whoever is there is left alone."""

import numpy as np
import pytest

from colours import SHAPE, opened_colours
from teni.errors import TeniError
from teni.visualize.fooling import gradient
from teni.visualize.fooling.confidence import classifier
from teni.visualize.fooling.gradient import ascend
from teni.visualize.fooling.settings import AscentSettings

ALL = np.arange(3)


def climb(opened, places=ALL, seed=0, **settings):
    settings = {"steps": 100, "step": 5.0} | settings
    return list(ascend(classifier(opened), np.asarray(places), AscentSettings(**settings), seed=seed))


def test_the_top_is_a_pure_colour():
    # Softmax of (1, 0, 0) is e / (e + 2): the target is never reached, and the ascent ends at the border.
    last = climb(opened_colours(gain=1.0))[-1]
    assert last.step == 100
    for place in range(3):
        pure = np.zeros(SHAPE)
        pure[..., place] = 255
        np.testing.assert_array_equal(last.images[place], pure)
    assert last.confidences.tolist() == pytest.approx([np.e / (np.e + 2)] * 3, rel=1e-5)


def test_the_top_of_a_sigmoid_too():
    last = climb(opened_colours(gain=1.0, last="sigmoid"))[-1]
    assert last.confidences.tolist() == pytest.approx([1 / (1 + np.exp(-1))] * 3, rel=1e-5)
    assert (last.images[1, ..., 1] == 255).all()


def test_the_confidence_is_that_of_the_whole_grey_values():
    opened = opened_colours()
    for state in climb(opened):
        means = state.images.mean(axis=(1, 2), dtype=np.float64) * 20 / 255
        shares = np.exp(means) / np.exp(means).sum(axis=1, keepdims=True)
        np.testing.assert_allclose(state.confidences, np.diagonal(shares), atol=1e-5)


def test_confidences_never_fall_and_the_ascent_ends_at_the_target():
    found = climb(opened_colours(), target=0.99)
    history = np.stack([state.confidences for state in found])
    assert (np.diff(history, axis=0) >= 0).all()
    assert (history[-1] >= 0.99).all()
    assert (history[-2] < 0.991).any()  # nine tenths of the doubt that was allowed: a margin for rounding
    assert 2 < len(found) < 100
    assert [state.step for state in found] == list(range(len(found)))


def test_a_class_at_its_target_is_left_alone():
    found = climb(opened_colours(), target=0.99, step=2.0)
    history = np.stack([state.confidences for state in found])
    reached = (history >= 0.991).argmax(axis=0)
    assert reached.min() < len(found) - 1
    for place, since in enumerate(reached):
        for state in found[since:]:
            np.testing.assert_array_equal(state.images[place], found[since].images[place])


def test_first_it_only_looks():
    first, second = climb(opened_colours(), steps=1)
    noise = np.clip(np.rint(np.random.default_rng(0).normal(128, 20, (3, *SHAPE))), 0, 255)
    np.testing.assert_array_equal(first.images, noise)
    # A step of one: root mean square 5 before rounding.
    step = second.images.astype(float) - first.images
    assert np.sqrt((step**2).mean(axis=(1, 2, 3))).tolist() == pytest.approx([5.0] * 3, abs=0.3)
    assert len(climb(opened_colours(), steps=0)) == 1


def test_the_seed_decides():
    one, same, other = (climb(opened_colours(), seed=seed)[-1].images for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_groups_give_what_one_program_gives(monkeypatch):
    whole = climb(opened_colours(), places=[2, 0, 1])[-1]
    monkeypatch.setattr(gradient, "PIXELS_A_PROGRAM", 2 * SHAPE[0] * SHAPE[1])
    found = climb(opened_colours(), places=[2, 0, 1])
    np.testing.assert_array_equal(found[-1].images, whole.images)
    np.testing.assert_allclose(found[-1].confidences, whole.confidences, atol=1e-6)
    steps = [state.step for state in found]
    assert steps == sorted(steps)


def test_what_is_no_number_is_told():
    opened = opened_colours()
    opened.model.get_layer("idle").gamma.assign(np.full(3, np.nan))
    with pytest.raises(TeniError, match="is no number; check its weights"):
        climb(opened)
