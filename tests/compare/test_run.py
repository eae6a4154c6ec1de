"""A comparison on tiny pictures: what is fitted, what is stored, what wins, and going on after an interruption."""

from dataclasses import dataclass, replace

import pandas as pd
import pytest

from blobs import TASK, blobs, tiny_network
from compare_parts import Constant, entry, plan_of, split_of
from teni.compare import Network, compare, comparison_text, fit_winner, make_entries
from teni.errors import TeniError
from teni.features import View
from teni.transfer import closed_form
from teni.transfer.ensemble import checkpoints_of
from teni.transfer.named import Wanted
from teni.transfer.strategy import EARLIER


@pytest.fixture(scope="module")
def data():
    return blobs(60, 15)


def test_the_smallest_validation_error_wins_and_seeds_are_averaged(data, tmp_path):
    near, far = Constant(0.0, []), Constant(2.0, [])
    plan = plan_of(
        data, tmp_path, *(entry("far", far, s) for s in (0, 1)), *(entry("near", near, s) for s in (0, 1))
    )
    told = []
    found = compare(plan, on_outcome=lambda e, o, stored: told.append((e.key, stored)))
    assert [row.strategy for row in found.rows] == ["near", "far"]
    assert len(found.rows[0].validation.seeds) == 2
    assert found.rows[1].validation.behind > 0.5
    low, high = found.rows[1].validation.behind_ci95
    assert 0 < low < high
    assert found.rows[0].test.error < found.rows[1].test.error
    assert found.mean_prediction["validation"] == pytest.approx(found.rows[0].validation.seeds[0], abs=1e-4)
    assert [stored for _, stored in told] == [False] * 4
    assert "tiny near" in comparison_text(found).splitlines()[1]


def test_differences_to_one_that_was_named(data, tmp_path):
    near, far = Constant(0.0, []), Constant(2.0, [])
    found = compare(plan_of(data, tmp_path, entry("far", far), entry("near", near)), against=("tiny", "far"))
    assert [row.strategy for row in found.rows] == ["near", "far"]
    assert found.rows[0].validation.behind < 0
    assert found.rows[1].validation.behind is None


def test_an_interrupted_comparison_goes_on_where_it_stopped(data, tmp_path):
    class StopError(Exception):
        pass

    first, second = Constant(0.0, []), Constant(1.0, [])
    plan = plan_of(data, tmp_path, entry("first", first), entry("second", second))

    def stop(entry, outcome, stored):
        raise StopError

    with pytest.raises(StopError):
        compare(plan, on_outcome=stop)
    told = []
    found = compare(plan, on_outcome=lambda e, o, stored: told.append((e.strategy, stored)))
    assert told == [("first", True), ("second", False)]
    assert (len(first.fits), len(second.fits)) == (1, 1)
    whole = compare(plan_of(data, tmp_path / "anew", entry("first", first), entry("second", second)))
    assert found.as_dict()["strategies"][0]["validation"] == whole.as_dict()["strategies"][0]["validation"]


@pytest.mark.parametrize(("name", "at"), [("two-phase", 4), ("specialists:mlp", 2)])
def test_interrupted_within_a_training_it_ends_with_the_numbers_of_one_that_was_not(
    data, tmp_path, monkeypatch, name, at
):
    monkeypatch.setattr("teni.training.heads.train.SECONDS_BETWEEN_FILES", 0.0)
    wanted = Wanted((View((16, 20), "p1"),), center="halves", epochs=6)
    entries = make_entries([Network(tiny_network(), wanted, wanted)], ("ridge", name), seed=0, seeds=2)
    seen = []

    def stop(progress):
        seen.extend([progress] if "training" in progress.step else [])
        if seen and len(seen) == at + seen[0].total:  # within the second seed
            raise KeyboardInterrupt

    whole = compare(plan_of(data, tmp_path / "whole", *entries))
    plan = plan_of(data, tmp_path / "cut", *entries)
    with pytest.raises(KeyboardInterrupt):
        compare(plan, on_progress=stop)
    more = []
    told = []
    found = compare(plan, on_progress=more.append, on_outcome=lambda e, o, old: told.append((e.seed, old)))
    assert told == [(0, True), (0, True), (1, False)]
    trained = [each for each in more if "training" in each.step]
    assert len(trained) < seen[0].total  # the epochs before are not trained again
    assert without_cost(found) == without_cost(whole)
    pd.testing.assert_frame_equal(found.curves, whole.curves)
    strategy, network = entries[-1].make()
    kept = checkpoints_of(plan.folder, entries[-1].key)
    taken_up = strategy.fit(data, plan.split, network, seed=entries[-1].seed, checkpoints=kept)
    assert taken_up.seconds[EARLIER] > 0  # all of its training


def without_cost(comparison):
    return [{**row, "cost": None} for row in comparison.as_dict()["strategies"]]


def test_the_time_before_an_interruption_is_part_of_the_cost(data, tmp_path):
    @dataclass(frozen=True)
    class Earlier(Constant):
        def fit(self, *given, **more):
            return replace(super().fit(*given, **more), seconds={EARLIER: 700.0})

    first, second = Earlier(0.0, []), Constant(1.0, [])
    found = compare(plan_of(data, tmp_path, entry("first", first), entry("second", second), seconds=1000.0))
    assert 700 < found.winner.cost.seconds < 750
    assert 250 < second.fits[0][1].seconds < 300  # shared as if nothing had happened


