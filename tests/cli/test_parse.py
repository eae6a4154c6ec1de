import pytest

from teni.cli.parse import parse_budget
from teni.errors import TeniError


@pytest.mark.parametrize(
    ("text", "seconds"), [("2h", 7200), (" 30S", 30), ("0.5m", 30), ("12", 12), (None, None)]
)
def test_durations(text, seconds):
    assert parse_budget(text) == seconds


@pytest.mark.parametrize("text", ["", "0m", "-3m", "3d", "1h30m", "inf", "nan"])
def test_what_is_no_duration(text):
    with pytest.raises(TeniError, match=r"expected a time such as 90s, 10m or 1\.5h"):
        parse_budget(text)
