"""The tables of a run folder, and predictions as one of them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.task import UNLABELLED, Classes, Keypoints, Targets, Task, measure_name
from teni.task.metrics import Points
from teni.training import CURVES as CURVES

SPLIT = ("id", "group", "part")
PREDICTIONS = ("part", "id", "subject")

# Never a number, never "not available".
_TEXT = (
    *("part", "id", "subject", "group", "fingerprint", "stage", "size", "taps", "kernel", "phase"),
    *("class", "class_true"),
)


def history_columns(task: Task) -> tuple[str, ...]:
    """Name the columns that ``history.csv`` has.

    >>> history_columns(Keypoints(("nose",), 4, 4, (0,)))
    ('stage', 'size', 'taps', 'kernel', 'lambda', 'rmse_px', 'chosen')
    """
    return ("stage", "size", "taps", "kernel", "lambda", measure_name(task), "chosen")


def curve_columns(task: Task) -> tuple[str, ...]:
    """Name the columns that ``learning_curve.csv`` has.

    >>> curve_columns(Classes(("cat", "dog"), 4, 4))
    ('subjects', 'images', 'log_loss', 'log_loss_low', 'log_loss_high')
    """
    name = measure_name(task)
    return ("subjects", "images", name, f"{name}_low", f"{name}_high")


def prediction_columns(task: Task) -> tuple[str, ...]:
    """Name the columns that ``predictions.csv`` has beside part, id and subject.

    >>> prediction_columns(Keypoints(("nose",), 4, 4, (0,)))
    ('nose_x', 'nose_y', 'nose_x_true', 'nose_y_true')
    >>> prediction_columns(Classes(("cat", "class"), 4, 4))
    ('cat', 'class_', 'class', 'class_true')
    """
    match task:
        case Keypoints():
            return tuple(f"{n}_{axis}{end}" for end in ("", "_true") for n in task.names for axis in "xy")
        case Classes():
            return (*class_columns(task.names), "class", "class_true")


def class_columns(names: Sequence[str]) -> tuple[str, ...]:
    """Name the columns of the probabilities of classes: as the class, unless another column is called so.

    >>> class_columns(["cat", "id", "id_"])
    ('cat', 'id__', 'id_')
    """
    taken = {*PREDICTIONS, "class", "class_true"}
    columns: list[str] = []
    for name in names:
        column = name
        while column in taken or (column != name and column in names):
            column += "_"
        taken.add(column)
        columns.append(column)
    return tuple(columns)


def predictions_table(
    part: str,
    ids: NDArray[np.str_],
    subjects: NDArray[np.str_] | None,
    predicted: NDArray[np.float64],
    truth: Targets | None,
    task: Task,
) -> pd.DataFrame:
    """Put predictions into a table, one row an image.

    Args:
        part: the part of the data, e.g. ``test``; concatenate the tables of several parts.
        ids: ``(N,)`` strings.
        subjects: ``(N,)`` strings, or None.
        predicted: ``(N, K, 2)`` pixels or ``(N, C)`` probabilities; NaN where there is none.
        truth: ``(N, K, 2)`` pixels, NaN = unlabelled, or ``(N,)`` classes, -1 = unlabelled; None if there are no
            labels.
        task: what is predicted.

    Returns:
        Columns part, id, subject. Keypoints: then for each ``<name>_x``, ``<name>_y``, and after all of these
        ``<name>_x_true``, ``<name>_y_true``. Classes: then the probability of each, ``class``, the likeliest, and
        ``class_true``; empty where there is none.

    >>> task = Keypoints(("nose",), 8, 8, (0,))
    >>> table = predictions_table("test", np.array(["1"]), None, np.array([[[3.0, 4.0]]]), None, task)
    >>> table.values.tolist()
    [['test', '1', '', 3.0, 4.0, nan, nan]]
    >>> task = Classes(("cat", "dog"), 8, 8)
    >>> predictions_table("test", np.array(["1"]), None, np.array([[0.1, 0.9]]), np.array([0]), task).values.tolist()
    [['test', '1', '', 0.1, 0.9, 'dog', 'cat']]
    """
    match task:
        case Keypoints():
            frame = _points_frame(predicted, truth, task)
        case Classes():
            frame = classes_frame(predicted, truth, task)
    frame.insert(0, "part", part)
    frame.insert(1, "id", ids.astype(str))
    frame.insert(2, "subject", "" if subjects is None else subjects.astype(str))
    return frame


def _points_frame(predicted: Points, truth: Points | None, task: Keypoints) -> pd.DataFrame:
    many = len(predicted)
    known = np.full(predicted.shape, np.nan) if truth is None else truth
    return pd.DataFrame(
        np.hstack([predicted.reshape(many, -1), known.reshape(many, -1)]).astype(np.float64),
        columns=list(prediction_columns(task)),
    )


def classes_frame(predicted: NDArray[np.floating], truth: Targets | None, task: Classes) -> pd.DataFrame:
    """Put probabilities into a table without saying whose: the probability of each class, class, class_true.

    Args:
        predicted: ``(N, C)`` probabilities, NaN where there is none.
        truth: ``(N,)`` classes, -1 = unlabelled; None if there are no labels.
        task: the C classes.
    """
    frame = pd.DataFrame(predicted.astype(np.float64), columns=list(class_columns(task.names)))
    named = np.array([*task.names, ""], object)  # the last stands for -1
    said = np.where(np.isnan(predicted).any(axis=1), UNLABELLED, np.nan_to_num(predicted).argmax(axis=1))
    frame["class"] = named[said]
    frame["class_true"] = named[np.full(len(frame), UNLABELLED) if truth is None else truth]
    return frame


def predictions_arrays(
    table: pd.DataFrame, names: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Take the keypoints and their labels out of a table again.

    Args:
        table: as `predictions_table` gives it.
        names: the K keypoints.

    Returns:
        Predicted and true, each ``(N, K, 2)`` pixels.

    >>> task = Keypoints(("nose",), 8, 8, (0,))
    >>> table = predictions_table("test", np.array(["1"]), None, np.array([[[3.0, 4.0]]]), None, task)
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
