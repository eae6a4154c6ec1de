"""Fooling as a user asks for it: by gradient and by evolution, interrupted, gone on with, on every backend."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from colours import COLOURS, SHAPE, colour_network, opened_colours
from teni.errors import TeniError
from teni.visualize import open_network
from teni.visualize.fooling import AscentSettings, EvolutionSettings, evolve_fooling, fool
from teni.visualize.fooling.fooled import run_search

BRIEF = {"generations": 40, "population": 12}


def way(name, opened, on_progress=lambda progress: None, classes=None, **settings):
    if name == "gradient":
        return fool(opened, AscentSettings(**settings), classes=classes, on_progress=on_progress)
    how = EvolutionSettings(**(BRIEF | settings))
    return evolve_fooling(opened, name, how, classes=classes, on_progress=on_progress)


@pytest.fixture(params=["gradient", "direct", "cppn"])
def name(request):
    return request.param


def test_colours_are_fooled(name):
    model = colour_network()
    before = model.get_weights()
    found = way(name, open_network(model, names=COLOURS), target=0.99)
    assert found.names == COLOURS
    assert found.images.shape == (3, *SHAPE)
    assert (found.confidences > (0.99 if name == "gradient" else 0.6)).all()
    seen = keras.ops.convert_to_numpy(model(found.images.astype(np.float32)))
    np.testing.assert_allclose(np.diagonal(seen), found.confidences, atol=1e-5)
    assert not found.interrupted
    for then, now in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(then, now)


def test_history_and_since(name):
    found = way(name, opened_colours(), target=0.99)
    np.testing.assert_array_equal(found.history[-1], found.confidences)
    assert (np.diff(found.history, axis=0) >= 0).all()
    for place, since in enumerate(found.since):
        assert found.history[since, place] == found.confidences[place]
        assert since == 0 or found.history[since - 1, place] < found.confidences[place]


def test_some_classes_only(name):
    found = way(name, opened_colours(), classes=(2, 1))
    assert found.names == ("blue", "green")
    assert found.images[0, ..., 2].mean() > found.images[0, ..., 0].mean()


def test_grey_and_logits(name):
    x = keras.Input((4, 7, 1))
    h = keras.layers.Rescaling(6 / 255)(keras.layers.GlobalAveragePooling2D()(x))
    model = keras.Model(x, keras.layers.Concatenate()([h, 6 - h]))  # bright, dark: sigmoid(2 * mean - 6)
    found = way(name, open_network(model), outputs="logits", target=0.97)
    assert found.images.shape == (2, 4, 7, 1)
    assert (found.confidences > 0.9).all()


def test_ctrl_c_keeps_what_was_found(name):
    told = []

    def interrupt(progress):
        told.append(progress)
        if len(told) == 3:
            raise KeyboardInterrupt

    found = way(name, opened_colours(gain=1.0), on_progress=interrupt)
    assert found.interrupted
    assert len(found.history) == 3
    whole = way(name, opened_colours(gain=1.0))
    np.testing.assert_array_equal(whole.history[:3], found.history)


def test_ctrl_c_before_there_is_anything():
    def interrupted():
        raise KeyboardInterrupt
        yield

    with pytest.raises(KeyboardInterrupt):
        run_search(interrupted(), print)


@pytest.mark.parametrize("encoding", ["direct", "cppn"])
def test_goes_on_from_its_archive(encoding, tmp_path):
    file = tmp_path / "archive.npz"
    opened = opened_colours(gain=1.0)
    whole = way(encoding, opened, generations=12)
    part = way(encoding, opened, generations=5, archive=str(file))
    assert file.read_bytes() == part.archive
    rest = way(encoding, opened, generations=12, archive=str(file))
    np.testing.assert_array_equal(rest.history, whole.history)
    np.testing.assert_array_equal(rest.images, whole.images)
    again = way(encoding, opened, generations=12, archive=str(file))  # nothing left to do
    np.testing.assert_array_equal(again.history, whole.history)


def test_the_archive_is_kept_when_it_is_interrupted(tmp_path):
    file = tmp_path / "archive.npz"
    calls = []

    def interrupt(progress):
        calls.append(progress)
        if len(calls) == 4:
            raise KeyboardInterrupt

    part = way("direct", opened_colours(gain=1.0), on_progress=interrupt, archive=str(file))
    assert file.read_bytes() == part.archive
    assert len(part.history) == 4


def test_an_archive_of_another_model_is_refused(tmp_path):
    file = tmp_path / "archive.npz"
    way("direct", opened_colours(gain=1.0), generations=2, archive=str(file))
    kept = file.read_bytes()
    with pytest.raises(TeniError, match="this model is not as confident of the archive's pictures"):
        way("direct", opened_colours(gain=2.0), generations=2, archive=str(file))
    assert file.read_bytes() == kept


def test_keypoints_are_told_why(name):
    x = keras.Input((4, 4, 1))
    y = keras.layers.Reshape((4, 2))(keras.layers.Dense(8)(keras.layers.Flatten()(x)))
    with pytest.raises(TeniError, match="coordinates have no confidence"):
        way(name, open_network(keras.Model(x, y), "points"))


@pytest.mark.parametrize("settings", [{"target": 0.0}, {"target": 1.5}])
def test_a_target_is_a_confidence(settings):
    for kind in (AscentSettings, EvolutionSettings):
        with pytest.raises(ValueError, match="target is a confidence, above 0 and at most 1"):
            kind(**settings)


def test_numbers_out_of_range():
    with pytest.raises(ValueError, match="steps must be 0 or more and step above 0"):
        AscentSettings(steps=-1)
    with pytest.raises(ValueError, match="steps must be 0 or more and step above 0"):
        AscentSettings(step=float("inf"))
    with pytest.raises(ValueError, match="population 1 or more, not 10 and 0"):
        EvolutionSettings(10, 0)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "torch"])
def test_on_other_backends(backend):
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    files = [
        __file__,
        str(Path(__file__).with_name("test_gradient.py")),
        str(Path(__file__).with_name("test_confidence.py")),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files, "-k", "not other"],
        cwd=Path(__file__).parents[3],
        env=os.environ | {"KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-2000:]
