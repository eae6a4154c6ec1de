"""The 2x2 table of data and similarity, as it was measured before strategies were compared."""

from teni.advise.advice import RECOMMENDED
from teni.report.section import Section
from teni.report.words import advice as words
from teni.run import Run


def section(run: Run) -> Section | None:
    """Gather the measured quadrant and its evidence; None where nothing was measured."""
    comparison = run.about.get("comparison") or {}
    advice = comparison.get("advice") or {}
    if "evidence" not in advice:
        return None
    here = (bool(advice["few"]), bool(advice["similar"]))
    network = comparison["winner"].split(" ")[0]
    ranking = [row["strategy"] for row in comparison["strategies"] if row["backbone"] == network]
    cells = [
        (
            words.ROWS[few],
            [(", ".join(RECOMMENDED[few, similar][:3]), here == (few, similar)) for similar in (True, False)],
        )
        for few in (True, False)
    ]
    values = {
        "cells": cells,
        "recommends": ", ".join(advice["recommends"][:3]),
        "evidence": words.evidence(advice),
        "verdict": words.verdict(advice, ranking),
        "words": words,
    }
    return Section("advice", words.NAV, words.title(advice), values)
