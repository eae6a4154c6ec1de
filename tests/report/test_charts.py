import re
from importlib.resources import files
from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd
import pytest

from fake_run import make_run
from teni.report.charts import COLOURS, Dot, Lines, Rows, plain
from teni.report.sections import choice, classes, keypoints, ladder, learning, reliability, subjects, training
from teni.report.tried import Candidate, best_by_tap, candidates, compared, records
from teni.report.words import Text, spoken_of
from teni.run import Run
from teni.task import Classes

FACES = spoken_of(make_run().task)


def candidate(
    taps: str, *errors: float, kernel: str = "linear", size: str = "96x96", chosen: int | None = None
) -> Candidate:
    return Candidate("taps", size, taps, kernel, (0.01, 0.1, 1.0)[: len(errors)], errors, chosen)


def test_values_for_json_leave_out_what_is_usual():
    assert plain(Dot(1.25, [1.0, 2.0], 1)) == {"value": 1.25, "ends": [1.0, 2.0], "key": 1}
    assert plain({"a": (Text("x", "y"), 1e-6 / 3, None)}) == {"a": [["x", "y"], 3.33333e-7, None]}
    chart = learning.chart(
        [{"subjects": 5, "rmse_px": 2.0, "rmse_px_low": None, "rmse_px_high": None}], FACES
    )
    told = plain(chart)
    assert (told["kind"], told["x"]["scale"], told["series"][0]["y"]) == ("lines", "log", [2.0])
    assert "tools" not in told


def test_taps_in_order_of_depth_one_line_a_kernel():
    tried = [
        candidate("shallow", 3, 2.5),
        candidate("middle", 2, 1.5, chosen=1),
        candidate("deep", 4, 3.5),
        candidate("middle", 1.9, 1.6, kernel="arc-cosine-1"),
        candidate("shallow+deep", 1, 1),
    ]
    chart = choice.taps(tried, FACES)
    assert chart is not None
    linear, cosine, chosen = chart.series
    assert (linear.name.en, linear.x) == ("linear", ["shallow", "middle", "deep"])
    assert linear.y == [2.5, 1.5, 3.5]
    assert (cosine.name.en, cosine.x, cosine.y) == ("arc-cosine-1", ["middle"], [1.6])
    assert (chosen.name.en, chosen.x, chosen.y) == ("chosen", ["middle"], [1.5])
    assert chart.x.names == ("shallow", "middle", "deep")


def test_a_colour_for_each_kernel_and_a_dash_for_each_size():
    tried = [
        candidate(tap, 2.0, kernel=kernel, size=size)
        for tap in "ab"
        for kernel in ("linear", "arc-cosine-1")
        for size in ("96x96", "144x144")
    ]
    chart = choice.taps(tried, FACES)
    assert chart is not None
    assert [(each.name.en, each.colour, each.dash) for each in chart.series] == [
        ("linear, 96x96", "c0", 0),
        ("linear, 144x144", "c0", 1),
        ("arc-cosine-1, 96x96", "c1", 0),
        ("arc-cosine-1, 144x144", "c1", 1),
    ]


def test_no_chart_of_one_tap():
    assert choice.taps([candidate("a", 1, 2), candidate("a", 1, 2, kernel="arc-cosine-1")], FACES) is None
    assert choice.lambdas([], FACES) is None


def test_lambda_curves_with_the_best_on_top_and_five_in_colour():
    tried = [candidate(f"t{i}", 3.0 - i / 10, 2.9 - i / 10, chosen=1 if i == 6 else None) for i in range(7)]
    chart = choice.lambdas(tried, FACES)
    assert chart is not None
    *lines, chosen = chart.series
    assert [line.more["labels"][0].en for line in lines] == [f"t{i}, linear" for i in range(7)]
    assert [line.name is None for line in lines] == [True, True, False, False, False, False, False]
    assert lines[-1].more["rank"] == 0
    assert (chosen.x, chosen.y) == ([0.1], [pytest.approx(2.3)])


def test_a_head_that_was_trained_has_no_place_over_lambda():
    tried = [candidate("a", 1.5, 1.6), candidate("b", 1.7, 1.8)]
    tried += [
        Candidate("mirror", "96x96", "a", "linear", (0.1, 1.0), (1.9, 2.0), None),
        Candidate("final", "96x96", "a", "mlp", (4.0,), (2.5,), 0),
    ]
    chart = choice.lambdas(tried, FACES)
    assert chart is not None
    names = [line.name.en for line in chart.series]
    assert names == ["a, linear, mirror images otherwise", "b, linear", "a, linear"]


