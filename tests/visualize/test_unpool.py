"""Switches by hand, and every geometry of a pooling against the pooling itself."""

import keras
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from teni.visualize.unpool import switches, unpool, unpool_whole, window_of


def image(rows):
    return keras.ops.convert_to_tensor(np.array(rows, np.float32)[None, :, :, None])


def plain(tensor):
    return keras.ops.convert_to_numpy(tensor)[0, :, :, 0].tolist()


def test_each_value_returns_to_its_maximum():
    x = image([[1, 5, 2, 0], [3, 4, 9, 8]])
    window = window_of((2, 4), (2, 2), (2, 2), "valid")
    assert plain(switches(x, window)) == [[1, 2]]  # row by row: 1, 5, 3, 4 and 2, 0, 9, 8
    back = unpool(image([[10, 20]]), switches(x, window), window, (2, 4))
    assert plain(back) == [[0, 10, 0, 0], [0, 0, 20, 0]]


def test_where_windows_overlap_on_one_maximum_the_values_add_up():
    x = image([[0, 0, 7, 0, 0]])
    window = window_of((1, 5), (1, 3), (1, 2), "valid")
    back = unpool(image([[1, 10]]), switches(x, window), window, (1, 5))
    assert plain(back) == [[0, 0, 11, 0, 0]]


def test_the_first_of_equal_maxima_counts_and_the_border_never():
    x = image([[-3, -3], [-3, -3]])
    window = window_of((2, 2), (3, 3), (1, 1), "same")
    back = unpool(image([[1, 1], [1, 1]]), switches(x, window), window, (2, 2))
    assert plain(back) == [[4, 0], [0, 0]]


def test_rows_that_no_window_reaches_get_nothing():
    x = image([[1, 2, 3, 4, 5]] * 3)
    window = window_of((3, 5), (2, 2), (2, 2), "valid")
    back = unpool(image([[1, 1]]), switches(x, window), window, (3, 5))
    assert plain(back) == [[0, 1, 0, 1, 0], [0] * 5, [0] * 5]


def test_the_whole_map():
    x = image([[1, 6], [6, 2]])
    assert plain(unpool_whole(image([[5]]), x)) == [[0, 5], [0, 0]]


@settings(max_examples=25, deadline=None)
@given(
    size=st.tuples(st.integers(3, 8), st.integers(3, 8)),
    window=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    strides=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    padding=st.sampled_from(["valid", "same"]),
    seed=st.integers(0, 1000),
)
def test_switches_point_at_what_the_layer_gives(size, window, strides, padding, seed):
    x = np.random.default_rng(seed).normal(size=(2, *size, 3)).astype(np.float32)
    pooled = keras.ops.convert_to_numpy(
        keras.ops.max_pool(keras.ops.convert_to_tensor(x), window, strides, padding)
    )
    how = window_of(size, window, strides, padding)
    places = switches(keras.ops.convert_to_tensor(x), how)
    assert tuple(places.shape) == pooled.shape
    ones = keras.ops.ones(pooled.shape)
    back = keras.ops.convert_to_numpy(unpool(ones, places, how, size))
    assert back.sum() == pooled.size  # every window returns its one, wherever that lies
    sent = keras.ops.convert_to_numpy(unpool(keras.ops.convert_to_tensor(pooled), places, how, size))
    hit = back > 0
    np.testing.assert_allclose(sent[hit] / back[hit], x[hit], rtol=1e-5)
    assert not sent[~hit].any()
