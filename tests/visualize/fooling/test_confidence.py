"""Confidence from probabilities, logits and sigmoids; whoever is no classifier is told why."""

import keras
import numpy as np
import pytest

from colours import COLOURS, SHAPE, colour_network, opened_colours
from teni.errors import TeniError
from teni.visualize import open_network
from teni.visualize.fooling.confidence import classifier, confidences, judge, log_confidences


def pictures(count):
    return np.random.default_rng(0).integers(0, 256, (count, *SHAPE), np.uint8)


def behind(layer):
    """Put a layer behind a softmax, so that no last activation tells of it."""
    model = colour_network()
    return open_network(keras.Model(model.inputs, layer(model.outputs[0])), "hidden", names=COLOURS)


def test_what_is_cut_off():
    assert classifier(opened_colours()).squash == "softmax"
    assert classifier(opened_colours(last="sigmoid")).squash == "sigmoid"
    assert classifier(behind(keras.layers.Identity())).squash == "none"
    assert classifier(opened_colours(last=None), "logits").squash == "softmax"
    assert classifier(behind(keras.layers.Rescaling(2.0)), "probabilities").squash == "none"
    assert classifier(opened_colours()).names == COLOURS


def test_by_hand():
    scores = np.array([[0.0, np.log(3.0)]], np.float32)
    assert confidences(scores, "softmax").tolist() == [pytest.approx([0.25, 0.75])]
    assert confidences(scores, "sigmoid").tolist() == [pytest.approx([0.5, 0.75])]
    assert confidences(scores, "none").tolist() == scores.tolist()


def test_doubts_far_below_single_precision_are_told_apart():
    found = confidences(np.array([[20.0, 0.0], [25.0, 0.0]], np.float32), "softmax")[:, 0]
    assert found[0] < found[1] < 1


@pytest.mark.parametrize("squash", ["softmax", "sigmoid", "none"])
def test_logarithms_are_those_of_the_confidences(squash):
    scores = np.array([[0.1, 0.3, 0.6], [0.8, 0.1, 0.1]], np.float32)
    found = keras.ops.convert_to_numpy(log_confidences(keras.ops.convert_to_tensor(scores), squash))
    np.testing.assert_allclose(np.exp(found), confidences(scores, squash), rtol=1e-5)


@pytest.mark.parametrize("last", ["softmax", "sigmoid"])
def test_judges_what_the_model_would(last):
    model, images = colour_network(gain=3.0, last=last), pictures(7)
    expected = keras.ops.convert_to_numpy(model(images.astype(np.float32)))
    found = judge(classifier(open_network(model)), np.array([2, 0]))
    np.testing.assert_allclose(found(images), expected[:, [2, 0]], atol=1e-5)
    np.testing.assert_allclose(found(images[:3]), expected[:3, [2, 0]], atol=1e-5)


def test_a_model_of_raw_bytes_is_judged_too():
    x = keras.Input(SHAPE, dtype="uint8")
    model = keras.Model(
        x, keras.layers.Softmax()(keras.layers.GlobalAveragePooling2D()(keras.layers.Rescaling(0.01)(x)))
    )
    images = pictures(3)
    expected = keras.ops.convert_to_numpy(model(images))
    np.testing.assert_allclose(
        judge(classifier(open_network(model)), np.arange(3))(images), expected, atol=1e-5
    )


def test_what_is_no_number_is_told():
    opened = opened_colours()
    opened.model.get_layer("idle").gamma.assign(np.full(3, np.nan))
    with pytest.raises(
        TeniError, match="colours: its confidence in a picture is no number; check its weights, and"
    ):
        judge(classifier(opened), np.arange(3))(pictures(2))


def head(shape):
    x = keras.Input((4, 4, 1))
    y = keras.layers.Dense(int(np.prod(shape)))(keras.layers.Flatten()(x))
    return keras.Model(x, keras.layers.Reshape(shape)(y))


def test_keypoints_are_told_why():
    with pytest.raises(
        TeniError, match="points: gives coordinates of keypoints; fooling asks in which class a model is"
    ):
        classifier(open_network(head((5, 2)), "points"))


def test_maps_are_told_why():
    with pytest.raises(TeniError, match=r"maps: gives \(2, 2, 3\) for an image; fooling asks for classes"):
        classifier(open_network(head((2, 2, 3)), "maps"))


def test_numbers_that_may_be_logits_are_asked_about():
    told = r"colours: gives no probabilities, so these are logits or .*: say --set outputs=logits if they are logits"
    with pytest.raises(TeniError, match=told):
        classifier(opened_colours(last=None))
