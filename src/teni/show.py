"""Pieces of HTML by which objects show themselves in a notebook: self-contained, escaped, right on dark and light."""

import base64
import io
from collections.abc import Sequence
from html import escape

from PIL import Image

# Colours of their own would be unreadable on one of the two; lines are grey on both.
_LINE = "1px solid rgba(128,128,128,.45)"
_QUALITY = 82


def panel(title: str, lines: Sequence[str], *more: str) -> str:
    """Put a title, lines of text and further pieces into a box.

    Args:
        title: plain text.
        lines: plain text, one paragraph each.
        more: HTML of this module.

    >>> panel("2 <images>", ["Ada & Max"])
    '<div style="..."><strong>2 &lt;images&gt;</strong><div>Ada &amp; Max</div></div>'
    """
    text = "".join(f"<div>{escape(line)}</div>" for line in lines)
    style = (
        f"color:inherit;border:{_LINE};border-radius:6px;padding:8px 12px;display:inline-block;max-width:100%"
    )
    return f'<div style="{style}"><strong>{escape(title)}</strong>{text}{"".join(more)}</div>'


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table; the first column names its row.

    >>> table(["name", "error"], [["a<b", "1"]]).count("&lt;")
    1
    """
    style = f"padding:2px 10px;border-bottom:{_LINE};text-align:"

    def cells(row: Sequence[str], kind: str) -> str:
        sides = ("left" if i == 0 else "right" for i in range(len(row)))
        return "".join(
            f'<{kind} style="{style}{side}">{escape(cell)}</{kind}>'
            for cell, side in zip(row, sides, strict=True)
        )

    body = "".join(f"<tr>{cells(row, 'td')}</tr>" for row in rows)
    return (
        '<table style="border-collapse:collapse;background:transparent;color:inherit;margin-top:6px">'
        f"<thead><tr>{cells(head, 'th')}</tr></thead><tbody>{body}</tbody></table>"
    )


def pictures(shown: Sequence[tuple[Image.Image, str]], longest: int = 150) -> str:
    """Show pictures side by side, each with a line below, the pixels inside the HTML.

    Args:
        shown: a picture and its text.
        longest: pixels of a picture's longer side at most.
    """
    figures = [
        '<figure style="margin:6px 8px 0 0;display:inline-block;vertical-align:top">'
        f'<img alt="{escape(text, quote=True)}" src="{_data(picture, longest)}" style="border-radius:4px">'
        f'<figcaption style="font-size:85%;max-width:{longest}px;overflow-wrap:anywhere">{escape(text)}</figcaption>'
        "</figure>"
        for picture, text in shown
    ]
    return f"<div>{''.join(figures)}</div>"


def _data(picture: Image.Image, longest: int) -> str:
    small = picture.convert("RGB")
    small.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    small.save(file, "JPEG", quality=_QUALITY)
    return f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode()}"


def shortened(text: str, most: int = 60) -> str:
    """Cut a text that is long.

    >>> shortened("abcdef", 4)
    'abc…'
    """
    return text if len(text) <= most else f"{text[: most - 1]}…"
