"""Projections worked out by hand, and the contract with the gradient."""

import keras
import numpy as np
import pytest

from teni.errors import TeniError
from teni.visualize.deconvnet import projection
from teni.visualize.saliency import saliency

from .nets import NETS, images, layers, with_weights


def two_layers():
    """conv1 (two 2x2 filters, stride 2, ReLU), pool 1x2, conv2 (1x1) with ReLU, by hand."""
    x = keras.Input((2, 4, 1))
    h = layers.Conv2D(2, 2, strides=2, activation="relu", name="conv1")(x)
    h = layers.MaxPooling2D((1, 2), name="pool")(h)
    model = keras.Model(x, layers.Conv2D(1, 1, activation="relu", name="conv2")(h))
    kernel = np.zeros((2, 2, 1, 2), np.float32)
    kernel[:, :, 0, 0] = [[1, 2], [3, 4]]
    kernel[:, :, 0, 1] = [[-1, 0], [0, 1]]
    model.get_layer("conv1").set_weights([kernel, np.array([0.5, 0.0], np.float32)])
    model.get_layer("conv2").set_weights([np.array([[[[2.0], [-1.0]]]], np.float32), np.zeros(1, np.float32)])
    return model


IMAGE = np.array([[1, 0, 0, 1], [0, 1, 0, 0]], np.float32).reshape(1, 2, 4, 1)
# conv1, filter 0: 1 + 4 + 0.5 = 5.5 and 2 + 0.5 = 2.5; filter 1: -1 + 1 = 0 and 0. pool: 5.5 from the left; of the
# equal zeros the left one. conv2: 2 * 5.5 - 0 = 11.
ZERO, TOP = np.array([0]), np.array([[0, 0]])


def test_filters_strides_and_switches():
    found = projection(two_layers(), "conv2")(IMAGE, ZERO, TOP)[0, :, :, 0]
    # 11 goes to filter 0 as 22 and to filter 1 as -11, which the rectifier of conv1 stops; 22 returns to the left.
    assert found.tolist() == [[22, 44, 0, 0], [66, 88, 0, 0]]


def test_the_gradient_differs_at_the_rectifier_alone():
    gradient = projection(two_layers(), "conv2", rule="gradient")(IMAGE, ZERO, TOP)[0, :, :, 0]
    # The input of filter 1's rectifier is 0, so that nothing passes there either.
    assert gradient.tolist() == [[22, 44, 0, 0], [66, 88, 0, 0]]
    brighter = IMAGE + np.array([[0, 0, 0, 0], [0, 1, 0, 0]], np.float32).reshape(1, 2, 4, 1)
    # Filter 0: 1 + 8 + 0.5 = 9.5; filter 1: -1 + 2 = 1, which passes now. conv2: 2 * 9.5 - 1 = 18.
    gradient = projection(two_layers(), "conv2", rule="gradient")(brighter, ZERO, TOP)[0, :, :, 0]
    # 18 * (2 * filter 0 - filter 1)
    assert gradient.tolist() == [[18 * 3, 18 * 4, 0, 0], [18 * 6, 18 * 7, 0, 0]]
    for rule in ("deconv", "guided"):
        found = projection(two_layers(), "conv2", rule=rule)(brighter, ZERO, TOP)[0, :, :, 0]
        assert found.tolist() == [[36, 72, 0, 0], [108, 144, 0, 0]]


def test_guided_asks_for_a_positive_input_too():
    model = two_layers()
    model.get_layer("conv2").set_weights([np.array([[[[2.0], [1.0]]]], np.float32), np.zeros(1, np.float32)])
    # conv2: 11. Its 11 to filter 1 is positive: a deconvnet lets it pass, guided does not, filter 1 was at 0.
    deconv = projection(model, "conv2")(IMAGE, ZERO, TOP)[0, :, :, 0]
    guided = projection(model, "conv2", rule="guided")(IMAGE, ZERO, TOP)[0, :, :, 0]
    assert deconv.tolist() == [[22 - 11, 44, 0, 0], [66, 88 + 11, 0, 0]]
    assert guided.tolist() == [[22, 44, 0, 0], [66, 88, 0, 0]]


def test_one_place_of_a_padded_convolution():
    x = keras.Input((3, 3, 1))
    conv = layers.Conv2D(1, 3, padding="same", use_bias=False, activation="relu", name="conv")
    model = keras.Model(x, conv(x))
    conv.set_weights([np.arange(1, 10, dtype=np.float32).reshape(3, 3, 1, 1)])
    ones = np.ones((1, 3, 3, 1), np.float32)
    found = projection(model, "conv")(ones, ZERO, np.array([[0, 0]]))[0, :, :, 0]
    # At the corner the kernel's last two rows and columns lie on the image: 5 + 6 + 8 + 9 = 28.
    assert found.tolist() == [[28 * 5, 28 * 6, 0], [28 * 8, 28 * 9, 0], [0, 0, 0]]


