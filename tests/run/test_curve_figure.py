"""Losses stand where they belong on the paper, each training in its colour."""

import math
import re
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from teni.run.curve_figure import draw_curves, split_curves
from teni.run.paper import BOTTOM, HEIGHT, LEFT, LEGEND, TOP, WIDTH

NS = {"svg": "http://www.w3.org/2000/svg"}


def curves(losses, validation, phase="all", **more):
    table = {
        "phase": phase,
        "epoch": range(1, len(losses) + 1),
        "loss": losses,
        "validation_loss": validation,
    }
    return pd.DataFrame(table | more)


def lines(drawn):
    root = ElementTree.fromstring(drawn)
    return [
        (
            [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", path.get("d", ""))],
            path.get("d", "").count("M"),
            path.get("stroke-dasharray"),
            path.get("stroke"),
        )
        for path in root.findall("svg:path", NS)
    ]


def test_places_are_logarithmic():
    (solid, _, dash, _), (dashed, _, broken, _) = lines(draw_curves(curves([1.0, 0.1, 0.01], [0.1] * 3)))
    assert dash is None
    assert broken is not None
    assert [x for x, _ in solid] == [LEFT, (LEFT + WIDTH - LEGEND) / 2, WIDTH - LEGEND]
    # From 0.9 times the lowest loss to 1.1 times the highest, a tenth is as long everywhere.
    tenth = (HEIGHT - BOTTOM - TOP) / np.log10(1.1 / 0.009)
    bottom = HEIGHT - BOTTOM
    assert solid[2][1] == pytest.approx(bottom - tenth * np.log10(0.01 / 0.009), abs=0.06)
    assert solid[1][1] == pytest.approx(solid[2][1] - tenth, abs=0.11)
    assert solid[0][1] == pytest.approx(solid[2][1] - 2 * tenth, abs=0.11)
    assert [y for _, y in dashed] == [solid[1][1]] * 3


def test_a_colour_for_each_model():
    both = pd.concat([curves([1.0, 0.5], [1.0, 0.6], model="a & b"), curves([0.8], [0.9], model="c")])
    drawn = draw_curves(both)
    found = lines(drawn)
    assert [len({found[0][3], found[1][3]}), len({found[2][3], found[3][3]})] == [1, 1]
    assert found[0][3] != found[2][3]
    assert "a &amp; b" in drawn
    assert ">c<" in drawn


def test_specialists_are_told_apart_by_their_group_of_keypoints():
    both = pd.concat([curves([1.0, 0.5], [1.0, 0.6], "eyes"), curves([0.8, 0.7], [0.9, 0.8], "mouth")])
    assert [name for name, _ in split_curves(both)] == ["eyes", "mouth"]
    assert len(lines(draw_curves(both))) == 4
    model = both.assign(model="specialists")
    assert [pieces for _, pieces, _, _ in lines(draw_curves(model))] == [2, 2]


def test_what_is_unknown_leaves_a_gap_and_what_diverged_leaves_the_paper():
    drawn = draw_curves(curves([1.0, 1e9, 0.5, 0.4], [np.nan, 0.7, np.nan, 0.6]))
    (solid, pieces, _, _), (dashed, gaps, _, _) = lines(drawn)
    assert (len(solid), pieces, len(dashed), gaps) == (3, 2, 2, 2)
    assert all(TOP <= y <= HEIGHT - BOTTOM for _, y in [*solid, *dashed])


def test_nothing_was_trained():
    assert draw_curves(pd.DataFrame(columns=["phase", "epoch", "loss", "validation_loss"])) is None
    assert draw_curves(curves([np.nan], [np.nan])) is None


@pytest.mark.parametrize("epochs", [1, 7, 300, 12345])
def test_epochs_are_counted_evenly(epochs):
    drawn = draw_curves(curves(np.linspace(1, 0.9, epochs), np.full(epochs, 0.95)))
    ticks = [int(text) for text in re.findall(r'text-anchor="middle">(\d+)<', drawn)]
    assert ticks[0] == 1
    assert len(ticks) <= 11
    assert ticks[-1] <= epochs


@pytest.mark.parametrize("losses", [[math.inf], [math.inf, math.nan]])
def test_nothing_is_drawn_of_losses_that_are_not_finite(losses):
    assert draw_curves(curves(losses, losses)) is None


def test_the_picture_holds_its_legend():
    names = [f"facial-cnn-6 specialists:probe-then-tune, seed {i}" for i in range(40)]
    drawn = ElementTree.fromstring(
        draw_curves(pd.concat([curves([0.2], [0.3], model=name) for name in names]))
    )
    texts = [each for each in drawn.iter() if each.text in names]
    assert len(texts) == len(names)
    assert max(float(each.get("y")) for each in texts) < float(drawn.get("height"))
    assert float(texts[0].get("x")) + 7 * len(names[0]) < float(drawn.get("width"))


def test_a_name_that_xml_does_not_allow():
    drawn = draw_curves(curves([0.2], [0.3], model="a\x01<b"))
    assert "a\N{REPLACEMENT CHARACTER}<b" in ElementTree.fromstring(drawn).itertext()
