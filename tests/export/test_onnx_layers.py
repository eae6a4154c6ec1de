"""Every layer that teni writes as ONNX says under onnxruntime what Keras says, whatever the size of the batch."""

from typing import Any

import keras
import numpy as np
import onnxruntime
import pytest

from teni.errors import TeniError
from teni.export.onnx import INPUT, halved, quantised, to_onnx
from teni.export.onnx.graph import Graph

layers, ops = keras.layers, keras.ops

LAYERS = {
    "same, odd sizes": lambda x: layers.Conv2D(4, (3, 2), strides=2, padding="same", activation="relu")(x),
    "valid, dilated": lambda x: layers.Conv2D(4, 3, dilation_rate=2, use_bias=False)(x),
    "groups": lambda x: layers.Conv2D(6, 3, groups=3, padding="same")(x),
    "depthwise": lambda x: layers.DepthwiseConv2D(3, depth_multiplier=2, strides=2, padding="same")(x),
    "separable": lambda x: layers.SeparableConv2D(5, 3, padding="same", activation="tanh")(x),
    "max pooling": lambda x: layers.MaxPooling2D(3, strides=2, padding="same")(x),
    "average pooling": lambda x: layers.AveragePooling2D((2, 3), padding="same")(x),
    "global": lambda x: layers.Concatenate()([layers.GlobalAveragePooling2D()(x), layers.GlobalMaxPooling2D()(x)]),
    "padding": lambda x: layers.Cropping2D(((1, 2), (0, 1)))(layers.ZeroPadding2D(((1, 0), (2, 3)))(x)),
    "dense": lambda x: layers.Dense(4, activation="softmax")(layers.Flatten()(x)),
    "batch norm": lambda x: layers.BatchNormalization()(x),
    "batch norm, bare": lambda x: layers.BatchNormalization(scale=False, center=False)(x),
    "layer norm": lambda x: layers.LayerNormalization()(x),
    "standardised": lambda x: layers.LayerNormalization(axis=(1, 2, 3), center=False, scale=False)(x),
    "of length 1": lambda x: layers.UnitNormalization()(ops.relu(x)),
    "of length 1, several axes": lambda x: layers.UnitNormalization(axis=[1, 3])(x),
    "normalization": lambda x: layers.Normalization(mean=[1.0, 2, 3], variance=[4.0, 5, 6])(x),
    "rescaling": lambda x: layers.Rescaling([1.0, 2.0, 3.0], [0.0, 1.0, 2.0])(x),
    "larger": lambda x: layers.Resizing(13, 10)(x),
    "smaller": lambda x: layers.Resizing(4, 5)(x),
    "nearest": lambda x: layers.Resizing(13, 5, interpolation="nearest")(x),
    "twice": lambda x: layers.UpSampling2D(2, interpolation="bilinear")(x),
    "relu6": lambda x: layers.ReLU(6.0)(x),
    "relu with slope": lambda x: layers.ReLU(3.0, negative_slope=0.1)(x),
    "leaky": lambda x: layers.LeakyReLU(0.3)(x),
    "prelu": lambda x: layers.PReLU(shared_axes=[1, 2], alpha_initializer="uniform")(x),
    "elu": lambda x: layers.ELU(0.5)(x),
    "softmax": lambda x: layers.Softmax(axis=2)(x),
    "dropout": lambda x: layers.SpatialDropout2D(0.5)(layers.Dropout(0.5)(x)),
    "permuted": lambda x: layers.Permute((3, 1, 2))(x),
    "reshaped": lambda x: layers.Reshape((-1, 3))(x),
    "merged": lambda x: layers.Average()([x, layers.Maximum()([x, x * 2, x - 1]), layers.Minimum()([x, x + 1])]),
    "arithmetic": lambda x: 1.0 / (ops.exp(-x) + ops.sqrt(ops.square(x) + 1.0)) - ops.abs(x) * 0.5,
    "arc cosine": lambda x: ops.arccos(ops.clip(x, -0.99, 0.99)),
    "reduced": lambda x: ops.sum(x, axis=(1, 2)) + ops.mean(x, axis=[1, 2]) + ops.max(x, axis=(1, 2)),
    "kept": lambda x: x - ops.mean(x, axis=-1, keepdims=True),
    "flipped": lambda x: ops.flip(x, axis=2),
    "taken": lambda x: ops.take(x, [2, 0, -1], axis=3),
    "sliced": lambda x: x[:, 1:-1, ::2, 0:1],
    "one entry": lambda x: x[..., 1] + x[:, :, :, -1],
    "stacked": lambda x: ops.stack([x, x * 2], axis=-1),
    "raised": lambda x: ops.squeeze(ops.expand_dims(x, 1), 1),
    "turned": lambda x: ops.transpose(x, (0, 2, 1, 3)),
}  # fmt: skip
ACTIVATIONS = (
    *(
        "linear",
        "relu",
        "relu6",
        "leaky_relu",
        "elu",
        "selu",
        "gelu",
        "sigmoid",
        "hard_sigmoid",
        "tanh",
        "silu",
    ),
    *("hard_silu", "softmax", "softplus", "softsign", "exponential"),
)


