"""What it cost, what became of the weights, what ran and how to repeat it."""

import shlex
from collections import Counter

from teni.report.section import Section
from teni.report.words import ran as words
from teni.report.words import same
from teni.report.words.notes import step
from teni.report.words.numbers import readable
from teni.run import Run


def cost(run: Run) -> Section | None:
    """Gather the seconds of each step; None where nothing was counted."""
    told = run.about.get("cost", {}) | (run.metrics.get("cost") or {})
    steps: dict[str, float] = told.get("steps", {})
    if "seconds" not in told:
        return None
    most = max(steps.values(), default=0) or 1
    rows = [{"name": step(name), "seconds": s, "share": 100 * s / most} for name, s in steps.items()]
    title = words.cost(told["seconds"], told.get("peak_rss_mb"))
    return Section("cost", words.COST_NAV, title, {"steps": rows, "words": words})


def weights(run: Run) -> Section | None:
    """Gather what became of every tensor; None where no weights were loaded."""
    loaded = run.about.get("load_report", [])
    if not loaded:
        return None
    actions = Counter(str(row.get("action", "?")) for row in loaded).most_common()
    columns = [readable(name) for name in loaded[0]]
    rows = [[_cell(value) for value in row.values()] for row in loaded]
    values = {"columns": columns, "rows": rows, "summary": words.tensors(len(rows)), "words": words}
    return Section("weights", words.WEIGHTS_NAV, words.weights(actions), values)


def section(run: Run) -> Section:
    """Gather the command, versions, seed and fingerprints."""
    values = {
        "command": command_of(run),
        "repeat": words.repeat(run.about["seed"]),
        "versions": {"teni": run.about["teni"], **run.about["versions"]},
        "prints": [
            (words.PRINT_NAMES.get(name, same(readable(name))), value or "–")
            for name, value in run.about["fingerprints"].items()
        ],
        "words": words,
    }
    return Section("ran", words.NAV, words.TITLE, values)


def command_of(run: Run) -> str:
    """Write the command as a shell takes it; empty where it is not known."""
    return shlex.join(str(word) for word in run.about.get("command", []))


def _cell(value: object) -> str:
    return " × ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
