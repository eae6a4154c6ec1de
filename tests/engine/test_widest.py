"""The widest layer, counted by hand."""

import keras
import pytest

from teni.engine.widest import images_that_fit, widest

layers = keras.layers


def network(*stack):
    return keras.Sequential([keras.Input((20, 10, 3)), *stack])


@pytest.mark.parametrize(
    ("stack", "values"),
    [
        ([layers.ReLU()], 20 * 10 * 3),
        ([layers.Conv2D(40, 1)], 20 * 10 * 40),
        ([layers.Conv2D(4, 3)], 18 * 8 * 27),  # 27 numbers under each window, side by side
        ([layers.Conv2D(64, 1), layers.Conv2D(4, 3)], 20 * 10 * 64),  # 576 inputs: Keras's own convolution
        ([layers.DepthwiseConv2D(3, depth_multiplier=2)], 18 * 8 * 6),
        ([layers.SeparableConv2D(16, 3, padding="same")], 20 * 10 * 16),
        ([layers.Flatten(), layers.Dense(5000)], 5000),
        ([network(layers.Conv2D(30, 1)), layers.GlobalAveragePooling2D()], 20 * 10 * 30),
    ],
)
def test_by_hand(stack, values):
    assert widest(network(*stack), back=True) == values


def test_nothing_stands_side_by_side_on_the_way_forth():
    assert widest(network(layers.Conv2D(4, 3))) == 18 * 8 * 4


def test_images_that_fit():
    assert images_that_fit(network(layers.Conv2D(16, 1))) == 2**20 // 3200
    assert images_that_fit(network(layers.UpSampling2D(200), layers.ReLU())) == 1
