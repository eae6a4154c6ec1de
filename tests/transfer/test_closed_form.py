"""The closed-form strategy end to end on tiny pictures with gaps, and everything that it refuses."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from blobs import blobs, split_of, tiny_network
from teni.backbones import Backbone, backbone
from teni.errors import TeniError
from teni.features import View
from teni.progress import silent
from teni.task import Keypoints
from teni.task.metrics import rmse_px
from teni.transfer import ClosedForm, choosing, closed_form
from teni.transfer.kernels import KERNELS

# The function of this name stands before the module in the package.
MODULE = sys.modules["teni.transfer.closed_form"]
VIEWS = (View((16, 20), "r1"), View((16, 20), "p1"), View((16, 20), "flat"))


def fit(data, strategy, network=None, split=None, seed=0):
    made = split_of(data) if split is None else split
    return strategy.fit(data, made, network or tiny_network(), seed=seed, on_progress=silent)


@pytest.fixture(scope="module")
def whole():
    """Fit with everything to choose, on labels with gaps: the nose is known on half of the images only."""
    data = blobs(66, 22, gap=0.1, seed=2)
    data.targets[1::2, 2] = np.nan
    return data, fit(data, closed_form("auto", VIEWS))


def test_it_beats_the_mean_by_far(whole):
    data, fitted = whole
    test = data.take(split_of(data).rows("test"))
    found = np.asarray(fitted.model(test.images))
    mean = np.broadcast_to(np.nanmean(data.targets, axis=0), found.shape)
    assert rmse_px(found, test.targets) < 0.5 * rmse_px(mean, test.targets)


def test_the_history_tells_the_whole_search(whole):
    _, fitted = whole
    history = fitted.history
    assert history["stage"].unique().tolist() == ["views", "sums", "kernels", "mirror", "final"]
    assert history.loc[history["stage"] == "views", "taps"].unique().tolist() == ["r1", "p1", "flat"]
    chosen = history[history["chosen"]]
    final = history[history["stage"] == "final"]
    assert chosen.index.tolist() == [final["rmse_px"].idxmin()]
    assert chosen["lambda"].item() == fitted.about["choice"]["lambda"]
    assert chosen["taps"].item() == "+".join(fitted.about["choice"]["taps"])


def test_what_was_chosen_is_told(whole):
    _, fitted = whole
    about = fitted.about
    assert about["choice"]["kernel"] in KERNELS
    assert {view["tap"] for view in about["choice"]["views"]} <= {"r1", "p1", "flat"}
    assert about["flip"]["center"] == "halves"
    assert set(about["flip"]["validation_rmse_px"]) == {"halves", "integers"}
    assert any("Mirror images" in note for note in fitted.notes)


def test_the_learning_curve_ends_with_all_subjects(whole):
    data, fitted = whole
    curve = fitted.learning_curve
    assert curve["subjects"].iloc[-1] == 19
    assert curve["images"].iloc[-1] == len(fitted.rows) == 57
    announced = rmse_px(fitted.predicted, data.take(fitted.rows).targets)
    assert curve["rmse_px"].iloc[-1] == pytest.approx(announced)
    assert announced == pytest.approx(fitted.history.loc[fitted.history["chosen"], "rmse_px"].item())


def test_a_kernel_is_compressed_to_the_size_that_is_asked_for():
    data = blobs(60, 20)
    strategy = ClosedForm(VIEWS[1:2], ("arc-cosine-1",), 1, ("halves",), model_megabytes=0.03)
    fitted = fit(data, strategy)
    told = fitted.about["compression"]
    assert told["components"] < 20
    assert 0.3 < told["variance_kept"] < 1
    assert told["validation_rmse_px"] == pytest.approx(fitted.history["rmse_px"].min())
    assert told["validation_rmse_px_before"] != told["validation_rmse_px"]
    assert any(f"compressed to {told['components']} components" in note for note in fitted.notes)


def test_named_views_are_summed_as_they_are():
    fitted = fit(blobs(24, 8), closed_form("ridge", VIEWS[:2], mirror=False, sum_all=True))
    assert fitted.about["choice"]["taps"] == ["r1", "p1"]
    assert fitted.about["flip"]["center"] is None
    assert fitted.history["stage"].unique().tolist() == ["final"]


def test_sizes_may_be_summed():
    views = (View((16, 20), "p1"), View((24, 30), "p1"))
    fitted = fit(blobs(24, 8), closed_form("ridge", views, sum_all=True))
    assert fitted.about["choice"]["views"] == [
        {"tap": "p1", "size": [16, 20]},
        {"tap": "p1", "size": [24, 30]},
    ]
    assert fitted.history["size"].unique().tolist() == ["20x16+30x24"]


@pytest.mark.parametrize("kernel", KERNELS)
def test_images_that_do_not_differ_give_the_mean(kernel):
    data = blobs(24, 8)
    same = replace(data, images=np.full_like(data.images, 77))
    strategy = ClosedForm(VIEWS[1:2], (kernel,), 1, ("halves",))
    fitted = fit(same, strategy)
    # Looking both ways, it cannot say more than the mean of faces and mirrored faces.
    learned = data.take(fitted.rows).targets.astype(np.float64)
    flipped = learned[:, [1, 0, 2]] * [-1, 1] + [20, 0]
    expected = (learned.mean(axis=0) + flipped.mean(axis=0)) / 2
    np.testing.assert_allclose(fitted.model(same.images[:1])[0], expected, atol=0.02)


@pytest.mark.parametrize(
    ("name", "images", "subjects"), [("ridge", 4, 2), ("kernel", 4, 2), ("kernel", 20, 2)]
)
def test_very_few_images(name, images, subjects):
    data = blobs(images, subjects)
    fitted = fit(data, closed_form(name, VIEWS[1:2]), split=split_of(data, test=0))
    assert np.isfinite(fitted.predicted).all()
    assert np.isfinite(np.asarray(fitted.model(data.images))).all()
    assert fitted.learning_curve["subjects"].tolist() == [subjects]


def test_a_network_of_dense_layers_and_one_keypoint():
    data = blobs(24, 8)
    nose = replace(data, targets=data.targets[:, 2:], task=Keypoints(("nose",), 16, 20, (0,)))
    network = backbone("facial-cnn-1", size=(16, 20), seed=1)
    fitted = fit(nose, closed_form("auto", (View((16, 20), "hidden1"),)), network)
    assert np.asarray(fitted.model(data.images[:2])).shape == (2, 1, 2)


def test_subjects_without_any_label():
    data = blobs(30, 10)
    data.targets[np.isin(data.subjects, ["s4", "s5"])] = np.nan
    fitted = fit(data, closed_form("ridge", VIEWS[1:2]))
    known = ~np.isnan(data.targets[fitted.rows])
    assert np.isfinite(fitted.predicted[known]).all()


def test_a_seed_decides_whom_the_search_looks_at(monkeypatch):
    monkeypatch.setattr(choosing, "SCREENING_IMAGES", 20)
    data, strategy = blobs(60, 20), ClosedForm(VIEWS[1:2], KERNELS[:2], 1, ("halves",))
    first, again, other = (fit(data, strategy, seed=seed).history for seed in (1, 1, 2))
    assert first.equals(again)
    assert not first.equals(other)


def test_the_search_takes_in_subjects_until_two_show_each_keypoint(monkeypatch):
    monkeypatch.setattr(choosing, "SCREENING_IMAGES", 3)
    data = blobs(40, 20)
    data.targets[~np.isin(data.subjects, ["s11", "s12"]), 2] = np.nan
    fitted = fit(data, ClosedForm(VIEWS[1:2], KERNELS[:2], 1, ("halves",)))
    screened = fitted.history.loc[fitted.history["stage"] != "final", "rmse_px"]
    assert np.isfinite(screened).all()


def refusal(data, strategy=None, **arguments):
    with pytest.raises(TeniError) as caught:
        fit(data, strategy or closed_form("ridge", VIEWS[1:2]), **arguments)
    return str(caught.value)


def test_no_targets():
    assert "no keypoints to learn from" in refusal(replace(blobs(12, 6), targets=None))


def test_one_subject():
    data = blobs(8, 2)
    assert "all training images show one subject" in refusal(data, split=split_of(data, test=1))


def test_no_training_rows():
    data = blobs(8, 2)
    assert "no images to learn from" in refusal(data, split=split_of(data, test=2))


def test_a_keypoint_that_is_labelled_on_test_rows_only():
    data = blobs(24, 8)
    data.targets[np.flatnonzero(split_of(data).parts != "test"), 1] = np.nan
    assert "no training image has a label for right_eye" in refusal(data, split=split_of(data))


def test_a_split_of_other_data():
    assert "made for other data" in refusal(blobs(24, 8), split=split_of(blobs(24, 8, seed=1)))


def test_no_tap():
    assert "no tap to choose from; name a layer of tiny" in refusal(blobs(12, 6), ClosedForm(()))


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_broken_weights(broken):
    sound = tiny_network()
    model = type(sound.model).from_config(sound.model.get_config())
    model.set_weights([w * broken if w.ndim == 4 else w for w in sound.model.get_weights()])
    network = Backbone("broken", model, sound.preprocessing)
    assert "p1 at 20x16 are not all finite numbers: the weights of broken" in refusal(
        blobs(12, 6), network=network
    )


def test_a_name_that_is_none():
    with pytest.raises(TeniError, match="no strategy is called 'best'; expected one of auto, ridge, kernel"):
        closed_form("best", VIEWS)


def test_several_sizes_may_be_summed_to_more_views():
    assert closed_form("auto", VIEWS).most_views == 2
    assert closed_form("auto", (*VIEWS, View((24, 30), "p1"))).most_views == 3
