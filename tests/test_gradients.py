"""Gradients by hand, on the backend that runs and, where they are installed, on the two others."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from teni import gradients


def numbers(structure):
    return keras.tree.map_structure(lambda t: keras.ops.convert_to_numpy(t).tolist(), structure)


def test_gradient_has_the_structure_of_the_first_argument():
    def loss(weights, x):
        return keras.ops.sum((weights["a"] * x + weights["b"][0]) ** 2)

    weights = {"a": keras.ops.convert_to_tensor(2.0), "b": [keras.ops.convert_to_tensor(1.0)]}
    value, gradient = gradients.value_and_grad(loss)(weights, keras.ops.convert_to_tensor([1.0, -1.0]))
    # (2 * 1 + 1)^2 + (2 * -1 + 1)^2 = 10; d/da = 2 * 3 * 1 + 2 * -1 * -1 = 8; d/db = 2 * 3 + 2 * -1 = 4
    assert float(value) == 10.0
    assert numbers(gradient) == {"a": 8.0, "b": [4.0]}


def test_aux_is_handed_out_and_what_is_not_used_has_gradient_zero():
    def loss(pair):
        return keras.ops.sum(pair[0] * 3.0), {"seen": pair[0] + 1.0}

    pair = [keras.ops.ones((2,)), keras.ops.ones((3,))]
    (value, aux), gradient = gradients.value_and_grad(loss, has_aux=True)(pair)
    assert float(value) == 6.0
    assert numbers(aux) == {"seen": [2.0, 2.0]}
    assert numbers(gradient) == [[3.0, 3.0], [0.0, 0.0, 0.0]]


def test_gradient_through_a_model_with_given_weights_leaves_the_model_alone():
    x = keras.Input((2,))
    layer = keras.layers.Dense(1, use_bias=False)
    model = keras.Model(x, layer(x))
    layer.set_weights([np.array([[1.0], [1.0]], np.float32)])

    def loss(trainable, images):
        return keras.ops.sum(model.stateless_call(trainable, [], images)[0])

    given = [keras.ops.convert_to_tensor([[2.0], [3.0]])]
    value, gradient = gradients.value_and_grad(loss)(given, keras.ops.convert_to_tensor([[1.0, 10.0]]))
    assert float(value) == 32.0
    assert numbers(gradient) == [[[1.0], [10.0]]]
    assert layer.get_weights()[0].tolist() == [[1.0], [1.0]]


def test_compiled_gives_the_same():
    step = gradients.compiled(gradients.value_and_grad(lambda x: keras.ops.sum(x**3)))
    value, gradient = step(keras.ops.convert_to_tensor([2.0]))
    assert float(value) == 8.0
    assert numbers(gradient) == [12.0]


def test_a_backend_without_gradients_is_named(monkeypatch):
    monkeypatch.setattr(keras.config, "backend", lambda: "numpy")
    with pytest.raises(ValueError, match="numpy has no gradients; expected jax, tensorflow or torch"):
        gradients.value_and_grad(lambda x: x)


@pytest.mark.parametrize("backend", ["tensorflow", "torch"])
def test_on_other_backends(backend):
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    arguments = ["-m", "pytest", "-q", "-p", "no:cacheprovider", __file__, "-k", "not other"]
    root = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=root,
        env=os.environ | {"KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-2000:]
