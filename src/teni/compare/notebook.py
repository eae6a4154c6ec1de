"""How a comparison shows itself in a notebook: its ladder, the best first."""

from typing import TYPE_CHECKING

from teni.compare.comparison import shown_names
from teni.compare.paired import Measured
from teni.show import panel, shortened, table

if TYPE_CHECKING:
    from teni.compare.comparison import Comparison

MOST = 60  # rows and failures


def comparison_html(comparison: "Comparison") -> str:
    """Show the ladder as a table, with what could not be fitted below."""
    names = shown_names(comparison.rows)
    rows = [
        (
            shortened(name),
            _error(row.validation),
            ""
            if row.validation.behind is None
            else _interval(row.validation.behind, row.validation.behind_ci95),
            "–" if row.test is None else _error(row.test),
            f"{row.cost.seconds:,.0f}",
            f"{row.cost.peak_rss_mb:,.0f}",
        )
        for row, name in zip(comparison.rows[:MOST], names, strict=False)
    ]
    lines = [shortened(f"failed: {name}: {why}", 200) for name, why in list(comparison.failed.items())[:MOST]]
    head = ("strategy", "validation (95%)", "behind the winner", "test (95%)", "s", "MB")
    return panel(_title(comparison), lines, table(head, rows))


def _title(comparison: "Comparison") -> str:
    if not comparison.rows:
        return "Comparison: nothing could be fitted"
    best = comparison.winner.validation
    measure = "RMSE in pixels" if best.name == "rmse_px" else "log loss"
    winner = shortened(shown_names(comparison.rows)[0])
    return f"Comparison of {len(comparison.rows)}, {measure}; the winner: {winner}"


def _error(measured: Measured) -> str:
    return _interval(measured.error, measured.ci95)


def _interval(value: float, ends: list[float] | None) -> str:
    return f"{value:.3f}" if ends is None else f"{value:.3f} ({ends[0]:.3f}–{ends[1]:.3f})"
