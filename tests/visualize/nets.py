"""Small networks that hold every kind of layer, with weights drawn by NumPy."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

layers = keras.layers


def with_weights(model: keras.Model, seed: int = 0, low: float = -1.0, high: float = 1.0) -> keras.Model:
    """Draw every weight evenly; variances of batch norms stay positive."""
    draw = np.random.default_rng(seed)
    for variable in model.variables:
        least = 0.5 if "variance" in variable.name else low
        if "seed" not in variable.name:
            variable.assign(
                draw.uniform(least, max(high, least + 0.5) if least > low else high, variable.shape)
            )
    return model


def plain() -> keras.Model:
    """Convolutions with strides, padding and dilation, overlapping pooling, dense layers."""
    x = keras.Input((11, 9, 2))
    h = layers.Conv2D(3, 3, strides=(2, 1), padding="same", activation="relu", name="conv1")(x)
    h = layers.MaxPooling2D(3, strides=2, padding="same", name="pool1")(h)
    h = layers.Conv2D(4, 2, dilation_rate=(1, 2), activation="relu6", name="conv2")(h)
    h = layers.MaxPooling2D((2, 2), strides=1, name="pool2")(h)
    h = layers.Dropout(0.5)(layers.Flatten()(h))
    return keras.Model(x, layers.Dense(3, name="out")(layers.Dense(5, activation="relu", name="hidden")(h)))


def residual() -> keras.Model:
    """Batch norm, depthwise and separable convolutions, sums and concatenations, as in MobileNet and ResNet."""
    x = keras.Input((8, 8, 3))
    h = layers.ZeroPadding2D(((0, 1), (0, 1)))(layers.Rescaling(0.5, -0.2)(x))
    h = layers.DepthwiseConv2D(3, strides=2, name="dw", depth_multiplier=2)(h)
    h = layers.ReLU(6.0, name="relu1")(layers.BatchNormalization(name="norm1")(h))
    short = layers.Conv2D(6, 1, use_bias=False, name="short")(h)
    h = layers.SeparableConv2D(6, 3, padding="same", name="sep")(h)
    h = layers.Activation("relu", name="relu2")(layers.BatchNormalization(name="norm2")(h))
    h = layers.Add(name="sum")([h, short])
    h = layers.Concatenate(name="both")([h, layers.AveragePooling2D(3, 1, padding="same")(short)])
    h = layers.ReLU(name="relu3")(h)
    h = layers.UpSampling2D(2, interpolation="bilinear", name="up")(h)
    h = layers.Cropping2D(1)(h)
    return keras.Model(x, layers.Dense(2, name="out")(layers.GlobalMaxPooling2D(name="global")(h)))


def nested() -> keras.Model:
    """A backbone inside, called on the image and on its mirror image, on raw pixels."""
    y = keras.Input((8, 8, 1), dtype="uint8")
    h = layers.Conv2D(3, 3, activation="relu", name="deep")(layers.Rescaling(1 / 255)(y))
    inner = keras.Model(y, layers.MaxPooling2D(2, name="pool")(h), name="backbone")
    x = keras.Input((8, 8, 1), dtype="uint8", name="image")
    both = [inner(x), inner(keras.ops.flip(x, axis=2))]
    flat: Any = [layers.Flatten()(each) for each in both]
    parts = [(flat[0] + flat[1]) * 0.5, (flat[0] - flat[1]) / 2.0]
    h = layers.Dense(4, name="head")(layers.Concatenate()(parts))
    return keras.Model(x, layers.Reshape((2, 2), name="points")(h), name="nested")


NETS: dict[str, Callable[[], keras.Model]] = {"plain": plain, "residual": residual, "nested": nested}


def images(model: keras.Model, many: int = 2, seed: int = 1) -> np.ndarray:
    shape = tuple(model.input_shape[1:])
    return np.random.default_rng(seed).uniform(0, 2, (many, *shape)).astype(np.float32)
