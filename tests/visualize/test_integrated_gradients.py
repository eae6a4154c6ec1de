"""The shares by hand, and that they add up."""

import keras
import numpy as np
import pytest

from teni.errors import TeniError
from teni.visualize.baselines import baseline, black, blurred, grey
from teni.visualize.integrated_gradients import completeness, integrated_gradients

from .nets import NETS, images, layers, with_weights


def square_root_free():
    """x -> x1 * x1 + ReLU(x2 - 1): what the shares are can be worked out."""
    x = keras.Input((1, 2, 1))
    flat = layers.Flatten()(x)
    first, second = flat[:, :1], flat[:, 1:]
    return keras.Model(x, first * first + keras.ops.relu(second - 1.0))


def test_shares_by_hand():
    given = np.array([[[[3.0], [5.0]]]], np.float32)
    found = integrated_gradients(square_root_free(), tolerance=1e-4)(given, np.array([0]))
    # The integral of 2 * 3a over a, times 3, is 9; 1 for a fifth to a whole, times 5, is 4.
    np.testing.assert_allclose(found.ravel(), [9.0, 4.0], atol=0.02)


@pytest.mark.parametrize("start", [black, grey, blurred])
@pytest.mark.parametrize("name", NETS)
def test_they_add_up_to_the_change_of_the_output_within_one_percent(name, start):
    model = with_weights(NETS[name]())
    given = 3 * images(model, 4)
    columns = np.array([0, 1, 0, 1])
    maps = integrated_gradients(model, start=start)(given, columns)
    assert maps.shape == given.shape
    assert completeness(model, given, columns, maps, start=start).max() <= 0.0101


def test_the_most_steps_end_it_and_the_error_is_told():
    given = np.array([[[[3.0], [50.0]]]], np.float32)
    maps = integrated_gradients(square_root_free(), tolerance=0.0, most_steps=16)(given, np.array([0]))
    missed = completeness(square_root_free(), given, np.array([0]), maps)
    assert 1e-5 < missed.item() < 0.1


def test_an_image_like_its_baseline_gets_nothing():
    model = with_weights(NETS["plain"]())
    given = np.zeros((1, *model.input_shape[1:]), np.float32)
    assert not integrated_gradients(model)(given, np.array([0])).any()


def test_baselines():
    image = np.array([[0, 0], [8, 4]], np.float32).reshape(1, 2, 2, 1)
    assert not black(image).any()
    assert grey(image).ravel().tolist() == [3, 3, 3, 3]
    wide = np.zeros((1, 40, 40, 1), np.float32)
    wide[:, 20:] = 100
    soft = blurred(wide)[0, :, 5, 0]
    assert (np.diff(soft) >= 0).all()
    assert 45 < soft[20] < 60
    assert baseline("blurred") is blurred
    with pytest.raises(TeniError, match="no baseline 'white'; there are black, grey, blurred"):
        baseline("white")
