"""Range tests as one picture: the loss over the learning rate, both logarithmic, with the rate that was taken."""

import math
from collections.abc import Mapping
from typing import Any

from teni.run.paper import COLOURS, LEFT, LEGEND, TOP, WIDTH, document, frame, height_of, legend, mark

# Beyond this many times the lowest loss the picture ends: what diverges must not flatten the rest.
MOST_TIMES = 30


def draw_range_tests(tests: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Draw what range tests saw.

    Args:
        tests: by name, ``learning_rate`` and ``smoothed`` of each step (None where the loss was no number), and
            ``found``, the rate that was taken (None for none); see `teni.transfer.rate`.

    Returns:
        An SVG document; None where there is no loss above 0.

    >>> test = {"learning_rate": [1e-4, 1e-3, 1e-2], "smoothed": [1.0, 0.5, None], "found": 1e-3, "usual": 1e-3}
    >>> drawn = draw_range_tests({"eyes": test})
    >>> drawn.count("<path"), drawn.count("<circle")
    (1, 1)
    """
    places = {name: _places(test) for name, test in tests.items()}
    every = [place for each in places.values() for place in each]
    if not every:
        return None
    low, high = min(loss for _, loss in every), max(loss for _, loss in every)
    rates = min(rate for rate, _ in every), max(rate for rate, _ in every)
    low, high = 0.9 * low, 1.1 * min(high, MOST_TIMES * low)
    drawn = [*frame(low, high, "learning rate", "loss, smoothed; logarithmic scales")]
    first, last = (math.log10(rate) for rate in rates)
    for power in range(math.ceil(first - 1e-9), math.floor(last + 1e-9) + 1):
        drawn.append(mark(_across(10.0**power, rates), f"1e{power}"))
    names: list[str] = []
    for place, (name, test) in enumerate(tests.items()):
        shown = [(rate, loss) for rate, loss in places[name] if loss <= high]
        where = [(_across(rate, rates), height_of(loss, low, high)) for rate, loss in shown]
        drawn += _line(where, COLOURS[place % len(COLOURS)])
        if test["found"] is not None and shown:
            near = min(range(len(shown)), key=lambda i: abs(math.log(shown[i][0] / test["found"])))
            drawn.append(_dot(*where[near], COLOURS[place % len(COLOURS)]))
        taken = "the usual rate" if test["found"] is None else f"{test['found']:g}"
        names.append(f"{name}, taken: {taken}")
    drawn += legend(names, TOP + 10)
    return document(drawn, "Loss over the learning rate in a range test", names, TOP + 10)


def _places(test: Mapping[str, Any]) -> list[tuple[float, float]]:
    pairs = zip(test["learning_rate"], test["smoothed"], strict=True)
    return [(rate, loss) for rate, loss in pairs if loss is not None and loss > 0]


def _across(rate: float, rates: tuple[float, float]) -> float:
    low, high = rates
    share = math.log(rate / low) / math.log(high / low) if high > low else 0.5
    return LEFT + (WIDTH - LEFT - LEGEND) * share


def _line(where: list[tuple[float, float]], colour: str) -> list[str]:
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in where)
    return [f'<path d="M{path}" stroke="{colour}" stroke-width="1.6" fill="none"/>'] if where else []


def _dot(x: float, y: float, colour: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}"/>'
