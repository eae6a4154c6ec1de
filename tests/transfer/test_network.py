"""The network that is trained: how it begins, and that a solved head is what it was."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from blobs import TASK, blobs, split_of, tiny_network
from shapes import shapes
from teni.data import Dataset, Split
from teni.errors import TeniError
from teni.features import View
from teni.progress import silent
from teni.task import Classes, mean_prediction
from teni.training import TrainingSettings, flips_only, to_answers
from teni.transfer import Tuned, closed_form, probe, probe_then_tune, scratch
from teni.transfer.blocks import blocks_from_the_top, layers_from
from teni.transfer.choosing import Chosen
from teni.transfer.network import hand_over, set_head, with_head
from teni.transfer.probe import choose_place, solve_probe, training_material
from teni.transfer.search import Choice, Tried

VIEW = View((16, 20), "p1")


@pytest.mark.parametrize("make", [blobs, lambda: shapes(30, 15)])
@pytest.mark.parametrize("untrained", [False, True])
def test_a_new_head_says_the_mean_label(make, untrained):
    data = make()
    net = with_head(tiny_network(), VIEW, data.images, data.targets, data.task, untrained=untrained)
    found = np.asarray(to_answers(net(data.images[:4].astype(np.float32)), data.task))
    expected = mean_prediction(data.targets, data.task)
    np.testing.assert_allclose(found, np.broadcast_to(expected, found.shape), atol=1e-4)


def test_a_random_network_begins_with_what_its_batch_norms_see_in_training():
    """At mean 0 and variance 1, next to nothing of an image is left behind so many layers; a head blew it up."""
    data = blobs()
    x = image = keras.Input((16, 20, 1))
    for i in range(12):
        x = keras.layers.Conv2D(6, 3, padding="same", use_bias=False, name=f"c{i}")(x)
        x = keras.layers.ReLU(6, name=f"r{i}")(keras.layers.BatchNormalization(name=f"n{i}")(x))
    deep = replace(tiny_network(), model=keras.Model(image, x))
    net = with_head(deep, View((16, 20), "r11"), data.images, data.targets, data.task, untrained=True)
    inner = keras.Model(net.inputs[0], net.get_layer("flat_features").output)
    for training in (False, True):
        features = np.asarray(inner(data.images.astype(np.float32), training=training))
        assert np.sqrt((features**2).sum(axis=1).mean()) == pytest.approx(1.0, rel=0.1)
    assert net.get_layer("n3").momentum == 0.99


def test_the_head_sees_features_of_length_one_and_the_backbone_is_a_copy():
    data, backbone = blobs(), tiny_network()
    net = with_head(backbone, VIEW, data.images, data.targets, data.task)
    inner = keras.Model(net.inputs[0], net.get_layer("flat_features").output)
    features = np.asarray(inner(data.images.astype(np.float32)))
    assert np.sqrt((features**2).sum(axis=1).mean()) == pytest.approx(1.0, rel=0.05)
    before = backbone.model.get_weights()
    net.set_weights([w + 1 for w in net.get_weights()])
    for one, other in zip(before, backbone.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("flips", [True, False])
def test_the_solved_head_is_the_closed_form(flips):
    """On the training rows alone: the model of `closed_form` on a split without validation rows."""
    data, backbone = blobs(48, 12, gap=0.1), tiny_network()
    split = split_of(data, test=3)
    material = training_material(data, split, backbone, 0, silent)
    place = choose_place(material, [VIEW], flips)
    kernel, bias = solve_probe(material, place)
    net = with_head(backbone, VIEW, data.images, data.targets, TASK, projection=place.projection, flat=True)
    set_head(net, kernel, bias, place.projection)
    model = hand_over(net, TASK, place.mirror, data.images.shape[1:])
    solved = closed_form("ridge", (VIEW,), mirror=flips).fit(data, split, backbone, seed=0).model
    np.testing.assert_allclose(model(data.images), solved(data.images), atol=2e-2)


def test_a_larger_input_and_another_size_of_image():
    data = blobs(12, 6)
    net = with_head(tiny_network(), View((24, 30), "p1"), data.images, data.targets, data.task)
    assert net.input_shape == (None, 16, 20, 1)
    assert net.get_layer("p1").output.shape == (None, 12, 15, 8)


def test_blocks_and_layers_by_name():
    data = blobs(12, 6)
    net = with_head(tiny_network(), View((16, 20), "c2"), data.images, data.targets, data.task)
    blocks = blocks_from_the_top(net)
    assert blocks[0] == ["head"]
    assert sorted(name for block in blocks for name in block) == ["b1", "c1", "c2", "d2", "head"]
    assert layers_from(net, "p1") == ["d2", "c2", "head"]
    with pytest.raises(TeniError, match="freezing below 'c9': there is no such layer"):
        layers_from(net, "c9")


def test_tuning_never_ends_worse_than_its_start():
    data = blobs(48, 12)
    split = split_of(data, test=3, validation=2)
    wild = TrainingSettings(epochs=2, batch=8, learning_rate=10.0, augment=flips_only())
    fitted = Tuned(probe_then_tune, (VIEW,), wild).fit(data, split, tiny_network(), seed=0)
    chosen = fitted.history[fitted.history["chosen"]]
    assert chosen["stage"].tolist() == ["start"]
    assert chosen["rmse_px"].item() == fitted.history["rmse_px"].min()
    truth = data.targets[fitted.rows]
    assert np.sqrt(np.nanmean((fitted.predicted - truth) ** 2)) == pytest.approx(
        chosen["rmse_px"].item(), rel=1e-4
    )
    given = np.asarray(fitted.model(data.images[fitted.rows]))
    np.testing.assert_allclose(given, fitted.predicted, atol=1e-2)


@pytest.mark.parametrize(("deeper", "expected"), [(1.2, "p1"), (1.3, "r1")])
def test_the_deepest_tap_that_is_nearly_as_good(monkeypatch, deeper, expected):
    """Ridge errors 2, 1 and `deeper` at b1, r1 and p1: the best is r1, and p1 may be a quarter worse."""
    data = blobs(24, 12)
    views = [View((16, 20), tap) for tap in ("b1", "r1", "p1")]
    tried = tuple(
        Tried("views", Choice((view,), "linear", "halves"), {1.0: error})
        for view, error in zip(views, (2.0, 1.0, deeper), strict=True)
    )
    monkeypatch.setattr(probe, "choose", lambda *_: Chosen(tried[1].choice, tried, 24))
    material = training_material(data, split_of(data, test=3), tiny_network(), 0, silent)
    assert choose_place(material, views, True).view.tap == expected


def test_scratch_leaves_out_mirror_images_of_classes_that_bear_none():
    """Which half is bright is the class, so that the mirror image of one class is the other; ridge sees that."""
    images = np.random.default_rng(0).integers(0, 60, (64, 16, 20, 1), np.uint8)
    classes, rows = np.arange(64) % 2, np.arange(64)
    images[classes == 0, :, :10] += 120
    images[classes == 1, :, 10:] += 120
    data = Dataset(images, classes, Classes(("left", "right"), 16, 20), None, rows.astype(np.str_))
    split = Split(np.where(rows % 8 < 2, "validation", "train"), rows, data.fingerprint)
    settings = TrainingSettings(epochs=12, batch=8, learning_rate=3e-3, augment=flips_only())
    fitted = Tuned(scratch, (VIEW,), settings).fit(data, split, tiny_network(), seed=0)
    assert fitted.about["flip"]["center"] is None
    assert (
        fitted.about["flip"]["validation_log_loss"]["none"]
        < fitted.about["flip"]["validation_log_loss"]["halves"]
    )
    assert (fitted.predicted.argmax(axis=1) == classes[fitted.rows]).mean() > 0.9
