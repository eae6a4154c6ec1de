"""What shows itself in a notebook is one small, escaped piece that asks for nothing."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from blobs import blobs
from fake_run import make_run
from shapes import shapes
from teni.compare import Comparison, Row, comparison_of
from teni.compare.comparison import shown_names
from teni.compare.outcome import Cost
from teni.compare.paired import Measured
from teni.data import Dataset
from teni.errors import TeniError
from teni.task import Classes, Keypoints

EVIL = "<script>alert(1)</script>"


class Checked(HTMLParser):
    """Counts tags and refuses what reaches out or runs."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open, self.count = list[str](), dict[str, int]()
        self.feed(html)
        assert self.open == []
        assert len(html) < 200_000

    def handle_starttag(self, tag, attrs):
        assert tag in (
            "div",
            "strong",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "figure",
            "img",
            "figcaption",
        )
        self.count[tag] = self.count.get(tag, 0) + 1
        for name, value in attrs:
            assert name in ("style", "alt", "src")
            assert name != "src" or value.startswith("data:image/jpeg;base64,")
            # Text takes the notebook's own colour, so that it can be read on dark and on light.
            assert name != "style" or not re.search(
                r"(?<![-\w])(?:color:(?!inherit)|background:(?!transparent))", value
            )
        if tag != "img":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def row(name, error, behind=None):
    measured = Measured("rmse_px", error, [error - 0.1, error + 0.1], (error,), behind, behind and [0.1, 0.3])
    return Row(name, "face", measured, None, Cost(3.0, 900.0, 10))


def test_a_data_set_shows_pictures_and_counts():
    data = blobs(48, 12, gap=0.2)
    assert repr(data) == "<Dataset: 48 images of 20x16 pixels, 1 channel, 3 keypoints, 12 subjects>"
    html = data._repr_html_()
    assert Checked(html).count["img"] == 6
    each = (~np.isnan(data.targets).any(axis=2)).sum(axis=0)
    assert f"fewest labels: {data.task.names[each.argmin()]}, {each.min()}" in html


def test_classes_show_how_many_there_are_of_each():
    data = shapes(30, 10, channels=3)
    assert "30 labelled: top 10, left 10, right 10" in data._repr_html_()
    assert "3 classes" in repr(data)


def test_names_from_files_are_escaped_and_large_pictures_stay_small():
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (7, 600, 900, 3), np.uint8)
    data = Dataset(
        images, np.zeros(7, np.int64), Classes((EVIL, "b"), 600, 900), None, np.full(7, EVIL), (EVIL * 50,)
    )
    assert EVIL not in data._repr_html_()
    Checked(data._repr_html_())


def test_data_without_labels_or_images_show_themselves_too():
    data = replace(blobs(3, 3), targets=None, subjects=None)
    assert repr(data).endswith("no labels>")
    Checked(data._repr_html_())
    empty = Dataset(
        np.zeros((0, 4, 4, 1), np.uint8), None, Keypoints((), 4, 4, ()), None, np.zeros(0, np.str_)
    )
    Checked(empty._repr_html_())


def test_a_run_shows_its_numbers_and_a_picture_of_each_kind():
    run = make_run()
    run.about["backbone"] = f"/home/me/{EVIL}.keras"
    test = run.metrics["test"]
    assert (
        f"test RMSE {test['rmse_px']:.2f} px (mean face: {test['mean_predictor']['rmse_px']:.2f} px)"
        in repr(run)
    )
    html = run._repr_html_()
    found = Checked(html)
    assert found.count["img"] == 3
    assert "home" not in html
    low, high = test["rmse_px_ci95"]
    assert f"{test['rmse_px']:.2f} ({low:.2f}–{high:.2f})" in html
    run.metrics["test"] = None
    assert "validation RMSE" in repr(run)
    Checked(run._repr_html_())


def test_an_ensemble_names_its_members_without_their_folders():
    run = make_run()
    members = {"net kernel": {"weight": 0.25}, "/home/me/a.h5 mlp": {"weight": 0.75}}
    run.about["choice"]["members"] = members
    run.about["notes"] = ["No subjects are given: 2 near-duplicate images in 1 group kept together, but …"]
    html = run._repr_html_()
    assert "the mean of 2 models: net kernel (25%), a.h5 mlp (75%)" in html
    assert "conv_pw_5" not in html
    assert "No subjects are given" in html
    assert "home" not in html


def test_a_comparison_shows_its_ladder():
    comparison = Comparison((row("ridge", 1.5), row(EVIL, 1.7, 0.2)), {"svm": EVIL}, {}, {})
    html = comparison._repr_html_()
    assert Checked(html).count["tr"] == 3
    assert "1.500 (1.400–1.600)" in html
    assert "the winner: face ridge" in html
    assert repr(comparison).splitlines()[0].startswith("strategy")
    nothing = Comparison((), {"svm": "no"}, {}, {})
    Checked(nothing._repr_html_())
    assert "nothing could be fitted" in repr(nothing)


def test_networks_that_are_files_are_told_apart_in_a_comparison():
    kernel, mlp = row("kernel", 1.5), row("mlp", 1.7)
    folder = "/home/me/" + "deep/" * 20
    files = (replace(kernel, backbone=f"{folder}a.h5"), replace(mlp, backbone=f"{folder}a.h5"))
    html = Comparison((*files, replace(kernel, backbone=f"face + {folder}a.h5")), {}, {}, {})._repr_html_()
    for name in ("a.h5 kernel", "a.h5 mlp", "face + a.h5 kernel"):
        assert f">{name}<" in html
    assert "home" not in html
    assert "home" not in repr(Comparison(files, {}, {}, {}))
    assert shown_names([replace(kernel, backbone="/x/a.h5"), replace(kernel, backbone="/y/a.h5")]) == [
        "/x/a.h5 kernel",
        "/y/a.h5 kernel",
    ]


def test_a_run_of_compare_gives_its_comparison_back():
    run, comparison = (
        make_run(),
        Comparison((row("ridge", 1.5), row("mlp", 1.7, 0.2)), {"svm": "no"}, {}, {"test": 3.0}),
    )
    run.about["comparison"] = comparison.as_dict()
    found = comparison_of(run)
    assert (found.rows, found.failed, found.mean_prediction) == (
        comparison.rows,
        {"svm": "no"},
        {"test": 3.0},
    )
    del run.about["comparison"]["strategies"][0]["cost"]
    with pytest.raises(TeniError, match="its comparison is damaged"):
        comparison_of(run)
    with pytest.raises(TeniError, match="keeps no comparison"):
        comparison_of(make_run())
