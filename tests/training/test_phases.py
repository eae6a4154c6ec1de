"""Schedules by hand, and refusals."""

import numpy as np
import pytest

from teni.errors import TeniError
from teni.training import Phase, TrainingSettings
from teni.training.phases import within


def test_schedules():
    shares = np.array([0.0, 0.5, 1.0])
    cosine = Phase("a", {"x": 1.0}, 4, 2.0, last=0.1)
    np.testing.assert_allclose(cosine.learning_rates(shares), [2.0, 1.1, 0.2])
    assert Phase("a", {"x": 1.0}, 4, 2.0, "constant").learning_rates(shares).tolist() == [2.0] * 3
    rising = Phase("a", {"x": 1.0}, 4, 2.0, "constant", warmup=2.0)
    np.testing.assert_allclose(rising.learning_rates(np.array([0.25, 0.5, 0.75])), [1.0, 2.0, 2.0])


def test_phases_are_shortened_alike():
    phases = [Phase(name, {"x": 1.0}, n, 1.0) for name, n in (("a", 1), ("b", 30), ("c", 9))]
    assert [(p.name, p.epochs) for p in within(phases, 4)] == [("b", 3), ("c", 1)]
    assert within(phases, 99) == within(phases, None) == tuple(phases)


@pytest.mark.parametrize(
    "wrong", [({}, 1, 1.0), ({"x": 0.0}, 1, 1.0), ({"x": 1.0}, 0, 1.0), ({"x": 1.0}, 1, 0.0)]
)
def test_phases_without_learning_are_refused(wrong):
    with pytest.raises(TeniError, match="expected at least one layer"):
        Phase("a", *wrong)


@pytest.mark.parametrize(
    "wrong",
    [{"epochs": 0}, {"batch": 0}, {"learning_rate": 0.0}, {"learning_rate": "fast"}, {"optimizer": "adm"}],
)
def test_settings_without_meaning_are_refused(wrong):
    with pytest.raises(TeniError, match="expected"):
        TrainingSettings(**wrong)
