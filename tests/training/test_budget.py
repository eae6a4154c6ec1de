"""What a budget may be."""

import pytest

from teni.errors import TeniError
from teni.training import Budget


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"seconds": 0.0}, "a budget of 0 seconds: expected more than none"),
        ({"seconds": float("nan")}, "a budget of nan seconds: expected more than none"),
        ({"epochs": 0}, "a budget of 0 epochs: expected at least one"),
    ],
)
def test_nothing_to_train_with(asked, message):
    with pytest.raises(TeniError, match=message):
        Budget(**asked)
