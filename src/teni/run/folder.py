"""The run folder: what is in it, written in one place and read back in one place."""

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from teni.errors import TeniError
from teni.files import PARTIAL
from teni.run.curve_figure import draw_curves
from teni.run.examples import Examples, read_examples, write_examples
from teni.run.figures import write_figures
from teni.run.pictures import Pictures, read_pictures, write_pictures
from teni.run.rate_figure import draw_range_tests
from teni.run.tables import (
    CURVES,
    PREDICTIONS,
    SPLIT,
    curve_columns,
    history_columns,
    prediction_columns,
    read_table,
    write_table,
)
from teni.task.record import missing_entries, read_task
from teni.task.task import Task

FORMAT = 1  # raised when older versions of teni could no longer read what is written

_FILES = (
    "metrics.json",
    "history.csv",
    "learning_curve.csv",
    "split.csv",
    "predictions.csv",
    "examples.npz",
)
_REQUIRED = ("teni", "kind", "seed", "task", "choice", "fingerprints", "versions")


@dataclass(frozen=True, eq=False)
class Run:
    """What a fit produced; ``docs/run-folder.md`` says what is in each file.

    Args:
        about: ``run.json``: what was done, with what, what was chosen, what it cost.
        metrics: ``metrics.json``: ``test`` and ``validation`` (what `teni.task.evaluate` gives), ``cost``.
        history: ``history.csv``: what validation tried, one row a candidate and lambda.
        learning_curve: ``learning_curve.csv``: error over the number of subjects.
        split: ``split.csv``: the part each image belongs to.
        predictions: ``predictions.csv``, as `predictions_table` gives it.
        examples: ``examples.npz``: the images shown in the report.
        path: the folder it was read from.
        curves: ``curves.csv``: the losses of each epoch; empty where nothing was trained, and then not written.
        pictures: ``pictures/``: small pictures of all images in `predictions`; None in runs of before.
    """

    about: dict[str, Any]
    metrics: dict[str, Any]
    history: pd.DataFrame
    learning_curve: pd.DataFrame
    split: pd.DataFrame
    predictions: pd.DataFrame
    examples: Examples
    path: Path = Path()
    curves: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(CURVES)))
    pictures: Pictures | None = None

    def __repr__(self) -> str:
        """Say in a line what is predicted and how well."""
        from teni.run.notebook import run_line  # which needs this class

        return f"<Run {run_line(self)}>"

    def _repr_html_(self) -> str:
        """Show itself in a notebook: key numbers, and predictions from the best to the worst."""
        from teni.run.notebook import run_html

        return run_html(self)

    @property
    def task(self) -> Task:
        """What the run predicts."""
        return read_task(self.about["task"])

    @property
    def model_file(self) -> Path:
        """The saved model.

        Raises:
            TeniError: it is not there.
        """
        file = self.path / "model.keras"
        if not file.is_file():
            raise TeniError(f"{file}: the run folder has lost its model; fit again with --overwrite")
        return file


def write_run(folder: Path, run: Run) -> Run:
    """Write everything but the model and the report; ``run.json`` comes last.

    Args:
        folder: an existing folder, usually the temporary one of `teni.files.output_folder`.
        run: what to write; ``about`` gets the version of the format by itself.

    Returns:
        The run, with `folder` as its path.

    Raises:
        TeniError: a table lacks a column or ``about`` lacks an entry.
    """
    missing = [name for name in _REQUIRED if name not in run.about]
    if missing:
        raise TeniError(f"{folder}: run.json needs {', '.join(missing)}")
    write_table(folder / "history.csv", run.history, history_columns(run.task))
    write_table(folder / "learning_curve.csv", run.learning_curve, curve_columns(run.task))
    write_table(folder / "split.csv", run.split, SPLIT)
    write_table(folder / "predictions.csv", run.predictions, PREDICTIONS, digits=4)
    if len(run.curves):
        write_table(folder / "curves.csv", run.curves, CURVES)
    write_examples(folder / "examples.npz", run.examples)
    write_figures(folder / "figures", run.examples, run.task)
    drawn = draw_curves(run.curves)
    if drawn is not None:
        (folder / "figures" / "curves.svg").write_text(drawn, encoding="utf-8")
    drawn = draw_range_tests(run.about.get("range_tests", {}))
    if drawn is not None:
        (folder / "figures" / "range_tests.svg").write_text(drawn, encoding="utf-8")
    if run.pictures is not None:
        write_pictures(folder, run.pictures)
    _write_json(folder / "metrics.json", run.metrics)
    about = {**run.about, "format": FORMAT}
    _write_json(folder / "run.json", about)
    return replace(run, about=about, path=folder)


