"""The rows drawn, as SVG and as pixels from the same lines and words."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

from teni.visualize.network.blocks import Block, Family
from teni.visualize.network.lanes import Row

ROW, LANE, TEXT = 26, 16, 13  # height of a row, width of a lane, size of the letters, in pixels
ROWS_A_COLUMN = 44
_INK, _SOFT, _LINE, _PAPER = "#1d2126", "#5c646d", "#9aa2ab", "#ffffff"
_FROZEN, _TAP = "#2f6db5", "#b4560f"
_COLOURS: dict[Family, str] = {
    "input": "#1d2126",
    "convolution": "#d9701e",
    "dense": "#7a4fb0",
    "pooling": "#2c8f6b",
    "merge": "#b03a5b",
    "other": "#7d858d",
}
_SMOOTH = 2  # the picture is drawn this much larger and shrunk, which smooths its lines


@dataclass(frozen=True)
class Line:
    """A line through points, in pixels."""

    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Dot:
    """A step: a disc, with a ring round it if it is a tap, hollow if it is frozen."""

    x: float
    y: float
    colour: str
    frozen: bool
    tap: bool
    title: str


@dataclass(frozen=True)
class Words:
    """A text that begins (or, anchored at the end, ends) at a place."""

    x: float
    y: float
    text: str
    colour: str = _INK
    anchor: Literal["start", "end"] = "start"
    bold: bool = False


@dataclass(frozen=True)
class Drawing:
    """All that is drawn, and how large it is."""

    width: float
    height: float
    lines: tuple[Line, ...]
    dots: tuple[Dot, ...]
    words: tuple[Words, ...]


def draw(rows: Sequence[Row], title: str) -> Drawing:
    """Place every line, disc and word.

    Args:
        rows: as `teni.visualize.network.lay_out` gives them.
        title: a line above all.
    """
    columns = _columns(rows)
    lines: list[Line] = []
    dots: list[Dot] = []
    words = [Words(20, 28, title, bold=True), *_legend()]
    left, top = 20.0, 78.0
    tallest = max(len(column) for column in columns)
    for number, column in enumerate(columns):
        lanes = max(max((row.lane, *row.joins, *row.passes)) for row in column) + 1
        text = left + lanes * LANE + 8
        widths = _widths(column)
        for place, row in enumerate(column):
            y = top + place * ROW
            x = left + row.lane * LANE
            lines += _lines(row, left, y, first=place == 0 and number == 0)
            dots.append(
                Dot(x, y, _COLOURS[row.block.family], row.block.frozen, row.block.tap, _title(row.block))
            )
            words += _row_words(row.block, text, y, widths)
        if number + 1 < len(columns):
            y = top + len(column) * ROW - ROW / 2
            lines += [
                Line(((left + lane * LANE, y - ROW / 2), (left + lane * LANE, y)))
                for lane in _open(column[-1])
            ]
            words.append(Words(text, y + 16, "continues at the top", _SOFT))
        left = text + sum(widths) + 44
    return Drawing(left, top + tallest * ROW + 16, tuple(lines), tuple(dots), tuple(words))


def draw_svg(rows: Sequence[Row], title: str) -> str:
    """Draw the network as SVG; resting on a step tells all its layers.

    >>> row = Row(Block("x", "InputLayer", "input", (), "8 x 8 x 1"), 0, (), ())
    >>> draw_svg([row], "tiny")[:4]
    '<svg'
    """
    drawing = draw(rows, title)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawing.width:.0f} {drawing.height:.0f}" '
        f'width="{drawing.width:.0f}" height="{drawing.height:.0f}" role="img" '
        f'font-family="ui-sans-serif, system-ui, Helvetica, Arial, sans-serif" font-size="{TEXT}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="100%" height="100%" fill="{_PAPER}"/>',
        f'<g fill="none" stroke="{_LINE}" stroke-width="2" stroke-linejoin="round">',
    ]
    for line in drawing.lines:
        parts.append(f'<path d="M{" L".join(f"{x:.1f} {y:.1f}" for x, y in line.points)}"/>')
    parts.append("</g>")
    for dot in drawing.dots:
        ring = f'<circle cx="{dot.x:.1f}" cy="{dot.y:.1f}" r="10" fill="none" stroke="{_TAP}" stroke-width="2.5"/>'
        fill = _PAPER if dot.frozen else dot.colour
        parts.append(
            f'<g><title>{escape(dot.title)}</title>{ring if dot.tap else ""}<circle cx="{dot.x:.1f}" '
            f'cy="{dot.y:.1f}" r="5.5" fill="{fill}" stroke="{dot.colour}" stroke-width="2.5"/></g>'
        )
    for word in drawing.words:
        weight = ' font-weight="600"' if word.bold else ""
        parts.append(
            f'<text x="{word.x:.1f}" y="{word.y:.1f}" fill="{word.colour}" text-anchor="{word.anchor}"{weight}>'
            f"{escape(word.text)}</text>"
        )
    return "\n".join([*parts, "</svg>\n"])


def draw_png(rows: Sequence[Row], title: str) -> Image.Image:
    """Draw the network as pixels.

    >>> row = Row(Block("x", "InputLayer", "input", (), "8 x 8 x 1"), 0, (), ())
    >>> draw_png([row], "tiny").mode
    'RGB'
    """
    drawing, s = draw(rows, title), _SMOOTH
    picture = Image.new("RGB", (round(drawing.width * s), round(drawing.height * s)), _PAPER)
    pen = ImageDraw.Draw(picture)
    for line in drawing.lines:
        pen.line([(x * s, y * s) for x, y in line.points], _LINE, 2 * s, joint="curve")
    for dot in drawing.dots:
        if dot.tap:
            _disc(pen, dot, 11.25, _TAP, s)
            _disc(pen, dot, 8.75, _PAPER, s)
        _disc(pen, dot, 6.75, dot.colour, s)
        if dot.frozen:
            _disc(pen, dot, 4.25, _PAPER, s)
    font = ImageFont.load_default(TEXT * s)
    for word in drawing.words:
        anchor = "ls" if word.anchor == "start" else "rs"
        stroke = 0.3 * s if word.bold else 0
        pen.text((word.x * s, word.y * s), word.text, word.colour, font, anchor=anchor, stroke_width=stroke)
    return picture.resize((round(drawing.width), round(drawing.height)), Image.Resampling.LANCZOS)


def _disc(pen: ImageDraw.ImageDraw, dot: Dot, radius: float, colour: str, s: int) -> None:
    pen.ellipse(
        [(dot.x - radius) * s, (dot.y - radius) * s, (dot.x + radius) * s, (dot.y + radius) * s], colour
    )


def _columns(rows: Sequence[Row]) -> list[Sequence[Row]]:
    """Break a long network into columns of about equal length, where few lines pass."""
    many = -(-len(rows) // ROWS_A_COLUMN)
    wanted = -(-len(rows) // many)
    columns: list[Sequence[Row]] = []
    start = 0
    while len(rows) - start > wanted + wanted // 4:
        ends = range(start + wanted - wanted // 4, start + wanted + wanted // 4)
        end = min(ends, key=lambda e: (len(_open(rows[e - 1])), abs(e - start - wanted)))
        columns.append(rows[start:end])
        start = end
    return [*columns, rows[start:]]


def _open(row: Row) -> list[int]:
    """List the lanes that go on below a row."""
    return sorted({*row.passes, row.lane})


def _lines(row: Row, left: float, y: float, first: bool) -> list[Line]:
    """Draw what comes into a step, and what passes it, from the row above."""
    above = y - ROW
    if first and not row.joins:
        return []
    found = [Line(((left + lane * LANE, above), (left + lane * LANE, y))) for lane in row.passes]
    x = left + row.lane * LANE
    for lane in row.joins:
        start = left + lane * LANE
        found.append(Line(((start, above), (start, above + ROW * 0.35), (x, above + ROW * 0.8), (x, y))))
    return found


def _row_words(block: Block, left: float, y: float, widths: Sequence[float]) -> list[Words]:
    base, found = y + TEXT * 0.35, list[Words]()
    cells = (block.name, block.what, block.shape, f"{block.count:,}" if block.count else "", _marks(block))
    colours = (_INK, _SOFT, _INK, _SOFT, _TAP if block.tap else _FROZEN)
    x = left
    for number, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        end = number in (2, 3)
        if cell:
            place = x + width - 14 if end else x
            found.append(Words(place, base, cell, colours[number], "end" if end else "start"))
        x += width
    return found


def _marks(block: Block) -> str:
    return " · ".join(word for word, holds in (("tap", block.tap), ("frozen", block.frozen)) if holds)


def _widths(column: Sequence[Row]) -> list[float]:
    font = ImageFont.load_default(TEXT)
    cells = [
        (row.block.name, row.block.what, row.block.shape, f"{row.block.count:,}", _marks(row.block))
        for row in column
    ]
    return [max(font.getlength(text) * 1.06 for text in texts) + 16 for texts in zip(*cells, strict=True)]


def _title(block: Block) -> str:
    names = " → ".join((block.name, *block.followers))
    told = f"{names}: {block.what}, gives {block.shape}"
    if block.count:
        told += f", {block.count:,} numbers{', frozen' if block.frozen else ''}"
    return told + (", a tap" if block.tap else "")


def _legend() -> list[Words]:
    return [Words(20, 48, "output shape and numbers held by each step; hollow: frozen; ringed: a tap", _SOFT)]
