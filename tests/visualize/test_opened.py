import keras
import numpy as np
import pytest

from teni.backbones import Preprocessing
from teni.errors import TeniError
from teni.visualize import find_layer, open_network, part

from .conftest import small_network
from .nets import nested, with_weights


def test_a_network_of_integers_gives_the_same_values_for_floats(given):
    network = small_network(dtype="uint8")
    opened = open_network(network)
    assert opened.model.inputs[0].dtype == "float32"
    theirs = keras.ops.convert_to_numpy(network(given.images))
    ours = keras.ops.convert_to_numpy(opened.model(given.images.astype(np.float32)))
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def test_preprocessing_goes_in_front(network, given):
    doubled = Preprocessing(1, (2.0,), (3.0,))
    opened = open_network(network, preprocessing=doubled)
    theirs = keras.ops.convert_to_numpy(network(doubled.apply(given.images)))
    ours = keras.ops.convert_to_numpy(opened.model(given.images.astype(np.float32)))
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)


@pytest.mark.parametrize("name", ["deep_dw", "inner/deep_dw", "inner_deep_dw"])
def test_a_layer_of_a_nested_network_is_found(network, name):
    opened = open_network(network)
    if name == "inner_deep_dw":
        with pytest.raises(TeniError, match="small has no layer 'inner_deep_dw'; did you mean deep_dw"):
            find_layer(opened, name)
    else:
        assert find_layer(opened, name) == "deep_dw"
        assert part(opened, "deep_dw").names == ("0", "1", "2", "3")


def test_one_name_in_two_networks():
    def inner(name):
        x = keras.Input((4, 4, 1))
        return keras.Model(x, keras.layers.Conv2D(1, 1, name="conv")(x), name=name)

    x = keras.Input((4, 4, 1))
    opened = open_network(keras.Model(x, inner("two")(inner("one")(x))))
    assert {find_layer(opened, "one/conv"), find_layer(opened, "two/conv")} == {"conv", "two_conv"}


def test_logits_are_what_the_softmax_was_computed_from(network, given):
    opened = open_network(network)
    assert opened.kind == "classes"
    logits, classes = part(opened), part(opened, logits=False)
    assert (logits.logits, classes.logits, logits.kind) == (True, False, "classes")
    images = given.images.astype(np.float32)
    found = keras.ops.convert_to_numpy(logits.model(images))
    theirs = keras.ops.convert_to_numpy(network(images))
    exponents = np.exp(found - found.max(-1, keepdims=True))
    np.testing.assert_allclose(exponents / exponents.sum(-1, keepdims=True), theirs, rtol=1e-5)
    flat = keras.Model(network.inputs[0], network.get_layer("flat").output)(images)
    kernel, bias = network.get_layer("classes").get_weights()
    np.testing.assert_allclose(found, keras.ops.convert_to_numpy(flat) @ kernel + bias, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("squash", [keras.layers.Softmax(), keras.layers.Activation("softmax")])
def test_a_softmax_layer_is_cut_off(squash):
    x = keras.Input((2, 2, 1))
    y = keras.layers.Dense(2, name="scores")(keras.layers.Flatten()(x))
    piece = part(open_network(keras.Model(x, squash(y))))
    assert piece.model.outputs[0]._keras_history.operation.name == "scores"
    assert piece.kind == "classes"


def test_points_are_flattened_and_named():
    x = keras.Input((4, 4, 1))
    y = keras.layers.Reshape((2, 2))(keras.layers.Dense(4)(keras.layers.Flatten()(x)))
    opened = open_network(keras.Model(x, y), names=("a_x", "a_y", "b_x", "b_y"))
    assert opened.kind == "keypoints"
    piece = part(opened)
    assert piece.names == ("a_x", "a_y", "b_x", "b_y")
    assert piece.model.output_shape == (None, 4)


def test_the_number_of_names_must_fit(network):
    with pytest.raises(TeniError, match="small: 2 names were given for 3 outputs; give one for each"):
        open_network(network, names=("a", "b"))


def test_what_is_no_image_network_is_told():
    x = keras.Input((4,))
    with pytest.raises(TeniError, match=r"expected one image \(None, height, width, 1 or 3\)"):
        open_network(keras.Model(x, keras.layers.Dense(1)(x)), "rows")


def test_an_open_size_must_be_said():
    x = keras.Input((None, None, 3))
    network = keras.Model(x, keras.layers.Conv2D(2, 3)(x))
    with pytest.raises(TeniError, match="takes images of any size; say which with --size"):
        open_network(network, "free")
    assert open_network(network, "free", size=(8, 10)).shape == (8, 10, 3)


def test_a_subclassed_model_is_told():
    class Own(keras.Model):
        def call(self, x):
            return x

    with pytest.raises(TeniError, match="is no functional or sequential network"):
        open_network(Own(), "own")


def test_a_layer_without_units_is_told(network):
    with pytest.raises(TeniError, match=r"layer 'image' gives .* which has no units to look at"):
        part(open_network(network), "image")


def test_of_a_layer_called_on_the_mirror_image_too_the_call_on_the_image_counts():
    opened = open_network(with_weights(nested()))
    image = np.random.default_rng(0).integers(0, 256, (1, 8, 8, 1)).astype(np.float32)
    found = keras.ops.convert_to_numpy(part(opened, "deep").model(image))
    kernel, bias = opened.model.get_layer("deep").get_weights()
    corner = np.tensordot(image[0, :3, :3, 0] / 255, kernel[:, :, 0], axes=([0, 1], [0, 1])) + bias
    np.testing.assert_allclose(found[0, 0, 0], np.maximum(corner, 0), rtol=1e-5)
