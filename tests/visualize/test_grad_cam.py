"""Weights and maps by hand; nested networks, and layers that are called on a mirror image too."""

import keras
import numpy as np
import pytest

from teni.errors import TeniError
from teni.visualize.grad_cam import grad_cam

from .nets import images, layers, nested, with_weights


def two_maps():
    """Two channels, the image and its negative; the output is 3 * mean of the one - 1 * corner of the other."""
    y = keras.Input((2, 2, 1))
    maps = layers.Concatenate(name="maps")([y, layers.Rescaling(-1.0)(y)])
    backbone = keras.Model(y, maps, name="backbone")
    x = keras.Input((2, 2, 1))
    dense = layers.Dense(1, use_bias=False)
    model = keras.Model(x, dense(layers.Flatten()(backbone(x))))
    kernel = np.zeros((2, 2, 2), np.float32)
    kernel[:, :, 0] = 0.75
    kernel[0, 0, 1] = -1.0
    dense.set_weights([kernel.reshape(8, 1)])
    return model


IMAGE = np.array([[1, -2], [3, 4]], np.float32).reshape(1, 2, 2, 1)
ZERO = np.array([0])


def test_weights_are_means_of_gradients_and_only_what_speaks_for_the_output_stays():
    found = grad_cam(two_maps(), "maps")(IMAGE, ZERO)[0, :, :, 0]
    # weights 0.75 and -0.25; the second map is the negative of the first: 0.75 + 0.25 times the image
    assert found.tolist() == [[1, 0], [3, 4]]
    signed = grad_cam(two_maps(), "maps", positive=False)(IMAGE, ZERO)[0, :, :, 0]
    assert signed.tolist() == [[1, -2], [3, 4]]


def test_place_by_place():
    found = grad_cam(two_maps(), "maps", pooled=False, positive=False)(IMAGE, ZERO)[0, :, :, 0]
    assert found.tolist() == [[0.75 + 1, -1.5], [2.25, 3]]
    # Place by place the map of a linear head adds up to the output.
    model = two_maps()
    assert found.sum() == keras.ops.convert_to_numpy(model(IMAGE)).item()


def test_enlarged_to_the_image():
    x = keras.Input((4, 6, 1))
    h = layers.AveragePooling2D(2, name="small")(x)
    model = keras.Model(x, layers.GlobalAveragePooling2D()(h))
    assert grad_cam(model, "small")(np.ones((1, 4, 6, 1), np.float32), ZERO).shape == (1, 4, 6, 1)


def test_what_speaks_against_the_output_is_dropped_before_the_map_is_enlarged():
    x = keras.Input((2, 4, 1))
    h = layers.AveragePooling2D(2, name="small")(x)
    model = keras.Model(x, layers.GlobalAveragePooling2D()(h))
    image = np.repeat([[[1.0], [1.0], [-1.0], [-1.0]]], 2, axis=0).astype(np.float32)[None]
    found = grad_cam(model, "small")(image, ZERO)[0, 0, :, 0]
    # The mean's gradient is 1/2 at both places: the map is (1/2, -1/2), without its negative half (1/2, 0).
    np.testing.assert_allclose(found, [0.5, 0.375, 0.125, 0], atol=1e-6)


def test_a_layer_called_on_the_mirror_image_too_counts_with_both_calls():
    model = with_weights(nested())
    given = 100 * images(model)
    backbone = model.get_layer("backbone")
    columns = np.array([0, 1])
    found = grad_cam(model, "pool", pooled=False, positive=False)(given, columns)
    # By hand: the head is linear, so that its gradient is its matrix, for the image's and for the mirror's map.
    sides = [given, given[:, :, ::-1]]
    maps = [keras.ops.convert_to_numpy(backbone(side.astype(np.uint8))) for side in sides]
    head = model.get_layer("head").get_weights()[0]
    size = maps[0][0].size
    both = [(head[:size] + head[size:]) / 2, (head[:size] - head[size:]) / 2]
    for i, column in enumerate(columns):
        grids = [
            (g[:, column].reshape(maps[0][0].shape) * m[i]).sum(-1) for g, m in zip(both, maps, strict=True)
        ]
        small = grids[0] + grids[1][:, ::-1]
        large = keras.ops.image.resize(small[None, :, :, None], (8, 8), data_format="channels_last")
        np.testing.assert_allclose(found[i], keras.ops.convert_to_numpy(large)[0], rtol=0.05, atol=0.3)


def test_layers_that_give_no_map_and_layers_that_are_not_there():
    model = with_weights(nested())
    with pytest.raises(TeniError, match=r"nested: 'head' gives no map \(N, h, w, channels\); name a layer"):
        grad_cam(model, "head")
    with pytest.raises(TeniError, match="nested has no layer 'deeper'; near it are deep"):
        grad_cam(model, "deeper")
    assert grad_cam(model, "backbone/deep")(100 * images(model), np.array([0, 1])).any()


def test_two_layers_of_one_name_are_told_apart_by_their_networks():
    parts = [
        keras.Sequential([keras.Input((4, 4, 1)), layers.ReLU(name="relu")], name=name)
        for name in ("one", "two")
    ]
    x = keras.Input((4, 4, 1))
    model = keras.Model(x, layers.Flatten()(parts[1](parts[0](x))), name="both")
    with pytest.raises(TeniError, match="both has several layers 'relu'; say which one: one/relu, two/relu"):
        grad_cam(model, "relu")
    assert grad_cam(model, "two/relu")(np.ones((1, 4, 4, 1), np.float32), ZERO).any()