def test_support_vector_machines_have_a_line_with_a_name():
    tried = [candidate(f"t{i}", 1.0 + i / 10, 1.1) for i in range(6)]
    tried.append(candidate("t0", 1.9, 1.8, kernel="svm"))
    tried.append(Candidate("final", "96x96", "t0", "svm", (0.1,), (1.8,), 0))
    chart = choice.lambdas(tried, FACES)
    assert chart is not None
    *lines, chosen = chart.series
    assert (lines[-1].name.en, lines[-1].y) == ("t0, svm", [1.9, 1.8])
    assert len(lines) == 7  # not the single point
    assert (chosen.x, chosen.y) == ([0.1], [1.8])


def test_a_hopeless_lambda_does_not_flatten_the_rest():
    chart = choice.lambdas([candidate("a", 5000.0, 1.5, 2.0)], FACES)
    assert chart is not None
    assert chart.y.ends[1] < 4


def test_keypoints_with_the_best_on_top_and_what_was_announced():
    block = {
        "rmse_px": 2.0,
        "per_keypoint": {
            "ear": {"rmse_px": 3.0, "rmse_px_ci95": None},
            "nose_tip": {"rmse_px": 1.0, "rmse_px_ci95": [0.5, 1.75]},
            "chin": {"rmse_px": None, "rmse_px_ci95": None},
        },
    }
    chart = keypoints.chart({"test": block}, "test", block, FACES)
    assert isinstance(chart, Rows)
    assert chart.rows == [("nose tip", [Dot(1.0, [0.5, 1.75])]), ("ear", [Dot(3.0, None)])]
    assert (chart.rule, len(chart.keys)) == (2.0, 1)
    both = keypoints.chart({"validation": block}, "test", block, FACES)
    assert both.rows[0] == ("nose tip", [Dot(1.0, [0.5, 1.75], 1), Dot(1.0, [0.5, 1.75], 0)])
    assert keypoints.chart({}, "test", {"per_keypoint": {"chin": {"rmse_px": None}}}, FACES) is None


def test_subjects_from_the_best_to_the_worst():
    run = make_run()
    rows = subjects.by_subject(run, "test")
    assert len(rows) == 20
    assert [error for _, error, _, _ in rows] == sorted(error for _, error, _, _ in rows)
    worst = run.metrics["test"]["per_subject"]["worst"][0]
    assert (rows[-1][0], rows[-1][2]) == (worst["subject"], worst["images"])
    assert rows[-1][1] == pytest.approx(worst["rmse_px"])
    assert rows[-1][3] >= rows[-1][1]
    run.predictions["subject"] = ""
    assert subjects.section(run, FACES) is None


def halves(spread_test=1.0, seed=0, parts=("validation", "test")):
    """A run whose errors are normal, and on its test part larger by a factor."""
    run, random = make_run(["a", "b", "c"]), np.random.default_rng(seed)
    tables = []
    for part, spread in zip(parts, (1.0, spread_test), strict=False):
        many = 400
        columns = {
            "part": part,
            "id": np.arange(many).astype(str),
            "subject": (np.arange(many) % 40).astype(str),
        }
        for name in "abc":
            for axis in "xy":
                columns |= {f"{name}_{axis}": random.normal(0, spread, many), f"{name}_{axis}_true": 0.0}
        tables.append(pd.DataFrame(columns))
    object.__setattr__(run, "predictions", pd.concat(tables, ignore_index=True))
    return run


def test_a_radius_keeps_its_word_and_is_caught_where_it_does_not():
    found = reliability.calibration(halves())
    assert found is not None
    np.testing.assert_allclose(found["within"], reliability.LEVELS, atol=0.04)
    # Rayleigh: half of all errors are below 1.1774, 90% below 2.1460.
    np.testing.assert_allclose(found["radius"][:, reliability.LEVELS.index(0.5)], 1.1774, rtol=0.12)
    assert found["points"] == 1200
    worse = reliability.calibration(halves(2.0))
    assert worse is not None
    # Errors of twice the size: within 2.1460 lies 1 - exp(-2.1460² / 8) = 0.4377.
    assert worse["within"][reliability.LEVELS.index(0.9)] == pytest.approx(0.4377, abs=0.06)


def test_without_a_test_each_half_of_the_subjects_judges_the_other():
    found = reliability.calibration(halves(parts=("validation",)))
    assert found is not None
    assert (found["part"], found["points"]) == ("validation", 1200)
    np.testing.assert_allclose(found["within"], reliability.LEVELS, atol=0.05)
    assert reliability.calibration(make_run()) is None  # no validation rows at all


def test_classes_that_are_all_alike_have_no_surest():
    def title(*recalls: float) -> str:
        ends = {"recall_ci95": None, "precision": 1.0, "precision_ci95": None, "labels": 2, "predicted": 2}
        block = {
            "per_class": {str(i): {"recall": recall, **ends} for i, recall in enumerate(recalls)},
            "confusion": [[2, 0], [0, 2]],
            "accuracy": 1.0,
            "reliability": [],
        }
        task = Classes(("0", "1"), 8, 8)
        run = SimpleNamespace(metrics={"test": block, "validation": None}, task=task)
        return classes.section(cast(Run, run), spoken_of(task)).title.en

    assert title(1.0, 1.0) == "The classes"
    assert title(0.5, 1.0) == "Surest: 1; hardest: 0"


