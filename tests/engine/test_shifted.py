"""Shifted convolutions and poolings against Keras's own layers, and against numbers worked out by hand."""

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest

from teni.engine import shifted
from teni.engine.layers import ShiftedConvolution, ShiftedMaxPooling

SIZES, PADDINGS = ((7, 8), (6, 9)), ("same", "valid")
NOTHING = ((0, 0), (0, 0))
IMAGE = jnp.arange(1.0, 10.0).reshape(1, 3, 3, 1)  # 1 2 3 / 4 5 6 / 7 8 9


def images(height, width, channels):
    return np.random.default_rng(0).normal(size=(2, height, width, channels)).astype(np.float32)


def filled(layer, x):
    """Build a layer, with a bias that is not zero, and return what it gives."""
    layer.build(x.shape)
    rng = np.random.default_rng(1)
    layer.set_weights([rng.normal(size=w.shape).astype(np.float32) for w in layer.get_weights()])
    return np.asarray(layer(x))


def shifted_form(layer):
    return ShiftedConvolution(layer, np.asarray(layer.kernel), np.asarray(layer.bias))


GEOMETRIES = [
    *((size, (3, 2), strides, 1, padding) for size in SIZES for strides in (1, 2, 3) for padding in PADDINGS),
    *(((6, 9), kernel, 2, 1, "same") for kernel in (1, 2)),
    *(((9, 8), (3, 3), 1, dilation, padding) for dilation in (2, (1, 3)) for padding in PADDINGS),
]


@pytest.mark.parametrize(("size", "kernel", "strides", "dilation", "padding"), GEOMETRIES)
def test_dense_equals_keras(size, kernel, strides, dilation, padding):
    x = images(*size, 3)
    layer = keras.layers.Conv2D(4, kernel, strides, padding, dilation_rate=dilation, activation="relu")
    np.testing.assert_allclose(filled(layer, x), shifted_form(layer)(x), atol=2e-5)


@pytest.mark.parametrize("multiplier", [1, 3])
@pytest.mark.parametrize(("size", "kernel", "strides", "dilation", "padding"), GEOMETRIES[1::2])
def test_depthwise_equals_keras(size, kernel, strides, dilation, padding, multiplier):
    x = images(*size, 3)
    layer = keras.layers.DepthwiseConv2D(kernel, strides, padding, multiplier, dilation_rate=dilation)
    np.testing.assert_allclose(filled(layer, x), shifted_form(layer)(x), atol=2e-5)


@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("strides", [None, (1, 3)])
@pytest.mark.parametrize("pool", [2, 3, (1, 2)])
@pytest.mark.parametrize("size", [(6, 7), (5, 4)])
def test_pooling_equals_keras(size, pool, strides, padding):
    x = images(*size, 2) - 5  # below zero everywhere, nearly: a border of zeros would win
    layer = keras.layers.MaxPooling2D(pool, strides, padding)
    np.testing.assert_array_equal(np.asarray(layer(x)), ShiftedMaxPooling(layer)(x))


@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize(("pool", "strides"), [(2, None), ((1, 3), None), (3, 2)])
def test_the_gradient_of_pooling_equals_keras(pool, strides, padding):
    x = jnp.asarray(np.random.default_rng(3).permutation(5 * 7 * 2).reshape(1, 5, 7, 2), jnp.float32)
    layer = keras.layers.MaxPooling2D(pool, strides, padding)
    weights = jnp.asarray(np.random.default_rng(4).normal(size=layer(x).shape), jnp.float32)
    theirs = jax.grad(lambda x: (layer(x) * weights).sum())(x)
    ours = jax.grad(lambda x: (ShiftedMaxPooling(layer)(x) * weights).sum())(x)
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def test_equal_largest_values_share_the_gradient():
    x = jnp.array([[7.0, 7.0, 1.0], [3.0, 7.0, 2.0]]).reshape(1, 2, 3, 1)
    gradient = jax.grad(lambda x: 6 * shifted.max_pool(x, (2, 2), (2, 2), NOTHING).sum())(x)
    assert gradient[0, :, :, 0].tolist() == [[2.0, 2.0, 0.0], [0.0, 2.0, 0.0]]


def test_dense_by_hand():
    kernel = jnp.array([[1.0, 0.0], [0.0, 10.0]]).reshape(2, 2, 1, 1)
    found = shifted.dense(IMAGE, kernel, jnp.array([100.0]), NOTHING)
    assert found[0, :, :, 0].tolist() == [[151.0, 162.0], [184.0, 195.0]]  # 1 + 50, 2 + 60, 4 + 80, 5 + 90


def test_depthwise_with_two_outputs_a_channel_by_hand():
    two = jnp.concatenate([IMAGE, -IMAGE], axis=-1)
    kernel = jnp.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 1, 2, 2)  # channel, multiplier
    found = shifted.depthwise(two, kernel, jnp.zeros(4), NOTHING)
    assert found[0, 0, 1].tolist() == [2.0, 4.0, -6.0, -8.0]


def test_strides_dilation_and_padding_by_hand():
    corners = shifted.dense(IMAGE, jnp.ones((2, 2, 1, 1)), jnp.zeros(1), NOTHING, dilation=(2, 2))
    assert corners.tolist() == [[[[1.0 + 3 + 7 + 9]]]]
    padded = shifted.dense(IMAGE, jnp.ones((2, 2, 1, 1)), jnp.zeros(1), ((0, 1), (0, 1)), (2, 2))
    assert padded[0, :, :, 0].tolist() == [[1.0 + 2 + 4 + 5, 3.0 + 6], [7.0 + 8, 9.0]]
    largest = shifted.max_pool(-IMAGE, (2, 2), (2, 2), ((0, 1), (0, 1)))
    assert largest[0, :, :, 0].tolist() == [[-1.0, -3.0], [-7.0, -9.0]]


@pytest.mark.parametrize(
    ("size", "window", "stride", "expected"),
    [(3, 2, 1, (0, 1)), (4, 3, 2, (0, 1)), (5, 3, 2, (1, 1)), (6, 2, 2, (0, 0)), (4, 1, 3, (0, 0))],
)
def test_same_padding_by_hand(size, window, stride, expected):
    assert shifted.same_padding(size, window, stride) == expected
