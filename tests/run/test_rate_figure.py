"""Range tests stand where they belong on the paper."""

import re
from xml.etree import ElementTree

import pytest

from teni.run.paper import BOTTOM, HEIGHT, LEFT, LEGEND, TOP, WIDTH
from teni.run.rate_figure import draw_range_tests

NS = {"svg": "http://www.w3.org/2000/svg"}
TEST = {"learning_rate": [1e-4, 1e-3, 1e-2], "smoothed": [1.0, 0.1, 0.5], "found": 1e-3, "usual": 3e-3}


def test_both_axes_are_logarithmic():
    """By hand: the middle rate stands in the middle, and the marked place on the line."""
    root = ElementTree.fromstring(draw_range_tests({"eyes & nose": TEST}))
    places = re.findall(r"[ML]([\d.]+) ([\d.]+)", root.find("svg:path", NS).get("d"))
    x, y = ([float(place[axis]) for place in places] for axis in (0, 1))
    assert x == pytest.approx([LEFT, (LEFT + WIDTH - LEGEND) / 2, WIDTH - LEGEND], abs=0.1)
    # paper from 0.9 * 0.1 to 1.1 * 1.0: 1.0 lies log(1 / 0.09) / log(1.1 / 0.09) = 0.9619 of the way up
    assert y[0] == pytest.approx(HEIGHT - BOTTOM - 0.9619 * (HEIGHT - BOTTOM - TOP), abs=0.1)
    mark = root.find("svg:circle", NS)
    assert (float(mark.get("cx")), float(mark.get("cy"))) == (x[1], y[1])
    texts = [text.text for text in root.findall("svg:text", NS)]
    assert {"eyes & nose, taken: 0.001", "1e-4", "1e-3", "1e-2"} <= set(texts)


def test_what_diverged_neither_flattens_nor_breaks_the_picture():
    wild = TEST | {"smoothed": [1.0, 1e9, None], "found": None}
    drawn = draw_range_tests({"head": wild})
    root = ElementTree.fromstring(drawn)
    assert root.find("svg:path", NS).get("d").count("L") == 0  # only the first place is on the paper
    assert root.find("svg:circle", NS) is None
    assert "the usual rate" in drawn


def test_no_loss_no_picture():
    assert draw_range_tests({}) is None
    assert draw_range_tests({"head": TEST | {"smoothed": [None, None, None]}}) is None
