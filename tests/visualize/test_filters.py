import keras
import numpy as np
import pytest

from teni.errors import TeniError
from teni.visualize import open_network
from teni.visualize.filters import layer_kernels


def opened(layer, channels=1):
    x = keras.Input((8, 8, channels))
    return open_network(keras.Model(x, layer(x)), "tiny"), layer


def test_a_kernel_over_grey_is_itself():
    net, layer = opened(keras.layers.Conv2D(2, (3, 2), name="conv"))
    kernel = np.arange(12, dtype=np.float32).reshape(3, 2, 1, 2)
    layer.set_weights([kernel, np.zeros(2)])
    net, _ = open_network(keras.Model(layer._inbound_nodes[0].input_tensors[0], layer.output), "tiny"), None
    shown = layer_kernels(net, "conv", (1,)).pictures[0]
    np.testing.assert_array_equal(shown.pixels, kernel[..., 1])
    assert shown.score == pytest.approx(np.sqrt((kernel[..., 1] ** 2).sum()))
    assert shown.style == "signed"


def test_a_kernel_over_colours_is_in_colours():
    net, _ = opened(keras.layers.Conv2D(2, 3, name="conv"), channels=3)
    assert layer_kernels(net, "conv", (0,)).pictures[0].pixels.shape == (3, 3, 3)


def test_of_many_inputs_the_strongest_stand_side_by_side():
    x = keras.Input((8, 8, 1))
    layer = keras.layers.Conv2D(1, 2, name="conv")
    model = keras.Model(x, layer(keras.layers.Conv2D(4, 1)(x)))
    kernel = np.array([1, 5, 0, -7], np.float32)[None, None, :, None] * np.ones((2, 2, 1, 1), np.float32)
    layer.set_weights([kernel, np.zeros(1)])
    seen = layer_kernels(open_network(model), "conv", (0,), inputs=2)
    assert seen.pictures[0].pixels[..., 0].tolist() == [[5, 5, 0, -7, -7]] * 2
    assert seen.pictures[0].note == "input channels 1, 3"
    assert "Euclidean norm" in seen.notes[0]
    assert "Of the 4 input channels of each kernel of conv the 2 of the largest weights" in seen.notes[1]


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (keras.layers.DepthwiseConv2D(3, depth_multiplier=2, name="conv"), (3, 3, 1)),
        (keras.layers.SeparableConv2D(4, 3, name="conv"), (3, 3, 3)),
        (keras.layers.Conv2DTranspose(4, 3, name="conv"), (3, 3, 3)),
    ],
)
def test_other_convolutions(layer, shape):
    net, _ = opened(layer, channels=3)
    assert layer_kernels(net, "conv", (3,)).pictures[0].pixels.shape == shape


def test_a_separable_convolution_is_shown_as_the_kernel_that_it_amounts_to():
    net, _ = opened(
        keras.layers.SeparableConv2D(2, 3, depth_multiplier=2, use_bias=False, name="conv"), channels=3
    )
    kernel = layer_kernels(net, "conv", (1,)).pictures[0].pixels
    image = np.random.default_rng(0).normal(size=(1, 3, 3, 3)).astype(np.float32)
    layer = net.model.get_layer("conv")
    assert float(keras.ops.convert_to_numpy(layer(image))[0, 0, 0, 1]) == pytest.approx(
        float((kernel * image[0]).sum()), rel=1e-4
    )


def test_a_layer_without_kernels_is_told():
    net, _ = opened(keras.layers.ReLU(name="relu"))
    with pytest.raises(TeniError, match=r"layer 'relu' \(ReLU\) has no kernels over rows and columns"):
        layer_kernels(net, "relu", (0,))


def test_the_convolution_before_a_layer_without_kernels_is_named():
    x = keras.Input((8, 8, 1))
    h = keras.layers.ReLU(name="relu")(
        keras.layers.BatchNormalization()(keras.layers.Conv2D(2, 3, name="conv")(x))
    )
    with pytest.raises(TeniError, match="name a convolution, such as conv"):
        layer_kernels(open_network(keras.Model(x, h)), "relu", (0,))
