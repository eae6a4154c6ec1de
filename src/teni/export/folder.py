"""From a run to a folder that holds its model for another runtime, and all that is needed to use it."""

import json
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from teni.card import card_markdown
from teni.data import Dataset
from teni.export.check import Difference, answers, difference, error_of, keras_answers, require_equal
from teni.export.formats import require, size_of
from teni.export.preprocessing import preprocessing
from teni.export.rows import rows_of
from teni.export.script import script
from teni.files import output_folder
from teni.prediction import load_model
from teni.progress import OnProgress, Progress, silent
from teni.run import Run
from teni.task import words

MARKER = "export.json"
STEP = "export"


@dataclass(frozen=True)
class Exported:
    """What was written, and what it costs.

    Args:
        folder: the export.
        format: of the model.
        precision: of its weights.
        megabytes: of its file, and of the same in ``float32``.
        checked: how far the ``float32`` export lies from the model.
        cost: where precision was given up: what was measured, on what, ``before`` and ``after``; else None.
    """

    folder: Path
    format: str
    precision: str
    megabytes: dict[str, float]
    checked: Difference
    cost: dict[str, Any] | None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, as ``export.json`` has them."""
        return {**asdict(self), "folder": self.folder.name}


def export(
    run: Run,
    out: Path,
    *,
    format: str = "onnx",
    precision: str = "float32",
    data: Dataset | None = None,
    overwrite: bool = False,
    seed: int = 0,
    on_progress: OnProgress = silent,
) -> Exported:
    """Write a run's model for another runtime, if it says there what it says here.

    Args:
        run: as `teni.run.read_run` gives it.
        out: the folder to make.
        format: ``onnx``, ``litert``, ``saved-model`` or ``openvino``.
        precision: ``float32``; ``float16`` and ``int8`` make smaller files, and what they cost is measured.
        data: labelled images to measure that on and to calibrate with, best those that the run was fitted on; None
            takes the few that the run folder keeps.
        overwrite: whether an export of that name is replaced.
        seed: of the draw of images.
        on_progress: told how many steps are done.

    Returns:
        What was written.

    Raises:
        TeniError: a package is missing, the model has a layer that cannot be exported, or the exported model says
            something else than the model; nothing is written then.
    """
    found = require(format, precision)
    model, task = load_model(run), run.task
    rows = rows_of(run, data, seed)
    real = run.examples.images
    with output_folder(out, overwrite, marker=MARKER) as folder, tempfile.TemporaryDirectory() as place:
        plain = folder if precision == "float32" else Path(place)
        found.write(model, plain, "float32", rows.calibrate)
        on_progress(Progress(STEP, 1, 3))
        expected = keras_answers(model, real)
        checked = require_equal(format, found.open(plain), real, expected, task)
        on_progress(Progress(STEP, 2, 3))
        sizes, cost = {"float32": _megabytes(plain)}, None
        if plain is not folder:
            found.write(model, folder, precision, rows.calibrate)
            sizes[precision] = _megabytes(folder)
            before = keras_answers(model, rows.images)
            after = answers(found.open(folder), rows.images)
            cost = {
                "measure": words(task).measure,
                "before": error_of(before, rows.targets, task),
                "after": error_of(after, rows.targets, task),
                "largest_difference": difference(after, before).largest,
                "images": len(rows.images),
                "measured_on": rows.told,
            }
        exported = Exported(out, format, precision, sizes, checked, cost)
        _write(folder, "preprocessing.json", _json(preprocessing(run, found.file, precision)))
        _write(folder, "predict.py", script(run, format))
        _write(folder, "card.md", card_markdown(run))
        _write(folder, MARKER, _json(exported.as_dict()))
        on_progress(Progress(STEP, 3, 3))
    return exported


def _megabytes(folder: Path) -> float:
    return round(size_of(folder) / 1e6, 3)


def _write(folder: Path, name: str, content: str) -> None:
    (folder / name).write_text(content, encoding="utf-8")


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
