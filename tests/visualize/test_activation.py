import keras
import numpy as np
import pytest

from teni.errors import TeniError
from teni.visualize import Request, open_network, part
from teni.visualize.activation import (
    ABOUT_COORDINATES,
    ActivationSettings,
    activation,
    maximise_units,
    plan_of,
)


def test_classic_and_readable_images(network):
    opened = open_network(network)
    piece = part(opened, "deep_add")
    classic = maximise_units(opened, piece, [0, 2], ActivationSettings(steps=2))
    assert [each.style for each in classic] == ["classic", "classic"]
    assert classic[0].pixels.shape == (12, 12, 1)
    readable = maximise_units(opened, piece, [0], ActivationSettings("readable", steps=2))
    assert readable[0].style == "pixels"
    assert readable[0].pixels.min() >= 0
    assert readable[0].pixels.max() <= 255


def test_the_score_is_the_activation_of_the_image_that_is_handed_over(network):
    opened = open_network(network)
    piece = part(opened, "conv1")
    shown = maximise_units(opened, piece, [1], ActivationSettings("readable", steps=3))[0]
    maps = keras.ops.convert_to_numpy(piece.model(shown.pixels[None]))
    assert shown.score == pytest.approx(maps[..., 1].mean(), rel=1e-3)


def test_a_class_is_climbed_by_its_logit(network):
    seen = activation(Request(open_network(network), None, (2,), ActivationSettings(steps=3)))
    assert (seen.layer, seen.notes) == ("classes", ())
    probability = activation(
        Request(open_network(network), None, (2,), ActivationSettings(steps=3, logits=False))
    )
    assert 0 <= probability.pictures[0].score <= 1


def test_a_coordinate_comes_with_a_word_of_caution():
    x = keras.Input((4, 4, 1))
    y = keras.layers.Reshape((1, 2))(keras.layers.Dense(2)(keras.layers.Flatten()(x)))
    opened = open_network(keras.Model(x, y), names=("nose_x", "nose_y"))
    seen = activation(Request(opened, None, (0,), ActivationSettings(steps=1)))
    assert seen.pictures[0].unit == "nose_x"
    assert seen.notes == (ABOUT_COORDINATES,)


def test_no_softmax_to_cut_off_is_said():
    x = keras.Input((4, 4, 1))
    model = keras.Model(x, keras.layers.Dense(2)(keras.layers.Flatten()(x)))
    opened = open_network(model, "scores", kind="classes")
    assert (
        "no softmax was found"
        in activation(Request(opened, None, (0,), ActivationSettings(steps=1))).notes[0]
    )


@pytest.mark.parametrize("settings", [{"steps": 0}, {"rate": 0.0}, {"rate": float("nan")}])
def test_steps_and_rates_that_are_none_are_told(settings):
    with pytest.raises(TeniError, match="expected at least one step of a length above 0"):
        plan_of(ActivationSettings(**settings))


def test_what_is_said_goes_before_the_recipe():
    plan = plan_of(ActivationSettings("readable", 7, 0.5, moves=(1, 2, 0.3), penalties=(0.1, 0.2, 0.3)))
    assert (plan.steps, plan.rate, plan.views.jitter, plan.regularisers.blur) == (7, 0.5, 1, 0.3)
    assert plan_of(ActivationSettings()).views.still
    assert plan_of(ActivationSettings("readable")).views.rotation > 0


def test_noise_of_the_classic_recipe():
    start = plan_of(ActivationSettings()).image.start(1, (9, 9, 3), np.random.default_rng(0))
    assert start.min() >= 118
    assert start.max() <= 138


def test_a_unit_that_answers_to_nothing_is_told():
    x = keras.Input((4, 4, 1))
    layer = keras.layers.Conv2D(2, 1, activation="relu", name="conv")
    model = keras.Model(x, layer(x))
    layer.set_weights([np.array([1.0, -1.0], np.float32).reshape(1, 1, 1, 2), np.zeros(2)])
    seen = activation(Request(open_network(model), "conv", (0, 1), ActivationSettings(steps=2)))
    assert [each.score_told == "no answer" for each in seen.pictures] == [False, True]
    assert seen.notes[-1].startswith("1 of 2 units of conv answered to nothing on the way")
