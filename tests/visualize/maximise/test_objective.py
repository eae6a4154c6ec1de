"""The one unit that is computed is the unit of the whole layer, and its gradient is the whole layer's."""

import keras
import numpy as np
import pytest

from teni import gradients
from teni.visualize import open_network, part
from teni.visualize.maximise import unit_objective
from teni.visualize.maximise.objective import _picked
from teni.visualize.units import to_numpy

CONVOLUTIONS = {
    "plain": {},
    "same": {"padding": "same"},
    "strides": {"padding": "same", "strides": (2, 3)},
    "dilation": {"padding": "valid", "dilation_rate": 2},
    "activation": {"padding": "same", "activation": "relu"},
    "no bias": {"use_bias": False, "activation": "tanh"},
}


def convolution(**settings):
    x = keras.Input((9, 11, 1))
    h = keras.layers.Conv2D(3, 3, activation="tanh")(x)
    layer = keras.layers.Conv2D(5, (3, 2), name="last", bias_initializer="ones", **settings)
    return part(open_network(keras.Model(x, layer(h))), "last")


def dense(activation):
    x = keras.Input((5, 6, 3))
    h = keras.layers.Flatten()(keras.layers.Conv2D(2, 3, activation="tanh")(x))
    return part(open_network(keras.Model(x, keras.layers.Dense(4, activation, name="last")(h))), "last")


def normed():
    x = keras.Input((6, 6, 1))
    h = keras.layers.BatchNormalization()(keras.layers.Conv2D(4, 3)(x))
    return part(open_network(keras.Model(x, h)))


PIECES = {
    name: lambda settings=settings: convolution(**settings) for name, settings in CONVOLUTIONS.items()
} | {
    "dense": lambda: dense("relu"),
    "normed": normed,
}


@pytest.mark.parametrize("where", ["mean", "center"])
@pytest.mark.parametrize("name", PIECES)
def test_one_unit_is_that_of_the_whole_layer(name, where):
    keras.utils.set_random_seed(0)
    piece = PIECES[name]()
    units = np.array([2, 0, 2, 3], np.int32)
    images = np.random.default_rng(0).normal(size=(4, *piece.model.input_shape[1:])).astype(np.float32)
    whole = keras.ops.convert_to_numpy(piece.model(images))
    if whole.ndim == 4:
        middle = whole[:, whole.shape[1] // 2, whole.shape[2] // 2]
        whole = whole.mean(axis=(1, 2)) if where == "mean" else middle
    found = unit_objective(piece, where)
    score = to_numpy(found.score(found.weights, images, units))
    np.testing.assert_allclose(score, whole[np.arange(4), units], rtol=1e-4, atol=1e-5)
    picked = _picked(piece, where, None)
    ours, theirs = (
        gradients.value_and_grad(lambda x, o=o: keras.ops.sum(o.score(o.weights, x, units)))(images)[1]
        for o in (found, picked)
    )
    np.testing.assert_allclose(to_numpy(ours), to_numpy(theirs), rtol=1e-3, atol=1e-6)


def test_a_softmax_is_not_computed_for_one_unit_alone():
    x = keras.Input((2, 2, 1))
    y = keras.layers.Dense(3, "softmax", name="y")(keras.layers.Flatten()(x))
    found = unit_objective(part(open_network(keras.Model(x, y)), logits=False))
    scores = to_numpy(found.score(found.weights, np.ones((3, 2, 2, 1), np.float32), np.arange(3)))
    assert scores.sum() == pytest.approx(1.0, rel=1e-5)
