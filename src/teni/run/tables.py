"""The tables of a run folder, and predictions as one of them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.task.metrics import Points
from teni.training import CURVES as CURVES

HISTORY = ("stage", "size", "taps", "kernel", "lambda", "rmse_px", "chosen")
LEARNING_CURVE = ("subjects", "images", "rmse_px", "rmse_px_low", "rmse_px_high")
SPLIT = ("id", "group", "part")
PREDICTIONS = ("part", "id", "subject")

# Never a number, never "not available".
_TEXT = ("part", "id", "subject", "group", "fingerprint", "stage", "size", "taps", "kernel", "phase")


def predictions_table(
    part: str,
    ids: NDArray[np.str_],
    subjects: NDArray[np.str_] | None,
    predicted: Points,
    truth: Points | None,
    names: Sequence[str],
) -> pd.DataFrame:
    """Put predictions into a table, one row an image.

    Args:
        part: the part of the data, e.g. ``test``; concatenate the tables of several parts.
        ids: ``(N,)`` strings.
        subjects: ``(N,)`` strings, or None.
        predicted: ``(N, K, 2)`` pixels.
        truth: ``(N, K, 2)`` pixels, NaN = unlabelled; None if there are no labels.
        names: the K keypoints.

    Returns:
        Columns part, id, subject, then for each keypoint ``<name>_x``, ``<name>_y``, and after all of these
        ``<name>_x_true``, ``<name>_y_true``.

    >>> table = predictions_table("test", np.array(["1"]), None, np.array([[[3.0, 4.0]]]), None, ["nose"])
    >>> table.values.tolist()
    [['test', '1', '', 3.0, 4.0, nan, nan]]
    """
    many = len(predicted)
    known = np.full(predicted.shape, np.nan) if truth is None else truth
    columns = [f"{name}_{axis}" for name in names for axis in "xy"]
    frame = pd.DataFrame(
        np.hstack([predicted.reshape(many, -1), known.reshape(many, -1)]).astype(np.float64),
        columns=[*columns, *(f"{column}_true" for column in columns)],
    )
    frame.insert(0, "part", part)
    frame.insert(1, "id", ids.astype(str))
    frame.insert(2, "subject", "" if subjects is None else subjects.astype(str))
    return frame


def predictions_arrays(
    table: pd.DataFrame, names: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Take the predictions and the labels out of a table again.

    Args:
        table: as `predictions_table` gives it.
        names: the K keypoints.

    Returns:
        Predicted and true, each ``(N, K, 2)`` pixels.

    >>> table = predictions_table("test", np.array(["1"]), None, np.array([[[3.0, 4.0]]]), None, ["nose"])
    >>> predictions_arrays(table, ["nose"])[0].tolist()
    [[[3.0, 4.0]]]
    """
    columns = [f"{name}_{axis}" for name in names for axis in "xy"]
    shape = (len(table), len(names), 2)
    predicted = table[columns].to_numpy(np.float64).reshape(shape)
    return predicted, table[[f"{column}_true" for column in columns]].to_numpy(np.float64).reshape(shape)


def write_table(file: Path, table: pd.DataFrame, columns: Sequence[str], digits: int | None = None) -> None:
    """Write a table as CSV.

    Args:
        file: its path.
        table: what to write.
        columns: what it must have.
        digits: decimals of every number; None writes them in full.

    Raises:
        TeniError: a column is missing.
    """
    _require(file, table, columns)
    number = None if digits is None else f"%.{digits}f"
    table.to_csv(file, index=False, float_format=number, lineterminator="\n")


def read_table(file: Path, columns: Sequence[str]) -> pd.DataFrame:
    """Read a table of a run folder.

    Args:
        file: its path.
        columns: what it must have.

    Raises:
        TeniError: it cannot be read or a column is missing.
    """
    try:
        head = pd.read_csv(file, nrows=0).columns
        table = pd.read_csv(
            file,
            dtype={name: str for name in head if name in _TEXT},
            keep_default_na=False,
            na_values={name: [""] for name in head if name not in _TEXT},
        )
    except (OSError, ValueError) as error:  # pandas' parser errors are ValueErrors
        raise TeniError(f"{file}: damaged ({error}); fit again with --overwrite") from error
    _require(file, table, columns)
    return table


def _require(file: Path, table: pd.DataFrame, columns: Sequence[str]) -> None:
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise TeniError(
            f"{file}: no column {', '.join(missing[:8])}; found {', '.join(map(str, table.columns[:8]))}; "
            "fit again with --overwrite"
        )
