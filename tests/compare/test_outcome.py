"""Outcomes come back as they were stored, and never into another comparison."""

import numpy as np
import pandas as pd
import pytest

from teni.compare.outcome import Cost, Outcome, read_outcome, write_outcome
from teni.errors import TeniError
from teni.training import no_curves

PLAN = {"strategy": "ridge", "data": "4f", "seed": 0}


def outcome(**changes):
    fields = {
        "plan": PLAN, "cost": Cost(1.5, 300.0, 7), "about": {"choice": {"taps": ["a"]}}, "failed": None,
        "validation": np.ones((2, 3, 2)), "test": np.zeros((0,)), "curves": no_curves(),
    }  # fmt: skip
    return Outcome(**(fields | changes))


def test_round_trip(tmp_path):
    curves = pd.DataFrame([[*range(len(no_curves().columns))]], columns=no_curves().columns)
    write_outcome(tmp_path / "state" / "a", outcome(curves=curves))
    found = read_outcome(tmp_path / "state" / "a", PLAN)
    assert found.cost == Cost(1.5, 300.0, 7)
    assert found.about == {"choice": {"taps": ["a"]}}
    np.testing.assert_array_equal(found.validation, np.ones((2, 3, 2)))
    assert found.curves.columns.tolist() == curves.columns.tolist()
    assert len(found.curves) == 1


def test_nothing_there(tmp_path):
    assert read_outcome(tmp_path / "a", PLAN) is None


def test_another_comparison_is_refused(tmp_path):
    write_outcome(tmp_path / "a", outcome())
    with pytest.raises(TeniError, match=r"part of another comparison \(it differs in data, seed\)"):
        read_outcome(tmp_path / "a", PLAN | {"data": "other", "seed": 1})


@pytest.mark.parametrize("name", ["outcome.json", "predictions.npz"])
def test_damage_is_named(tmp_path, name):
    write_outcome(tmp_path / "a", outcome())
    (tmp_path / "a" / name).write_bytes(b"{")
    with pytest.raises(TeniError, match=r"damaged .*; remove it, and the strategy is fitted anew"):
        read_outcome(tmp_path / "a", PLAN)


@pytest.mark.parametrize("keep", [0, 100, -100])
def test_predictions_that_are_cut_off_or_were_overwritten_are_damage(tmp_path, keep):
    write_outcome(tmp_path / "a", outcome(validation=np.random.default_rng(0).random((40, 3, 2))))
    file = tmp_path / "a" / "predictions.npz"
    whole = file.read_bytes()
    changed = whole[:keep] if keep >= 0 else whole[:200] + bytes(100) + whole[300:]
    file.write_bytes(changed)
    with pytest.raises(TeniError, match="damaged"):
        read_outcome(tmp_path / "a", PLAN)


def test_curves_come_back_to_the_last_bit(tmp_path):
    numbers = np.random.default_rng(0).random((200, len(no_curves().columns)))
    curves = pd.DataFrame(numbers, columns=no_curves().columns)
    write_outcome(tmp_path / "a", outcome(curves=curves))
    assert read_outcome(tmp_path / "a", PLAN).curves.equals(curves)


def test_a_failure_is_an_outcome_too(tmp_path):
    write_outcome(tmp_path / "a", outcome(failed="too few images", validation=np.zeros((0,))))
    assert read_outcome(tmp_path / "a", PLAN).failed == "too few images"
