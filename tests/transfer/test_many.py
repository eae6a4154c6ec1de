"""The closed-form strategy on more images than a decomposition holds, against the same strategy on fewer."""

import sys

import numpy as np
import pytest

from blobs import blobs, split_of, tiny_network
from teni.errors import TeniError
from teni.features import Stored, View, open_store, stream
from teni.progress import silent
from teni.task.metrics import rmse_px
from teni.transfer import ClosedForm, closed_form, landmark_head, many

MODULE = sys.modules["teni.transfer.closed_form"]
VIEWS = (View((16, 20), "r1"), View((16, 20), "p1"))


def fit(data, strategy, seed=0):
    return strategy.fit(data, split_of(data), tiny_network(), seed=seed, on_progress=silent)


@pytest.fixture(scope="module")
def data():
    made = blobs(66, 22, gap=0.1, seed=2)
    made.targets[1::2, 2] = np.nan
    return made


@pytest.fixture(scope="module", params=["linear", "arc-cosine-1"])
def both(request):
    """Fit as always, and with every image a landmark, no gaps, at the same lambda: two roads to the same numbers."""
    data, plan = blobs(42, 14, seed=2), ClosedForm(VIEWS, (request.param,), None, ("halves",))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MODULE, "LAMBDAS", (0.01,))
        patch.setattr(many, "TRIED", (0.01,))
        patch.setattr(MODULE, "descend", None)
        patch.setattr(stream, "BLOCK", 16)
        whole = fit(data, plan)
        patch.setattr(MODULE, "MOST_IMAGES", 10)
        return whole, fit(data, plan), data


def test_predictions_of_images_that_were_left_out_are_the_same(both):
    whole, many_, _ = both
    np.testing.assert_allclose(many_.predicted, whole.predicted, atol=5e-3)


def test_the_model_is_the_same(both):
    whole, many_, data = both
    np.testing.assert_allclose(many_.model(data.images), whole.model(data.images), atol=5e-3)


def test_few_landmarks_still_learn_from_all(data, monkeypatch):
    monkeypatch.setattr(MODULE, "MOST_IMAGES", 10)
    monkeypatch.setattr(many, "LANDMARKS", 20)
    fitted = fit(data, ClosedForm(VIEWS, ("arc-cosine-1",), None, ("halves",)))
    assert fitted.about["choice"]["landmarks"] < fitted.about["choice"]["images"] == len(fitted.rows)
    assert fitted.learning_curve["images"].tolist()[-1] == len(fitted.rows)
    assert np.isfinite(fitted.predicted).all()
    mean = np.broadcast_to(np.nanmean(data.targets, axis=0), fitted.predicted.shape)
    truth = data.targets[fitted.rows]
    assert rmse_px(fitted.predicted, truth) < 0.4 * rmse_px(mean, truth)


def test_it_says_so(both):
    whole, many_, _ = both
    assert any("more than one decomposition holds" in note for note in many_.notes)
    assert not any("more than one decomposition holds" in note for note in whole.notes)


def test_a_store_gives_the_same(data, monkeypatch, tmp_path):
    monkeypatch.setattr(MODULE, "MOST_IMAGES", 10)
    monkeypatch.setattr(many, "LANDMARKS", 20)
    stored = Stored(open_store(tmp_path / "store", "single"))
    found = [
        fit(data, ClosedForm(VIEWS, ("arc-cosine-1",), None, ("halves",), source=source)).predicted
        for source in (ClosedForm(VIEWS).source, stored)
    ]
    np.testing.assert_allclose(found[0], found[1], atol=1e-3)
    assert stored.counts.extracted > 0


def test_a_tap_with_broken_numbers_is_named(data, monkeypatch):
    monkeypatch.setattr(MODULE, "MOST_IMAGES", 10)
    monkeypatch.setattr(many, "LANDMARKS", 20)

    class Broken(type(ClosedForm(VIEWS).source)):
        def blocks(self, *args, **kwargs):
            for block in super().blocks(*args, **kwargs):
                yield {view: x * np.nan for view, x in block.items()}

    with pytest.raises(TeniError, match="r1 at 20x16 are not all finite numbers"):
        fit(data, ClosedForm(VIEWS[:1], ("linear",), None, ("halves",), source=Broken()))


def test_few_people_with_many_images_each(monkeypatch):
    """Landmarks stay few, and leaving out a person of many images comes to the same."""
    data = blobs(120, 6, seed=2)
    monkeypatch.setattr(MODULE, "MOST_IMAGES", 10)
    monkeypatch.setattr(many, "LANDMARKS", 20)
    monkeypatch.setattr(many, "MOST_LANDMARKS", 25)
    plan = ClosedForm(VIEWS[1:], ("arc-cosine-1",), None, ("halves",))
    blockwise = fit(data, plan)
    assert blockwise.about["choice"]["landmarks"] <= 25
    monkeypatch.setattr(landmark_head, "LARGE_SUBJECT", 5)
    monkeypatch.setattr(landmark_head, "IMAGES_A_BLOCK", 8)
    solved_again = fit(data, plan)
    np.testing.assert_allclose(solved_again.predicted, blockwise.predicted, atol=2e-2)


def test_progress_goes_forward_only(data, monkeypatch):
    monkeypatch.setattr(MODULE, "MOST_IMAGES", 10)
    monkeypatch.setattr(many, "LANDMARKS", 20)
    told = []
    plan = ClosedForm(VIEWS[1:], ("linear",), None, ("halves",))
    plan.fit(data, split_of(data), tiny_network(), seed=0, on_progress=told.append)
    solving = [each for each in told if each.step == "solving"]
    assert [each.done for each in solving] == sorted({each.done for each in solving})
    assert solving[-1].done == solving[-1].total


def test_sides_that_are_never_labelled_together_are_refused(monkeypatch):
    monkeypatch.setattr(MODULE, "MOST_IMAGES", 10)
    data = blobs(60, 20, seed=2)
    data.targets[::2, 0], data.targets[1::2, 1] = np.nan, np.nan
    monkeypatch.setattr(MODULE, "stream_components", None)  # told before the work
    with pytest.raises(
        TeniError, match=r"no image labels left_eye, right_eye all at once, .* fit with --no-mirror"
    ):
        fit(data, ClosedForm(VIEWS[1:], ("linear",), None, ("halves",)))


def test_the_search_is_as_always(data, monkeypatch):
    monkeypatch.setattr(MODULE, "MOST_IMAGES", 10)
    monkeypatch.setattr(many, "LANDMARKS", 20)
    fitted = fit(data, closed_form("auto", VIEWS))
    chosen = fitted.history[fitted.history["chosen"]]
    assert chosen["lambda"].item() == fitted.about["choice"]["lambda"]
