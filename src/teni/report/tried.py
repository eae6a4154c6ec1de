"""What validation tried, as the report looks at it: one candidate with its errors over lambda."""

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from teni.card import TRAINED

Row = dict[str, Any]


@dataclass(frozen=True)
class Candidate:
    """One way that was tried, at several lambdas.

    Args:
        stage: the step of the search it belongs to.
        size: what the backbone saw, e.g. ``96x96``.
        taps: one tap, or several joined by ``+``.
        kernel: of the head.
        lambdas: in rising order.
        errors: RMSE in pixels, or log loss, at each of them.
        chosen: the position of the lambda that was taken, None if the candidate was not.
    """

    stage: str
    size: str
    taps: str
    kernel: str
    lambdas: tuple[float, ...]
    errors: tuple[float, ...]
    chosen: int | None

    @property
    def kind(self) -> tuple[str, str, str]:
        """What it was, whatever images and mirror axis it was tried on: taps, kernel and size."""
        return self.taps, self.kernel, self.size

    @property
    def best(self) -> int:
        """The position of the lowest error."""
        return self.errors.index(min(self.errors))

    @property
    def single(self) -> bool:
        """Whether it looks at one tap alone."""
        return "+" not in self.taps


def candidates(history: pd.DataFrame, measure: str = "rmse_px") -> list[Candidate]:
    """Gather the rows of ``history.csv`` into candidates, in the order in which they were tried.

    Args:
        history: as a run holds it.
        measure: the column of the error.

    >>> columns = ["stage", "size", "taps", "kernel", "lambda", "rmse_px", "chosen"]
    >>> rows = [["taps", "96x96", "a", "linear", lam, px, False] for lam, px in ((1.0, 3.0), (0.1, 2.0))]
    >>> candidates(pd.DataFrame(rows, columns=columns))[0].errors
    (2.0, 3.0)
    """
    groups: dict[tuple[str, str, str, str], list[tuple[float, float, bool]]] = {}
    for row in records(history):
        if row[measure] is not None and math.isfinite(row[measure]):
            key = (str(row["stage"]), str(row["size"]), str(row["taps"]), str(row["kernel"]))
            groups.setdefault(key, []).append((row["lambda"], row[measure], bool(row["chosen"])))
    found: list[Candidate] = []
    for key, tried in groups.items():
        tried.sort()
        chosen = [i for i, (_, _, taken) in enumerate(tried) if taken]
        lambdas, errors, _ = zip(*tried, strict=True)
        found.append(Candidate(*key, lambdas, errors, chosen[-1] if chosen else None))
    return found


def solved(tried: list[Candidate]) -> list[Candidate]:
    """Leave out heads that were trained: they have epochs in lambda's place, and a section of their own."""
    return [candidate for candidate in tried if candidate.kernel not in TRAINED]


def compared(tried: list[Candidate]) -> list[Candidate]:
    """Leave out the second solution of the one that was chosen: on more images, it cannot be compared with others."""
    kinds = {candidate.kind for candidate in tried if candidate.stage != "final"}
    return [candidate for candidate in tried if candidate.stage != "final" or candidate.kind not in kinds]


def best_by_tap(tried: list[Candidate]) -> dict[str, float]:
    """Give the lowest error of each tap alone, in the order in which taps were first tried: by depth."""
    best: dict[str, float] = {}
    for candidate in compared(tried):
        if candidate.single:
            error = min(candidate.errors)
            best[candidate.taps] = min(error, best.get(candidate.taps, error))
    return best


def records(table: pd.DataFrame) -> list[Row]:
    """Turn a table into plain rows, None for what is not there."""
    return [{str(name): _known(value) for name, value in row.items()} for row in table.to_dict("records")]


def _known(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value
