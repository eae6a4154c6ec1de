"""The strongest activations against a plain search."""

import keras
import numpy as np
import pytest

from teni.errors import TeniError
from teni.visualize.strongest import strongest

from .nets import layers, nested, with_weights


def passing(shape=(3, 4, 2)):
    x = keras.Input(shape)
    return keras.Model(x, layers.ReLU(name="map")(x), name="passing")


def test_it_finds_what_a_plain_search_finds():
    images = np.random.default_rng(0).random((70, 3, 4, 2)).astype(np.float32)  # more than one batch of a row
    found = strongest(passing(), "map", images, [1, 0], many=5)
    for row, unit in enumerate([1, 0]):
        most = images[..., unit].reshape(70, -1)
        order = np.argsort(-most.max(axis=1))[:5]
        assert found.images[row].tolist() == order.tolist()
        np.testing.assert_allclose(found.values[row], most.max(axis=1)[order])
        assert found.places[row].tolist() == [list(divmod(most[i].argmax(), 4)) for i in order]


def test_one_image_of_each_subject():
    images = np.array([5, 4, 3, 2, 1], np.float32)[:, None, None, None] * np.ones((5, 3, 4, 2), np.float32)
    found = strongest(passing(), "map", images, [0], subjects=np.array(["a", "a", "b", "a", "b"]))
    assert found.images.tolist() == [[0, 2]]


def test_a_dense_layer_has_no_places_and_the_first_call_of_a_shared_layer_counts():
    model = with_weights(nested())
    images = np.random.default_rng(0).integers(0, 256, (4, 8, 8, 1))
    found = strongest(model, "head", images, [3], many=2)
    said = keras.ops.convert_to_numpy(model(images.astype(np.uint8)))
    assert found.images[0].tolist() == np.argsort(-said[:, 1, 1])[:2].tolist()
    assert not found.places.any()
    inner = model.get_layer("backbone")
    deep = keras.Model(inner.inputs[0], inner.get_layer("deep").output)
    maps = keras.ops.convert_to_numpy(deep(images.astype(np.uint8)))
    assert strongest(model, "deep", images, [1]).values[0, 0] == pytest.approx(maps[..., 1].max(), rel=1e-5)


def test_progress_and_units_that_there_are_not():
    told = []
    images = np.zeros((3, 3, 4, 2), np.float32)
    strongest(passing(), "map", images, [0], on_progress=told.append)
    assert (told[-1].done, told[-1].total) == (3, 3)
    with pytest.raises(TeniError, match=r"map has 2 units, counted from 0; these were asked for: \[0, 2\]"):
        strongest(passing(), "map", images, [0, 2])
