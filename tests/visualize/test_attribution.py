"""What every attribution method promises: a map of raw pixels, through nested networks, and no trace left."""

import functools

import keras
import numpy as np
import pytest

from teni.errors import TeniError
from teni.visualize.grad_cam import grad_cam
from teni.visualize.guided import guided
from teni.visualize.integrated_gradients import integrated_gradients
from teni.visualize.keypoint_map import keypoint_map
from teni.visualize.occlusion import occlusion
from teni.visualize.saliency import saliency
from teni.visualize.smooth_grad import smooth_grad

from .nets import images, layers, nested, with_weights


def hide(model):
    over = occlusion(model, window=3, stride=2)

    def attribution(given, columns):
        maps = over(given, [(column,) for column in dict.fromkeys(columns.tolist())])
        which = {column: k for k, column in enumerate(dict.fromkeys(columns.tolist()))}
        return np.stack([maps[i, which[column]] for i, column in enumerate(columns.tolist())])[..., None]

    return attribution


METHODS = {
    "saliency": saliency,
    "guided": guided,
    "integrated-gradients": integrated_gradients,
    "grad-cam": functools.partial(grad_cam, layer="pool", positive=False),
    "hires-cam": functools.partial(grad_cam, layer="pool", pooled=False, positive=False),
    "occlusion": hide,
    "smoothgrad": lambda model: smooth_grad(saliency(model), samples=3),
    "smooth-integrated-gradients": lambda model: smooth_grad(integrated_gradients(model), samples=2),
}
COLUMNS = np.array([0, 3])


@functools.cache
def network(seed=0):
    """A run's model in small: raw uint8, a nested backbone, mirror images, coordinates."""
    model = with_weights(nested(), seed)
    model.get_layer("backbone").trainable = False
    return model


def pixels():
    return 100 * images(network())


def state(model):
    values = [np.array(keras.ops.convert_to_numpy(v.value)) for v in model.variables]
    flags = [layer.trainable for layer in (*model.layers, *model.get_layer("backbone").layers)]
    return [*values, *flags, [len(layer._inbound_nodes) for layer in model.layers], len(model.losses)]


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("name", METHODS)
def test_one_finite_map_an_image_and_no_trace(name):
    model = network()
    before = state(model)
    found = METHODS[name](model)(pixels(), COLUMNS)
    assert found.shape == (2, 8, 8, 1)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
    assert np.abs(found).max(axis=(1, 2, 3)).min() > 0
    assert same(before, state(model))


@pytest.mark.parametrize("name", METHODS)
def test_images_that_do_not_fit_are_refused_and_leave_no_trace(name):
    model = network()
    before = state(model)
    attribution = METHODS[name](model)
    with pytest.raises(TeniError, match=r"takes images of shape \(8, 8, 1\); these are \(8, 7, 1\)"):
        attribution(np.zeros((1, 8, 7, 1), np.float32), COLUMNS[:1])
    with pytest.raises(TeniError, match="has 4 outputs, counted from 0; there is no 4"):
        attribution(pixels(), np.array([0, 4]))
    assert same(before, state(model))


@pytest.mark.parametrize("name", METHODS)
def test_an_interruption_leaves_no_trace(name, monkeypatch):
    model = network()
    before = state(model)
    attribution = METHODS[name](model)

    def fail(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(layers.Dense, "call", fail)
    monkeypatch.setattr(keras.ops, "matmul", fail)
    with pytest.raises(KeyboardInterrupt):
        attribution(pixels(), COLUMNS)
    monkeypatch.undo()
    assert same(before, state(model))


@pytest.mark.parametrize("name", METHODS)
def test_other_weights_give_other_maps(name):
    """Adebayo et al. (2018): a map that random weights do not change shows the image and not the network."""
    trained, drawn = network(), network(seed=9)
    one, other = (METHODS[name](model)(pixels(), COLUMNS) for model in (trained, drawn))
    for a, b in zip(one, other, strict=True):
        assert abs(rank_correlation(np.abs(a), np.abs(b))) < 0.7


def rank_correlation(a, b):
    ranks = [np.argsort(np.argsort(x.ravel())) for x in (a, b)]
    return float(np.corrcoef(*ranks)[0, 1])


@pytest.mark.parametrize("name", METHODS)
def test_a_keypoint_is_the_length_of_its_two_coordinates(name):
    model = network()
    attribution = METHODS[name](model)
    given = pixels()[:1]
    found = keypoint_map(attribution)(given, np.array([1]))
    x, y = (attribution(given, np.array([column])) for column in (2, 3))
    np.testing.assert_allclose(found, np.sqrt(x**2 + y**2), rtol=1e-5)


def test_the_image_may_be_whole_numbers():
    given = np.round(pixels())
    whole = saliency(network())(given.astype(np.uint8), COLUMNS)
    np.testing.assert_array_equal(whole, saliency(network())(given, COLUMNS))


def test_no_image_at_all_is_refused():
    with pytest.raises(TeniError, match="0 and 0 images and places to explain; give one image at least"):
        saliency(network())(np.zeros((0, 8, 8, 1), np.float32), COLUMNS[:0])


def test_a_gradient_that_is_not_finite_is_refused():
    x = keras.Input((1, 1, 1), name="image")
    model = keras.Model(x, layers.Flatten()(keras.ops.sqrt(x)), name="root")
    with pytest.raises(TeniError, match=r"root: the gradient of its output is not finite .* take occlusion"):
        saliency(model)(np.zeros((1, 1, 1, 1), np.float32), np.array([0]))


def test_what_is_no_network_of_one_image_is_refused():
    x, y = keras.Input((2, 2, 1)), keras.Input((2, 2, 1))
    with pytest.raises(TeniError, match="is no functional or sequential network of one image"):
        saliency(keras.Model([x, y], layers.Add()([x, y]), name="two"))