def answer(model: Any, images: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {INPUT: images})[0]


def model_of(make: Any, dtype: str = "float32") -> keras.Model:
    image = keras.Input((9, 7, 3), dtype=dtype, name="image")
    model = keras.Model(image, make(image))
    random = np.random.default_rng(3)
    for layer in model.layers:
        if layer.weights and not isinstance(layer, layers.Normalization):
            layer.set_weights([random.uniform(0.1, 1.0, w.shape) for w in layer.get_weights()])
    return model


@pytest.mark.parametrize("name", [*LAYERS, *ACTIVATIONS])
def test_as_keras(name):
    make = LAYERS.get(name) or (lambda x: layers.Activation(name)(x))
    model = model_of(make)
    images = np.random.default_rng(1).normal(0, 2, (3, 9, 7, 3)).astype(np.float32)
    written = to_onnx(model)
    expected = np.asarray(model(images))
    np.testing.assert_allclose(answer(written, images), expected, rtol=1e-4, atol=2e-5)
    np.testing.assert_allclose(answer(written, images[:1]), expected[:1], rtol=1e-4, atol=2e-5)


def test_raw_images_and_colours():
    def make(image):
        grey = layers.Add()([image[..., i : i + 1] * weight for i, weight in enumerate((0.3, 0.6, 0.1))])
        twice = layers.Concatenate()([image, ops.flip(image, axis=2)])
        return layers.Concatenate()([layers.Rescaling(1 / 255)(twice), ops.cast(grey, "float32")])

    model = model_of(make, "uint8")
    images = np.random.default_rng(1).integers(0, 256, (2, 9, 7, 3), np.uint8)
    np.testing.assert_allclose(answer(to_onnx(model), images), np.asarray(model(images)), rtol=1e-5)


def test_layers_that_are_called_twice_and_names_stay():
    shared = layers.Dense(3, name="shared")
    model = model_of(lambda x: shared(x) + shared(x * 2))
    written = to_onnx(model)
    images = np.ones((2, 9, 7, 3), np.float32)
    np.testing.assert_allclose(answer(written, images), np.asarray(model(images)), rtol=1e-5)
    assert sum(node.name.startswith("shared/MatMul") for node in written.graph.node) == 2


def test_a_layer_that_cannot_be_written_is_named():
    with pytest.raises(TeniError, match="the layer lstm is a LSTM, which teni cannot write as ONNX"):
        to_onnx(model_of(lambda x: layers.LSTM(2, name="lstm")(layers.Reshape((9, 21))(x))))
    with pytest.raises(TeniError, match="the layer mish_layer has the activation 'mish'"):
        to_onnx(model_of(lambda x: layers.Activation("mish", name="mish_layer")(x)))
    with pytest.raises(TeniError, match=r"the layer resizing.* keeps proportions"):
        to_onnx(model_of(lambda x: layers.Resizing(4, 4, crop_to_aspect_ratio=True)(x)))
    with pytest.raises(TeniError, match="resizes by bicubic"):
        to_onnx(model_of(lambda x: layers.Resizing(4, 4, interpolation="bicubic")(x)))
    with pytest.raises(TeniError, match="has a threshold"):
        to_onnx(model_of(lambda x: layers.ReLU(threshold=1.0)(x)))
    with pytest.raises(TeniError, match="adds up the images of a batch"):
        to_onnx(model_of(lambda x: ops.sum(x, axis=0, keepdims=True) + x))


def test_equal_small_constants_are_written_once():
    graph = Graph()
    assert graph.constant([1.0, 2.0]) == graph.constant([1.0, 2.0]) != graph.constant([1, 2], "int64")
    assert len(graph.constants) == 2


def test_smaller_weights_keep_what_is_said_about():
    def make(image):
        x = layers.Conv2D(8, 3, activation="relu")(layers.Rescaling(1 / 255)(image))
        return layers.Dense(40)(layers.Flatten()(x))

    model = model_of(make, "uint8")
    images = np.random.default_rng(1).integers(0, 256, (8, 9, 7, 3), np.uint8)
    whole, expected = to_onnx(model), np.asarray(model(images))
    before = len(whole.SerializeToString())
    for smaller, share, apart in ((halved(whole), 0.6, 1e-3), (quantised(whole, images), 0.45, 2e-2)):
        assert len(smaller.SerializeToString()) < share * before
        found = answer(smaller, images)
        assert found.dtype == np.float32
        assert 0 < np.abs(found - expected).max() < apart * np.abs(expected).max()
    kinds = {node.op_type for node in quantised(whole, images).graph.node}
    assert {"QuantizeLinear", "DequantizeLinear"} <= kinds


def test_numbers_beyond_half_precision_stay_as_they_are():
    model = model_of(lambda x: layers.Dense(400, use_bias=False)(x))
    model.layers[-1].set_weights([np.full((3, 400), 1e6)])
    whole = to_onnx(model)
    assert len(halved(whole).graph.node) == len(whole.graph.node)
