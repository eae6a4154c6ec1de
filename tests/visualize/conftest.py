"""Small networks of the kinds that users bring, and images for them."""

import keras
import numpy as np
import pytest

from teni.prediction.given import Given, from_array


def small_network(seed: int = 0, dtype: str = "float32") -> keras.Model:
    """Build a network with a branch, a batch norm with statistics of its own, and a nested network."""
    random = np.random.default_rng(seed)
    inner_in = keras.Input((6, 6, 4), name="inner_image")
    h = keras.layers.DepthwiseConv2D(3, padding="same", name="deep_dw")(inner_in)
    h = keras.layers.BatchNormalization(name="deep_bn")(h)
    inner = keras.Model(inner_in, keras.layers.Add(name="deep_add")([h, inner_in]), name="inner")
    x = keras.Input((12, 12, 1), dtype=dtype, name="image")
    h = keras.layers.Rescaling(1 / 255, name="scaled")(x)
    h = keras.layers.Conv2D(4, 3, padding="same", name="conv1")(h)
    h = keras.layers.BatchNormalization(name="bn1")(h)
    h = keras.layers.ReLU(name="relu1")(h)
    h = keras.layers.MaxPooling2D(2, name="pool1")(h)
    h = inner(h)
    h = keras.layers.Dropout(0.5, name="drop")(h)
    h = keras.layers.Flatten(name="flat")(h)
    y = keras.layers.Dense(3, activation="softmax", name="classes")(h)
    model = keras.Model(x, y, name="small")
    for layer in (*model.layers, *inner.layers):
        values = [random.normal(0, 0.5, w.shape).astype(np.float32) for w in layer.weights]
        if isinstance(layer, keras.layers.BatchNormalization):
            values[-1] = np.abs(values[-1]) + 0.5
        if values and layer is not inner:
            layer.set_weights(values)
    return model


@pytest.fixture
def network() -> keras.Model:
    return small_network()


@pytest.fixture
def given() -> Given:
    images = np.random.default_rng(1).integers(0, 256, (5, 12, 12, 1), dtype=np.uint8)
    return from_array(images, None, (12, 12, 1))
