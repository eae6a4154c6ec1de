"""Ensembles of what was compared: chosen by hand-computed errors, and measured without the choice's luck."""

import numpy as np
import pytest

from blobs import TASK, blobs
from compare_parts import Constant, entry, plan_of
from teni.compare import ENSEMBLE, compare, comparison_text, fit_winner
from teni.compare.ensemble import choose_members, mean_of, predict_crosswise
from teni.data import Dataset
from teni.task import Classes, Keypoints

ONE = Keypoints(("nose",), 8, 8, (0,))


def points(*xs: float) -> Dataset:
    targets = np.array([[[x, 0.0]] for x in xs], np.float32)
    who = np.array([f"p{i}" for i in range(len(xs))])
    return Dataset(np.zeros((len(xs), 8, 8, 1), np.uint8), targets, ONE, who, who)


def said(*xs: float) -> np.ndarray:
    return np.array([[[x, 0.0]] for x in xs])


def test_members_are_drawn_while_the_mean_gains():
    truth = points(0.0, 0.0)
    # Alone: 3, 6, 50. The mean of one draw of each of the first two is off by 1.5; two of the first and one of the
    # second are right.
    predicted = {"far": said(50.0, 50.0), "below": said(-3.0, -3.0), "above": said(6.0, 6.0)}
    assert choose_members(predicted, truth) == {"below": pytest.approx(2 / 3), "above": pytest.approx(1 / 3)}
    np.testing.assert_allclose(
        mean_of(predicted, {"below": 2 / 3, "above": 1 / 3}), said(0.0, 0.0), atol=1e-12
    )


def test_a_gain_too_small_to_be_believed_is_left_out():
    predicted = {"good": said(1.0, 1.0), "other": said(-0.99, 3.0)}
    assert choose_members(predicted, points(0.0, 0.0)) == {"good": 1.0}


def test_probabilities_are_averaged_by_log_loss():
    task = Classes(("cat", "dog"), 8, 8)
    data = Dataset(np.zeros((2, 8, 8, 1), np.uint8), np.array([0, 1]), task, None, np.array(["a", "b"]))
    sure_of_one = {"cats": np.array([[0.9, 0.1], [0.9, 0.1]]), "dogs": np.array([[0.1, 0.9], [0.1, 0.9]])}
    assert choose_members(sure_of_one, data) == {"cats": 0.5, "dogs": 0.5}


def test_a_person_is_predicted_by_what_was_chosen_without_it():
    # Whoever is left in alone says that its own side is best, which is wrong for the other.
    truth, people = points(0.0, 10.0), np.array(["a", "b"])
    predicted = {"near a": said(0.0, 4.0), "near b": said(6.0, 10.0)}
    found = predict_crosswise(predicted, {"near a": "a", "near b": "b"}, truth, people, seed=0)
    assert found[0, 0, 0] == 6.0
    assert found[1, 0, 0] == 4.0


def test_the_best_seed_is_chosen_without_the_person_too():
    truth, people = points(0.0, 10.0), np.array(["a", "b"])
    seeds = {"seed 0": said(0.0, 4.0), "seed 1": said(6.0, 10.0)}
    found = predict_crosswise(seeds, dict.fromkeys(seeds, "mlp"), truth, people, seed=0)
    assert found[:, 0, 0].tolist() == [6.0, 4.0]


def test_the_folds_are_those_of_the_seed():
    rng = np.random.default_rng(0)
    truth, people = points(*rng.normal(size=40)), np.arange(40)
    predicted = {name: said(*rng.normal(size=40)) for name in "abcd"}
    kinds = {name: name for name in predicted}
    one, same, other = (predict_crosswise(predicted, kinds, truth, people, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_the_mean_of_two_opposite_errors_wins_and_is_kept_as_one_model(tmp_path):
    data = blobs(60, 15)
    left, right = Constant(-2.0, []), Constant(2.0, [])
    plan = plan_of(data, tmp_path, entry("left", left, trains=False), entry("right", right))
    found = compare(plan)
    assert found.winner.strategy == ENSEMBLE
    assert found.winner.backbone == "tiny"
    assert set(found.members.values()) == {0.5}
    assert found.winner.notes[0] in comparison_text(found)
    assert found.as_dict()["ensemble"] == found.members
    assert found.winner.test.error == pytest.approx(found.mean_prediction["test"], abs=1e-4)
    model, run = fit_winner(plan, found)
    assert run.about["strategy"] == ENSEMBLE
    assert left.fits[-1][3] == ["test", "train"]  # solved: the validation rows are learned from
    assert right.fits[-1][3] == ["test", "train", "validation"]
    mean = np.asarray(model(data.images[:2])).mean(axis=1)[:, 0]
    assert 0 < mean[0] < TASK.width
    assert any("averages 2 others" in note for note in run.about["notes"])


def test_one_strategy_is_no_ensemble(tmp_path):
    found = compare(plan_of(blobs(60, 15), tmp_path, entry("one", Constant(0.0, []))))
    assert (found.members, [row.strategy for row in found.rows]) == ({}, ["one"])