def read_run(path: Path) -> Run:
    """Read a run folder back.

    Args:
        path: the folder that ``teni fit`` wrote.

    Returns:
        Everything in it but the model, which is left where it is (``model_file``).

    Raises:
        TeniError: it is not a run folder, is half-written or damaged, or comes from another version.

    >>> read_run(Path("nowhere"))
    Traceback (most recent call last):
    ...
    teni.errors.TeniError: nowhere: no such folder; give a folder that teni fit wrote
    """
    path = Path(path)
    if path.name.startswith(".") and path.name.endswith(PARTIAL):
        raise TeniError(f"{path}: half-written, the fit was interrupted or is still at work; fit again")
    if not path.is_dir():
        raise TeniError(f"{path}: no such folder; give a folder that teni fit wrote")
    if not (path / "run.json").is_file():
        raise TeniError(f"{path}: is not a run folder (no run.json in it); give a folder that teni fit wrote")
    about = _read_json(path / "run.json")
    _check_about(path, about)
    for name in _FILES:
        if not (path / name).is_file():
            raise TeniError(f"{path}: not whole, {name} is missing; fit again with --overwrite")
    metrics = _read_json(path / "metrics.json")
    if not any(metrics.get(part) for part in ("test", "validation")):
        raise TeniError(f"{path}: metrics.json has neither test nor validation; fit again with --overwrite")
    task = read_task(about["task"])
    predictions = read_table(path / "predictions.csv", (*PREDICTIONS, *prediction_columns(task)))
    run = Run(
        about,
        metrics,
        read_table(path / "history.csv", history_columns(task)),
        read_table(path / "learning_curve.csv", curve_columns(task)),
        read_table(path / "split.csv", SPLIT),
        predictions,
        read_examples(path / "examples.npz", task),
        path,
        pictures=read_pictures(path, len(predictions)),
    )
    curves = path / "curves.csv"
    return replace(run, curves=read_table(curves, CURVES)) if curves.is_file() else run


def _check_about(path: Path, about: dict[str, Any]) -> None:
    found = about.get("format")
    if not isinstance(found, int):
        raise TeniError(f"{path}: its run.json is not teni's (no format in it); give a folder of teni fit")
    if found != FORMAT:
        raise TeniError(
            f"{path}: written by teni {about.get('teni', '?')} in format {found}, this teni reads format "
            f"{FORMAT}; read it with that version or fit again"
        )
    if about.get("kind") != "fit":
        raise TeniError(f"{path}: is a folder of teni {about.get('kind', '?')}, expected one of teni fit")
    missing = [name for name in _REQUIRED if name not in about]
    missing += [f"task.{name}" for name in missing_entries(about.get("task", {}))]
    if missing:
        raise TeniError(f"{path}: run.json lacks {', '.join(missing)}; fit again with --overwrite")


def _write_json(file: Path, content: dict[str, Any]) -> None:
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False, default=_plain)
    file.write_text(text + "\n", encoding="utf-8")


def _plain(value: object) -> object:
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def _read_json(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TeniError(f"{file}: damaged ({error}); fit again with --overwrite") from error
    if not isinstance(content, dict):
        raise TeniError(f"{file}: damaged (expected an object); fit again with --overwrite")
    return content
