"""The paper on which losses are drawn: a logarithmic scale upwards, a legend on the right, an SVG document."""

import math
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 960, 540
LEFT, TOP, BOTTOM = 70, 30, 50
LEGEND = 230
KEY, LETTER, ROW = 54, 7.5, 20  # pixels of a legend: its stroke, a letter at most, a line
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#555555")


def height_of(loss: float, low: float, high: float) -> float:
    """Say how far down the paper a loss stands.

    Args:
        loss: above 0.
        low: at the lower edge of the frame.
        high: at the upper one.

    >>> height_of(1.0, 0.1, 1.0), height_of(0.1, 0.1, 1.0)
    (30.0, 490.0)
    """
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * math.log(loss / low) / math.log(high / low)


def frame(low: float, high: float, across: str, up: str) -> Iterator[str]:
    """Draw the frame with lines at round losses, and name the axes.

    Args:
        low: the loss at the lower edge.
        high: at the upper one.
        across: what is told from left to right.
        up: what is told upwards.

    >>> [line for line in frame(0.9, 1.1, "epoch", "loss") if ">1<" in line]
    ['<text x="62" y="252.5" text-anchor="end">1</text>']
    """
    right = WIDTH - LEGEND
    for loss in decimal_ticks(low, high):
        y = height_of(loss, low, high)
        yield f'<line x1="{LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{loss:g}</text>'
    width, height = right - LEFT, HEIGHT - BOTTOM - TOP
    yield f'<rect x="{LEFT}" y="{TOP}" width="{width}" height="{height}" fill="none" stroke="#888"/>'
    yield f'<text x="{(LEFT + right) / 2}" y="{HEIGHT - 10}" text-anchor="middle">{across}</text>'
    yield f'<text x="{LEFT}" y="{TOP - 10}">{up}</text>'


def mark(x: float, text: str) -> str:
    """Write a number under the frame.

    >>> mark(70, "1")
    '<text x="70.0" y="510" text-anchor="middle">1</text>'
    """
    return f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{text}</text>'


def legend(names: Sequence[str], top: int) -> Iterator[str]:
    """Write names beside strokes of their colours.

    Args:
        names: one a line, in the order of `COLOURS`.
        top: how far down the first one stands.
    """
    left = WIDTH - LEGEND + 20
    for row, name in enumerate(names):
        y, colour = top + ROW * row, COLOURS[row % len(COLOURS)]
        yield f'<line x1="{left}" x2="{left + 26}" y1="{y}" y2="{y}" stroke="{colour}" stroke-width="4"/>'
        yield f'<text x="{left + 34}" y="{y + 4}">{escape(_legible(name))}</text>'


def document(drawn: Sequence[str], label: str, names: Sequence[str], top: int) -> str:
    """Put elements on white paper that is large enough for a legend.

    Args:
        drawn: elements.
        label: what is seen, for screen readers.
        names: of the legend.
        top: where it begins.

    Returns:
        An SVG document.
    """
    wide = max((math.ceil(KEY + LETTER * len(name)) for name in names), default=0)
    width, height = WIDTH + max(wide - LEGEND, 0), max(HEIGHT, top + ROW * len(names))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="sans-serif" font-size="13" role="img" aria-label="{escape(label)}">\n'
        f'<rect width="{width}" height="{height}" fill="#fff"/>\n' + "\n".join(drawn) + "\n</svg>\n"
    )


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


def _legible(name: str) -> str:
    """Replace what XML does not allow: a network may be called after a file of any name."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name)
