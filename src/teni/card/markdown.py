"""A card as Markdown, with the YAML head that hubs read."""

import json
import re
from collections.abc import Sequence
from typing import Any

from teni.card.content import Card, card_of
from teni.card.pieces import Section, Table
from teni.run import Run


def card_markdown(run: Run) -> str:
    """Write the card of a run as Markdown.

    Args:
        run: as `teni.run.read_run` gives it.

    Returns:
        ``card.md``: a YAML head between two lines of dashes, then text.
    """
    return _write(card_of(run))


def _write(card: Card) -> str:
    parts = ["\n".join(["---", *_yaml(card.about), "---"]), f"# {card.title}"]
    parts += [_section(section) for section in card.sections if not section.empty]
    return "\n\n".join(parts) + "\n"


def _section(section: Section) -> str:
    parts = [f"## {section.title}", *map(_escaped, section.text)]
    if section.table is not None and section.table.rows:
        parts.append(_table(section.table))
    if section.bullets:
        parts.append("\n".join(f"- {_escaped(bullet)}" for bullet in section.bullets))
    if section.code:
        parts.append(f"```python\n{section.code}\n```")
    return "\n\n".join(parts)


def _table(table: Table) -> str:
    lines = [table.head, tuple("---" if i == 0 else "---:" for i in range(len(table.head))), *table.rows]
    return "\n".join(
        "| " + " | ".join(_escaped(cell).replace("|", "\\|") for cell in line) + " |" for line in lines
    )


def _escaped(text: str) -> str:
    """Keep names of keypoints, classes and files from being markup: no HTML, no emphasis, no line of its own."""
    text = (
        " ".join(text.split())
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace("[", "\\[")
        .replace("*", "\\*")
    )
    return re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", text)


def _yaml(value: dict[str, Any], indent: int = 0) -> list[str]:
    """Write plain values as YAML; every string is quoted as JSON quotes it, which is YAML too."""
    lines: list[str] = []
    for name, entry in value.items():
        lines += _entry(f"{' ' * indent}{name}:", entry, indent)
    return lines


def _entry(key: str, entry: Any, indent: int) -> list[str]:
    if isinstance(entry, dict):
        return [key, *_yaml(entry, indent + 2)]  # pyright: ignore[reportUnknownArgumentType]
    if isinstance(entry, list | tuple):
        items: Sequence[Any] = entry  # pyright: ignore[reportUnknownVariableType]
        lines = [key]
        for item in items:
            if isinstance(item, dict):
                first, *rest = _yaml(item, indent + 4)  # pyright: ignore[reportUnknownArgumentType]
                lines += [f"{' ' * (indent + 2)}- {first.strip()}", *rest]
            else:
                lines.append(f"{' ' * (indent + 2)}- {json.dumps(item, ensure_ascii=False)}")
        return lines
    return [f"{key} {json.dumps(entry, ensure_ascii=False)}"]
