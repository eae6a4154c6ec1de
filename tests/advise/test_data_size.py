"""Few or many, from curves whose exponent is known."""

import numpy as np
import pandas as pd
import pytest

from teni.advise.data_size import measure_data_size


def curve(errors, low=None, high=None):
    subjects = 10 * 2 ** np.arange(len(errors))
    return pd.DataFrame(
        {
            "subjects": subjects, "images": 3 * subjects, "rmse_px": errors,
            "rmse_px_low": low or errors, "rmse_px_high": high or errors,
        }
    )  # fmt: skip


def test_a_power_law_is_found_again():
    found = measure_data_size(curve([10 * s**-0.3 for s in (1, 2, 4, 8)]))
    assert found.gain == pytest.approx(1 - 2**-0.3)
    assert (found.subjects, found.images) == (80, 240)
    assert (found.few, found.sure) == (True, True)


def test_a_flat_curve_says_many():
    found = measure_data_size(curve([1.02, 1.01, 1.0]))
    assert (found.few, found.sure) == (False, True)
    assert found.gain == pytest.approx(1 - 2 ** (-np.log(1.02) / np.log(4)), abs=1e-4)


def test_only_the_end_of_the_curve_counts():
    found = measure_data_size(curve([9.0, 5.0, 1.0, 1.0, 1.0]))
    assert found.gain == pytest.approx(0.0, abs=1e-12)


def test_draws_that_differ_make_it_unsure():
    found = measure_data_size(curve([1.1, 1.05, 1.0], low=[1.0, 1.0, 1.0], high=[1.4, 1.2, 1.0]))
    assert found.low < 0.05 < found.high
    assert not found.sure
    assert found.low <= found.gain <= found.high


def test_a_curve_of_one_point_says_nothing():
    assert measure_data_size(curve([1.0])) is None
