"""A comparison: strategies side by side, with what is known of each."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd

from teni.compare.outcome import Cost
from teni.compare.paired import Measured
from teni.paths import if_distinct, without_folders


@dataclass(frozen=True)
class Row:
    """One strategy on one backbone.

    Args:
        strategy: its name.
        backbone: the network's name.
        validation: its error on the validation rows.
        test: on the test rows; None where there are none with labels.
        cost: mean over the seeds, the memory the largest.
        notes: what its reader should know, e.g. that it stopped for want of time.
    """

    strategy: str
    backbone: str
    validation: Measured
    test: Measured | None
    cost: Cost
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name both."""
        return f"{self.backbone} {self.strategy}"


def shown_names(rows: Sequence[Row]) -> list[str]:
    """Name rows for reading: of networks that are files only the file, unless two rows would then be called the same.

    Args:
        rows: of one comparison.
    """
    short = [f"{without_folders(row.backbone)} {row.strategy}" for row in rows]
    return if_distinct(short, [row.name for row in rows])


@dataclass(frozen=True, eq=False)
class Comparison:
    """Strategies on one split.

    Args:
        rows: by validation error, the best first.
        failed: names of what could not be fitted, and why.
        advice: what was said before, and whether the ladder agrees; empty where none was asked for.
        mean_prediction: validation and test error of saying the mean label of all.
        curves: loss curves of all that was trained, columns model and `teni.training.CURVES`.
        members: keys of the entries whose mean the ensemble is, with their weights; empty where there is none.
    """

    rows: tuple[Row, ...]
    failed: dict[str, str]
    advice: dict[str, Any]
    mean_prediction: dict[str, float | None]
    curves: pd.DataFrame = field(default_factory=pd.DataFrame)
    members: dict[str, float] = field(default_factory=dict[str, float])

    @property
    def winner(self) -> Row:
        """Return the strategy of the lowest validation error; the test has no say."""
        return self.rows[0]

    def __repr__(self) -> str:
        """Write itself as the table of the command line."""
        return comparison_text(self) if self.rows else "<Comparison: nothing could be fitted>"

    def _repr_html_(self) -> str:
        """Show its ladder in a notebook."""
        from teni.compare.notebook import comparison_html  # which needs this class

        return comparison_html(self)

    def as_dict(self) -> dict[str, Any]:
        """Return the plain values that ``teni compare --json`` prints."""
        return {
            "strategies": [_row(row) for row in self.rows],
            "winner": self.winner.name,
            "failed": self.failed,
            "advice": self.advice,
            "mean_prediction": self.mean_prediction,
            "ensemble": self.members,
        }

    def table(self) -> pd.DataFrame:
        """Return one row a strategy, as ``comparison.csv`` holds it."""
        return pd.DataFrame([_flat(row) for row in self.rows])


def _row(row: Row) -> dict[str, Any]:
    return {
        "strategy": row.strategy,
        "backbone": row.backbone,
        "validation": _measured(row.validation),
        "test": None if row.test is None else _measured(row.test),
        "cost": asdict(row.cost),
        "notes": list(row.notes),
    }


def _measured(measured: Measured) -> dict[str, Any]:
    name = measured.name
    return {
        name: measured.error,
        f"{name}_ci95": measured.ci95,
        "seeds": list(measured.seeds),
        "behind_winner": measured.behind,
        "behind_winner_ci95": measured.behind_ci95,
    }


def _flat(row: Row) -> dict[str, Any]:
    flat: dict[str, Any] = {"backbone": row.backbone, "strategy": row.strategy}
    for part, measured in (("validation", row.validation), ("test", row.test)):
        if measured is None:
            continue
        low, high = measured.ci95 or (None, None)
        behind_low, behind_high = measured.behind_ci95 or (None, None)
        flat |= {
            f"{part}_{measured.name}": measured.error,
            f"{part}_low": low,
            f"{part}_high": high,
            f"{part}_behind": measured.behind,
            f"{part}_behind_low": behind_low,
            f"{part}_behind_high": behind_high,
            f"{part}_spread_of_seeds": max(measured.seeds) - min(measured.seeds),
            "seeds": len(measured.seeds),
        }
    return flat | asdict(row.cost)


def comparison_text(comparison: Comparison, beside: str = "the winner") -> str:
    """Write a comparison as a table for a terminal.

    Args:
        comparison: what to show.
        beside: what the differences are differences to.

    >>> one = Measured("rmse_px", 1.5, [1.4, 1.6], (1.5,))
    >>> print(comparison_text(Comparison((Row("ridge", "face", one, None, Cost(3.0, 900.0, 10)),), {}, {}, {})))
    strategy       validation px (95%)    behind the winner      test px (95%)       s      MB
    face ridge     1.500 (1.400 to 1.600)                     -                 3.0     900
    """
    unit = " px" if comparison.rows[0].validation.name == "rmse_px" else ""
    head = ("strategy", f"validation{unit} (95%)", f"behind {beside}", f"test{unit} (95%)", "s", "MB")
    names = shown_names(comparison.rows)
    lines = [
        (
            name,
            _with_interval(row.validation.error, row.validation.ci95),
            ""
            if row.validation.behind is None
            else _with_interval(row.validation.behind, row.validation.behind_ci95),
            "-" if row.test is None else _with_interval(row.test.error, row.test.ci95),
            f"{row.cost.seconds:.1f}",
            f"{row.cost.peak_rss_mb:.0f}",
        )
        for row, name in zip(comparison.rows, names, strict=True)
    ]
    notes = [
        f"{name}: {note}" for row, name in zip(comparison.rows, names, strict=True) for note in row.notes
    ]
    return "\n".join([_columns([head, *lines]), *notes])


def _with_interval(value: float, ends: list[float] | None) -> str:
    return f"{value:.3f}" if ends is None else f"{value:.3f} ({ends[0]:.3f} to {ends[1]:.3f})"


def _columns(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    texts: list[str] = []
    for row in rows:
        cells = [
            cell.ljust(w) if i < 4 else cell.rjust(w)
            for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        ]
        texts.append("  ".join(cells).rstrip())
    return "\n".join(texts)