def test_dilated_and_separable_filters():
    x = keras.Input((1, 3, 2))
    dilated = layers.DepthwiseConv2D((1, 2), dilation_rate=(1, 2), use_bias=False, name="dilated")
    point = layers.SeparableConv2D(1, 1, use_bias=False, activation="relu", name="point")
    model = keras.Model(x, point(dilated(x)))
    dilated.set_weights([np.array([[[[1], [10]], [[2], [20]]]], np.float32)])
    point.set_weights([np.array([[[[1], [2]]]], np.float32), np.array([[[[1], [3]]]], np.float32)])
    ones = np.ones((1, 1, 3, 2), np.float32)
    # Channel 0: 1 + 2 = 3, channel 1: 10 + 20 = 30; 1 * 1 * 3 + 2 * 3 * 30 = 183.
    found = projection(model, "point")(ones, ZERO, TOP)[0, 0]
    assert found.tolist() == [[183, 183 * 6 * 10], [0, 0], [2 * 183, 183 * 6 * 20]]


def test_batch_norm_multiplies_by_its_scale():
    x = keras.Input((1, 1, 2))
    norm = layers.BatchNormalization(epsilon=0.0, name="norm")
    model = keras.Model(x, layers.ReLU(name="relu")(norm(x)))
    norm.set_weights([np.array(w, np.float32) for w in ([2, 3], [1, 1], [5, 5], [4, 9])])
    found = projection(model, "relu")(np.full((1, 1, 1, 2), 6.0, np.float32), np.array([1]), TOP)[0, 0, 0]
    assert found.tolist() == [0, 2]  # (6 - 5) / 3 * 3 + 1 = 2, back by 3 / 3


def test_sums_copy_and_concatenations_split():
    x = keras.Input((1, 1, 1))
    a = layers.Rescaling(2.0)(x)
    b = layers.Rescaling(3.0)(x)
    both = layers.Concatenate(name="both")([a, b])
    conv = layers.Conv2D(1, 1, use_bias=False)
    model = keras.Model(x, layers.ReLU(name="end")(layers.Add()([conv(both), a])))
    conv.set_weights([np.array([[[[1.0], [10.0]]]], np.float32)])
    found = projection(model, "end")(np.ones((1, 1, 1, 1), np.float32), ZERO, TOP)
    assert found.item() == (2 + 30 + 2) ** 2  # all the ways from x, times the activation


@pytest.mark.parametrize(("name", "layer"), [("plain", "pool2"), ("residual", "relu3"), ("nested", "deep")])
def test_with_the_gradients_rule_it_is_the_gradient_times_the_activation(name, layer):
    model = with_weights(NETS[name](), low=-0.1, high=0.3)
    given = images(model, 3)
    network = model.get_layer("backbone") if name == "nested" else model
    inside = keras.Model(network.inputs[0], network.get_layer(layer).output)
    rows = np.arange(3)
    at = np.array([[0, 1], [0, 0], [0, 1]])
    units = np.array([0, 1, 2])
    activation = keras.ops.convert_to_numpy(inside(given.astype(inside.inputs[0].dtype)))
    if name == "nested":
        given = given.round()
    shape = inside.output_shape[1:]
    columns = np.ravel_multi_index((at[:, 0], at[:, 1], units), shape)
    values = activation[rows, at[:, 0], at[:, 1], units]
    expected = saliency(keras.Model(inside.inputs[0], layers.Flatten()(inside.outputs[0])))(given, columns)
    found = projection(model, layer, rule="gradient")(given, units, at)
    np.testing.assert_allclose(found, expected * values[:, None, None, None], atol=1e-3, rtol=1e-3)
    assert np.abs(found).max() > 0


def test_what_cannot_be_asked_for_is_said():
    back = projection(two_layers(), "conv1")
    with pytest.raises(TeniError, match="conv1 has 2 units, counted from 0; there is no 2"):
        back(IMAGE, np.array([2]), TOP)
    with pytest.raises(TeniError, match="conv1 gives maps of 2x1 places; 3 lies beyond"):
        back(IMAGE, ZERO, np.array([[0, 3]]))
    with pytest.raises(TeniError, match=r"takes images of shape \(2, 4, 1\); these are \(3, 4, 1\)"):
        back(np.ones((1, 3, 4, 1)), ZERO, TOP)
    with pytest.raises(TeniError, match="1 and 2 and 1 images and places to explain"):
        back(IMAGE, np.array([0, 0]), TOP)
    with pytest.raises(TeniError, match="has no layer 'conv3'; near it are conv2, conv1"):
        projection(two_layers(), "conv3")
