"""The charts of the report as plain values; the page's own script draws them, in its colours and its language."""

from dataclasses import dataclass, fields
from typing import Any, Literal

from teni.report.words import Text

# Colours by name: the style sheet has them for light paper, dark paper and print.
ACCENT, QUIET = "accent", "quiet"
COLOURS = ("c0", "c1", "c2", "c3", "c4", "c5", "c6")
DASHES = 4


@dataclass(frozen=True)
class Axis:
    """An axis.

    Args:
        title: what it counts.
        scale: how it counts; ``names`` are categories in their order.
        names: of the categories.
        ends: first and last value shown; None takes what the data need.
        percent: whether values are shares.
        zero: whether it starts at 0.
        switch: whether the reader may change between ``log`` and ``linear``.
    """

    title: Text
    scale: Literal["linear", "log", "names"] = "linear"
    names: tuple[str, ...] = ()
    ends: tuple[float, float] | None = None
    percent: bool = False
    zero: bool = False
    switch: bool = False


@dataclass(frozen=True)
class Series:
    """A line, or dots, over an axis; None is a gap.

    Args:
        name: in the legend; None leaves it out there.
        x: numbers, or names of categories.
        y: numbers.
        colour: `ACCENT`, `QUIET` or one of `COLOURS`.
        style: ``line``, ``dots``, both, or a ring round each.
        dash: 0 is solid.
        more: ``low`` and ``high`` (a band), ``labels`` (said of each point), ``marks`` (written beside each point),
            ``sizes`` (radius of each dot in pixels), ``faint``, ``group`` (series that are shown or not together),
            ``rank`` (the place in the legend).
    """

    name: Text | str | None
    x: list[Any]
    y: list[float | None]
    colour: str = ACCENT
    style: Literal["line", "dots", "both", "ring"] = "both"
    dash: int = 0
    more: dict[str, Any] | None = None


@dataclass(frozen=True)
class Lines:
    """Series over two axes.

    Args:
        x: to the right.
        y: upwards.
        series: the last is drawn on top.
        unit: behind a number of y, with a space before.
        digits: of a number of y.
        rule: a dotted line: at a height, or ``diagonal``.
        tools: whether there are buttons to zoom and a box for each line.
    """

    x: Axis
    y: Axis
    series: list[Series]
    unit: str = ""
    digits: int = 2
    rule: float | Literal["diagonal"] | None = None
    tools: bool = False

    kind: Literal["lines"] = "lines"


@dataclass(frozen=True)
class Dot:
    """A value with its interval.

    Args:
        value: where it lies.
        ends: of the interval; None without one.
        key: which of the chart's keys it belongs to.
    """

    value: float
    ends: list[float] | None
    key: int = 0


@dataclass(frozen=True)
class Rows:
    """Values with their intervals, one row a name.

    Args:
        x: the axis below.
        rows: name and dots, the first on top.
        keys: name and colour of the dots; a legend tells them if there are several.
        unit: behind a number, with a space before.
        digits: of a number.
        rule: a dotted line at a value.
    """

    x: Axis
    rows: list[tuple[Text | str, list[Dot]]]
    keys: list[tuple[Text, str]]
    unit: str = ""
    digits: int = 2
    rule: float | None = None

    kind: Literal["rows"] = "rows"


Chart = Lines | Rows


def plain(value: Any) -> Any:
    """Turn a chart, a text, or what holds some, into plain values for JSON; what is at its default is left out.

    >>> plain(Dot(1.5, None))
    {'value': 1.5}
    """
    if isinstance(value, Text):
        return [value.en, value.ja]
    if isinstance(value, Lines | Rows | Axis | Series | Dot):
        told = {each.name: (getattr(value, each.name), each.default) for each in fields(value)}
        return {
            name: plain(given)
            for name, (given, usual) in told.items()
            if name == "kind" or _matters(given, usual)
        }
    if isinstance(value, dict):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value


def _matters(given: object, usual: object) -> bool:
    return given is not None and given != usual
