"""The ladder of facial networks: layers, shapes and recipes as the tutorials have them."""

import pytest

from teni.backbones.facial_cnn import build_facial_cnn, facial_recipe, facial_recipes
from teni.errors import TeniError


def test_one_hidden_layer_of_a_hundred() -> None:
    model = build_facial_cnn("facial-cnn-1", (96, 96), seed=0)
    assert [layer.name for layer in model.layers] == ["image", "flatten", "hidden1"]
    assert model.count_params() == 96 * 96 * 100 + 100


def test_three_convolutions_and_two_hidden_layers() -> None:
    model = build_facial_cnn("facial-cnn-2", (96, 96), seed=0)
    shapes = {layer.name: layer.output.shape[1:] for layer in model.layers}
    assert shapes == {
        "image": (96, 96, 1),
        "conv1": (94, 94, 32),
        "relu1": (94, 94, 32),
        "pool1": (47, 47, 32),
        "conv2": (46, 46, 64),
        "relu2": (46, 46, 64),
        "pool2": (23, 23, 64),
        "conv3": (22, 22, 128),
        "relu3": (22, 22, 128),
        "pool3": (11, 11, 128),
        "flatten": (15488,),
        "hidden1": (500,),
        "hidden2": (500,),
    }


def test_dropout_and_width_of_the_sixth() -> None:
    model = build_facial_cnn("facial-cnn-6", (32, 32), seed=0)
    rates = {layer.name: layer.rate for layer in model.layers if layer.name.startswith("dropout")}
    assert rates == {"dropout1": 0.1, "dropout2": 0.2, "dropout3": 0.3, "dropout4": 0.5}
    assert model.get_layer("hidden1").units == model.get_layer("hidden2").units == 1000
    assert [layer.name for layer in model.layers][-3:] == ["hidden1", "dropout4", "hidden2"]


def test_each_step_adds_what_it_is_known_for() -> None:
    steps = list(facial_recipes().values())
    assert [step.flips for step in steps] == [False, False, True, True, True, True, True, True]
    assert [step.learning_rates[0] for step in steps] == [0.01, 0.01, 0.01, 0.03, 0.03, 0.03, 0.03, 0.01]
    assert [step.learning_rates[1] for step in steps[3:]] == [0.001] * 5
    assert [bool(step.dropout) for step in steps] == [False] * 4 + [True] * 4
    assert [step.hidden for step in steps] == [(100,)] + [(500, 500)] * 4 + [(1000, 1000)] * 3
    assert [step.patience is not None for step in steps] == [False] * 6 + [True] * 2
    assert {step.momentum for step in steps} == {0.9}
    assert (steps[5].epochs, steps[7].epochs) == (5000, 300)


def test_unknown_step_and_small_image_are_refused() -> None:
    with pytest.raises(TeniError, match=r"no recipe 'facial-cnn-9'; there are facial-cnn-1, .*facial-cnn-8"):
        facial_recipe("facial-cnn-9")
    with pytest.raises(
        TeniError, match=r"facial-cnn-3 does not take images of 15 x 96 pixels; it needs 16 x 16"
    ):
        build_facial_cnn("facial-cnn-3", (15, 96), seed=0)
    assert build_facial_cnn("facial-cnn-3", (16, 16), seed=0).get_layer("pool3").output.shape[1:3] == (1, 1)
