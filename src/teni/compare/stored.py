"""The comparison that a run folder of ``teni compare`` keeps."""

from typing import Any

from teni.compare.comparison import Comparison, Row
from teni.compare.outcome import Cost
from teni.compare.paired import Measured
from teni.errors import TeniError
from teni.run import Run
from teni.task import words


def comparison_of(run: Run) -> Comparison:
    """Read the comparison whose winner a run is; loss curves stay in ``comparison_curves.csv``.

    Args:
        run: as `teni.run.read_run` gives it.

    Raises:
        TeniError: the run is none of ``teni compare``, or what it keeps is damaged.
    """
    told = run.about.get("comparison")
    if not told:
        raise TeniError(f"{run.path}: keeps no comparison; give a run folder that teni compare wrote")
    name = words(run.task).measure
    try:
        rows = tuple(
            Row(
                row["strategy"],
                row["backbone"],
                _measured(row["validation"], name),
                None if row["test"] is None else _measured(row["test"], name),
                Cost(**row["cost"]),
                tuple(row["notes"]),
            )
            for row in told["strategies"]
        )
        return Comparison(
            rows, told["failed"], told["advice"], told["mean_prediction"], members=told.get("ensemble", {})
        )
    except (KeyError, TypeError) as error:
        raise TeniError(
            f"{run.path}: its comparison is damaged ({error}); compare again with --overwrite"
        ) from error


def _measured(told: dict[str, Any], name: str) -> Measured:
    return Measured(
        name,
        told[name],
        told[f"{name}_ci95"],
        tuple(told["seeds"]),
        told["behind_winner"],
        told["behind_winner_ci95"],
    )
