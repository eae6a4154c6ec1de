"""Proposed taps: ends of blocks, one at each scale, in networks of every make."""

import keras
import pytest

from teni.backbones import Backbone, Preprocessing, backbone, propose_taps, tap_shape

NONE = Preprocessing(1, (1.0,), (0.0,))


def taps(name: str, count: int = 5, size: int = 96) -> tuple[str, ...]:
    return propose_taps(backbone(name, weights="random", size=(size, size)), count)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "mobilenet",
            ["conv_pw_1_relu", "conv_pw_3_relu", "conv_pw_5_relu", "conv_pw_11_relu", "conv_pw_13_relu"],
        ),
        ("vgg16", ["block1_pool", "block2_pool", "block3_pool", "block4_pool", "block5_pool"]),
        (
            "resnet50",
            ["conv1_relu", "conv2_block3_out", "conv3_block4_out", "conv4_block6_out", "conv5_block3_out"],
        ),
        ("efficientnetb0", ["stem_activation", "block2b_add", "block3b_add", "block5c_add", "block6d_add"]),
        (
            "densenet121",
            [
                "conv1_relu",
                "conv2_block6_concat",
                "conv3_block12_concat",
                "conv4_block24_concat",
                "conv5_block16_concat",
            ],
        ),
        ("facial-cnn-6", ["pool1", "pool2", "pool3"]),
    ],
)
def test_known_networks(name: str, expected: list[str]) -> None:
    assert list(taps(name)) == expected


def test_more_taps_fill_the_scale_with_the_most_blocks() -> None:
    found = taps("mobilenet", 8)
    assert [name for name in found if name in taps("mobilenet", 5)] == list(taps("mobilenet", 5))
    assert set(found) - set(taps("mobilenet", 5)) == {"conv_pw_7_relu", "conv_pw_9_relu", "conv_pw_12_relu"}


def test_fewer_taps_leave_out_the_finest_scales() -> None:
    assert taps("mobilenet", 2) == ("conv_pw_11_relu", "conv_pw_13_relu")
    assert taps("mobilenet", 0) == ()


def test_giant_maps_and_single_pixels_are_left_out() -> None:
    large = backbone("mobilenet", weights="random", size=(192, 192))
    shapes = [tap_shape(large, name) for name in propose_taps(large, 99)]
    assert max(h * w * c for h, w, c in shapes) <= 150_000
    assert shapes[0] == (24, 24, 256)
    small = backbone("mobilenet", weights="random", size=(32, 32))
    assert min(tap_shape(small, name)[0] for name in propose_taps(small, 99)) == 2


def test_dropout_reshape_and_depthwise_are_never_proposed() -> None:
    x = keras.Input((16, 16, 1))
    h = keras.layers.DepthwiseConv2D(3, padding="same", name="depthwise")(x)
    h = keras.layers.ReLU(name="depthwise_relu")(h)
    h = keras.layers.Conv2D(4, 1, name="pointwise")(h)
    h = keras.layers.ReLU(name="relu")(h)
    h = keras.layers.Dropout(0.5, name="dropout")(h)
    h = keras.layers.Reshape((8, 8, 16), name="reshape")(h)
    model = keras.Model(x, keras.layers.Dense(3, name="dense")(h))
    assert propose_taps(Backbone("tiny", model, NONE)) == ("relu",)


def test_inside_a_residual_block_is_no_end_of_it() -> None:
    x = keras.Input((16, 16, 2))
    h = keras.layers.Conv2D(2, 1, activation="relu", name="inside")(x)
    h = keras.layers.Add(name="sum")([x, h])
    model = keras.Model(x, keras.layers.ReLU(name="sum_relu")(h))
    assert propose_taps(Backbone("tiny", model, NONE)) == ("sum_relu",)


def test_a_plain_sum_ends_a_block_too() -> None:
    x = keras.Input((16, 16, 2))
    h = keras.layers.Conv2D(2, 1, activation="relu", name="inside")(x) + x
    model = keras.Model(x, keras.layers.Conv2D(2, 1, name="last")(h))
    (found,) = propose_taps(Backbone("tiny", model, NONE))
    assert found.startswith("add")


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["mobilenet_v2", "xception", "inception_v3", "nasnet_mobile", "convnext_tiny", "resnet50v2"]
)
def test_every_make_has_taps_at_three_scales_or_more(name: str) -> None:
    made = backbone(name, weights="random")
    found = propose_taps(made)
    assert len(found) == 5
    assert len({tap_shape(made, tap)[0] for tap in found}) >= 3
    assert found == propose_taps(made)