def test_log_loss_is_held_against_the_shares_of_the_classes():
    block = {"log_loss": 0.5, "mean_predictor": {"log_loss": 1.1, "accuracy": 0.4}}
    spoken = spoken_of(Classes(("cat", "dog"), 8, 8))
    chart = reliability.agreement_chart({"test": block, "validation": block}, spoken)
    assert chart.rows[-1][0].en == "the shares of the classes"


def test_agreement_needs_both():
    chart = reliability.agreement_chart(make_run().metrics, FACES)
    assert [name.en for name, _ in chart.rows] == ["cross-validated", "test", "the mean face"]
    section = reliability.section(make_run(parts=False), FACES)
    assert section is None or "agreement" not in section.charts


def test_tables_as_rows():
    run = make_run()
    assert len(candidates(run.history)) == 12
    run.learning_curve.loc[0, "rmse_px_low"] = np.nan
    assert records(run.learning_curve)[0]["rmse_px_low"] is None


def test_the_second_solution_on_all_images_does_not_flatter_the_chosen_tap():
    tried = [candidate("a", 3.0), candidate("b", 2.0)]
    again = Candidate("final", "96x96", "b", "linear", (0.01,), (1.5,), 0)
    assert compared([*tried, again]) == tried
    assert best_by_tap([*tried, again]) == {"a": 3.0, "b": 2.0}


def curves(model=None):
    table = pd.DataFrame({
        "phase": "head", "epoch": [1, 2, 3], "learning_rate": 0.1, "loss": [1.0, 0.1, 0.0],
        "validation_loss": [2.0, 1.0, np.nan], "validation_error": [3.0, 2.0, 2.5],
    })  # fmt: skip
    return table if model is None else table.assign(model=model)


def test_losses_solid_and_dashed_on_a_logarithmic_scale():
    chart = training.losses_chart(pd.concat([curves("one"), curves("two")], ignore_index=True))
    assert isinstance(chart, Lines)
    assert [line.dash for line in chart.series] == [0, 1] * 2
    assert [line.more["group"] for line in chart.series] == ["one", "one", "two", "two"]
    assert chart.series[0].name.en == "one, training"
    assert chart.series[0].y == [1.0, 0.1]  # 0 has no logarithm
    assert chart.series[1].x == [1, 2]
    assert chart.series[0].colour == chart.series[1].colour != chart.series[2].colour
    assert (chart.y.scale, chart.y.switch, chart.tools) == ("log", True, True)
    assert training.losses_chart(curves()).series[0].name.en == "training"
    assert training.losses_chart(curves()[:0]) is None
    assert training.losses_chart(curves().assign(loss=np.nan, validation_loss=np.nan)) is None
    (row,) = training.section_of(curves("one")).values["rows"]
    assert row == ("one", "3", "1", "0", "1", "2")


def test_a_loss_that_diverged_flattens_nothing_and_epochs_that_begin_anew_are_a_new_line():
    twice = pd.concat([curves(), curves().assign(loss=[9e9, 0.2, 0.05])], ignore_index=True)
    chart = training.losses_chart(twice)
    assert chart.series[0].x == [1, 2, None, 1, 2, 3]
    assert chart.series[0].y == [1.0, 0.1, None, 9e9, 0.2, 0.05]
    assert chart.y.ends == (pytest.approx(0.04), pytest.approx(1.25 * 500))


def test_error_over_seconds_with_names_and_places():
    rows = [
        {"name": name, "won": not i, "test": (error, None), "validation": (error, None), "seconds": 0.0}
        for i, (name, error) in enumerate((("a", 1.0), ("b", 2.0)))
    ]
    chart = ladder.cost_chart(rows, "px")
    others, won = chart.series
    assert (won.x, won.y, won.more["marks"]) == ([0.01], [1.0], [("a", "1")])
    assert others.more["marks"] == [("b", "2")]
    assert ladder.cost_chart(rows[:1], "px") is None


@pytest.mark.parametrize("name", ["--own", "--line-quiet", *(f"--{colour}" for colour in COLOURS)])
@pytest.mark.parametrize("paper", ["#fdfcfa", "#15181c"])
def test_colours_hold_on_light_and_dark_paper(name: str, paper: str):
    style = (files("teni.report") / "page" / "style.css").read_text(encoding="utf-8")
    colour = re.search(rf"{name}: (#\w+)", style)[1]

    def light(text: str) -> float:
        parts = [int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        return sum(
            weight * (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4)
            for weight, c in zip((0.2126, 0.7152, 0.0722), parts, strict=True)
        )

    brighter, darker = sorted((light(colour) + 0.05, light(paper) + 0.05), reverse=True)
    assert brighter / darker >= 3  # WCAG 2.1, 1.4.11
