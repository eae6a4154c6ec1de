"""Losses of everything that was trained as one picture: training solid, validation dashed, a colour a model."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

import pandas as pd

WIDTH, HEIGHT = 960, 540
LEFT, TOP, BOTTOM = 70, 30, 50
LEGEND = 230
KEY, LETTER, ROW = 54, 7.5, 20  # pixels of a legend: its stroke, a letter at most, a line
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#555555")
# A loss that diverged must not flatten all others.
MOST_TIMES = 1e4


@dataclass(frozen=True)
class Curve:
    """What one training told, epoch by epoch.

    Args:
        name: of the model, the group of keypoints or the only training.
        epochs: ascending.
        training: loss of each epoch; NaN where none is known.
        validation: the same.
    """

    name: str
    epochs: list[int]
    training: list[float]
    validation: list[float]


def split_curves(curves: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Split the rows of ``curves.csv`` into trainings.

    Args:
        curves: columns `teni.training.CURVES`, and ``model`` where there are several.

    Returns:
        Name and rows of each: of a model, or of a phase where epochs begin anew with it, as with specialists.

    >>> both = pd.DataFrame({"phase": ["eyes", "eyes", "mouth"], "epoch": [1, 2, 1]})
    >>> [(name, len(rows)) for name, rows in split_curves(both)]
    [('eyes', 2), ('mouth', 1)]
    >>> one = pd.DataFrame({"phase": ["head", "all"], "epoch": [1, 2]})
    >>> [(name, len(rows)) for name, rows in split_curves(one)]
    [('', 2)]
    """
    if not len(curves):
        return []
    column = "model" if "model" in curves else "phase"
    if column == "phase" and not bool((curves["epoch"].diff().iloc[1:] <= 0).any()):
        return [("", curves)]
    return [(str(name), rows) for name, rows in curves.groupby(column, sort=False)]


def draw_curves(curves: pd.DataFrame) -> str | None:
    """Draw losses over epochs, the losses on a logarithmic scale.

    Args:
        curves: as for `split_curves`, with ``loss`` and ``validation_loss``.

    Returns:
        An SVG document, as large as its legend needs; None where there is no finite loss above 0.

    >>> rows = {"phase": "all", "epoch": [1, 2], "loss": [0.4, 0.1], "validation_loss": [0.5, 0.2]}
    >>> drawn = draw_curves(pd.DataFrame(rows))
    >>> drawn.count("<path"), drawn.count("stroke-dasharray")
    (2, 2)
    """
    found = [
        Curve(_legible(name), rows["epoch"].tolist(), rows["loss"].tolist(), rows["validation_loss"].tolist())
        for name, rows in split_curves(curves)
    ]
    losses = [loss for curve in found for loss in (*curve.training, *curve.validation) if 0 < loss < math.inf]
    if not losses:
        return None
    low, high = min(losses), min(max(losses), MOST_TIMES * min(losses))
    last = max(epoch for curve in found for epoch in curve.epochs)
    plot = _Plot(last, 0.9 * low, 1.1 * high)
    drawn = [*plot.axes()]
    for place, curve in enumerate(found):
        colour = COLOURS[place % len(COLOURS)]
        drawn += [
            plot.line(curve.epochs, curve.training, colour, ""),
            plot.line(curve.epochs, curve.validation, colour, ' stroke-dasharray="6 4"'),
        ]
    names = [curve.name for curve in found if curve.name]
    wide = max((math.ceil(KEY + LETTER * len(name)) for name in names), default=0)
    size = WIDTH + max(wide - LEGEND, 0), max(HEIGHT, TOP + 60 + ROW * len(names))
    return document([*drawn, *_legend(found)], "Losses of every epoch", size)


