"""A card as a piece of HTML, to stand in a page of somebody else's."""

from html import escape

from teni.card.content import card_of
from teni.card.pieces import Section, Table
from teni.run import Run


def card_html(run: Run) -> str:
    """Write the card of a run as HTML: an ``<article class="card">`` without style or script of its own.

    Args:
        run: as `teni.run.read_run` gives it.

    Returns:
        The same content as ``card.md``, everything escaped; headings begin at ``<h2>``.
    """
    card = card_of(run)
    parts = [f"<h2>{escape(card.title)}</h2>", *(_section(each) for each in card.sections if not each.empty)]
    return '<article class="card">\n' + "\n".join(parts) + "\n</article>\n"


def _section(section: Section) -> str:
    parts = [f"<h3>{escape(section.title)}</h3>", *(f"<p>{_text(text)}</p>" for text in section.text)]
    if section.table is not None and section.table.rows:
        parts.append(_table(section.table))
    if section.bullets:
        parts.append("<ul>" + "".join(f"<li>{_text(bullet)}</li>" for bullet in section.bullets) + "</ul>")
    if section.code:
        parts.append(f"<pre><code>{escape(section.code)}</code></pre>")
    return "<section>" + "\n".join(parts) + "</section>"


def _text(text: str) -> str:
    return escape(text).replace("`", "")


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in table.head)
    rows = "".join(
        f'<tr><th scope="row">{escape(first)}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in rest)
        + "</tr>"
        for first, *rest in table.rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
