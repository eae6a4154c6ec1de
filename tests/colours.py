"""Networks that see colours: what fools them is known beforehand."""

import keras
import numpy as np

from teni.visualize import Opened, open_network

COLOURS = ("red", "green", "blue")
SHAPE = (6, 5, 3)


def colour_network(gain: float = 20.0, last: str | None = "softmax") -> keras.Model:
    """Score each channel by its mean: a pure colour scores `gain`, and 0 for the other two."""
    x = keras.Input(SHAPE)
    h = keras.layers.Rescaling(gain / 255)(x)
    h = keras.layers.BatchNormalization(epsilon=0.5, name="idle")(h)
    h = keras.layers.GlobalAveragePooling2D()(h)
    model = keras.Model(x, h if last is None else keras.layers.Activation(last)(h), name="colours")
    model.get_layer("idle").moving_variance.assign(np.full(3, 0.5))
    return model


def opened_colours(gain: float = 20.0, last: str | None = "softmax") -> Opened:
    """Open such a network."""
    return open_network(colour_network(gain, last), names=COLOURS)
