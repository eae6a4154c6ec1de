"""The answer in words, the table, and the figure."""

import csv
import io
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from teni.visualize.fooling.chart import confidence_chart
from teni.visualize.fooling.told import confidence_table, percent, share_fooled, verdict


@pytest.mark.parametrize(
    ("confidence", "told"),
    [
        (0.0, "0.0%"), (0.25, "25.0%"), (0.985, "98.5%"), (0.99, "99.0%"), (0.9999, "99.99%"), (0.99996, "99.996%"),
        (1 - 1e-12, "99.9999999%"), (1.0, "100%"),
    ],
)  # fmt: skip
def test_a_confidence_is_never_rounded_up_to_certainty(confidence, told):
    assert percent(confidence) == told


def test_share():
    assert share_fooled(np.array([0.99, 0.9899, 1.0, 0.2])) == 0.5


def test_verdicts():
    names = [f"class {i}" for i in range(8)]
    assert verdict(names[:2], np.array([0.9999, 0.999])).startswith(
        "Would the model know nonsense? No: in 2 of 2"
    )
    assert "(100%)" in verdict(names[:2], np.array([0.9999, 0.999]))
    none = verdict(names[:2], np.array([0.5, 0.1]))
    assert none.startswith(
        "Would the model know nonsense? This search did not fool it: in 0 of 2 classes (0%)"
    )
    part = verdict(names, np.array([0.999] + [0.5] * 7))
    assert "Only in part: in 1 of 8 classes (12%)" in part
    assert part.endswith("it was not fooled in class 1, class 2, class 3, class 4, class 5 and 2 more.")


HISTORY = [np.array([0.1, 0.25, 0.9]), np.array([0.2, 0.25, 0.99999])]


def test_table():
    rows = list(csv.reader(io.StringIO(confidence_table(["a,b", "c", "d"], HISTORY, "generation").decode())))
    assert rows == [
        ["generation", "median", "a,b", "c", "d"],
        ["0", "0.25", "0.1", "0.25", "0.9"],
        ["1", "0.25", "0.2", "0.25", "0.99999"],
    ]


def lines(content):
    return ElementTree.fromstring(content).findall("{http://www.w3.org/2000/svg}polyline")


def test_figure():
    content = confidence_chart(["a<b", "c", "d"], HISTORY, "generation")
    drawn = lines(content)
    assert len(drawn) == 4  # three classes and the median
    ends = [[float(v) for v in point.split(",")] for point in drawn[2].get("points").split()]
    # From (56, 316) to (570, 16): 0 to 100% over generations 0 to 1.
    assert ends == [pytest.approx([56, 46], abs=0.1), pytest.approx([570, 16], abs=0.1)]
    assert "a&lt;b" in content.decode()


def test_a_figure_of_many_classes_and_generations_stays_small():
    history = list(np.linspace(0, 1, 5000)[:, None].repeat(20, axis=1))
    content = confidence_chart([str(i) for i in range(20)], history, "generation")
    assert len(lines(content)) == 21
    assert len(content) < 200_000


def test_a_figure_of_one_generation():
    assert len(lines(confidence_chart(["a"], HISTORY[:1], "step"))) == 2
