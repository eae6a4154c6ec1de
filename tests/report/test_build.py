import json
import re
from pathlib import Path

from compared_run import pictured
from fake_run import NAMES, make_run
from teni.report import build_report
from teni.report.layout import attribute, option
from teni.report.sections.keypoints import error_map
from teni.report.words import Text


def test_one_file_with_everything_inside(report_file: Path):
    page = report_file.read_text(encoding="utf-8")
    without_scripts = re.sub(r"<script.*?</script>", "", page, flags=re.S)
    assert not re.search(r"""(src|href)=["'](?!data:|#)""", without_scripts)
    assert "@import" not in without_scripts
    assert "url(" not in without_scripts
    assert "default-src 'none'" in page
    assert len(page) < 400_000


def test_says_the_numbers_of_the_run(report_file: Path):
    run = make_run()
    page = report_file.read_text(encoding="utf-8")
    test = run.metrics["test"]
    low, high = test["rmse_px_ci95"]
    assert f"{test['rmse_px']:.2f} <small>px</small>" in page
    assert f"95% interval {low:.2f} to {high:.2f}" in page
    assert f"{test['mean_predictor']['rmse_px']:.2f} px" in page
    for name in NAMES:
        assert f'<th scope="row">{name}</th>' in page
    assert "2,545" in page
    assert "12 coordinates lie outside their image" in page
    assert "It took 42 seconds and 2.2 GB of memory" in page
    assert "Pretrained weights: 1 loaded, 1 skipped" in page
    assert "3 × 3 × 3 × 32" in page
    assert "--subjects people.csv --test &#39;te st.zip&#39;" in page
    assert "0" * 64 in page


def test_the_figures_are_strict_json(report_file: Path):
    page = report_file.read_text(encoding="utf-8")

    def refuse(name: str) -> None:
        raise ValueError(name)

    for place in ("charts", "texts", "data-album"):
        text = page.split(f'id="{place}">')[1].split("</script>")[0]
        found = json.loads(text, parse_constant=refuse)
        if place == "charts":
            assert {"taps", "lambdas", "learning", "keypoints", "agreement", "subjects"} == set(found)


def test_a_bare_run_makes_a_page():
    page = build_report(make_run(parts=False))
    assert "cross-validated RMSE" in page
    assert 'id="learning"' not in page


def test_hostile_text_is_escaped():
    hostile = "</script><script>alert(1)</script>"
    run = make_run([hostile, "b", "c"], subject=hostile)
    run.about.update(notes=[hostile], backbone=hostile)
    run.examples.ids[0] = "<i>"
    plain, hidden = build_report(run), build_report(make_run(["a", "b", "c"]))
    assert hostile not in plain
    assert plain.count("<script") == hidden.count("<script")
    assert "<i>" not in plain


def test_attributes_speak_both_languages():
    assert (
        attribute(Text('"', "あ")) == 'aria-label="&#34;" data-attr="aria-label" data-en="&#34;" data-ja="あ"'
    )
    assert attribute(Text("x", "x")) == 'aria-label="x"'
    assert option(Text("<", "あ")) == ' data-attr="text" data-en="&lt;" data-ja="あ">&lt;'


def test_the_map_shows_each_keypoint_at_its_mean_place():
    run = make_run()
    places = error_map(run, run.metrics["test"])
    assert [place["name"] for place in places] == [name.replace("_", " ") for name in NAMES]
    mean = run.predictions["nose_tip_x_true"].mean()
    nose = places[NAMES.index("nose_tip")]
    assert abs(nose["x"] - mean) < 0.006
    assert nose["px"] == run.metrics["test"]["per_keypoint"]["nose_tip"]["rmse_px"]


def test_suspects_are_in_the_page_as_a_table_and_as_csv():
    page = build_report(pictured())
    assert "140 images have labels to look at" in page
    csv = json.loads(page.split('id="suspects-csv">')[1].split("</script>")[0])
    assert csv.startswith("part,id,subject,kind,score,keypoint")
    assert "swapped" in csv


def test_an_ensemble_tells_of_its_members_and_draws_no_choice_of_its_own():
    run = make_run()
    run.about["choice"]["members"] = {"net kernel": {"weight": 2 / 3}, "net mlp": {"weight": 1 / 3}}
    page = build_report(run)
    assert "The model averages what 2 others answer: net kernel (67%), net mlp (33%)." in page
    assert "2個のモデルの答えの加重平均です" in page
    assert 'id="choice"' not in page
    assert 'id="choice"' in build_report(make_run())


def test_epochs_of_what_was_trained_are_not_drawn_as_lambdas():
    run = make_run()
    run.history["kernel"] = "trained"
    run.history["lambda"] = range(len(run.history))
    page = build_report(run)
    assert "NaN" not in page
    assert "lambdas" not in page.split('id="charts">')[1].split("</script>")[0]


def test_files_are_named_without_the_folders_they_lie_in():
    run = make_run()
    run.about["backbone"] = "/home/me/nets/one.keras + mobilenet"
    run.about["choice"]["members"] = {
        "/home/me/nets/one.keras ridge": {"weight": 0.5},
        "mobilenet mlp": {"weight": 0.5},
    }
    page = build_report(run)
    assert "from one.keras + mobilenet" in page
    assert "one.keras ridge (50%), mobilenet mlp (50%)" in page
    assert "/home/me" not in page
