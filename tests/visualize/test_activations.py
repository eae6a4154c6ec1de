import keras
import numpy as np
import pytest

from teni.errors import TeniError
from teni.visualize import Request, open_network
from teni.visualize.activations import ActivationsSettings, activations, layer_activations, layers_with_maps


def test_maps_are_what_the_layers_give(network, given):
    opened = open_network(network)
    image = given.images[2].astype(np.float32)
    seen = layer_activations(opened, image, ["conv1"], (3, 0))
    whole = keras.Model(network.inputs[0], network.get_layer("conv1").output)(image[None])
    theirs = keras.ops.convert_to_numpy(whole)[0]
    assert [each.unit for each in seen.pictures] == ["3", "0"]
    np.testing.assert_allclose(seen.pictures[0].pixels[..., 0], theirs[..., 3], rtol=1e-5, atol=1e-6)
    assert seen.pictures[0].score == pytest.approx(theirs[..., 3].max(), rel=1e-5)


def test_layer_by_layer_the_strongest_channels(network, given):
    opened = open_network(network)
    assert layers_with_maps(opened) == [
        "scaled",
        "conv1",
        "bn1",
        "relu1",
        "pool1",
        "deep_dw",
        "deep_bn",
        "deep_add",
    ]
    seen = layer_activations(opened, given.images[0].astype(np.float32), ["conv1", "relu1"], channels=2)
    assert [each.note for each in seen.pictures] == ["conv1", "conv1", "relu1", "relu1"]
    assert all(each.unit.startswith(f"{each.note}/") for each in seen.pictures)
    strengths = [np.abs(each.pixels).mean() for each in seen.pictures]
    assert strengths[0] >= strengths[1]
    assert seen.columns == 2


def test_an_image_that_is_not_there_is_told(network, given):
    request = Request(open_network(network), None, (), ActivationsSettings(image=5), given)
    with pytest.raises(TeniError, match="--set image=5: there are 5 images in --data, counted from 0"):
        activations(request)


def test_a_layer_without_maps_is_told(network, given):
    with pytest.raises(TeniError, match=r"layer 'flat' gives \(144,\), no maps of rows and columns"):
        layer_activations(open_network(network), given.images[0].astype(np.float32), ["flat"])


def test_a_network_without_maps_is_told(given):
    x = keras.Input((12, 12, 1))
    opened = open_network(keras.Model(x, keras.layers.Flatten()(x)), "flat")
    with pytest.raises(TeniError, match="flat has no layer whose output is a map"):
        layer_activations(opened, given.images[0].astype(np.float32), [])
