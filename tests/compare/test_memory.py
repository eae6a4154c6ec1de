"""The peak of what follows, not of what was before."""

import sys

import numpy as np
import pytest

from teni.compare.memory import peak_mb, reset_peak


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux forgets a peak")
def test_what_was_before_is_forgotten():
    large = np.ones(60_000_000)  # 480 MB
    before = peak_mb()
    del large
    reset_peak()
    small = np.ones(1_000_000)
    assert peak_mb() < before - 300
    assert small.sum() == 1_000_000
