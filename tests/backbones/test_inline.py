"""Nested networks laid open: same numbers, tappable layers, names without a clash."""

import keras
import numpy as np

from teni.backbones.inline import inlined


def inner() -> keras.Model:
    x = keras.Input((6, 6, 2), name="inner_image")
    h = keras.layers.Conv2D(3, 3, name="conv")(x)
    return keras.Model(x, h + keras.layers.ReLU(name="relu")(h), name="base")


def outer() -> keras.Model:
    x = keras.Input((8, 8, 1), name="image")
    h = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(2, 3, name="stem")], name="begin")(x)
    h = inner()(h, training=False)
    return keras.Model(x, keras.layers.Conv2D(1, 1, name="conv")(h), name="whole")


def test_every_layer_is_reached_and_the_numbers_stay() -> None:
    model = outer()
    flat = inlined(model)
    assert [layer.name for layer in flat.layers] == ["image", "stem", "base_conv", "relu", "conv"]
    image = np.random.default_rng(0).random((2, 8, 8, 1), np.float32)
    np.testing.assert_allclose(flat(image), model(image), atol=1e-6)
    tapped = keras.Model(flat.inputs[0], flat.get_layer("relu").output)
    assert tapped(image).shape == (2, 4, 4, 3)


def test_a_network_inside_a_network_inside_a_network() -> None:
    x = keras.Input((8, 8, 1), name="top")
    model = keras.Model(x, outer()(x))
    flat = inlined(model)
    assert [layer.name for layer in flat.layers] == ["top", "stem", "conv", "relu", "whole_conv"]
    image = np.random.default_rng(0).random((1, 8, 8, 1), np.float32)
    np.testing.assert_allclose(flat(image), model(image), atol=1e-6)


def test_a_network_called_twice_shares_its_weights_still() -> None:
    shared = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Conv2D(1, 1, name="shared")])
    x = keras.Input((4, 4, 1), name="image")
    model = keras.Model(x, keras.layers.Add()([shared(x), shared(shared(x))]))
    flat = inlined(model)
    assert len(flat.weights) == 2
    image = np.random.default_rng(0).random((1, 4, 4, 1), np.float32)
    np.testing.assert_allclose(flat(image), model(image), atol=1e-6)


def test_nothing_nested_nothing_changed() -> None:
    model = inner()
    assert inlined(model) is model
