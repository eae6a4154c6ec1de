"""The fast clone gives what the network gives, wherever its batch norms stand, and leaves the network alone."""

import keras
import numpy as np
import pytest

from teni.engine.clone import fast_clone

layers = keras.layers
SHAPE = (8, 9, 3)


def conv(filters=4, **settings):
    return layers.Conv2D(filters, 3, padding="same", **settings)


def norm(**settings):
    return layers.BatchNormalization(**settings)


def behind_conv(x):
    return layers.ReLU()(norm()(conv(use_bias=False)(x)))


def behind_relu(x):
    return norm()(layers.ReLU()(conv()(x)))


def before_conv(x):
    return conv()(norm()(x))


def in_the_activation(x):
    return norm()(conv(activation="relu")(x))


def twice(x):
    return norm()(norm()(conv()(x)))


def without_center(x):
    return norm(center=False)(conv()(x))


def without_scale(x):
    return norm(scale=False, epsilon=0.1)(conv()(x))


def over_rows(x):
    return norm(axis=1)(conv()(x))


def depthwise(x):
    return norm()(layers.DepthwiseConv2D(3, strides=2, depth_multiplier=2)(x))


def separable(x):
    h = layers.SeparableConv2D(5, 3, strides=2, depth_multiplier=2, padding="same", use_bias=False)(x)
    return layers.SeparableConv2D(4, 3, dilation_rate=2, padding="same", activation="relu")(norm()(h))


def wide_separable(x):
    return norm()(layers.SeparableConv2D(4, 8)(x))  # 64 places: stays Keras's own


def many_inputs(x):
    wide = layers.Conv2D(64, 1)(x)  # 9 * 64 inputs a pixel: stays Keras's own
    return norm()(conv(use_bias=False)(wide))


def grouped(x):
    return norm()(layers.Conv2D(6, 3, groups=3)(x))


def read_twice(x):
    h = conv()(x)
    return layers.Add()([norm()(h), h])


def norm_read_twice(x):
    h = norm()(conv()(x))
    return layers.Add()([layers.ReLU()(h), conv()(h)])


def also_an_output(x):
    h = conv()(x)
    return [h, norm()(h)]


def norm_is_an_output(x):
    h = norm()(conv()(x))
    return [h, layers.MaxPooling2D(3, 2, "same")(h)]


def shared_conv(x):
    c = conv(3)
    return norm()(c(c(x)))


def shared_norm(x):
    n = norm()
    return n(conv(3)(n(x)))


def on_its_own_statistics(x):
    return norm()(conv()(x), training=True)


def by_keyword(x):
    return norm()(inputs=conv()(x))


def plain_operations(x):
    h = keras.ops.concatenate([keras.ops.flip(x, axis=2), x[:, ::-1]], axis=-1)
    return conv()(h * 2 + 1)[:, 1:]


class Smallest(layers.MaxPooling2D):
    def call(self, x):
        return -super().call(-x)


class Doubled(layers.BatchNormalization):
    def call(self, x, training=None, mask=None):
        return 2 * super().call(x, training=training)


def derived_pooling(x):
    return Smallest(2)(conv()(x))


def derived_norm(x):
    return Doubled()(conv()(x))


def masked_norm(x):
    return norm()(layers.Masking()(layers.Reshape((72, 3))(x)))


def nested(x):
    inner = keras.Input(SHAPE)
    h = conv(3)(inner)
    network = keras.Model(inner, [norm()(h), h])
    first, second = network(x), network(x * 2.0)
    return [layers.Add()([first[0], second[0]]), second[1]]


def sequential(x):
    return keras.Sequential([keras.Input(SHAPE), conv(), norm(), layers.MaxPooling2D(4)])(x)


def attention(x):
    h = layers.Reshape((72, 3))(x)
    return layers.MultiHeadAttention(2, 4)(h, h)


def dropout(x):
    return layers.SpatialDropout2D(0.5)(layers.Dropout(0.5)(conv()(x)))


