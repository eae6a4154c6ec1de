from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fake_run import make_run
from teni.errors import TeniError
from teni.report import build_comparison
from teni.report.several import paired


def runs(better=0.5):
    """Two runs on the same images, the second with a share of the first one's errors."""
    one, other = replace(make_run(), path=Path("runs/a")), replace(make_run(), path=Path("runs/b"))
    table = other.predictions
    for column in [name for name in table if name.endswith("_true")]:
        ours = column.removesuffix("_true")
        table[ours] = table[column].fillna(table[ours]) + better * (
            table[ours] - table[column].fillna(table[ours])
        )
    return [one, other]


def test_the_same_test_gives_paired_differences_by_hand():
    found = paired(runs())
    assert found is not None
    part, (one, other), images, subjects = found
    assert (part, images, subjects) == ("test", 80, 20)
    assert other.error == pytest.approx(one.error / 2)  # half of every error
    assert one.behind == pytest.approx(one.error / 2)
    assert one.behind_ci95 is not None
    assert one.behind_ci95[0] > 0
    page = build_comparison(runs())
    assert "b has the lowest error</span>" in page
    assert "Differences are paired" in page


def test_other_labels_are_not_ranked():
    one, other = runs()
    other.predictions.loc[3, "nose_tip_x_true"] = 1.0
    assert paired([one, other]) is None
    one, other = runs()
    other.about["fingerprints"]["test"] = "f" * 64
    assert paired([one, other]) is None
    page = build_comparison([one, other])
    assert "not ranked" in page
    assert "Differences are paired" not in page


def test_runs_that_cannot_be_told_apart_say_so():
    one, other = runs()
    noise = np.random.default_rng(0).normal(0, 0.3, len(other.predictions))
    object.__setattr__(
        other, "predictions", one.predictions.assign(nose_tip_x=one.predictions["nose_tip_x"] + noise)
    )
    assert "but the other is not told apart from it" in build_comparison([one, other])


def test_what_cannot_be_put_side_by_side():
    one, _ = runs()
    with pytest.raises(TeniError, match="1 runs cannot be put side by side; give two to 7 run folders"):
        build_comparison([one])
    with pytest.raises(TeniError, match="give runs of the same task"):
        build_comparison([one, make_run(["a", "b", "c"])])


def test_a_run_beside_itself_is_refused(tmp_path: Path):
    one, other = runs()
    with pytest.raises(TeniError, match=r"^runs/a: given twice; give each run folder once$"):
        build_comparison([one, other, replace(other, path=Path("runs/a"))])
    (tmp_path / "run").mkdir()
    (tmp_path / "link").symlink_to("run")
    pair = [replace(one, path=tmp_path / name) for name in ("run", "link")]
    with pytest.raises(TeniError, match=r"link: given twice, as .*run; give each run folder once"):
        build_comparison(pair)


def test_counts_are_those_of_the_part_that_is_compared():
    one, other = runs()
    for run in (one, other):
        run.predictions["part"] = "validation"
        run.metrics["validation"]["images"] = 79
    other.about["fingerprints"]["test"] = "f" * 64
    assert paired([one, other]) is not None
    assert '<td class="n">79</td>' in build_comparison([one, other])


def test_an_ensemble_is_named_by_its_members():
    one, other = runs()
    one.about["choice"]["members"] = {"net kernel": {"weight": 0.5}, "/x/a.h5 mlp": {"weight": 0.5}}
    page = build_comparison([one, other])
    assert "net kernel (50%), a.h5 mlp (50%)" in page
    assert "/x/a.h5" not in page


def test_what_was_trained_is_not_called_cross_validated():
    from teni.report import build_report

    run = make_run()
    assert "Cross-validation said" in build_report(run)
    run.about["choice"]["kernel"] = "trained"
    page = build_report(run)
    assert "Validation said" in page
    assert "Cross-validation said" not in page
    run = make_run(parts=False)
    assert "cross-validated RMSE</span>" in build_report(run)
    run.about["choice"]["kernel"] = "mlp"
    page = build_report(run)
    assert "validation RMSE</span>" in page
    assert "kept for validation, by whom training was stopped" in page
