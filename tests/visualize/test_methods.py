"""What every method promises, whatever it shows: finite arrays, and a network that is left as it was."""

import contextlib

import keras
import numpy as np
import pytest

from teni.cli.visualize_methods import methods
from teni.errors import TeniError
from teni.progress import Progress
from teni.visualize import Request, Seen, open_network, part, render

TABLE = methods()
BRIEF = {
    "fool": {"steps": 20},
    "fool-direct": {"generations": 3, "population": 6},
    "fool-cppn": {"generations": 3, "population": 6},
}
LAYER = {"layer": "conv1", "output": None, "none": None}
# Without a rectifier on the way back, guided backpropagation is refused.
BEYOND = {"guided": "relu1"}


def request_for(name, opened, given, on_progress=lambda progress: None):
    row = TABLE[name]
    layer = BEYOND.get(name, LAYER[row.units])
    many = 0 if row.units == "none" else min(2, len(part(opened, layer).names))
    images = None if row.images == "none" else given
    settings = row.settings(**BRIEF.get(name, {}))
    return Request(opened, layer, tuple(range(many)), settings, images, 0, on_progress)


def state(model):
    return [np.array(keras.ops.convert_to_numpy(v.value)) for v in model.variables] + [
        layer.trainable for layer in model.layers
    ]


def same(before, after):
    return all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


@pytest.mark.parametrize("name", TABLE)
def test_finite_arrays_with_names_and_scores(name, network, given):
    seen = TABLE[name].run(request_for(name, open_network(network), given))
    assert isinstance(seen, Seen)
    assert seen.pictures or seen.files
    for each in seen.pictures:
        assert each.unit
        assert np.isfinite(each.score)
        assert each.pixels.ndim == 3
        assert each.pixels.shape[2] in (1, 3)
        assert np.isfinite(each.pixels).all()
        assert render(each).dtype == np.uint8


@pytest.mark.parametrize("name", TABLE)
def test_the_same_seed_gives_the_same(name, network, given):
    opened = open_network(network)
    one, two = (TABLE[name].run(request_for(name, opened, given)) for _ in range(2))
    assert [each.unit for each in one.pictures] == [each.unit for each in two.pictures]
    for a, b in zip(one.pictures, two.pictures, strict=True):
        np.testing.assert_array_equal(a.pixels, b.pixels)


@pytest.mark.parametrize("name", TABLE)
def test_weights_statistics_and_flags_are_untouched(name, network, given):
    network.get_layer("bn1").trainable = False
    opened = open_network(network)
    before, theirs = state(network), state(opened.model)
    outputs = keras.ops.convert_to_numpy(network(given.images.astype(np.float32)))
    TABLE[name].run(request_for(name, opened, given))
    assert same(before, state(network))
    assert same(theirs, state(opened.model))
    np.testing.assert_array_equal(
        outputs, keras.ops.convert_to_numpy(network(given.images.astype(np.float32)))
    )
    assert len(network.get_layer("conv1")._inbound_nodes) == 1


@pytest.mark.parametrize("name", TABLE)
def test_untouched_after_an_error_too(name, network, given):
    def fail(progress: Progress) -> None:
        raise KeyboardInterrupt

    opened = open_network(network)
    before, theirs = state(network), state(opened.model)
    with contextlib.suppress(KeyboardInterrupt, TeniError):
        TABLE[name].run(request_for(name, opened, given, fail))
    assert same(before, state(network))
    assert same(theirs, state(opened.model))
