"""The ascent by hand, and what must hold of every ascent."""

import keras
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from teni.visualize import open_network, part
from teni.visualize.maximise import Fourier, Plain, Plan, Regularisers, Views, ascend, ascent, unit_objective

SHAPE = (12, 12, 1)


def smooth_network():
    keras.utils.set_random_seed(2)
    x = keras.Input(SHAPE)
    h = keras.layers.Conv2D(4, 3, activation="tanh")(keras.layers.Rescaling(1 / 64, -2)(x))
    return keras.Model(x, keras.layers.Conv2D(4, 3, name="last")(keras.layers.MaxPooling2D()(h)))


OPENED = open_network(smooth_network())
FILTERS = unit_objective(part(OPENED, "last"))


def linear(kernel):
    x = keras.Input((1, 2, 1))
    layer = keras.layers.Dense(2, name="y")
    model = keras.Model(x, layer(keras.layers.Flatten()(x)))
    layer.set_weights([np.array(kernel, np.float32), np.zeros(2, np.float32)])
    return unit_objective(part(open_network(model), "y"))


def test_two_steps_by_hand():
    # unit 0 has gradient (3, 4), of root mean square sqrt(12.5); unit 1 has (0, -2), of sqrt(2)
    objective = linear([[3.0, 0.0], [4.0, -2.0]])
    start = np.zeros((2, 1, 2, 1), np.float32)
    found = ascend(objective, (1, 2, 1), [0, 1], Plan(2, 0.5), start=start)
    first, second = np.array([3, 4]) / np.sqrt(12.5), np.array([0, -2]) / np.sqrt(2)
    np.testing.assert_allclose(found.images[:, 0, :, 0], [first, second], rtol=1e-5)
    np.testing.assert_allclose(found.scores[0], 0, atol=1e-6)
    np.testing.assert_allclose(found.scores[2], [25 / np.sqrt(12.5), 4 / np.sqrt(2)], rtol=1e-5)
    np.testing.assert_allclose(found.scores[1], found.scores[2] / 2, rtol=1e-5)


# Every example compiles a program of its own: few of them, and no hunt for the smallest.
@settings(max_examples=4, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(seed=st.integers(0, 2**31), waves=st.booleans())
def test_scores_rise_at_every_step_of_a_small_rate(seed, waves):
    plan = Plan(8, 1e-3, Fourier()) if waves else Plan(8, 0.1)
    found = ascend(FILTERS, SHAPE, range(4), plan, seed=seed)
    assert (np.diff(found.scores, axis=0) > 0).all()


@pytest.mark.parametrize("image", [Plain(clip=True), Fourier()])
def test_many_batches_are_one(monkeypatch, image):
    plan = Plan(4, 0.1, image, Views(2, 5, 0.05), Regularisers(0.1, 0.1, 0.5, 2))
    whole = ascend(FILTERS, SHAPE, [3, 0, 1, 2, 3], plan, seed=1)
    monkeypatch.setattr(ascent, "images_at_once", lambda network: 2)
    told = []
    parts = ascend(FILTERS, SHAPE, [3, 0, 1, 2, 3], plan, seed=1, on_progress=told.append)
    np.testing.assert_allclose(parts.images, whole.images, rtol=1e-3, atol=1e-2)
    np.testing.assert_allclose(parts.scores, whole.scores, rtol=1e-3, atol=1e-4)
    assert [each.done for each in told] == [2, 4, 5]
    np.testing.assert_array_equal(parts.images[0], parts.images[4])


def test_what_a_unit_gives_does_not_depend_on_the_others():
    alone = ascend(FILTERS, SHAPE, [2], Plan(3))
    among = ascend(FILTERS, SHAPE, [0, 2], Plan(3))
    np.testing.assert_allclose(alone.images[0], among.images[1], rtol=1e-4)


def test_penalties_calm_the_image():
    def images(regularisers):
        return ascend(FILTERS, SHAPE, [0, 1], Plan(40, 1.0, regularisers=regularisers)).images

    rough = images(Regularisers())
    calm = images(Regularisers(total_variation=0.3))
    soft = images(Regularisers(blur=1.0))
    grey = images(Regularisers(l2=1.0))

    def variation(x):
        return np.abs(np.diff(x, axis=1)).mean() + np.abs(np.diff(x, axis=2)).mean()

    assert variation(calm) < 0.7 * variation(rough)
    assert variation(soft) < 0.7 * variation(rough)
    assert np.abs(grey - 127.5).mean() < np.abs(rough - 127.5).mean()


def test_a_dead_unit_stays_where_it_is():
    objective = linear([[0.0, 1.0], [0.0, 1.0]])
    start = np.full((1, 1, 2, 1), 5, np.float32)
    np.testing.assert_array_equal(ascend(objective, (1, 2, 1), [0], Plan(3), start=start).images, start)


def test_memory_bounds_a_batch(monkeypatch):
    monkeypatch.setattr(ascent, "MEMORY", 1.0)
    assert ascent.images_at_once(OPENED.model) == 1
