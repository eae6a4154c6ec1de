"""The ladder of a comparison, as the report shows it: every strategy with its intervals and its cost."""

from typing import Any

from teni.run import Run

Row = dict[str, Any]


def ladder(run: Run) -> dict[str, Any] | None:
    """Gather what a comparison found; None for a run that came of no comparison.

    Args:
        run: as `teni.run.read_run` gives it.

    Returns:
        title, text, unit, rows (name, won, validation, test, behind, told_apart, seconds, peak_rss_mb, parameters,
        seeds), failed, advice (sentences).
    """
    comparison = run.about.get("comparison")
    if not comparison:
        return None
    rows = [_row(each, comparison["winner"]) for each in comparison["strategies"]]
    told = [row for row in rows if row["told_apart"]]
    best, unit = rows[0], "px" if rows[0]["name_of_error"] == "rmse_px" else "log loss"
    title = f"{best['name']} won over {len(rows) - 1} other{'' if len(rows) == 2 else 's'}"
    if len(rows) == 1:
        title = f"{best['name']} was alone"
    elif not told:
        title += ", but none of them is told apart from it"
    elif len(told) < len(rows) - 1:
        title += f"; {len(told)} of them {'is' if len(told) == 1 else 'are'} told apart from it"
    advice = comparison.get("advice") or {}
    sentences = [*advice.get("sentences", ()), *([advice["agrees"]] if "agrees" in advice else [])]
    return {
        "title": title,
        "unit": unit,
        "rows": rows,
        "failed": comparison.get("failed") or {},
        "advice": sentences,
        "quadrant": advice.get("quadrant"),
    }


def _row(given: Row, winner: str) -> Row:
    name = f"{given['backbone']} {given['strategy']}"
    validation, test = given["validation"], given["test"]
    error = next(key for key in ("rmse_px", "log_loss") if key in validation)
    behind = validation.get("behind_winner_ci95")
    return {
        "name": name,
        "won": name == winner,
        "name_of_error": error,
        "validation": (validation[error], validation.get(f"{error}_ci95")),
        "test": None if test is None else (test[error], test.get(f"{error}_ci95")),
        "behind": (validation.get("behind_winner"), behind),
        "told_apart": behind is not None and behind[0] > 0,
        "seeds": len(validation.get("seeds", ())),
        **given["cost"],
    }
