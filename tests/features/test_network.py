"""From the raw image to several views: sizes, channels, order, and the backbone left as it was."""

import keras
import numpy as np
import pytest

from teni.backbones import Backbone, at_size, backbone, cut
from teni.backbones.preprocessing import Preprocessing
from teni.errors import TeniError
from teni.features import Projection, View, feature_network

VIEWS = [View((24, 32), "pool2"), View((16, 16), "pool1"), View((24, 32), "relu1"), View((16, 16), "hidden1")]


@pytest.fixture(scope="module")
def small():
    return backbone("facial-cnn-2", size=(16, 16), seed=1)


def by_hand(network, images, view):
    x = np.asarray(keras.ops.image.resize(images.astype(np.float32), view.size, interpolation="bilinear"))
    return np.asarray(cut(at_size(network, *view.size), [view.tap])(network.preprocessing.apply(x)))


@pytest.mark.parametrize("channels", [1, 3])
def test_each_view_is_what_its_tap_says_of_the_resized_image(small, channels):
    images = np.random.default_rng(0).integers(0, 256, (3, 20, 16, channels), np.uint8)
    found = feature_network(small, images.shape[1:], VIEWS)(images)
    assert len(found) == len(VIEWS)
    for view, features in zip(VIEWS, found, strict=True):
        np.testing.assert_allclose(features, by_hand(small, images, view), atol=1e-4)


def test_grey_for_a_network_of_three_channels():
    x = keras.Input((8, 8, 3))
    network = Backbone(
        "rgb",
        keras.Model(x, keras.layers.Conv2D(2, 3, name="c")(x)),
        Preprocessing(3, (1.0, 2.0, 3.0), (0.0, 0.0, 1.0)),
    )
    images = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 1), np.uint8)
    view = View((8, 8), "c")
    found = feature_network(network, (8, 8, 1), [view])(images)
    np.testing.assert_allclose(found, by_hand(network, images, view), rtol=1e-4, atol=1e-2)


def test_a_projection_is_a_product_over_channels(small):
    images = np.random.default_rng(0).integers(0, 256, (3, 16, 16, 1), np.uint8)
    view = View((16, 16), "pool1")
    matrix = np.random.default_rng(1).normal(size=(32, 5)).astype(np.float32)
    found = feature_network(small, (16, 16, 1), [view], {view: Projection(matrix, 0.9)})(images)
    np.testing.assert_allclose(found, by_hand(small, images, view) @ matrix, atol=1e-5)


def test_the_backbone_is_left_as_it_was(small):
    weights = [w.copy() for w in small.model.get_weights()]
    feature_network(small, (16, 16, 1), VIEWS)
    assert all(layer.trainable for layer in small.model.layers)
    for now, then in zip(small.model.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(now, then)


def test_a_tap_that_is_not_there(small):
    with pytest.raises(TeniError, match="no layer 'pool9'"):
        feature_network(small, (16, 16, 1), [View((16, 16), "pool9")])
