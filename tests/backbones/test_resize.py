"""The same network at another size: same weights, same names, and what cannot come along."""

import keras
import numpy as np
import pytest

from teni.backbones import Backbone, Preprocessing, at_size, backbone, check_tap, propose_taps
from teni.errors import TeniError

NONE = Preprocessing(1, (1.0,), (0.0,))


def test_a_convolution_sees_the_same_in_the_middle_of_a_larger_image() -> None:
    small = backbone("facial-cnn-2", size=(20, 20), seed=1)
    large = at_size(small, 28, 24)
    image = np.random.default_rng(0).random((1, 28, 24, 1), np.float32)
    near = small.model.get_layer("conv1")(image[:, :20, :20])
    far = large.model.get_layer("conv1")(image)
    np.testing.assert_array_equal(near, far[:, :18, :18])


def test_there_and_back_is_the_same_network() -> None:
    first = backbone("mobilenet_v2", weights="random", size=(32, 32), seed=2)
    back = at_size(at_size(first, 64, 48), 32, 32)
    assert first.model.get_config() == back.model.get_config()
    for old, new in zip(first.model.weights, back.model.weights, strict=True):
        np.testing.assert_array_equal(old.value, new.value)


def test_padding_follows_the_size_as_keras_would_have_it() -> None:
    even = backbone("mobilenet_v2", weights="random", size=(64, 64))
    odd = at_size(even, 49, 49)
    direct = backbone("mobilenet_v2", weights="random", size=(49, 49))
    assert [each.output.shape for each in odd.model.layers] == [
        each.output.shape for each in direct.model.layers
    ]
    assert odd.model.get_layer("Conv1").output.shape == (None, 25, 25, 32)


def test_the_original_is_left_alone_and_may_be_trained() -> None:
    first = backbone("facial-cnn-2", size=(16, 16))
    second = at_size(first, 32, 32)
    first.model.compile("sgd", "mse")
    first.model.fit(np.ones((2, 16, 16, 1), np.float32), np.ones((2, 500), np.float32), verbose=0)
    assert np.isfinite(second.model.predict(np.ones((1, 32, 32, 1), np.float32), verbose=0)).all()


def test_the_same_size_is_the_same_backbone() -> None:
    first = backbone("facial-cnn-1", size=(16, 16))
    assert at_size(first, 16, 16) is first


def test_a_dense_layer_on_a_map_is_cut_off_and_says_why() -> None:
    larger = at_size(backbone("facial-cnn-6", size=(32, 32)), 48, 48)
    assert larger.model.output_shape == (None, 5 * 5 * 128)
    assert larger.notes == (
        "facial-cnn-6: cut off from hidden1 on, its weights fit images of 32 x 32 pixels only",
    )
    assert propose_taps(larger) == ("pool1", "pool2", "pool3")
    with pytest.raises(TeniError, match=r"depends on hidden1: its weights fit images of 32 x 32 pixels only"):
        check_tap(larger, "hidden2")


def test_what_was_unusable_stays_so() -> None:
    first = backbone("facial-cnn-2", size=(32, 32))
    x = first.model.inputs[0]
    cut = keras.Model(x, first.model.get_layer("pool3").output)
    partial = Backbone("mine", cut, NONE, unusable={"conv4": "it burnt"})
    assert at_size(partial, 48, 48).unusable == {"conv4": "it burnt"}


def test_a_network_that_fits_one_size_only_says_so() -> None:
    x = keras.Input((8, 8, 1))
    model = keras.Model(x, keras.layers.Conv2D(1, 1)(keras.layers.Reshape((4, 16, 1))(x)))
    with pytest.raises(TeniError, match=r"mine does not take images of 9 x 9 pixels; keep 8 x 8"):
        at_size(Backbone("mine", model, NONE), 9, 9)
