"""What more subjects would bring."""

from typing import Any

from teni.report.charts import ACCENT, Axis, Lines, Series
from teni.report.section import Section
from teni.report.tried import Row, records
from teni.report.words import NOTHING, Spoken
from teni.report.words import learning as words
from teni.run import Run


def section(run: Run, spoken: Spoken) -> Section | None:
    """Gather the learning curve; None for fewer than two points."""
    curve = [row for row in records(run.learning_curve) if row["subjects"] and row[spoken.measure]]
    curve.sort(key=lambda row: row["subjects"])
    said = words.learning(curve, spoken)
    if said is None:
        return None
    title, text = said
    unknown = run.about.get("data", {}).get("subjects", 0) is None
    name = spoken.measure
    rows: list[tuple[Any, ...]] = [
        (row["subjects"], row["images"], spoken.plain(row[name]), spoken.between(_ends(row, name)))
        for row in curve
    ]
    values = {
        "text": text,
        "caption": words.CAPTION + (words.UNKNOWN if unknown else NOTHING),
        "rows": rows,
        "axis": spoken.axis,
        "words": words,
    }
    return Section("learning", words.NAV, title, values, {"learning": chart(curve, spoken)})


def chart(curve: list[Row], spoken: Spoken) -> Lines:
    """Draw error over the number of subjects with its band."""
    name = spoken.measure
    band = {"low": [row[f"{name}_low"] for row in curve], "high": [row[f"{name}_high"] for row in curve]}
    line = Series(
        None, [row["subjects"] for row in curve], [row[name] for row in curve], ACCENT, "both", more=band
    )
    return Lines(Axis(words.AXIS, "log"), Axis(spoken.axis), [line], spoken.words.unit, spoken.words.digits)


def _ends(row: Row, name: str) -> list[float] | None:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return None if low is None or high is None else [low, high]
