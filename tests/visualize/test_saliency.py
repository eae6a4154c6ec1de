"""Gradients by hand, on raw pixels too."""

import keras
import numpy as np
import pytest

from teni.visualize import open_network, part
from teni.visualize.explain import magnitude
from teni.visualize.saliency import saliency

from .nets import layers


def dense(kernel, activation=None, dtype="float32"):
    x = keras.Input((1, 2, 1), dtype=dtype)
    last = layers.Dense(2, activation=activation, use_bias=False)
    model = keras.Model(x, last(layers.Flatten()(layers.Rescaling(0.5)(x))))
    last.set_weights([np.array(kernel, np.float32)])
    return model


IMAGE = np.array([[[[2.0], [4.0]]]], np.float32)
KERNEL = [[3.0, -1.0], [0.0, 5.0]]


def test_the_gradient_of_each_output():
    found = saliency(dense(KERNEL))(np.repeat(IMAGE, 2, axis=0), np.array([0, 1]))
    assert found[:, 0, :, 0].tolist() == [[1.5, 0.0], [-0.5, 2.5]]


def test_behind_the_cast_of_a_model_of_raw_pixels():
    found = saliency(dense(KERNEL, dtype="uint8"))(IMAGE, np.array([1]))
    assert found.ravel().tolist() == [-0.5, 2.5]


def test_classes_are_explained_before_the_softmax():
    opened = open_network(dense(KERNEL, "softmax"), "classes")
    found = saliency(part(opened).model)(IMAGE, np.array([1]))
    assert found.ravel().tolist() == [-0.5, 2.5]
    squashed = saliency(opened.model)(IMAGE, np.array([1]))
    assert squashed.ravel().tolist() != [-0.5, 2.5]


def test_many_images_are_the_same_as_each_alone():
    random = np.random.default_rng(0)
    x = keras.Input((96, 96, 1))
    h = layers.AveragePooling2D(48)(layers.ReLU()(x))
    model = keras.Model(x, layers.Dense(2)(layers.Flatten()(h)))
    many = random.normal(size=(30, 96, 96, 1)).astype(np.float32)  # more than one batch
    columns = np.arange(30) % 2
    found = saliency(model)(many, columns)
    for i in (0, 23, 29):
        alone = saliency(model)(many[i : i + 1], columns[i : i + 1])
        np.testing.assert_allclose(found[i], alone[0], atol=1e-6)


def test_the_largest_colour_counts():
    assert magnitude(np.array([[[[1.0, -3.0, 2.0]]]], np.float32)).tolist() == [[[3.0]]]


@pytest.mark.parametrize("shape", [(2, 2)])
def test_an_output_of_several_axes_is_counted_flat(shape):
    x = keras.Input((1, 4, 1))
    model = keras.Model(x, layers.Reshape(shape)(layers.Rescaling([[[1.0], [2.0], [3.0], [4.0]]])(x)))
    found = saliency(model)(np.ones((1, 1, 4, 1), np.float32), np.array([2]))
    assert found.ravel().tolist() == [0, 0, 3, 0]
