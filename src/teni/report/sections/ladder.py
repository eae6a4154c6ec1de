"""The ladder of a comparison: every strategy with its intervals and its cost."""

from typing import Any

from teni.card import names_without_paths, without_paths
from teni.report.charts import ACCENT, COLOURS, Axis, Dot, Lines, Rows, Series
from teni.report.section import Section
from teni.report.words import Text, same
from teni.report.words import ladder as words
from teni.report.words.notes import note
from teni.run import Run

Row = dict[str, Any]


def section(run: Run) -> Section | None:
    """Gather what a comparison found; None for a run that came of no comparison."""
    comparison = run.about.get("comparison")
    if not comparison:
        return None
    rows = rows_of(comparison, run)
    unit = "px" if rows[0]["name_of_error"] == "rmse_px" else "log loss"
    told = sum(row["told_apart"] for row in rows)
    values = {
        "rows": rows,
        "caption": words.caption(unit),
        "failed": [
            words.failed(without_paths(name, run), str(why))
            for name, why in (comparison.get("failed") or {}).items()
        ],
        "words": words,
    }
    charts = {"ladder": ladder_chart(rows, unit), "cost": cost_chart(rows, unit)}
    title = words.title(rows[0]["name"], len(rows) - 1, told)
    return Section("ladder", words.NAV, title, values, charts)


def rows_of(comparison: dict[str, Any], run: Run) -> list[Row]:
    """List strategies, the best first: name, won, validation, test, behind, told_apart, cost and seeds.

    Where all share one backbone, it is left out of the names; of networks that are files only the file is named.
    """
    given = comparison["strategies"]
    several = len({each["backbone"] for each in given}) > 1
    names = names_without_paths([_whole(each) for each in given], run)
    return [
        _row(each, comparison["winner"], names[_whole(each)] if several else each["strategy"], run)
        for each in given
    ]


def _whole(given: Row) -> str:
    return f"{given['backbone']} {given['strategy']}"


def _row(given: Row, winner: str, name: str, run: Run) -> Row:
    validation, test = given["validation"], given["test"]
    error = next(key for key in ("rmse_px", "log_loss") if key in validation)
    behind = validation.get("behind_winner_ci95")
    return {
        "name": name,
        "won": _whole(given) == winner,
        "name_of_error": error,
        "validation": (validation[error], validation.get(f"{error}_ci95")),
        "test": None if test is None else (test[error], test.get(f"{error}_ci95")),
        "behind": (validation.get("behind_winner"), behind),
        "told_apart": behind is not None and behind[0] > 0,
        "seeds": len(validation.get("seeds", ())),
        "notes": [note(without_paths(str(each), run)) for each in given.get("notes", ())],
        **given["cost"],
    }


def ladder_chart(rows: list[Row], unit: str) -> Rows:
    """Draw each strategy's error on validation and on test people with its interval, the winner on top."""
    keys = [(words.VALIDATION, COLOURS[0]), (words.TEST, ACCENT)]
    drawn: list[tuple[Text | str, list[Dot]]] = [(row["name"], _dots(row)) for row in rows]
    tested = any(row["test"] is not None for row in rows)
    behind = " px" if unit == "px" else ""
    return Rows(Axis(words.error_axis(unit)), drawn, keys if tested else keys[:1], behind, 3)


def _dots(row: Row) -> list[Dot]:
    parts = ((row["validation"], 0), (row["test"], 1))
    return [Dot(given[0], given[1], key) for given, key in parts if given is not None]


def cost_chart(rows: list[Row], unit: str) -> Lines | None:
    """Draw error over seconds, both of each strategy; None for fewer than two."""
    if len(rows) < 2:
        return None
    tested = all(row["test"] is not None for row in rows)
    part, name = ("test", words.TEST) if tested else ("validation", words.VALIDATION)
    behind = " px" if unit == "px" else ""
    series: list[Series] = []
    for won in (False, True):
        some = [(place, row) for place, row in enumerate(rows, 1) if row["won"] == won]
        more = {
            "marks": [(row["name"], str(place)) for place, row in some],
            "labels": [
                same(f"{row['name']}: {row[part][0]:.3f}{behind}, {row['seconds']:.0f} s") for _, row in some
            ],
        }
        x, y = [max(row["seconds"], 0.01) for _, row in some], [row[part][0] for _, row in some]
        series.append(Series(None, x, y, ACCENT if won else COLOURS[0], "dots", more=more))
    return Lines(Axis(words.SECONDS, "log"), Axis(words.part_axis(name, unit)), series, behind, 3)
