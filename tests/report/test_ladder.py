from dataclasses import replace

import pytest

from compared_run import ADVICE, LADDER, compared, curves, strategy
from fake_run import make_run
from teni.report import build_report
from teni.report.sections.ladder import ladder_chart, rows_of, section


def rows(*strategies):
    run = compared(*strategies)
    return rows_of(run.about["comparison"], run)


def test_a_run_of_no_comparison_has_no_ladder():
    assert section(make_run()) is None


def test_who_won_and_by_how_much_that_is_sure():
    assert section(compared(*LADDER)).title.en == "kernel won over 2 others; 1 of them is told apart from it"
    assert (
        section(compared(*LADDER[:2])).title.en
        == "kernel won over 1 other, but none of them is told apart from it"
    )
    assert section(compared(LADDER[0])).title.en == "kernel was alone"
    assert section(compared(LADDER[0], LADDER[2])).title.en == "kernel won over 1 other"


def test_the_network_is_named_where_there_are_several():
    assert [row["name"] for row in rows(*LADDER)] == ["kernel", "ridge", "scratch"]
    both = rows(LADDER[0], strategy("kernel", 2.0, backbone="other"))
    assert [row["name"] for row in both] == ["net kernel", "other kernel"]
    assert both[0]["won"]


def test_of_networks_that_are_files_only_the_file_is_named():
    given = (
        strategy("ensemble", 1.4, backbone="net + /my nets/a.h5"),
        strategy("kernel", 1.5, backbone="net"),
        strategy("kernel", 1.6, backbone="/my nets/a.h5"),
    )
    run = compared(*given)
    run.about["backbone"] = "net + /my nets/a.h5"
    run.about["arguments"] = {"backbone": ["net", "/my nets/a.h5"]}
    told = rows_of(run.about["comparison"], run)
    assert [row["name"] for row in told] == ["net + a.h5 ensemble", "net kernel", "a.h5 kernel"]
    assert told[0]["won"]
    assert "/my nets" not in build_report(run).split('id="ran"')[0]
    two = (strategy("kernel", 1.5, backbone="/x/a.h5"), strategy("kernel", 1.6, backbone="/y/a.h5"))
    assert [row["name"] for row in rows(*two)] == ["/x/a.h5 kernel", "/y/a.h5 kernel"]


def test_every_strategy_with_its_intervals():
    chart = ladder_chart(rows(*LADDER), "px")
    assert [name for name, _ in chart.rows] == ["kernel", "ridge", "scratch"]
    validation, test = chart.rows[0][1]
    assert (validation.value, validation.ends) == (1.5, [pytest.approx(1.4), pytest.approx(1.6)])
    assert (test.value, test.ends, test.key) == (1.4, None, 1)
    assert len(ladder_chart(rows(strategy("kernel", 1.5, test=None)), "px").keys) == 1


def test_the_page_shows_ladder_advice_and_losses(tmp_path):
    run = compared(*LADDER, failed={"net svm (seed 0)": "no tap"}, advice=ADVICE)
    run = replace(run, curves=curves("").drop(columns="model"), path=tmp_path)
    page = build_report(run)
    assert "kernel won over 2 others" in page
    assert "1.600" in page
    assert "(1.500 – 1.700)" in page
    assert "net svm (seed 0) could not be fitted: no tap" in page
    assert 'id="chart-losses"' in page
    assert "Few images, unlike what the network knows" in page
    assert page.count('class="here"') == 1
    curves("another").to_csv(tmp_path / "comparison_curves.csv", index=False)
    assert "another" in build_report(run)
    bare = build_report(make_run())
    assert 'id="ladder"' not in bare
    assert 'id="advice"' not in bare
