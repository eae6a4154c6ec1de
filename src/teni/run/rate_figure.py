"""Range tests as one picture: the loss over the learning rate, both logarithmic, with the rate that was taken."""

import math
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from teni.run.curve_figure import BOTTOM, COLOURS, HEIGHT, LEFT, LEGEND, TOP, WIDTH, decimal_ticks, document

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
    plot = _Plot(
        (min(rate for rate, _ in every), max(rate for rate, _ in every)),
        (0.9 * low, 1.1 * min(high, MOST_TIMES * low)),
    )
    drawn = plot.axes()
    for place, (name, test) in enumerate(tests.items()):
        drawn += plot.test(places[name], test["found"], COLOURS[place % len(COLOURS)])
        drawn += _legend(place, name, test["found"])
    return document(drawn, "Loss over the learning rate in a range test")


def _places(test: Mapping[str, Any]) -> list[tuple[float, float]]:
    pairs = zip(test["learning_rate"], test["smoothed"], strict=True)
    return [(rate, loss) for rate, loss in pairs if loss is not None and loss > 0]


class _Plot:
    """Places on the paper of learning rates and losses."""

    def __init__(self, rates: tuple[float, float], losses: tuple[float, float]) -> None:
        self._rates, self._losses = rates, losses

    def x(self, rate: float) -> float:
        low, high = self._rates
        return LEFT + (WIDTH - LEFT - LEGEND) * _share(rate, low, high)

    def y(self, loss: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * _share(loss, *self._losses)

    def test(self, places: list[tuple[float, float]], found: float | None, colour: str) -> list[str]:
        shown = [(rate, loss) for rate, loss in places if loss <= self._losses[1]]
        line = "L".join(f"{self.x(rate):.1f} {self.y(loss):.1f}" for rate, loss in shown)
        drawn = [f'<path d="M{line}" stroke="{colour}" stroke-width="1.6" fill="none"/>']
        if found is not None and shown:
            rate, loss = min(shown, key=lambda place: abs(math.log(place[0] / found)))
            drawn.append(f'<circle cx="{self.x(rate):.1f}" cy="{self.y(loss):.1f}" r="5" fill="{colour}"/>')
        return drawn

    def axes(self) -> list[str]:
        right, bottom = WIDTH - LEGEND, HEIGHT - BOTTOM
        drawn: list[str] = []
        for loss in decimal_ticks(*self._losses):
            y = self.y(loss)
            drawn.append(f'<line x1="{LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
            drawn.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{loss:g}</text>')
        first, last = (math.log10(rate) for rate in self._rates)
        for power in range(math.ceil(first - 1e-9), math.floor(last + 1e-9) + 1):
            x = self.x(10.0**power)
            drawn.append(f'<text x="{x:.1f}" y="{bottom + 20}" text-anchor="middle">1e{power}</text>')
        width, height = right - LEFT, bottom - TOP
        drawn.append(
            f'<rect x="{LEFT}" y="{TOP}" width="{width}" height="{height}" fill="none" stroke="#888"/>'
        )
        middle = (LEFT + right) / 2
        drawn.append(f'<text x="{middle}" y="{HEIGHT - 10}" text-anchor="middle">learning rate</text>')
        drawn.append(f'<text x="{LEFT}" y="{TOP - 10}">loss, smoothed; logarithmic scales</text>')
        return drawn


def _share(value: float, low: float, high: float) -> float:
    return math.log(value / low) / math.log(high / low) if high > low else 0.5


def _legend(place: int, name: str, found: float | None) -> list[str]:
    left, y, colour = WIDTH - LEGEND + 20, TOP + 10 + 40 * place, COLOURS[place % len(COLOURS)]
    taken = "the usual rate" if found is None else f"{found:g}"
    return [
        f'<line x1="{left}" x2="{left + 26}" y1="{y}" y2="{y}" stroke="{colour}" stroke-width="4"/>',
        f'<text x="{left + 34}" y="{y + 4}">{escape(name)}</text>',
        f'<text x="{left + 34}" y="{y + 20}">taken: {taken}</text>',
    ]
