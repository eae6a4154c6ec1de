"""Calls side by side: in order, with the first error, and BLAS on one thread meanwhile."""

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from teni.transfer.threads import one_blas_thread, side_by_side


def blas_threads():
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


def test_blas_has_one_thread_inside_and_what_it_had_before_afterwards():
    np.ones((2, 2)) @ np.ones((2, 2))
    before = blas_threads()
    with one_blas_thread():
        assert set(blas_threads()) == {1}
    assert blas_threads() == before


def test_an_error_ends_the_block_and_gives_the_threads_back():
    before = blas_threads()
    with pytest.raises(ZeroDivisionError), one_blas_thread():
        side_by_side(lambda x: 1 / x, [1, 0, 2])
    assert blas_threads() == before


def test_results_come_in_the_order_of_the_arguments():
    assert side_by_side(pow, range(5), [2] * 5) == [0, 1, 4, 9, 16]


def test_arguments_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="zip"):
        side_by_side(pow, [1, 2], [1])
