"""Pictures of CPPNs: pixels worked out by hand, and many networks at once against one node at a time."""

import numpy as np
import pytest

from teni.visualize.fooling import cppn_render
from teni.visualize.fooling.cppn import Cppn, random_cppn
from teni.visualize.fooling.cppn_mutation import mutate_cppn
from teni.visualize.fooling.cppn_render import coordinates, cppn_values, hsv_to_rgb, render_cppns

SINE, SIGMOID, GAUSSIAN, LINEAR = range(4)
X, Y, DISTANCE, BIAS, OUT, HIDDEN, NEXT = range(7)


def network(links, functions, outputs=1):
    sources, targets, weights = zip(*links, strict=True)
    return Cppn(
        outputs,
        np.array(functions, np.uint8),
        np.array(sources, np.int32),
        np.array(targets, np.int32),
        np.array(weights, np.float32),
    )


def test_coordinates():
    x, y, distance, bias = coordinates(2, 3).reshape(4, 2, 3).tolist()
    assert x == [[-1, 0, 1]] * 2
    assert y == [[-1, -1, -1], [1, 1, 1]]
    assert distance == [pytest.approx([np.sqrt(2), 1, np.sqrt(2)])] * 2
    assert bias == [[1, 1, 1]] * 2
    assert coordinates(1, 1).ravel().tolist() == [0, 0, 0, 1]


def test_by_hand():
    # out = linear(3 * gaussian(2 y) + 1.5 x): at x -1, 0, 1 and y 0 it is (3 + 1.5 x) / 3, clipped at 1.
    cppn = network([(X, OUT, 1.5), (HIDDEN, OUT, 3), (Y, HIDDEN, 2)], [LINEAR, GAUSSIAN])
    ends = np.exp(-4)  # gaussian(2 y) where y is -1 or 1
    expected = [
        [abs(3 * ends - 1.5) / 3, 3 * ends / 3, (3 * ends + 1.5) / 3],
        [0.5, 1, 1],
        [abs(3 * ends - 1.5) / 3, 3 * ends / 3, (3 * ends + 1.5) / 3],
    ]
    np.testing.assert_array_equal(
        render_cppns([cppn], 3, 3)[0, ..., 0], np.rint(255 * np.array(expected)).astype(np.uint8)
    )


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (SINE, [np.sin(-2), 0, np.sin(2)]),
        (SIGMOID, [2 / (1 + np.exp(2)) - 1, 0, 2 / (1 + np.exp(-2)) - 1]),
        (GAUSSIAN, [np.exp(-4), 1, np.exp(-4)]),
        (LINEAR, [-2 / 3, 0, 2 / 3]),
    ],
)
def test_functions(function, expected):
    found = cppn_values([network([(X, OUT, 2.0)], [function])], coordinates(1, 3))
    np.testing.assert_allclose(found[0, 0], expected, atol=1e-6)


def test_negative_values_are_as_bright_as_positive_ones():
    left, middle, right = render_cppns([network([(X, OUT, 3.0)], [LINEAR])], 1, 3).ravel().tolist()
    assert (left, middle, right) == (255, 0, 255)


def test_an_output_that_reads_nothing_has_its_function_of_zero():
    bare = [
        Cppn(1, np.array([f], np.uint8), *(np.zeros(0, k) for k in (np.int32, np.int32, np.float32)))
        for f in range(4)
    ]
    assert render_cppns(bare, 1, 1).ravel().tolist() == [0, 0, 255, 0]


def test_colours():
    # Hue 1/3 is green; saturation and value by the bias through linear nodes: 3 / 3 and 1.5 / 3.
    links = [(BIAS, OUT, 1.0), (BIAS, HIDDEN, 3.0), (BIAS, NEXT, 1.5)]
    assert render_cppns([network(links, [LINEAR] * 3, outputs=3)], 1, 1).tolist() == [[[[0, 128, 0]]]]


@pytest.mark.parametrize(
    ("hsv", "rgb"),
    [
        ((0, 0, 0.5), (0.5, 0.5, 0.5)),
        ((0, 1, 1), (1, 0, 0)),
        ((1 / 6, 1, 1), (1, 1, 0)),
        ((1 / 2, 1, 1), (0, 1, 1)),
        ((2 / 3, 0.5, 1), (0.5, 0.5, 1)),
        ((1, 1, 1), (1, 0, 0)),
    ],
)
def test_hsv(hsv, rgb):
    assert hsv_to_rgb(np.array(hsv)[None, :, None]).ravel().tolist() == pytest.approx(rgb)


def one_node_at_a_time(cppn, inputs):
    """Compute a network by recursion, in double precision."""
    functions = [
        np.sin,
        lambda v: 2 / (1 + np.exp(-v)) - 1,
        lambda v: np.exp(-(v**2)),
        lambda v: np.clip(v, -3, 3) / 3,
    ]

    def value(node):
        if node < 4:
            return inputs[node].astype(np.float64)
        read = np.nonzero(cppn.targets == node)[0]
        total = sum(
            (float(cppn.weights[i]) * value(int(cppn.sources[i])) for i in read), np.zeros(inputs.shape[1])
        )
        return functions[cppn.functions[node - 4]](total)

    return np.stack([value(4 + output) for output in range(cppn.outputs)])


@pytest.mark.parametrize("outputs", [1, 3])
def test_many_at_once_equal_each_by_itself(outputs, monkeypatch):
    rng = np.random.default_rng(0)
    cppns = [random_cppn(outputs, rng) for _ in range(12)]
    for round_ in range(8):
        cppns = [mutate_cppn(each, rng) if i > round_ else each for i, each in enumerate(cppns)]
    inputs = coordinates(9, 11)
    expected = np.stack([one_node_at_a_time(each, inputs) for each in cppns])
    np.testing.assert_allclose(cppn_values(cppns, inputs), expected, atol=2e-4)
    together = render_cppns(cppns, 9, 11)
    assert together.shape == (12, 9, 11, outputs)
    for each, cppn in zip(together, cppns, strict=True):
        np.testing.assert_array_equal(render_cppns([cppn], 9, 11)[0], each)
    monkeypatch.setattr(cppn_render, "VALUES_A_BLOCK", 1)  # blocks of 64 pixels
    np.testing.assert_array_equal(render_cppns(cppns, 9, 11), together)