@dataclass(frozen=True)
class _Plot:
    """Places on the paper of epochs and losses."""

    epochs: int
    low: float
    high: float

    def x(self, epoch: float) -> float:
        return LEFT + (WIDTH - LEFT - LEGEND) * (epoch - 1) / max(self.epochs - 1, 1)

    def y(self, loss: float) -> float:
        share = math.log(loss / self.low) / math.log(self.high / self.low)
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * share

    def line(self, epochs: list[int], losses: list[float], colour: str, dash: str) -> str:
        places: list[str] = []
        before = None
        for epoch, loss in zip(epochs, losses, strict=True):
            if not 0 < loss <= self.high:  # unknown, or off the paper: the line begins anew behind it
                before = None
                continue
            pen = "M" if before is None or epoch <= before else "L"  # specialists of one model begin anew
            places.append(f"{pen}{self.x(epoch):.1f} {self.y(loss):.1f}")
            before = epoch
        return f'<path d="{"".join(places)}" stroke="{colour}" stroke-width="1.6" fill="none"{dash}/>'

    def axes(self) -> Iterator[str]:
        right, bottom = WIDTH - LEGEND, HEIGHT - BOTTOM
        for loss in decimal_ticks(self.low, self.high):
            y = self.y(loss)
            yield f'<line x1="{LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
            yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{loss:g}</text>'
        for epoch in _even_ticks(self.epochs):
            yield f'<text x="{self.x(epoch):.1f}" y="{bottom + 20}" text-anchor="middle">{epoch}</text>'
        yield f'<rect x="{LEFT}" y="{TOP}" width="{right - LEFT}" height="{bottom - TOP}" fill="none" stroke="#888"/>'
        yield f'<text x="{(LEFT + right) / 2}" y="{HEIGHT - 10}" text-anchor="middle">epoch</text>'
        yield f'<text x="{LEFT}" y="{TOP - 10}">loss, logarithmic scale</text>'


def _legend(found: list[Curve]) -> Iterator[str]:
    left = WIDTH - LEGEND + 20
    for row, (name, dash) in enumerate((("training", ""), ("validation", ' stroke-dasharray="6 4"'))):
        y = TOP + 10 + ROW * row
        yield f'<line x1="{left}" x2="{left + 26}" y1="{y}" y2="{y}" stroke="#000" stroke-width="1.6"{dash}/>'
        yield f'<text x="{left + 34}" y="{y + 4}">{name}</text>'
    for row, curve in enumerate(curve for curve in found if curve.name):
        y, colour = TOP + 60 + ROW * row, COLOURS[row % len(COLOURS)]
        yield f'<line x1="{left}" x2="{left + 26}" y1="{y}" y2="{y}" stroke="{colour}" stroke-width="4"/>'
        yield f'<text x="{left + 34}" y="{y + 4}">{escape(curve.name)}</text>'


def decimal_ticks(low: float, high: float) -> list[float]:
    """Return up to ten round numbers between two positive ones, for a logarithmic axis.

    >>> decimal_ticks(0.9, 12.0)
    [1.0, 2.0, 3.0, 5.0, 7.0, 10.0]
    """
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    found: list[float] = []
    for fronts in ((1, 2, 3, 5, 7), (1, 2, 5), (1,)):
        found = [front * 10.0**power for power in powers for front in fronts]
        found = [tick for tick in found if low <= tick <= high]
        if len(found) <= 10:
            break
    return found


def _even_ticks(epochs: int) -> list[int]:
    steps = (front * 10**power for power in range(9) for front in (1, 2, 5))
    step = next(step for step in steps if epochs <= 10 * step)
    return sorted({1, *range(step, epochs + 1, step)})


def _legible(name: str) -> str:
    """Replace what XML does not allow: a network may be called after a file of any name."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name)


def document(drawn: list[str], label: str, size: tuple[int, int] = (WIDTH, HEIGHT)) -> str:
    """Put elements on white paper: an SVG document.

    Args:
        drawn: elements.
        label: what is seen, for screen readers.
        size: width and height of the paper in pixels.
    """
    width, height = size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="sans-serif" font-size="13" role="img" aria-label="{escape(label)}">\n'
        f'<rect width="{width}" height="{height}" fill="#fff"/>\n' + "\n".join(drawn) + "\n</svg>\n"
    )
