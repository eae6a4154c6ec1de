"""Losses of everything that was trained as one picture: training solid, validation dashed, a colour a model."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from teni.run.paper import (
    COLOURS,
    LEFT,
    LEGEND,
    ROW,
    TOP,
    WIDTH,
    document,
    frame,
    height_of,
    legend,
    mark,
)

# A loss that diverged must not flatten all others.
MOST_TIMES = 1e4
NAMES_FROM = TOP + 60  # where the legend goes on with the names


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
        Curve(name, rows["epoch"].tolist(), rows["loss"].tolist(), rows["validation_loss"].tolist())
        for name, rows in split_curves(curves)
    ]
    losses = [loss for curve in found for loss in (*curve.training, *curve.validation) if 0 < loss < math.inf]
    if not losses:
        return None
    low, high = min(losses), min(max(losses), MOST_TIMES * min(losses))
    last = max(epoch for curve in found for epoch in curve.epochs)
    plot = _Plot(last, 0.9 * low, 1.1 * high)
    drawn = [*frame(plot.low, plot.high, "epoch", "loss, logarithmic scale")]
    drawn += [mark(plot.x(epoch), f"{epoch}") for epoch in _even_ticks(last)]
    for place, curve in enumerate(found):
        colour = COLOURS[place % len(COLOURS)]
        drawn += [
            plot.line(curve.epochs, curve.training, colour, ""),
            plot.line(curve.epochs, curve.validation, colour, ' stroke-dasharray="6 4"'),
        ]
    names = [curve.name for curve in found if curve.name]
    drawn += [*_strokes(), *legend(names, NAMES_FROM)]
    return document(drawn, "Losses of every epoch", names, NAMES_FROM)


@dataclass(frozen=True)
class _Plot:
    """Places on the paper of epochs and losses."""

    epochs: int
    low: float
    high: float

    def x(self, epoch: float) -> float:
        return LEFT + (WIDTH - LEFT - LEGEND) * (epoch - 1) / max(self.epochs - 1, 1)

    def line(self, epochs: list[int], losses: list[float], colour: str, dash: str) -> str:
        places: list[str] = []
        before = None
        for epoch, loss in zip(epochs, losses, strict=True):
            if not 0 < loss <= self.high:  # unknown, or off the paper: the line begins anew behind it
                before = None
                continue
            pen = "M" if before is None or epoch <= before else "L"  # specialists of one model begin anew
            places.append(f"{pen}{self.x(epoch):.1f} {height_of(loss, self.low, self.high):.1f}")
            before = epoch
        return f'<path d="{"".join(places)}" stroke="{colour}" stroke-width="1.6" fill="none"{dash}/>'


def _strokes() -> Iterator[str]:
    """Say which stroke is which part of the data."""
    left = WIDTH - LEGEND + 20
    for row, (name, dash) in enumerate((("training", ""), ("validation", ' stroke-dasharray="6 4"'))):
        y = TOP + 10 + ROW * row
        yield f'<line x1="{left}" x2="{left + 26}" y1="{y}" y2="{y}" stroke="#000" stroke-width="1.6"{dash}/>'
        yield f'<text x="{left + 34}" y="{y + 4}">{name}</text>'


def _even_ticks(epochs: int) -> list[int]:
    steps = (front * 10**power for power in range(9) for front in (1, 2, 5))
    step = next(step for step in steps if epochs <= 10 * step)
    return sorted({1, *range(step, epochs + 1, step)})
