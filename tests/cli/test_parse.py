import pytest

from teni.cli.parse import parse_budget, parse_rate
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


@pytest.mark.parametrize(("text", "rate"), [("1e-3", 1e-3), ("0.5", 0.5), ("find", "find"), (None, None)])
def test_rates(text, rate):
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["", "0", "-1", "nan", "inf", "fast"])
def test_what_is_no_rate(text):
    with pytest.raises(TeniError, match=r"expected a learning rate, e\.g\. 0\.001, or find"):
        parse_rate(text)
