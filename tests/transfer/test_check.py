"""What cannot be learned from is told before any work."""

import numpy as np
import pytest

from teni.data import Dataset
from teni.errors import TeniError
from teni.task import Classes
from teni.transfer.check import check_learnable

TASK = Classes(("cat", "dog"), 2, 2)


def test_more_images_than_a_decomposition_holds():
    data = Dataset(np.zeros((5, 2, 2, 1), np.uint8), np.arange(5) % 2, TASK, None, np.arange(5).astype(str))
    assert check_learnable(data, np.arange(5)) is data.targets
    with pytest.raises(TeniError) as told:
        check_learnable(data, np.arange(5), 4)
    assert str(told.value) == (
        "5 training images; this strategy takes at most 4 (it decomposes a matrix of images by images); give "
        "fewer, or a strategy that takes any number: auto, ridge, kernel"
    )
