"""The data: how many, how large, and what was odd."""

from teni.card import without_paths
from teni.report.section import Section
from teni.report.words import Spoken, Text, same
from teni.report.words import data as words
from teni.report.words.notes import note
from teni.report.words.numbers import number, readable
from teni.run import Run
from teni.task import Classes


def section(run: Run, spoken: Spoken) -> Section:
    """Gather the counts of the data and the notes on them."""
    facts: list[tuple[Text, str]] = [
        (words.NAMES.get(name, same(readable(name))), number(value))
        for name, value in run.about.get("data", {}).items()
        if isinstance(value, str | int | float) and not (name == "complete" and isinstance(run.task, Classes))
    ]
    facts.append((words.SIZE, f"{run.task.width} × {run.task.height}"))
    facts.append((spoken.things, str(len(run.task.names))))
    notes = [note(without_paths(str(each), run)) for each in run.about.get("notes", [])]
    return Section("data", words.NAV, words.TITLE, {"facts": facts, "notes": notes})
