import base64
import io
import json
import re
from pathlib import Path

import numpy as np
from PIL import Image

from fake_run import NAMES, make_run
from teni.report import build_report
from teni.report.faces import data_uri, error_map, shown_faces
from teni.run.examples import KINDS


def test_one_file_with_everything_inside(report_file: Path):
    page = report_file.read_text(encoding="utf-8")
    without_scripts = re.sub(r"<script.*?</script>", "", page, flags=re.S)
    assert not re.search(r"""(src|href)=["'](?!data:|#)""", without_scripts)
    assert "@import" not in without_scripts
    assert "url(" not in without_scripts
    assert "default-src 'none'" in page
    assert page.count("plotly.js v") == 1
    assert len(page) < 8_000_000


def test_says_the_numbers_of_the_run(report_file: Path):
    run = make_run()
    page = report_file.read_text(encoding="utf-8")
    test = run.metrics["test"]
    low, high = test["rmse_px_ci95"]
    assert f"{test['rmse_px']:.2f} <small>px</small>" in page
    assert f"test RMSE, 95% interval {low:.2f} to {high:.2f}" in page
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
    text = page.split('id="figures">')[1].split("</script>")[0]
    charts = json.loads(text, parse_constant=lambda name: (_ for _ in ()).throw(ValueError(name)))
    assert set(charts) == {"taps", "lambdas", "learning", "keypoints", "agreement"}


def test_a_bare_run_makes_a_page():
    page = build_report(make_run(parts=False))
    assert "cross-validated RMSE" in page
    assert 'id="learning"' not in page
    assert 'id="agreement"' not in page


def test_hostile_text_is_escaped():
    hostile = "</script><script>alert(1)</script>"
    run = make_run([hostile, "b", "c"], subject=hostile)
    run.about.update(notes=[hostile], backbone=hostile)
    run.examples.ids[0] = "<i>"
    plain, hidden = build_report(run), build_report(make_run(["a", "b", "c"]))
    assert hostile not in plain
    assert plain.count("<script") == hidden.count("<script")
    assert "<i>" not in plain


def test_faces_carry_their_points():
    run = make_run()
    groups = shown_faces(run)
    assert [(group["kind"], len(group["faces"])) for group in groups] == [(kind, 6) for kind in KINDS]
    face = groups[0]["faces"][0]
    position = run.examples.of("best")[0]
    picture = Image.open(io.BytesIO(base64.b64decode(face["picture"].split(",")[1])))
    np.testing.assert_array_equal(np.asarray(picture), run.examples.images[position, ..., 0])
    for point, ours, true in zip(
        face["points"], run.examples.predicted[position], run.examples.truth[position], strict=True
    ):
        np.testing.assert_allclose(point["predicted"], ours, atol=0.006)
        if np.isnan(true).any():
            assert (point["truth"], point["px"]) == (None, None)
        else:
            assert abs(point["px"] - np.hypot(*(ours - true))) < 1e-5
    assert {point["name"] for point in face["points"]} == {name.replace("_", " ") for name in NAMES}


def test_pixel_centres_at_integers_move_the_marks_by_half_a_pixel():
    run = make_run()
    before = shown_faces(run)[0]["faces"][0]["points"][0]["predicted"]
    run.about["flip"]["center"] = "integers"
    after = shown_faces(run)[0]["faces"][0]["points"][0]["predicted"]
    np.testing.assert_allclose(np.subtract(after, before), 0.5, atol=0.011)


def test_the_map_shows_each_keypoint_at_its_mean_place():
    run = make_run()
    places = error_map(run)
    assert [place["name"] for place in places] == [name.replace("_", " ") for name in NAMES]
    mean = run.predictions["nose_tip_x_true"].mean()
    nose = places[NAMES.index("nose_tip")]
    assert abs(nose["x"] - mean) < 0.006
    assert nose["px"] == run.metrics["test"]["per_keypoint"]["nose_tip"]["rmse_px"]


def test_large_and_coloured_pictures_are_made_small():
    uri = data_uri(np.zeros((1000, 500, 3), np.uint8))
    picture = Image.open(io.BytesIO(base64.b64decode(uri.split(",")[1])))
    assert (picture.size, picture.mode) == ((192, 384), "RGB")


def test_a_model_no_better_than_the_mean_face_is_called_that():
    run = make_run()
    run.metrics["test"]["mean_predictor"]["rmse_px"] = run.metrics["test"]["rmse_px"] / 2
    page = build_report(run)
    assert "no closer than always predicting the mean face" in page
    assert "times closer" not in page
