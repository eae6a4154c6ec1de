import numpy as np
import pytest

from fake_run import make_run
from teni.report import charts
from teni.report.tried import Candidate, best_by_tap, candidates, compared, records


def candidate(
    taps: str, *errors: float, kernel: str = "linear", size: str = "96x96", chosen: int | None = None
) -> Candidate:
    return Candidate("taps", size, taps, kernel, (0.01, 0.1, 1.0)[: len(errors)], errors, chosen)


def test_taps_in_order_of_depth_one_line_a_kernel():
    tried = [
        candidate("shallow", 3, 2.5),
        candidate("middle", 2, 1.5, chosen=1),
        candidate("deep", 4, 3.5),
        candidate("middle", 1.9, 1.6, kernel="arc-cosine-1"),
        candidate("shallow+deep", 1, 1),
    ]
    chart = charts.taps(tried)
    assert chart is not None
    linear, cosine, chosen = chart["data"]
    assert (linear["name"], linear["x"]) == ("linear", ["shallow", "middle", "deep"])
    assert linear["y"] == [2.5, 1.5, 3.5]
    assert (cosine["name"], cosine["x"], cosine["y"]) == ("arc-cosine-1", ["middle"], [1.6])
    assert (chosen["name"], chosen["x"], chosen["y"]) == ("chosen", ["middle"], [1.5])
    assert chart["layout"]["xaxis"]["categoryarray"] == ["shallow", "middle", "deep"]


def test_a_colour_for_each_kernel_and_a_dash_for_each_size():
    tried = [
        candidate(tap, 2.0, kernel=kernel, size=size)
        for tap in "ab"
        for kernel in ("linear", "arc-cosine-1")
        for size in ("96x96", "144x144")
    ]
    chart = charts.taps(tried)
    assert chart is not None
    assert [(t["name"], t["line"]["color"], t["line"]["dash"]) for t in chart["data"]] == [
        ("linear, 96x96", charts.COLOURS[0], "solid"),
        ("linear, 144x144", charts.COLOURS[0], "dash"),
        ("arc-cosine-1, 96x96", charts.COLOURS[1], "solid"),
        ("arc-cosine-1, 144x144", charts.COLOURS[1], "dash"),
    ]


def test_no_chart_of_one_tap():
    assert charts.taps([candidate("a", 1, 2), candidate("a", 1, 2, kernel="arc-cosine-1")]) is None
    assert charts.lambdas([]) is None


def test_lambda_curves_with_the_best_on_top_and_five_in_colour():
    tried = [candidate(f"t{i}", 3.0 - i / 10, 2.9 - i / 10, chosen=1 if i == 6 else None) for i in range(7)]
    chart = charts.lambdas(tried)
    assert chart is not None
    lines, chosen = chart["data"][:-1], chart["data"][-1]
    assert [line["name"] for line in lines] == [f"t{i}, linear" for i in range(7)]
    assert [line["showlegend"] for line in lines] == [False, False, True, True, True, True, True]
    assert lines[-1]["legendrank"] == 1
    assert (chosen["x"], chosen["y"]) == ([0.1], [pytest.approx(2.3)])


def test_a_hopeless_lambda_does_not_flatten_the_rest():
    chart = charts.lambdas([candidate("a", 5000.0, 1.5, 2.0)])
    assert chart is not None
    assert chart["layout"]["yaxis"]["range"][1] < 4


def test_sizes_are_named_only_when_there_are_several():
    chart = charts.lambdas([candidate("a", 1.0), candidate("a", 1.1, size="144x144")])
    assert chart is not None
    assert {line["name"] for line in chart["data"]} == {"a, linear, 96x96", "a, linear, 144x144"}


