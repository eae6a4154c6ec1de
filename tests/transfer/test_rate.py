"""A range test sets the rates of all phases of a plan, or leaves them where nothing was found."""

import numpy as np
import pandas as pd
import pytest

from blobs import blobs, split_of, tiny_network
from teni.features import View
from teni.training import Phase, RangeTest, TrainingSettings, flips_only
from teni.transfer import Specialists, Tuned, rate, two_phase
from teni.transfer.rate import find_rate

VIEW = View((16, 20), "p1")
PHASES = (Phase("head", {"head": 1.0}, 3, 1e-3), Phase("everything", {"head": 0.3}, 9, 2e-3, warmup=1.0))
SETTINGS = TrainingSettings(epochs=4, batch=8, learning_rate="find", augment=flips_only())


def found(monkeypatch, proposal, losses=(3.0, 2.0, float("nan"))):
    table = pd.DataFrame({"learning_rate": [1e-6, 1e-3, 1.0], "loss": losses, "smoothed": losses})
    monkeypatch.setattr(rate, "find_learning_rate", lambda *_, **__: RangeTest(table, proposal))
    return find_rate(None, None, PHASES, SETTINGS, seed=0)


def test_phases_keep_their_shares(monkeypatch):
    """By hand: 0.012345 is 0.012 with two digits, 12 times the usual rate, so the second phase has 0.024."""
    told = found(monkeypatch, 0.012345)
    assert [phase.learning_rate for phase in told.phases] == pytest.approx([0.012, 0.024])
    assert [(phase.name, phase.epochs, phase.warmup) for phase in told.phases] == [
        ("head", 3, 0.0),
        ("everything", 9, 1.0),
    ]
    assert told.about == {
        "usual": 1e-3,
        "found": 0.012,
        "learning_rate": [1e-6, 1e-3, 1.0],
        "loss": [3.0, 2.0, None],
        "smoothed": [3.0, 2.0, None],
    }
    assert told.note == (
        "In the range test the loss fell fastest at a learning rate of 0.012, which was taken; 0.001 is usual."
    )


def test_a_loss_that_never_falls_keeps_the_usual_rates(monkeypatch):
    told = found(monkeypatch, 1e-6)
    assert (told.phases, told.about["found"]) == (PHASES, None)
    assert "fall at no learning rate; the usual one, 0.001, was kept" in told.note


@pytest.fixture(scope="module")
def fitted():
    data = blobs(48, 12)
    return Tuned(two_phase, (VIEW,), SETTINGS).fit(
        data, split_of(data, test=3, validation=2), tiny_network(), seed=0
    )


def test_a_strategy_trains_at_the_rate_that_was_found(fitted):
    test = fitted.about["range_tests"]["head"]
    assert test["found"] == fitted.about["choice"]["learning_rate"] != test["usual"]
    assert len(test["loss"]) >= 100
    assert fitted.curves["learning_rate"].max() <= test["found"]
    assert (
        fitted.curves["learning_rate"][0] > test["found"] / 2
    )  # the first epoch of a cosine, of one that falls
    assert fitted.notes[0].startswith("In the range test")
    assert fitted.seconds["range test"] > 0


def test_the_test_changes_no_weight_and_no_number(fitted):
    """Trained at the same rate, said as a number, the model is the same."""
    data = blobs(48, 12)
    settings = TrainingSettings(
        epochs=4, batch=8, learning_rate=fitted.about["choice"]["learning_rate"], augment=flips_only()
    )
    split = split_of(data, test=3, validation=2)
    other = Tuned(two_phase, (VIEW,), settings).fit(data, split, tiny_network(), seed=0)
    np.testing.assert_allclose(other.predicted, fitted.predicted, atol=1e-5)
    assert "range_tests" not in other.about


def test_every_specialist_has_a_test_of_its_own():
    data = blobs(48, 12, gap=0.1)
    groups = {"eyes": ("left_eye", "right_eye"), "nose": ("nose",)}
    strategy = Specialists(Tuned(two_phase, (VIEW,), SETTINGS), groups)
    fitted = strategy.fit(data, split_of(data, test=3, validation=2), tiny_network(), seed=0)
    assert list(fitted.about["range_tests"]) == ["eyes: head", "nose: head"]
