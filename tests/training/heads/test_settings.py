import numpy as np
import pytest

from teni.errors import TeniError
from teni.training.heads import MlpSettings
from teni.training.heads.settings import first_weights


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"widths": ()}, "one hidden layer at least"),
        ({"widths": (4, 0)}, "one hidden layer at least"),
        ({"widths": (4,)}, "expected 1 shares"),
        ({"dropout": (0.5, 1.0)}, "below 1"),
        ({"momentum": 1.0}, "a momentum of 1"),
        ({"learning_rates": (0.1, -0.1)}, "not negative"),
        ({"epochs": 0}, "at least one"),
        ({"batch": 0}, "at least one"),
    ],
)
def test_what_cannot_be_trained_with_is_refused(given, said):
    with pytest.raises(TeniError, match=said):
        MlpSettings(**given)


def test_the_learning_rate_falls_linearly():
    rates = [MlpSettings(epochs=4, learning_rates=(0.4, 0.1)).learning_rate(epoch) for epoch in range(4)]
    np.testing.assert_allclose(rates, [0.4, 0.3, 0.2, 0.1])


def test_first_kernels_are_as_wide_as_glorot_says_and_the_last_one_says_the_start():
    start = np.array([1.0, -2.0], np.float32)
    first, bias, second, _, last, told = first_weights(MlpSettings((50, 30), (0.0, 0.0)), 200, start, 3)
    assert np.abs(first).max() == pytest.approx(np.sqrt(6 / 250), rel=1e-2)
    assert np.abs(second).max() == pytest.approx(np.sqrt(6 / 80), rel=1e-2)
    assert abs(first.mean()) < 0.01
    assert not bias.any()
    assert not last.any()
    assert told.tolist() == [1.0, -2.0]
    again = first_weights(MlpSettings((50, 30), (0.0, 0.0)), 200, start, 3)
    np.testing.assert_array_equal(first, again[0])
