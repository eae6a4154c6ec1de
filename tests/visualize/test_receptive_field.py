"""The part of the image that a place sees, against where the gradient is not zero."""

import keras
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from teni.visualize.geometry import Region
from teni.visualize.receptive_field import patch, receptive_field
from teni.visualize.saliency import saliency

from .nets import NETS, layers, with_weights


def support(model, layer, row, column):
    """Where the gradient of one place is not zero, all weights and pixels being positive."""
    inside = keras.Model(model.inputs[0], model.get_layer(layer).output)
    place = inside.outputs[0][:, row : row + 1, column : column + 1, :]
    shape = tuple(model.input_shape[1:])
    spread = np.random.default_rng(0).uniform(1, 1.01, (1, *shape)).astype(np.float32)
    pick = keras.Model(inside.inputs[0], keras.ops.sum(place, axis=(1, 2, 3), keepdims=True))
    total = saliency(pick)(spread, np.array([0]))[0].sum(axis=-1)
    rows, columns = np.nonzero(total)
    return Region((rows.min(), rows.max()), (columns.min(), columns.max()))


def averages(model):
    """Put averages in the place of maxima, which pass the gradient of one place only."""

    def swap(layer):
        config = layer.get_config()
        if isinstance(layer, keras.layers.MaxPooling2D):
            return keras.layers.AveragePooling2D.from_config(config)
        return type(layer).from_config(config)

    return keras.models.clone_model(model, clone_function=swap)


@settings(max_examples=8, deadline=None)
@given(
    kernel=st.integers(1, 3),
    stride=st.integers(1, 2),
    dilation=st.integers(1, 2),
    padding=st.sampled_from(["valid", "same"]),
    pool=st.tuples(st.integers(1, 3), st.integers(1, 3), st.sampled_from(["valid", "same"])),
    place=st.tuples(st.floats(0, 0.99), st.floats(0, 0.99)),
)
def test_it_is_where_the_gradient_is_not_zero(kernel, stride, dilation, padding, pool, place):
    x = keras.Input((12, 13, 1))
    h = layers.Conv2D(1, kernel, strides=stride, padding=padding, name="conv")(x)
    h = layers.DepthwiseConv2D(2, dilation_rate=dilation, padding=padding, name="dw")(h)
    h = layers.AveragePooling2D(pool[0], pool[1], padding=pool[2], name="pool")(h)
    h = layers.ZeroPadding2D(((1, 0), (2, 1)))(h)
    model = with_weights(keras.Model(x, layers.Cropping2D(((0, 1), (1, 0)), name="end")(h)), low=0.5)
    _, height, width, _ = model.output_shape
    row, column = int(place[0] * height), int(place[1] * width)
    seen = receptive_field(model, "end", (12, 13, 1))(row, column)
    try:
        expected = support(model, "end", row, column)
    except ValueError:  # a place in the padding sees nothing; the nearest pixel stands for it
        assert seen.rows[0] <= seen.rows[1]
        return
    assert seen == expected


def test_upsampling_and_residual_sums():
    model = averages(NETS["residual"]())
    with_weights(model, low=0.1)
    for layer, row, column in (("sum", 1, 2), ("both", 0, 3), ("up", 0, 5), ("relu3", 3, 0)):
        seen = receptive_field(model, layer, (8, 8, 3))(row, column)
        assert seen == support(model, layer, row, column)


def test_a_mirrored_branch_sees_the_other_side_and_a_resized_one_its_neighbours():
    x = keras.Input((4, 10, 1))
    flipped = layers.ReLU(name="mirror")(keras.ops.flip(x, axis=2))
    small = layers.Resizing(2, 5, name="small")(x)
    model = keras.Model(x, [flipped, small])
    assert receptive_field(model, "mirror", (4, 10, 1))(0, 1) == Region((0, 0), (8, 8))
    assert receptive_field(model, "small", (4, 10, 1))(1, 2) == Region((2, 3), (4, 5))


def test_what_sees_everything_and_what_is_not_known_gets_the_whole_image():
    x = keras.Input((4, 6, 1))
    h = layers.Conv2DTranspose(1, 2, strides=2, name="wide")(layers.LayerNormalization(name="norm")(x))
    model = keras.Model(x, layers.Dense(2, name="dense")(layers.Flatten()(h)))
    everything = Region((0, 3), (0, 5))
    assert receptive_field(model, "dense", (4, 6, 1))(0, 0) == everything
    assert receptive_field(model, "norm", (4, 6, 1))(1, 1) == everything


def test_a_transposed_convolution_sees_no_less_than_it_does():
    x = keras.Input((6, 6, 1))
    for padding in ("valid", "same"):
        h = layers.Conv2DTranspose(1, 3, strides=2, padding=padding, name="wide")(x)
        model = with_weights(keras.Model(x, h), low=0.5)
        for place in (0, 5, 11):
            seen = receptive_field(model, "wide", (6, 6, 1))(place, place)
            true = support(model, "wide", place, place)
            assert seen.rows[0] <= true.rows[0] <= true.rows[1] <= seen.rows[1] <= true.rows[1] + 3


def test_a_nested_network_of_any_size():
    y = keras.Input((None, None, 1))
    inner = keras.Model(y, layers.MaxPooling2D(2, name="pool")(layers.Conv2D(1, 3)(y)), name="inner")
    x = keras.Input((8, 8, 1))
    model = keras.Model(x, inner(x))
    assert receptive_field(model, "pool", (8, 8, 1))(2, 0) == Region((4, 7), (0, 3))
    region = receptive_field(model, "pool", (8, 8, 1))(0, 0)
    assert patch(np.arange(64).reshape(8, 8, 1), region)[:, :, 0].tolist()[0] == [0, 1, 2, 3]
