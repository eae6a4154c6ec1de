"""The surface of the head: measures that can be told without looking at the code."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teni.data.faces.head import front_depth, heights, mean_height, relief, shape_of, slices
from teni.data.faces.invent_subject import invent_subject
from teni.data.faces.look import LOOKS
from teni.data.faces.scene import Expression

STILL = Expression(1, 1, 0, 0, 0, 0, 0)


def shape(seed: int = 0, **change: float):
    return shape_of(
        invent_subject(np.random.default_rng(seed), LOOKS["source"], "s"), replace(STILL, **change)
    )


@given(st.integers(0, 200), st.floats(0, 20))
def test_heights_of_this_head_and_of_the_mean_head_are_inverse(seed, opened):
    head = shape(seed, mouth_open=opened)
    y = np.linspace(-120, head.chin_y, 60, dtype=np.float32)
    np.testing.assert_allclose(heights(head, mean_height(head, y)), y, atol=1e-3)


def test_the_eyes_stay_and_the_chin_is_where_the_skull_says():
    head = shape(1)
    assert mean_height(head, np.float32([0]))[0] == 0
    assert mean_height(head, np.float32([head.chin_y]))[0] == pytest.approx(112)


@pytest.mark.parametrize("seed", range(8))
def test_the_nose_stands_out_farthest(seed):
    head = shape(seed)
    x, y = np.meshgrid(np.linspace(-60, 60, 61), np.linspace(-40, 60, 51))
    depth = front_depth(head, x.astype(np.float32), y.astype(np.float32))
    row, column = np.unravel_index(depth.argmax(), depth.shape)
    assert abs(x[row, column]) < 3
    assert abs(y[row, column] - head.subject.features.nose.tip_y) < 6


def test_the_face_is_the_same_on_both_sides():
    head = shape(2)
    x, y = np.float32([5, 20, 33, 50]), np.float32([10, -20, 60, 30])
    np.testing.assert_allclose(front_depth(head, x, y), front_depth(head, -x, y))
    np.testing.assert_allclose(relief(head, x, y), relief(head, -x, y))


def test_the_head_is_as_wide_as_heads_are():
    """Adults' heads are 14 to 17 cm wide and faces narrow towards the chin (Farkas 1994)."""
    widths = [2 * slices(shape(seed), np.float32([-40, 90]))[0] for seed in range(40)]
    assert 140 < np.mean([w[0] for w in widths]) < 165
    assert all(w[1] < 0.8 * w[0] for w in widths)


def test_opening_the_mouth_lowers_chin_and_lower_lip():
    shut, opened = shape(3), shape(3, mouth_open=20)
    assert opened.chin_y - shut.chin_y == pytest.approx(16)
    assert opened.mouth.lower_inner - opened.mouth.upper_inner == pytest.approx(20)
    assert shut.mouth.lower_inner == shut.mouth.upper_inner


def test_a_smile_widens_the_mouth_and_raises_its_corners():
    still, smiling = shape(4), shape(4, smile=1)
    assert smiling.mouth.half_width > still.mouth.half_width
    assert smiling.mouth.corner_y < still.mouth.corner_y
