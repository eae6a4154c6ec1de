"""What came of one entry, stored as soon as it is there."""

import json
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.files import output_folder

_FILE = "outcome.json"


@dataclass(frozen=True)
class Cost:
    """What an entry took.

    Args:
        seconds: wall time.
        peak_rss_mb: the most memory held meanwhile.
        parameters: how many numbers were trained or solved for.
    """

    seconds: float
    peak_rss_mb: float
    parameters: int


@dataclass(frozen=True, eq=False)
class Outcome:
    """What came of one entry.

    Args:
        plan: what was compared on what, plain values; another plan is not mixed with it.
        cost: what it took.
        about: what the strategy says it chose.
        failed: the sentence that says why it could not be done; None where it was.
        validation: predictions for the validation rows.
        test: predictions for the test rows.
        curves: loss curves of what was trained.
    """

    plan: dict[str, Any]
    cost: Cost
    about: dict[str, Any]
    failed: str | None
    validation: NDArray[np.float64]
    test: NDArray[np.float64]
    curves: pd.DataFrame


def write_outcome(folder: Path, outcome: Outcome) -> None:
    """Write an outcome as a folder, whole or not at all.

    Args:
        folder: to make.
        outcome: what to write.

    Raises:
        TeniError: the disk is full, or writing is not permitted.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with output_folder(folder, overwrite=True, marker=_FILE) as partial:
        np.savez_compressed(partial / "predictions.npz", validation=outcome.validation, test=outcome.test)
        outcome.curves.to_csv(partial / "curves.csv", index=False)
        told = {
            "plan": outcome.plan,
            "cost": asdict(outcome.cost),
            "about": outcome.about,
            "failed": outcome.failed,
        }
        (partial / _FILE).write_text(json.dumps(told, indent=2, default=str), encoding="utf-8")


def read_outcome(folder: Path, plan: dict[str, Any]) -> Outcome | None:
    """Read an outcome back, if it is there.

    Args:
        folder: as it was written.
        plan: what it must have been made by.

    Returns:
        The outcome; None where there is none.

    Raises:
        TeniError: it is of another plan, or damaged.
    """
    if not (folder / _FILE).is_file():
        return None
    try:
        told = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        file = folder / "predictions.npz"  # opened here: NumPy leaves a damaged one open
        with file.open("rb") as content, np.load(content, allow_pickle=False) as arrays:
            validation, test = arrays["validation"], arrays["test"]
        curves = pd.read_csv(folder / "curves.csv")
        found = Outcome(
            told["plan"], Cost(**told["cost"]), told["about"], told["failed"], validation, test, curves
        )
    except (OSError, EOFError, ValueError, KeyError, TypeError, BadZipFile, zlib.error) as error:
        raise TeniError(f"{folder}: damaged ({error}); remove it, and the strategy is fitted anew") from error
    plain = json.loads(json.dumps(plan, default=str))
    if found.plan != plain:
        differ = sorted(key for key in {*plain, *found.plan} if plain.get(key) != found.plan.get(key))
        raise TeniError(
            f"{folder}: is part of another comparison (it differs in {', '.join(differ)}); finish that one with "
            "the same arguments, or remove the folder above it"
        )
    return found
