"""The page around the sections: templates, style, scripts, and texts as attributes and JSON."""

from collections.abc import Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from teni.report.charts import plain
from teni.report.section import Section
from teni.report.words import Text, numbers, page

# In this order: each may use what stands before it.
SCRIPTS = ("words", "svg", "scales", "rows", "lines", "zoom", "tiles", "grid", "large", "page")


def render(template: str, name: Text, sections: Sequence[Section], **values: Any) -> str:
    """Lay a page out.

    Args:
        template: its file in the folder ``page``.
        name: title of the browser's window.
        sections: in their order.
        values: what else the template shows.
    """
    environment = Environment(
        loader=PackageLoader("teni.report", "page"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.policies["json.dumps_kwargs"] = {
        "sort_keys": False,
        "separators": (",", ":"),
        "ensure_ascii": False,
        "allow_nan": False,
    }
    environment.filters.update(
        attr=attribute,
        option=option,
        plain=plain,
        px=numbers.pixels,
        readable=numbers.readable,
        number=numbers.number,
        percent=numbers.percent,
    )
    charts = {
        key: chart for section in sections for key, chart in section.charts.items() if chart is not None
    }
    data = {key: given for section in sections for key, given in section.data.items()}
    return environment.get_template(template).render(
        **values, name=name, sections=sections, charts=charts, data=data, page=page, scripts=SCRIPTS
    )


def attribute(text: Text | str, name: str = "aria-label") -> Markup:
    """Write a text as an attribute, English first; the script changes it with the language.

    >>> attribute(Text("nose", "鼻"), "title")
    Markup('title="nose" data-attr="title" data-en="nose" data-ja="鼻"')
    """
    if isinstance(text, str) or text.en == text.ja:
        return Markup('{}="{}"').format(Markup(name), text if isinstance(text, str) else text.en)
    return Markup('{0}="{1}" data-attr="{0}" data-en="{1}" data-ja="{2}"').format(
        Markup(name), text.en, text.ja
    )


def option(text: Text | str) -> Markup:
    """Write a text where only letters may stand, as in an option: attributes for the script, and the text."""
    if isinstance(text, str) or text.en == text.ja:
        return Markup(">") + escape(text if isinstance(text, str) else text.en)
    return Markup(' data-attr="text" data-en="{0}" data-ja="{1}">{0}').format(text.en, text.ja)
