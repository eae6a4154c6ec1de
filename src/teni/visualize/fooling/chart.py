"""Confidence by class over generations, as an SVG figure."""

from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from teni.visualize.fooling.told import SURE

Floats = NDArray[np.float64]

WIDTH, HEIGHT = 720, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 150, 16, 44
_COLOURS = ("#3f86c9", "#2a9d80", "#9a6fd0", "#c2587e", "#a58a1f", "#6b7f2a", "#4a9fb5", "#b5654a")
_MEDIAN, _QUIET, _INK = "#d9701e", "#8b929b", "#1d2126"
_MOST_POINTS = 400  # of a line


def confidence_chart(names: Sequence[str], history: Sequence[Floats], counted: str) -> bytes:
    """Draw a line for each class and a thick one for the median.

    Up to eight classes have colours and names; more are thin grey lines behind the median.

    Args:
        names: of the classes.
        history: ``(classes,)`` after each generation or step.
        counted: what runs along the axis, e.g. ``generation``.

    Returns:
        An SVG picture.

    >>> b"<svg" in confidence_chart(["cat"], [np.array([0.25]), np.array([0.5])], "generation")
    True
    """
    rows = np.stack(history)
    last = max(len(rows) - 1, 1)
    shown = np.unique(np.linspace(0, len(rows) - 1, _MOST_POINTS).round().astype(int))
    few = len(names) <= len(_COLOURS)
    parts = [_axes(last, counted)]
    for place in range(len(names)):
        colour = _COLOURS[place] if few else _QUIET
        parts.append(_line(shown, rows[shown, place], last, colour, 1.6 if few else 0.6, 1 if few else 0.4))
    parts.append(_line(shown, np.median(rows[shown], axis=1), last, _MEDIAN, 3, 1))
    entries = [("median", _MEDIAN)]
    entries += list(zip(names, _COLOURS, strict=False)) if few else [(f"{len(names):,} classes", _QUIET)]
    parts += [_entry(number, name, colour) for number, (name, colour) in enumerate(entries)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="{_INK}">'
        f'<rect width="100%" height="100%" fill="#ffffff"/>{"".join(parts)}</svg>\n'
    ).encode()


def _axes(last: int, counted: str) -> str:
    right, bottom = WIDTH - _RIGHT, HEIGHT - _BOTTOM
    parts: list[str] = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = _up(share)
        parts.append(f'<line x1="{_LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" stroke="#dfe3e8"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{share:.0%}</text>')
    y = _up(SURE)
    parts.append(
        f'<line x1="{_LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" stroke="{_INK}" stroke-dasharray="2 4"/>'
    )
    for number in sorted({0, round(last / 2), last}):
        parts.append(
            f'<text x="{_across(number, last):.1f}" y="{bottom + 18}" text-anchor="middle">{number:,}</text>'
        )
    middle = (_LEFT + right) / 2
    parts.append(f'<text x="{middle:.1f}" y="{bottom + 36}" text-anchor="middle">{escape(counted)}</text>')
    return "".join(parts)


def _line(at: NDArray[np.int_], values: Floats, last: int, colour: str, width: float, opacity: float) -> str:
    points = " ".join(f"{_across(x, last):.1f},{_up(y):.1f}" for x, y in zip(at, values, strict=True))
    return (
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}" '
        f'stroke-opacity="{opacity}" stroke-linejoin="round"/>'
    )


def _entry(number: int, name: str, colour: str) -> str:
    x, y = WIDTH - _RIGHT + 14, _TOP + 12 + 18 * number
    short = name if len(name) <= 16 else f"{name[:15]}…"
    return (
        f'<rect x="{x}" y="{y - 8}" width="14" height="4" fill="{colour}"/>'
        f'<text x="{x + 20}" y="{y}">{escape(short)}</text>'
    )


def _across(number: float, last: int) -> float:
    return _LEFT + (WIDTH - _RIGHT - _LEFT) * number / last


def _up(share: float) -> float:
    return HEIGHT - _BOTTOM - (HEIGHT - _BOTTOM - _TOP) * share
