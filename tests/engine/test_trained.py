"""The form for training: the same outputs and gradients as Keras's own layers, and weights that can go back."""

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest

from teni.engine.trained import training_clone

layers = keras.layers


def filled(*stack):
    x = h = keras.Input((9, 8, 3))
    for layer in stack:
        h = layer(h)
    model = keras.Model(x, h)
    rng = np.random.default_rng(1)
    model.set_weights([rng.uniform(0.2, 1.0, w.shape).astype(np.float32) for w in model.get_weights()])
    return model


STACKS = {
    "convolution": lambda: [layers.Conv2D(4, 3, strides=2, padding="same", activation="tanh", name="a")],
    "pointwise": lambda: [layers.Conv2D(5, 1, use_bias=False, name="a")],
    "depthwise": lambda: [layers.DepthwiseConv2D(3, padding="same", activation="tanh", name="a")],
    "depthwise, a stride": lambda: [layers.DepthwiseConv2D(3, strides=2, use_bias=False, name="a")],
    "depthwise, dilated and multiplied": lambda: [
        layers.DepthwiseConv2D((3, 2), dilation_rate=2, depth_multiplier=2, padding="same", name="a")
    ],
    "separable": lambda: [layers.SeparableConv2D(4, 3, strides=2, padding="same", name="a")],
    "pooled": lambda: [
        layers.Conv2D(4, 3, name="a"),
        layers.BatchNormalization(name="b"),
        layers.MaxPooling2D(2, name="c"),
    ],
}


@pytest.mark.parametrize("name", STACKS)
def test_outputs_and_gradients_are_kerass_own(name):
    model = filled(*STACKS[name]())
    clone = training_clone(model)
    x = jnp.asarray(np.random.default_rng(0).normal(size=(2, 9, 8, 3)), jnp.float32)
    assert [w.shape for w in clone.weights] == [w.shape for w in model.weights]
    assert type(clone.layers[1]) is not type(model.layers[1])

    def loss(network, weights, x):
        rest = [v.value for v in network.non_trainable_variables]
        out = network.stateless_call(weights, rest, x, training=True)[0]
        return jnp.sum(jnp.sin(out * 3))

    weights = [v.value for v in model.trainable_variables]
    ours = jax.value_and_grad(loss, (1, 2))(clone, weights, x)
    theirs = jax.value_and_grad(loss, (1, 2))(model, weights, x)
    for one, other in zip(jax.tree.leaves(ours), jax.tree.leaves(theirs), strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-4, atol=2e-4)


def test_weights_go_back_and_the_network_is_not_shared():
    model = filled(*STACKS["pooled"]())
    before = model.get_weights()
    clone = training_clone(model)
    clone.set_weights([w + 1 for w in clone.get_weights()])
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    model.set_weights(clone.get_weights())
    x = np.ones((1, 9, 8, 3), np.float32)
    np.testing.assert_allclose(model(x), clone(x), rtol=1e-4)
