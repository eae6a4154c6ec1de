"""Features of many images in one array a view, with progress."""

import keras
import numpy as np
import pytest

from teni.backbones import backbone
from teni.features import View, extract, feature_network
from teni.features.extract import _pixels

VIEWS = [View((16, 16), "pool1"), View((16, 16), "hidden2")]


@pytest.mark.parametrize("mirror", [False, True])
def test_equals_keras(mirror):
    network = feature_network(backbone("facial-cnn-2", size=(16, 16)), (16, 16, 1), VIEWS)
    images = np.random.default_rng(0).integers(0, 256, (5, 16, 16, 1), np.uint8)
    told = []
    found = extract(network, images, mirror=mirror, on_progress=told.append)
    seen = [images, images[:, :, ::-1]] if mirror else [images]
    for i, features in enumerate(found):
        assert features.dtype == np.float32
        expected = np.stack([np.asarray(network(each)[i]) for each in seen])
        np.testing.assert_allclose(features, expected, atol=1e-5)
    assert (told[-1].step, told[-1].done, told[-1].total) == ("features", 5, 5)


def test_no_images():
    network = feature_network(backbone("facial-cnn-2", size=(16, 16)), (16, 16, 1), VIEWS)
    found = extract(network, np.zeros((0, 16, 16, 1), np.uint8), mirror=True)
    assert [x.shape for x in found] == [(2, 0, 7, 7, 32), (2, 0, 500)]


def test_the_widest_image_is_found_in_nested_networks():
    inner = feature_network(backbone("facial-cnn-2", size=(16, 16)), (16, 20, 1), [View((32, 24), "pool1")])
    x = keras.Input((16, 20, 1), dtype="uint8")
    assert _pixels(keras.Model(x, inner(x))) == 32 * 24
    assert _pixels(keras.Model(x, keras.layers.Flatten()(x))) == 16 * 20
