"""A section of the page: its words, its values and its charts; the template of the same name lays it out."""

from dataclasses import dataclass, field
from typing import Any

from teni.report.charts import Chart
from teni.report.words import Text


@dataclass(frozen=True)
class Section:
    """One section.

    Args:
        name: of its template in ``page/sections``, and its place in the page.
        nav: what the table of contents calls it.
        title: its heading.
        values: what the template lays out.
        charts: by name; None stands for one that there is nothing to draw of.
        data: what scripts read, by name.
    """

    name: str
    nav: Text
    title: Text
    values: dict[str, Any] = field(default_factory=dict)
    charts: dict[str, Chart | None] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