def test_another_budget_is_another_comparison(data, tmp_path):
    solved, trained = entry("solved", Constant(0.0, []), trains=False), entry("trained", Constant(0.0, []))
    compare(plan_of(data, tmp_path, solved, trained, seconds=1000.0))
    compare(plan_of(data, tmp_path, solved, seconds=10.0))  # what is solved takes the time that it needs
    with pytest.raises(TeniError, match=r"part of another comparison \(it differs in budget\)"):
        compare(plan_of(data, tmp_path, solved, trained, seconds=10.0))


def test_without_subjects_images_that_were_kept_together_are_drawn_together(data, tmp_path):
    one = entry("one", Constant(0.0, []))
    named = compare(plan_of(data, tmp_path / "named", one))
    alike = replace(data, subjects=None)
    split = replace(split_of(data), data=alike.fingerprint)
    plan = replace(plan_of(data, tmp_path / "alike", one), dataset=alike, split=split)
    for part in ("validation", "test"):
        ends = [getattr(found.winner, part).ci95 for found in (named, compare(plan))]
        assert ends[0] == pytest.approx(ends[1], rel=0.2)


def test_other_data_are_not_mixed_in(data, tmp_path):
    compare(plan_of(data, tmp_path, entry("one", Constant(0.0, []))))
    other = blobs(60, 15, seed=9)
    with pytest.raises(TeniError, match=r"part of another comparison \(it differs in data, split\)"):
        compare(plan_of(other, tmp_path, entry("one", Constant(0.0, []))))


def test_what_is_solved_never_sees_the_validation_rows_and_what_is_trained_does(data, tmp_path):
    solved, trained = Constant(0.0, []), Constant(0.0, [])
    compare(plan_of(data, tmp_path, entry("solved", solved, trains=False), entry("trained", trained)))
    assert solved.fits[0][3] == ["test", "train"]
    assert trained.fits[0][3] == ["test", "train", "validation"]


def test_the_time_is_shared_among_what_is_trained(data, tmp_path):
    one, two, solved = Constant(0.0, []), Constant(0.0, []), Constant(0.0, [])
    entries = (entry("solved", solved, trains=False), entry("one", one), entry("two", two))
    compare(plan_of(data, tmp_path, *entries, seconds=1000.0))
    assert solved.fits[0][1].seconds is None
    first, second = one.fits[0][1].seconds, two.fits[0][1].seconds
    assert 450 < first < 500
    assert first < second < 1000  # the first took almost none of its half


def test_a_strategy_that_cannot_be_fitted_does_not_end_the_comparison(data, tmp_path):
    found = compare(
        plan_of(data, tmp_path, entry("bad", Constant(0.0, [], "no tap")), entry("good", Constant(0.0, [])))
    )
    assert found.failed == {"tiny bad (seed 0)": "no tap"}
    assert [row.strategy for row in found.rows] == ["good"]
    with pytest.raises(TeniError, match="nothing could be fitted: no tap"):
        compare(plan_of(data, tmp_path / "all", entry("bad", Constant(0.0, [], "no tap"))))


def test_what_cannot_be_compared(data, tmp_path):
    plan = plan_of(data, tmp_path, entry("one", Constant(0.0, [])))
    with pytest.raises(TeniError, match="needs validation rows to choose the winner by; the split has none"):
        compare(replace(plan, split=split_of(data, validation=0)))
    with pytest.raises(TeniError, match="there is nothing to compare; name strategies"):
        compare(replace(plan, entries=()))
    bare = data.targets.copy()
    bare[plan.split.rows("validation")] = float("nan")
    unlabelled = replace(data, targets=bare)
    split = replace(plan.split, data=unlabelled.fingerprint)
    with pytest.raises(TeniError, match="needs labels on its validation rows to choose the winner by"):
        compare(replace(plan, dataset=unlabelled, split=split))


def test_the_winner_is_kept_and_what_is_solved_learns_from_all(data, tmp_path):
    solved, trained = Constant(0.0, []), Constant(3.0, [])
    plan = plan_of(data, tmp_path, entry("trained", trained, 1), entry("solved", solved, 0, trains=False))
    comparison = compare(plan)
    _, run = fit_winner(plan, comparison)
    assert solved.fits[-1][3] == ["test", "train"]
    assert run.about["strategy"] == "solved"
    assert run.about["comparison"]["winner"] == "tiny solved"
    assert (run.split["part"] == "train").sum() == 48


def test_the_winner_that_was_trained_keeps_its_best_seed_and_its_checkpoints(data, tmp_path):
    trained = Constant(0.0, [])
    plan = plan_of(data, tmp_path, *(entry("trained", trained, seed) for seed in (8, 2, 4)))
    fit_winner(plan, compare(plan))
    seed, _, checkpoints, parts = trained.fits[-1]
    assert seed == 2  # shifted the least
    assert checkpoints == trained.fits[1][2]
    assert "validation" in parts


def test_closed_forms_are_compared(data, tmp_path):
    views = (View((16, 20), "p1"),)
    ridge, mean = closed_form("ridge", views), Constant(0.0, [])
    found = compare(plan_of(data, tmp_path, entry("ridge", ridge, trains=False), entry("mean", mean)))
    assert found.winner.strategy == "ridge"
    assert found.rows[1].test.behind_ci95[0] > 0
    assert TASK.names == data.task.names
