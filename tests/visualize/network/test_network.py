"""Steps, lanes and the drawing, on networks small enough to know the answer."""

import xml.etree.ElementTree as ElementTree

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from teni.visualize import open_network
from teni.visualize.network import Block, blocks_of, draw_png, draw_svg, lay_out
from teni.visualize.network.page import ROWS_A_COLUMN, draw


def residual(frozen=True):
    x = keras.Input((8, 8, 3), name="image")
    first = keras.layers.Conv2D(4, 3, strides=2, padding="same", name="first")(x)
    h = keras.layers.BatchNormalization(name="norm")(first)
    h = keras.layers.Activation("relu", name="act")(h)
    h = keras.layers.Conv2D(4, 1, name="second")(h)
    y = keras.layers.Add(name="sum")([h, first])
    model = keras.Model(x, keras.layers.Dropout(0.2, name="drop")(y))
    model.get_layer("first").trainable = not frozen
    return open_network(model, "residual")


def test_steps_with_their_followers_shapes_and_counts():
    blocks = blocks_of(residual())
    assert [block.name for block in blocks] == ["image", "first", "norm", "second", "sum"]
    assert [block.inputs for block in blocks] == [(), (0,), (1,), (2,), (3, 1)]
    first = blocks[1]
    assert (first.what, first.shape, first.count) == ("Conv2D 3x3 /2", "4 x 4 x 4", 3 * 3 * 3 * 4 + 4)
    assert (first.frozen, first.tap) == (True, False)
    # the norm's input is read twice, so it stands alone; the activation and the dropout follow
    assert blocks[2].followers == ("act",)
    assert blocks[2].what == "BatchNormalization + relu"
    assert blocks[4].followers == ("drop",)


def test_nothing_is_folded_where_that_is_asked_for():
    assert len(blocks_of(residual(), fold=False)) == 7


def test_a_tap_keeps_a_row_of_its_own():
    x = keras.Input((4, 4, 1))
    y = keras.layers.ReLU(name="tapped")(keras.layers.Conv2D(2, 1, name="conv")(x))
    opened = open_network(keras.Model(x, y))
    tapped = type(opened)(opened.name, opened.model, taps=("tapped",))
    assert [block.name for block in blocks_of(tapped) if block.tap] == ["tapped"]


def test_a_branch_is_finished_before_the_next_begins():
    x = keras.Input((4, 4, 1), name="x")
    branches = []
    for name in "ab":
        h = x
        for step in range(2):
            h = keras.layers.Conv2D(1, 1, name=f"{name}{step}")(h)
        branches.append(h)
    model = keras.Model(x, keras.layers.Concatenate(name="joined")(branches))
    names = "".join(block.name for block in blocks_of(open_network(model)))
    assert names in ("xa0a1b0b1joined", "xb0b1a0a1joined")


def test_a_layer_that_is_called_twice_stands_twice():
    x = keras.Input((4, 4, 1), name="x")
    shared = keras.layers.Conv2D(1, 1, name="shared")
    model = keras.Model(x, keras.layers.Add(name="sum")([shared(x), shared(keras.ops.flip(x, 2))]))
    assert [block.name for block in blocks_of(open_network(model))].count("shared") == 2


@st.composite
def graphs(draw):
    many = draw(st.integers(1, 14))
    blocks = [Block("0", "", "input", (), "")]
    for place in range(1, many):
        inputs = draw(st.lists(st.integers(0, place - 1), min_size=1, max_size=3, unique=True))
        blocks.append(Block(str(place), "", "other", tuple(inputs), ""))
    return blocks


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_no_line_runs_through_a_step_it_is_not_about(blocks):
    rows = lay_out(blocks)
    last = {source: place for place, block in enumerate(blocks) for source in block.inputs}
    for place, row in enumerate(rows):
        assert row.joins == tuple(dict.fromkeys(rows[source].lane for source in blocks[place].inputs))
        passing = {rows[s].lane for s in range(place) if s in last and last[s] > place}
        assert set(row.passes) == passing
        assert row.lane not in passing


def test_the_drawing_is_valid_and_tells_every_layer():
    opened = residual()
    rows = lay_out(blocks_of(opened))
    root = ElementTree.fromstring(draw_svg(rows, "a < b & c"))
    told = " ".join(root.itertext())
    assert "a < b & c" in told
    assert all(
        name in told
        for name in ("image", "first", "norm → act", "second", "sum → drop", "4 x 4 x 4", "frozen")
    )
    assert len(root.findall(".//{*}circle")) == len(rows)
    picture = draw_png(rows, "title")
    assert np.asarray(picture).std() > 5
    drawing = draw(rows, "title")
    assert picture.size == (round(drawing.width), round(drawing.height))


@pytest.mark.parametrize("many", [ROWS_A_COLUMN, ROWS_A_COLUMN + 1, 200])
def test_a_long_network_stands_in_columns(many):
    blocks = [Block(f"layer{i}", "Conv2D", "convolution", (i - 1,) if i else (), "1") for i in range(many)]
    drawing = draw(lay_out(blocks), "long")
    assert len(drawing.dots) == many
    assert len({dot.x for dot in drawing.dots}) == (1 if many <= ROWS_A_COLUMN else -(-many // ROWS_A_COLUMN))
    assert max(dot.y for dot in drawing.dots) < drawing.height
    assert (
        sum(word.text == "continues at the top" for word in drawing.words)
        == len({d.x for d in drawing.dots}) - 1
    )
