from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from fake_run import make_run
from teni.report import build_report
from teni.report.ladder import ladder
from teni.report.ladder_charts import cost_chart, ladder_chart, losses_chart


def strategy(name, error, behind=None, test=1.4, seconds=3.0):
    validation = {"rmse_px": error, "rmse_px_ci95": [error - 0.1, error + 0.1], "seeds": [error]}
    validation |= {
        "behind_winner": None if behind is None else behind[0],
        "behind_winner_ci95": None if behind is None else behind[1],
    }
    cost = {"seconds": seconds, "peak_rss_mb": 900.0, "parameters": 1234}
    tested = None if test is None else {"rmse_px": test, "rmse_px_ci95": None, "seeds": [test]}
    return {"strategy": name, "backbone": "net", "validation": validation, "test": tested, "cost": cost}


def compared(*strategies, **more):
    told = {
        "strategies": list(strategies),
        "winner": f"net {strategies[0]['strategy']}",
        "failed": {},
        "advice": {},
    }
    run = make_run()
    run.about["comparison"] = told | more
    return run


LADDER = (
    strategy("kernel", 1.5),
    strategy("ridge", 1.6, (0.1, [-0.05, 0.2]), seconds=1.0),
    strategy("scratch", 3.0, (1.5, [1.2, 1.8]), test=2.9, seconds=100.0),
)


def test_the_title_says_who_won_and_who_is_told_apart():
    assert ladder(make_run()) is None
    assert (
        ladder(compared(*LADDER))["title"] == "net kernel won over 2 others; 1 of them is told apart from it"
    )
    close = ladder(compared(*LADDER[:2]))
    assert close["title"] == "net kernel won over 1 other, but none of them is told apart from it"
    assert ladder(compared(LADDER[0], LADDER[2]))["title"] == "net kernel won over 1 other"
    assert ladder(compared(LADDER[0]))["title"] == "net kernel was alone"


def test_rows_hold_errors_intervals_and_costs():
    found = ladder(
        compared(*LADDER, advice={"sentences": ["Few."], "agrees": "It agrees.", "quadrant": "few"})
    )
    assert found["advice"] == ["Few.", "It agrees."]
    assert found["unit"] == "px"
    first, second, third = found["rows"]
    assert (first["won"], first["validation"], first["behind"]) == (True, (1.5, [1.4, 1.6]), (None, None))
    assert (second["told_apart"], third["told_apart"]) == (False, True)
    assert third["test"] == (2.9, None)
    assert (third["seconds"], third["parameters"], third["seeds"]) == (100.0, 1234, 1)


def test_the_winner_is_drawn_on_top_with_intervals():
    chart = ladder_chart(ladder(compared(*LADDER))["rows"], "px")
    validation, test = chart["data"]
    assert validation["y"] == ["net scratch", "net ridge", "net kernel"]
    assert validation["error_x"]["array"] == pytest.approx([0.1, 0.1, 0.1])
    assert test["x"] == [2.9, 1.4, 1.4]
    assert test["error_x"]["array"] == [0, 0, 0]
    untested = [strategy("kernel", 1.5, test=None)]
    assert len(ladder_chart(ladder(compared(*untested))["rows"], "px")["data"]) == 1


def test_error_over_seconds():
    rows = ladder(compared(*LADDER))["rows"]
    (dots,) = cost_chart(rows, "px")["data"]
    assert (dots["x"], dots["y"]) == ([3.0, 1.0, 100.0], [1.4, 1.4, 2.9])
    assert cost_chart(rows[:1], "px") is None


def curves(model=None):
    table = pd.DataFrame({
        "phase": "head", "epoch": [1, 2, 3], "learning_rate": 0.1, "loss": [1.0, 0.1, 0.0],
        "validation_loss": [2.0, 1.0, np.nan], "validation_error": [3.0, 2.0, 2.5],
    })  # fmt: skip
    return table if model is None else table.assign(model=model)


def test_losses_solid_and_dashed_on_a_logarithmic_scale():
    chart = losses_chart(pd.concat([curves("one"), curves("two")], ignore_index=True))
    assert [line["line"]["dash"] for line in chart["data"]] == ["solid", "dash"] * 2
    assert [line["name"] for line in chart["data"]][:2] == ["one, training", "one, validation"]
    assert chart["data"][0]["y"] == [1.0, 0.1]  # 0 has no logarithm
    assert chart["data"][1]["x"] == [1, 2]
    assert (
        chart["data"][0]["line"]["color"]
        == chart["data"][1]["line"]["color"]
        != chart["data"][2]["line"]["color"]
    )
    assert chart["layout"]["yaxis"]["type"] == "log"
    assert losses_chart(curves())["data"][0]["name"] == "training"
    assert losses_chart(curves()[:0]) is None
    assert losses_chart(curves().assign(loss=np.nan, validation_loss=np.nan)) is None


def test_a_loss_that_diverged_flattens_nothing_and_epochs_that_begin_anew_are_a_new_line():
    twice = pd.concat([curves(), curves().assign(loss=[9e9, 0.2, 0.05])], ignore_index=True)
    chart = losses_chart(twice)
    assert chart["data"][0]["x"] == [1, 2, None, 1, 2, 3]
    assert chart["data"][0]["y"] == [1.0, 0.1, None, 9e9, 0.2, 0.05]
    low, high = chart["layout"]["yaxis"]["range"]
    assert low == pytest.approx(np.log10(0.04))
    assert high == pytest.approx(np.log10(1.25 * 500))


def test_the_page_shows_ladder_and_losses(tmp_path):
    run = replace(compared(*LADDER, failed={"net svm (seed 0)": "no tap"}), curves=curves(), path=tmp_path)
    page = build_report(run)
    assert "net kernel won over 2 others" in page
    assert "1.600 (1.500 to 1.700)" in page
    assert "net svm (seed 0) could not be fitted: no tap" in page
    assert 'id="chart-losses"' in page
    curves("another").to_csv(tmp_path / "comparison_curves.csv", index=False)
    assert "another, training" in build_report(run)
    assert 'id="ladder"' not in build_report(make_run())
