"""What validation chose, and what it chose from."""

from typing import Any

from teni.report.charts import ACCENT, COLOURS, DASHES, QUIET, Axis, Lines, Series
from teni.report.section import Section
from teni.report.tried import Candidate, candidates, compared, solved
from teni.report.words import Spoken, Text, same
from teni.report.words import choice as words
from teni.report.words.headline import seen_at
from teni.report.words.numbers import number
from teni.run import Run


def section(run: Run, spoken: Spoken) -> Section | None:
    """Gather the choice, its reasons, and all candidates; None for an ensemble, each member of which made its own."""
    chosen = run.about["choice"]
    if "members" in chosen:
        return None
    every = candidates(run.history, spoken.measure)
    tried = solved(every) or every
    title, text = words.choice(chosen, tried, spoken)
    facts: list[tuple[Text, Any]] = [
        (words.TAP, " + ".join(map(str, chosen["taps"]))),
        (words.SEEN_AT, seen_at(chosen)),
        *((name, number(chosen[key])) for key, name in words.FACTS.items() if key in chosen),
    ]
    again = words.AGAIN if any(candidate not in compared(tried) for candidate in tried) else None
    if chosen.get("kernel") == "svm":
        again = words.MACHINES
    values = {
        "text": text,
        "flip": words.flip(run.about.get("flip"), spoken),
        "facts": facts,
        "screening": words.screening(chosen),
        "again": again,
        "candidates": sorted(tried, key=lambda candidate: min(candidate.errors)),
        "axis": spoken.axis,
        "words": words,
    }
    return Section(
        "choice", words.NAV, title, values, {"taps": taps(tried, spoken), "lambdas": lambdas(tried, spoken)}
    )


def taps(tried: list[Candidate], spoken: Spoken) -> Lines | None:
    """Draw the best error of each single tap, from shallow to deep; None for fewer than two taps.

    Args:
        tried: taps in the order of their depth.
        spoken: how the error is spoken of.
    """
    single = [candidate for candidate in compared(tried) if candidate.single]
    order = list(dict.fromkeys(candidate.taps for candidate in single))
    if len(order) < 2:
        return None
    kernels = list(dict.fromkeys(candidate.kernel for candidate in single))  # a colour each
    sizes = list(dict.fromkeys(candidate.size for candidate in single))  # a dash each
    lines: dict[tuple[str, str], dict[str, float]] = {}
    names: dict[tuple[str, str], Text] = {}
    for candidate in single:
        key = (candidate.kernel, candidate.size)
        names[key] = _name(candidate, single, with_taps=False)
        error = min(candidate.errors)
        line = lines.setdefault(key, {})
        line[candidate.taps] = min(error, line.get(candidate.taps, error))
    series: list[Series] = []
    for (kernel, size), line in lines.items():
        known = [tap for tap in order if tap in line]
        colour, dash = COLOURS[kernels.index(kernel) % len(COLOURS)], sizes.index(size) % DASHES
        series.append(Series(names[kernel, size], known, [line[tap] for tap in known], colour, "both", dash))
    for c in [c for c in tried if c.single and c.chosen is not None][-1:]:
        series.append(_chosen(c.taps, lines[c.kernel, c.size][c.taps]))
    axis = Axis(words.TAPS_AXIS, "names", tuple(order))
    return Lines(axis, Axis(words.axis(spoken)), series, spoken.words.unit, spoken.words.digits)


def lambdas(tried: list[Candidate], spoken: Spoken) -> Lines | None:
    """Draw error over lambda for each candidate, the best five in colour; None if nothing was solved."""
    tried = solved(tried)
    if not tried:
        return None
    # Support vector machines are always coloured, but for the one point at which they are solved once more.
    lines = [each for each in tried if each.kernel != "svm" or len(each.lambdas) > 1]
    ranked = sorted(lines, key=lambda candidate: (candidate.kernel != "svm", min(candidate.errors)))
    series: list[Series] = []
    for rank, candidate in reversed(list(enumerate(ranked))):  # the best is drawn last, above all others
        coloured = rank < 5
        series.append(
            Series(
                _name(candidate, tried) if coloured else None,
                list(candidate.lambdas),
                list(candidate.errors),
                COLOURS[rank] if coloured else QUIET,
                "line",
                more={"rank": rank, "labels": [_name(candidate, tried)], "faint": not coloured},
            )
        )
    for c in [c for c in tried if c.chosen is not None][-1:]:
        series.append(_chosen(c.lambdas[c.chosen or 0], c.errors[c.chosen or 0]))
    low = min(min(candidate.errors) for candidate in tried)
    top = min(
        max(max(candidate.errors) for candidate in tried), 2.2 * low
    )  # a poor lambda may be off by thousands
    margin = 0.06 * (top - low) or 0.1
    up = Axis(words.axis(spoken), ends=(low - margin, top + margin))
    return Lines(Axis(words.LAMBDA_AXIS, "log"), up, series, spoken.words.unit, 3)


def _chosen(x: object, y: float) -> Series:
    return Series(words.CHOSEN, [x], [y], ACCENT, "ring", more={"rank": 99})


def _name(candidate: Candidate, tried: list[Candidate], with_taps: bool = True) -> Text:
    """Name a candidate by what it does not share with all others."""
    size = candidate.size if len({other.size for other in tried}) > 1 else ""
    told = (candidate.taps if with_taps else "", candidate.kernel, size)
    name = same(", ".join(part for part in told if part))
    if candidate.stage == "mirror":
        return words.other_mirror(name)
    return name if candidate in compared(tried) else words.all_images(name)