def test_learning_curve_with_its_band():
    rows = [
        {"subjects": n, "rmse_px": e, "rmse_px_low": e - 1, "rmse_px_high": e + 1}
        for n, e in ((10, 5.0), (100, 3.0), (120, 2.0))
    ]
    rows[1]["rmse_px_low"] = None
    chart = charts.learning_curve(rows)
    assert chart is not None
    band, line = chart["data"]
    assert (band["x"], band["y"]) == ([10, 120, 120, 10], [6, 3, 1, 4])
    assert (line["x"], line["y"]) == ([10, 100, 120], [5, 3, 2])
    assert chart["layout"]["xaxis"]["ticktext"] == ["10", "120"]  # 100 has no room beside 120
    assert charts.learning_curve(rows[:1]) is None


def test_keypoints_with_the_best_on_top():
    block = {
        "rmse_px": 2.0,
        "per_keypoint": {
            "nose_tip": {"rmse_px": 1.0, "rmse_px_ci95": [0.5, 1.75]},
            "ear": {"rmse_px": 3.0, "rmse_px_ci95": None},
            "chin": {"rmse_px": None, "rmse_px_ci95": None},
        },
    }
    chart = charts.keypoints(block)
    assert chart is not None
    ear, nose = chart["data"]
    assert (ear["y"], nose["y"]) == (["ear"], ["nose tip"])
    assert (nose["error_x"]["array"], nose["error_x"]["arrayminus"]) == ([0.75], [0.5])
    assert ear["error_x"] == {"visible": False}
    assert chart["layout"]["shapes"][0]["x0"] == 2.0
    assert charts.keypoints({"per_keypoint": {"chin": {"rmse_px": None}}}) is None


def test_agreement_needs_both():
    chart = charts.agreement(make_run().metrics)
    assert chart is not None
    assert [trace["y"][0] for trace in chart["data"]] == ["mean face", "test", "cross-validated"]
    assert charts.agreement(make_run(parts=False).metrics) is None
    assert charts.agreement({"test": make_run().metrics["test"]}) is None


def test_names_that_look_like_html_are_escaped_for_plotly():
    chart = charts.taps([candidate("<b>a", 1.0), candidate("c", 2.0)])
    assert chart is not None
    assert chart["data"][0]["x"] == ["&lt;b&gt;a", "c"]


def test_tables_as_rows():
    run = make_run()
    assert len(candidates(run.history)) == 12
    run.learning_curve.loc[0, "rmse_px_low"] = np.nan
    assert records(run.learning_curve)[0]["rmse_px_low"] is None


@pytest.mark.parametrize("colour", [charts.ACCENT, charts.QUIET, *charts.COLOURS])
@pytest.mark.parametrize("paper", ["#fdfcfa", "#15181c"])
def test_colours_hold_on_light_and_dark_paper(colour: str, paper: str):
    def light(text: str) -> float:
        parts = [int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        return sum(
            weight * (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4)
            for weight, c in zip((0.2126, 0.7152, 0.0722), parts, strict=True)
        )

    brighter, darker = sorted((light(colour) + 0.05, light(paper) + 0.05), reverse=True)
    assert brighter / darker >= 3  # WCAG 2.1, 1.4.11


def test_the_second_solution_on_all_images_does_not_flatter_the_chosen_tap():
    tried = [
        candidate("a", 3.0),
        candidate("b", 2.0),
        Candidate("final", "96x96", "b", "linear", (0.01,), (1.0,), 0),
    ]
    chart = charts.taps(tried)
    assert chart is not None
    line, chosen = chart["data"]
    assert (line["x"], line["y"]) == (["a", "b"], [3.0, 2.0])
    assert (chosen["x"], chosen["y"]) == (["b"], [2.0])
    assert best_by_tap(tried) == {"a": 3.0, "b": 2.0}
    lines = charts.lambdas(tried)
    assert lines is not None
    assert [line["name"] for line in lines["data"][:-1]] == [
        "a, linear",
        "b, linear",
        "b, linear, all images",
    ]
    # Where nothing was compared it is all that there is.
    assert compared(tried[2:]) == tried[2:]
