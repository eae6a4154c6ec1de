"""The way back: with the gradient's rule it is the gradient, and each rule differs where it says."""

import keras
import numpy as np
import pytest

from teni.errors import TeniError
from teni.visualize.backward import check_way, way_back
from teni.visualize.flow import lay_open
from teni.visualize.guided import guided
from teni.visualize.saliency import saliency

from .nets import NETS, images, layers, with_weights


def column_of(many):
    return np.zeros(many, np.intp)


@pytest.mark.parametrize("name", NETS)
def test_with_the_gradients_rule_every_layer_goes_back_as_the_gradient(name):
    model = with_weights(NETS[name]())
    given = images(model, 3)
    for column in (0, 1):
        columns = np.full(3, column)
        expected = saliency(model)(given, columns)
        assert np.abs(expected).max() > 1e-4
        np.testing.assert_allclose(
            guided(model, rule="gradient")(given, columns), expected, atol=1e-4, rtol=1e-3
        )


@pytest.mark.parametrize("rule", ["deconv", "guided"])
def test_all_is_the_gradient_where_everything_is_positive(rule):
    model = with_weights(NETS["plain"](), low=0.01, high=0.1)  # small enough for the cap at 6
    given = images(model)
    found = guided(model, rule=rule)(given, column_of(2))
    np.testing.assert_allclose(found, saliency(model)(given, column_of(2)), atol=1e-6, rtol=1e-4)


def test_a_linear_network_goes_back_as_its_transpose():
    x = keras.Input((5, 5, 1))
    h = layers.Conv2D(2, 3, strides=2, padding="same", name="conv")(x)
    model = with_weights(keras.Model(x, layers.Dense(2)(layers.Flatten()(h))))
    given = images(model)
    found = guided(model, rule="deconv")(given, column_of(2))
    np.testing.assert_allclose(found, saliency(model)(given, column_of(2)), atol=1e-6)
    with pytest.raises(
        TeniError, match="no rectifier on the way back, so that guided backpropagation is the"
    ):
        guided(model)


def one_rectifier(signs):
    """x -> ReLU(x) -> sum with the given signs."""
    x = keras.Input((1, 4, 1))
    dense = layers.Dense(1, use_bias=False)
    model = keras.Model(x, dense(layers.Flatten()(layers.ReLU(max_value=6.0, name="relu")(x))))
    dense.set_weights([np.array(signs, np.float32)[:, None]])
    return model


def test_three_rules_at_a_rectifier():
    model = one_rectifier([1.0, -2.0, 3.0, 4.0])
    given = np.array([1.0, 1.0, -1.0, 7.0], np.float32).reshape(1, 1, 4, 1)  # the last is above the cap
    column = column_of(1)
    assert guided(model, rule="gradient")(given, column).ravel().tolist() == [1.0, -2.0, 0.0, 0.0]
    assert guided(model, rule="deconv")(given, column).ravel().tolist() == [1.0, 0.0, 3.0, 4.0]
    assert guided(model, rule="guided")(given, column).ravel().tolist() == [1.0, 0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("layer", "told"),
    [
        (layers.LeakyReLU(name="odd"), r"odd \(LeakyReLU\)"),
        (layers.Activation("sigmoid", name="odd"), r"odd \(Activation with sigmoid\)"),
        (layers.Conv2D(1, 1, activation="tanh", name="odd"), r"odd \(Conv2D with tanh\)"),
        (layers.LayerNormalization(name="odd"), r"odd \(LayerNormalization\)"),
        (layers.ReLU(negative_slope=0.1, name="odd"), r"odd \(ReLU\)"),
    ],
)
def test_a_layer_without_a_backward_step_is_named(layer, told):
    x = keras.Input((4, 4, 1))
    inner = keras.Sequential([keras.Input((4, 4, 1)), layer], name="inner")
    model = keras.Model(x, layers.ReLU(name="end")(inner(x)), name="net")
    flow = lay_open(model)
    with pytest.raises(
        TeniError, match=f"net: a deconvnet has no backward step for inner/{told}; start at a"
    ):
        check_way(flow, flow.output, "deconv")
    check_way(flow, flow.output, "guided")
    check_way(flow, flow.image, "deconv")  # nothing lies before the image


def test_products_and_quotients_of_two_maps_have_no_backward_step_but_of_numbers_they_have():
    x = keras.Input((2, 2, 1))
    flow = lay_open(keras.Model(x, (2.0 / (x * 3.0 / 4.0)) * x, name="net"))
    with pytest.raises(
        TeniError, match=r"for (true_)?divide\S* \(\w*Divide\), multiply\S* \(Multiply\); start"
    ):
        check_way(flow, flow.output, "deconv")


def test_the_way_back_leaves_out_what_does_not_lead_to_the_start():
    x = keras.Input((4, 4, 1))
    h = layers.ReLU(name="one")(x)
    model = keras.Model(x, layers.Add()([layers.ReLU(name="two")(h), layers.ReLU(name="three")(h)]))
    flow = lay_open(model)
    assert [step.name for step in way_back(flow, flow.find("two")[0].outputs[0])] == ["one", "two"]


def test_channels_first_pooling_goes_back_too():
    x = keras.Input((6, 6, 2))
    h = layers.Permute((3, 1, 2))(x)
    h = layers.MaxPooling2D(3, strides=2, data_format="channels_first")(layers.ReLU()(h))
    h = layers.GlobalMaxPooling2D(data_format="channels_first")(h)
    model = keras.Model(x, layers.Dense(1)(h))
    given = images(model)
    expected = saliency(model)(given, column_of(2))
    np.testing.assert_allclose(guided(model, rule="gradient")(given, column_of(2)), expected, atol=1e-6)
