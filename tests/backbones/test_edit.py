import keras
import numpy as np
import pytest

from teni.backbones import Backbone, Edit, Preprocessing, backbone, edited, trained_layers
from teni.errors import TeniError


@pytest.fixture(scope="module")
def net():
    return backbone("facial-cnn-6", size=(32, 32))


@pytest.fixture(scope="module")
def joined():
    x = keras.Input((8, 8, 1), name="image")
    one = keras.layers.Conv2D(4, 3, padding="same", name="conv1")(x)
    two = keras.layers.Conv2D(4, 3, padding="same", name="conv2")(one)
    both = keras.layers.Add(name="add")([one, two])
    return Backbone("joined", keras.Model(x, both), Preprocessing(1, (1.0,), (0.0,)))


def test_a_layer_left_out_and_one_of_half_the_width(net):
    found = edited(net, Edit(("conv2", "relu2"), {"conv1": 0.5, "hidden1": 2}), seed=0).model
    names = [layer.name for layer in found.layers]
    assert "conv2" not in names
    assert "pool2" in names
    assert found.get_layer("conv1").kernel.shape == (3, 3, 1, 16)
    assert found.get_layer("conv3").kernel.shape == (2, 2, 16, 128)
    assert found.get_layer("hidden1").units == 2000
    assert found(np.zeros((2, 32, 32, 1), np.float32)).shape == (2, 1000)


def test_nothing_changed_is_the_same_network_with_other_weights(net):
    found = edited(net, Edit(), seed=5).model
    assert [w.shape for w in found.weights] == [w.shape for w in net.model.weights]
    again = edited(net, Edit(), seed=5).model
    for one, other in zip(found.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    kernels = [m.get_layer("conv1").get_weights()[0] for m in (found, edited(net, Edit(), seed=6).model)]
    assert np.abs(kernels[0] - kernels[1]).max() > 0.01


def test_the_network_given_is_left_as_it_is(net):
    before = [w.copy() for w in net.model.get_weights()]
    edited(net, Edit(("conv3",), {"conv1": 2}), seed=0)
    for one, other in zip(before, net.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert net.model.get_layer("conv1").filters == 32


def test_layers_with_kernels_in_order(net, joined):
    assert trained_layers(net) == ("conv1", "conv2", "conv3", "hidden1", "hidden2")
    assert trained_layers(joined) == ("conv1", "conv2")


def test_one_of_two_ways_may_go(joined):
    found = edited(joined, Edit(("conv2",)), seed=0).model
    x = np.random.default_rng(0).random((1, 8, 8, 1), np.float32)
    conv1 = keras.Model(found.input, found.get_layer("conv1").output)
    np.testing.assert_allclose(np.asarray(found(x)), 2 * np.asarray(conv1(x)), rtol=1e-6)


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (Edit(("conv9",)), "has no layer 'conv9'; did you mean conv"),
        (Edit(("image",)), "layer 'image' of joined is where the image comes in and cannot be left out"),
        (Edit(("add",)), "layer 'add' of joined joins several layers and cannot be left out; name another"),
        (
            Edit((), {"add": 2}),
            "layer 'add' of joined has no width of its own; name one with filters or units",
        ),
        (Edit((), {"conv1": 0}), "width 0 of layer 'conv1': expected a factor above 0"),
        (Edit((), {"conv1": 0.5}), r"joined, conv1 x 0\.5: the layers no longer fit together"),
    ],
)
def test_what_cannot_be(joined, edit, told):
    with pytest.raises(TeniError, match=told):
        edited(joined, edit, seed=0)
