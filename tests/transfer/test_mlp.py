"""The trained head: what it is assembled to, what it refuses, and that it goes on where it stopped."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from blobs import blobs, same_split, split_of, tiny_network
from shapes import shapes
from teni.errors import TeniError
from teni.features import View, extract, feature_network
from teni.progress import silent
from teni.training import Budget
from teni.transfer import Mlp, MlpSettings

RECIPE = MlpSettings((12, 8), (0.5, 0.0), (0.02, 0.01), epochs=5, patience=5, batch=16)
PLAN = Mlp(View((16, 20), "p1"), RECIPE)


def fit(data, split=None, plan=PLAN, **more):
    return plan.fit(data, split or split_of(data, test=2, validation=2), tiny_network(), seed=1, **more)


@pytest.fixture(scope="module")
def fitted():
    return fit(blobs(36, 12, gap=0.2))


def test_the_model_is_plain_keras_and_comes_back_from_a_file(fitted, tmp_path):
    fitted.model.save(tmp_path / "model.keras")
    images = blobs(6).images
    back = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(back(images), fitted.model(images), atol=1e-5)
    assert {type(layer).__module__.split(".")[0] for layer in fitted.model.layers} == {"keras"}


def test_the_error_of_the_curve_is_that_of_the_model_on_the_validation_rows(fitted):
    data = blobs(36, 12, gap=0.2)
    error = np.sqrt(np.nanmean((fitted.predicted - data.targets[fitted.rows]) ** 2))
    assert error == pytest.approx(fitted.curves["validation_error"].min(), rel=1e-4)
    assert error == pytest.approx(fitted.history["rmse_px"].item(), rel=1e-4)


def test_the_error_that_is_told_is_that_of_the_weights_that_were_kept(monkeypatch):
    """Weights are kept by the loss; in pixels of an image that is no square another epoch may be the best."""
    told = iter(range(99, 0, -1))
    monkeypatch.setattr("teni.transfer.mlp.head_error", lambda *_: float(next(told)))
    plan = Mlp(PLAN.view, replace(RECIPE, learning_rates=(0.5, 0.5), epochs=8))
    found = fit(blobs(36, 12), plan=plan)
    best = found.about["choice"]["heads"][0]["best_epoch"]
    assert best < len(found.curves)
    assert found.history["rmse_px"].item() == found.curves["validation_error"].iloc[best - 1]


def test_the_model_scales_features_as_training_did(fitted):
    """Its layers by hand, on features that are taken apart from it."""
    images = blobs(4).images
    x = extract(feature_network(tiny_network(), (16, 20, 1), [PLAN.view]), images, mirror=False)[0][0]
    h = x.reshape(4, -1)
    for i in (1, 2, 3):
        kernel, bias = fitted.model.get_layer(f"head_{i}").get_weights()
        h = h @ kernel + bias
        h = np.maximum(h, 0) if i < 3 else h
    np.testing.assert_allclose(h.reshape(4, 3, 2), fitted.model(images), atol=1e-3)


def test_mirror_images_are_rows_too(fitted):
    data = blobs(36, 12, gap=0.2)
    train = int((~np.isnan(data.targets[split_of(data, 2, 2).rows("train")]).all(axis=(1, 2))).sum())
    assert fitted.about["choice"]["heads"][0]["rows"] == 2 * train
    alone = fit(data, plan=replace(PLAN, center=None))
    assert alone.about["choice"]["heads"][0]["rows"] == train
    assert alone.about["flip"]["center"] is None


def test_classes_are_learned_without_mirror_images():
    data = shapes(36, 12)
    fitted = fit(data)
    assert fitted.about["flip"]["center"] is None
    assert fitted.about["choice"]["heads"][0]["rows"] == len(split_of(data, 2, 2).rows("train"))
    loss = -np.log(fitted.predicted[np.arange(len(fitted.rows)), data.targets[fitted.rows]]).mean()
    assert loss == pytest.approx(fitted.curves["validation_error"].min(), rel=1e-4)


def test_a_fit_goes_on_from_its_checkpoints(tmp_path):
    data = blobs(36, 12)
    whole = fit(data)
    fit(data, checkpoints=tmp_path, budget=Budget(epochs=2))
    rest = fit(data, checkpoints=tmp_path)
    for ours, theirs in zip(rest.model.get_weights(), whole.model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert rest.curves.equals(whole.curves)


def test_going_astray_is_told():
    fitted = fit(blobs(36, 12), plan=replace(PLAN, settings=replace(RECIPE, learning_rates=(1e30, 1e30))))
    assert any("went astray" in note for note in fitted.notes)


def test_it_refuses_what_cannot_be_learned_from():
    data = blobs(36, 12)
    split = split_of(data, 2, 2)
    with pytest.raises(TeniError, match="made for other data"):
        fit(blobs(36, 12, seed=1), split)
    bare = replace(data, targets=None)
    with pytest.raises(TeniError, match="no labels to learn from"):
        fit(bare, same_split(split, bare))
    with pytest.raises(TeniError, match="labelled validation rows"):
        fit(data, split_of(data, 2, 0))
    lacking = data.targets.copy()
    lacking[:, 2] = np.nan
    noseless = replace(data, targets=lacking)
    with pytest.raises(TeniError, match="no training image has a label for nose"):
        fit(noseless, same_split(split, noseless))


def test_broken_weights_are_told():
    network = tiny_network()
    broken = keras.models.clone_model(network.model)
    broken.set_weights([np.full_like(w, np.nan) for w in network.model.get_weights()])
    data = blobs(36, 12)
    with pytest.raises(TeniError, match="not all finite"):
        PLAN.fit(data, split_of(data, 2, 2), replace(network, model=broken), seed=0, on_progress=silent)