NETWORKS = [
    behind_conv, behind_relu, before_conv, in_the_activation, twice, without_center, without_scale, over_rows,
    depthwise, separable, wide_separable, many_inputs, grouped, read_twice, norm_read_twice, also_an_output,
    norm_is_an_output,
    shared_conv, shared_norm, on_its_own_statistics, by_keyword, plain_operations, derived_pooling,
    derived_norm, masked_norm, nested, sequential, attention, dropout,
]  # fmt: skip


def build(network):
    x = keras.Input(SHAPE)
    model = keras.Model(x, network(x))
    rng = np.random.default_rng(0)
    model.set_weights([rng.uniform(0.2, 1.0, w.shape) for w in model.get_weights()])
    return model


def outputs(model, x):
    found = model(x, training=False)
    return [np.asarray(each) for each in (found if isinstance(found, list) else [found])]


@pytest.mark.parametrize("back", [False, True], ids=["forth", "back"])
@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.__name__)
def test_same_outputs(network, back):
    model = build(network)
    weights = [w.copy() for w in model.get_weights()]
    nodes = [len(layer._inbound_nodes) for layer in model.layers]
    x = np.random.default_rng(1).normal(size=(3, *SHAPE)).astype(np.float32)
    before = outputs(model, x)
    clone = fast_clone(model, back=back)
    for found, expected in zip(outputs(clone, x), before, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4 * np.abs(expected).max())
    # The network itself is as it was.
    assert [len(layer._inbound_nodes) for layer in model.layers] == nodes
    for now, then in zip(model.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(now, then)
    for now, then in zip(outputs(model, x), before, strict=True):
        np.testing.assert_array_equal(now, then)


def kinds(network, back=True):
    return [type(layer).__name__ for layer in fast_clone(build(network), back=back).layers[1:]]


def pooled(x):
    return layers.MaxPooling2D(2)(conv()(x))


def test_what_is_rewritten():
    assert kinds(behind_conv) == ["ShiftedConvolution", "Identity", "ReLU"]
    assert kinds(many_inputs) == ["ShiftedConvolution", "Conv2D", "Identity"]
    assert kinds(separable) == ["ShiftedSeparableConvolution", "Identity", "ShiftedSeparableConvolution"]
    assert kinds(wide_separable) == ["SeparableConv2D", "BatchNormalization"]
    assert kinds(norm_is_an_output) == ["ShiftedConvolution", "Identity", "ShiftedMaxPooling"]
    assert kinds(pooled) == ["ShiftedConvolution", "ShiftedMaxPooling"]


def test_less_is_rewritten_on_the_way_forth():
    assert kinds(behind_conv, back=False) == ["Conv2D", "Identity", "ReLU"]
    assert kinds(many_inputs, back=False) == ["ShiftedConvolution", "Conv2D", "Identity"]
    assert kinds(separable, back=False) == kinds(separable)
    assert kinds(norm_is_an_output, back=False) == ["Conv2D", "Identity", "ShiftedMaxPooling"]
    assert kinds(pooled, back=False) == ["Conv2D", "ShiftedMaxPooling"]


@pytest.mark.parametrize(
    "network",
    [
        behind_relu, before_conv, in_the_activation, over_rows, read_twice, also_an_output, shared_conv,
        on_its_own_statistics, masked_norm,
    ],
    ids=lambda network: network.__name__,
)  # fmt: skip
def test_a_norm_that_cannot_be_folded_stays(network):
    assert "BatchNormalization" in kinds(network)


def test_the_clone_has_weights_of_its_own():
    model = build(attention)
    clone = fast_clone(model)
    x = np.ones((1, *SHAPE), np.float32)
    before = outputs(clone, x)[0]
    model.set_weights([w * 0 for w in model.get_weights()])
    np.testing.assert_array_equal(outputs(clone, x)[0], before)


def test_a_whole_sequential_network():
    model = keras.Sequential([keras.Input(SHAPE), conv(), norm(), layers.GlobalMaxPooling2D()])
    x = np.random.default_rng(1).normal(size=(3, *SHAPE)).astype(np.float32)
    np.testing.assert_allclose(outputs(fast_clone(model), x)[0], outputs(model, x)[0], atol=1e-5)


class Subclassed(keras.Model):
    def call(self, x):
        return x + 1


def test_a_network_without_a_graph_is_handed_back():
    model = Subclassed()
    assert fast_clone(model) is model
