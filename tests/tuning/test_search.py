import sys

import pytest

from teni.errors import TeniError
from teni.tuning import OneOf, Range, search

SPACE = {"x": Range(-4, 4), "rate": Range(1e-4, 1.0, log=True), "kind": OneOf(("good", "bad"))}


class StopError(Exception):
    pass


class Bowl:
    """Lowest at x = 1, rate = 0.01, kind = good; counts its calls and stops at one of them."""

    def __init__(self, stop_at=None):
        self.seen, self.stop_at = [], stop_at

    def __call__(self, values):
        if len(self.seen) == self.stop_at:
            raise StopError
        self.seen.append(values)
        import math

        far = (values["x"] - 1) ** 2 + (math.log10(values["rate"]) + 2) ** 2
        return far + (values["kind"] == "bad")


def run(tmp_path, bowl, trials=25, **more):
    given = {
        "trials": trials,
        "seed": 3,
        "journal": tmp_path / "s" / "journal.log",
        "identity": {"data": "4f"},
    }
    return search(SPACE, bowl, **given | more)


def test_it_finds_the_valley_and_tells_of_every_trial(tmp_path):
    told = []
    found = run(tmp_path, Bowl(), trials=40, on_trial=lambda n, error: told.append((n, error)))
    assert found.error < 0.6
    assert found.best["kind"] == "good"
    assert [n for n, _ in told] == list(range(1, 41))
    assert found.error == min(error for _, error in told)
    assert found.trials.columns.tolist() == ["trial", "error", "x", "rate", "kind"]
    assert found.trials["error"].tolist() == [error for _, error in told]


def test_interrupted_it_tries_what_an_uninterrupted_search_tries(tmp_path):
    whole, first, second = Bowl(), Bowl(stop_at=13), Bowl()
    wanted = run(tmp_path / "whole", whole)
    with pytest.raises(StopError):
        run(tmp_path / "cut", first)
    found = run(tmp_path / "cut", second)
    assert first.seen + second.seen == whole.seen
    assert found.best == wanted.best
    assert run(tmp_path / "cut", Bowl(stop_at=0)).best == wanted.best  # all done: nothing is tried again


def test_the_usual_values_come_first(tmp_path):
    bowl = Bowl()
    usual = {"x": 2.0, "rate": 0.1, "kind": "bad"}
    run(tmp_path, bowl, trials=3, start=usual)
    assert bowl.seen[0] == usual
    assert bowl.seen[1] != usual


def test_an_error_that_is_no_number_is_the_worst_and_not_tried_for_ever(tmp_path):
    errors = iter([float("nan"), 2.0, float("nan")])
    found = run(tmp_path, lambda values: next(errors), trials=3)
    assert found.error == 2.0
    assert found.trials["error"].tolist() == [float("inf"), 2.0, float("inf")]


def test_a_journal_of_another_search_is_refused(tmp_path):
    run(tmp_path, Bowl(), trials=2)
    with pytest.raises(TeniError, match=r"journal\.log: is of another search \(it differs in data\)"):
        run(tmp_path, Bowl(), identity={"data": "other"})


def test_without_optuna(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(TeniError, match=r"needs Optuna, which is not installed; pip install 'teni\[tune\]'"):
        run(tmp_path, Bowl())
