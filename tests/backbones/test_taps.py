"""Taps by name: their shapes, their features, and what is said of a wrong one."""

import keras
import numpy as np
import pytest

from teni.backbones import Backbone, Preprocessing, check_tap, cut, tap_shape
from teni.errors import TeniError


def tiny() -> Backbone:
    x = keras.Input((4, 4, 1), name="image")
    h = keras.layers.Conv2D(2, 1, use_bias=False, kernel_initializer="ones", name="conv")(x)
    h = keras.layers.ReLU(name="relu")(h)
    model = keras.Model(x, keras.layers.MaxPooling2D(name="pool")(h))
    why = "it depends on conv9: w.h5 does not hold its weights"
    return Backbone("tiny", model, Preprocessing(1, (1.0,), (0.0,)), unusable={"conv9_relu": why})


def test_shapes() -> None:
    assert tap_shape(tiny(), "relu") == (4, 4, 2)
    assert tap_shape(tiny(), "pool") == (2, 2, 2)


def test_several_taps_in_one_pass_in_the_order_asked_for() -> None:
    image = np.arange(-8, 8, dtype=np.float32).reshape(1, 4, 4, 1)
    pool, conv = cut(tiny(), ["pool", "conv"]).predict(image, verbose=0)
    np.testing.assert_array_equal(conv, np.repeat(image, 2, axis=3))
    expected = np.array([[0, 0], [5, 7]], np.float32)
    np.testing.assert_array_equal(pool[0, :, :, 0], expected)


def test_a_single_tap_comes_alone() -> None:
    found = cut(tiny(), ["relu"])(np.ones((3, 4, 4, 1), np.float32))
    assert found.shape == (3, 4, 4, 2)


def test_an_unknown_tap_is_told_the_nearest() -> None:
    with pytest.raises(TeniError, match=r"tiny has no layer 'pool1'; did you mean pool\?"):
        check_tap(tiny(), "pool1")


def test_an_outlandish_tap_is_told_where_the_layers_run() -> None:
    with pytest.raises(TeniError, match=r"tiny has no layer 'xyzzy'; its layers run from image to pool"):
        tap_shape(tiny(), "xyzzy")


def test_an_unusable_tap_is_told_why() -> None:
    with pytest.raises(
        TeniError, match=r"'conv9_relu' of tiny cannot be used .* w\.h5 does not hold its weights"
    ):
        cut(tiny(), ["relu", "conv9_relu"])


def test_no_tap_at_all_is_an_error() -> None:
    with pytest.raises(TeniError, match=r"no tap was named; name at least one layer of tiny"):
        cut(tiny(), [])
