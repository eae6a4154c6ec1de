from dataclasses import dataclass
from typing import Literal

import pytest

from teni.errors import TeniError
from teni.visualize.settings import parse_settings, told_settings


@dataclass(frozen=True)
class Several:
    steps: int = 20
    rate: float | None = None
    recipe: Literal["classic", "readable"] = "classic"
    fold: bool = True
    moves: tuple[float, float] | None = None
    layers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.steps < 0:
            raise ValueError("steps must be 0 or more")


@dataclass(frozen=True)
class Nothing:
    pass


def test_every_kind_of_value():
    found = parse_settings(
        Several, ["steps=3", "rate=0.5", "recipe=readable", "fold=no", "moves=1, 2", "layers=a,b"]
    )
    assert found == Several(3, 0.5, "readable", False, (1.0, 2.0), ("a", "b"))
    assert parse_settings(Several, ["rate=none"]) == Several()


def test_settings_are_told_as_they_may_be_written():
    assert told_settings(Several)[:4] == ["steps=20", "rate=none", "recipe=classic", "fold=true"]
    assert parse_settings(Several, [t for t in told_settings(Several) if t != "layers="]) == Several()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("step=3", "--set step=3: no setting 'step'; did you mean steps?"),
        ("colour=3", "no setting 'colour'; there are steps, rate, recipe, fold, moves, layers"),
        ("steps", "--set steps: expected NAME=VALUE"),
        ("steps=2.5", "--set steps=2.5: expected a whole number, got '2.5'"),
        ("rate=fast", "expected a number, got 'fast'"),
        ("recipe=nice", "expected one of classic, readable, got 'nice'"),
        ("fold=maybe", "expected true or false, got 'maybe'"),
        ("moves=1", "expected 2 values separated by commas, got 1"),
        ("steps=-1", "--set: steps must be 0 or more"),
    ],
)
def test_what_cannot_be_is_told(given, told):
    with pytest.raises(TeniError) as error:
        parse_settings(Several, [given])
    assert told in str(error.value)


@pytest.mark.parametrize("given", ["steps=1", "steps"])
def test_a_method_without_settings_says_so(given):
    with pytest.raises(TeniError, match=f"--set {given}: this method has no settings"):
        parse_settings(Nothing, [given])
