"""The error of each keypoint."""

import math
from typing import Any

import numpy as np

from teni.card import is_solved
from teni.report.charts import ACCENT, COLOURS, Axis, Dot, Rows
from teni.report.section import Section
from teni.report.sections.headline import Block, measured
from teni.report.words import Spoken
from teni.report.words import keypoints as words
from teni.report.words.headline import part_name
from teni.report.words.numbers import pixels, readable
from teni.run import Run, predictions_arrays


def section(run: Run, spoken: Spoken) -> Section:
    """Gather the errors of keypoints, announced and measured, and where they lie."""
    part, block = measured(run.metrics)
    rows = [{"name": name, **values} for name, values in block.get("per_keypoint", {}).items()]
    rows.sort(key=lambda row: math.inf if row["rmse_px"] is None else row["rmse_px"])
    known = [row for row in rows if row["rmse_px"] is not None]
    title = (
        words.title(readable(known[0]["name"]), readable(known[-1]["name"]))
        if len(known) > 1
        else words.TITLE
    )
    measures: list[tuple[str, str]] = []
    if block.get("nme_percent") is not None:
        shares = (("NME", "nme_percent"), ("PCK@0.05", "pck_05"), ("PCK@0.10", "pck_10"))
        measures = [(name, pixels(block.get(key)) + ("%" if name == "NME" else "")) for name, key in shares]
    values = {
        "rows": rows,
        "measures": measures,
        "map": error_map(run, block),
        "task": run.task,
        "spoken": spoken,
        "words": words,
    }
    return Section(
        "keypoints",
        words.NAV,
        title,
        values,
        {"keypoints": chart(run.metrics, part, block, spoken, is_solved(run))},
    )


def chart(metrics: Block, part: str, block: Block, spoken: Spoken, solved: bool = True) -> Rows | None:
    """Draw each keypoint's error with its interval, the best on top, beside what was announced; None without any."""
    rows = [(name, v) for name, v in block.get("per_keypoint", {}).items() if v["rmse_px"] is not None]
    if not rows:
        return None
    rows.sort(key=lambda row: row[1]["rmse_px"])
    said: Block = ((metrics.get("validation") or {}).get("per_keypoint") or {}) if part == "test" else {}
    drawn: list[tuple[Any, list[Dot]]] = []
    for name, v in rows:
        dots = [Dot(v["rmse_px"], v.get("rmse_px_ci95"), 0)]
        if (announced := said.get(name, {}).get("rmse_px")) is not None:
            dots.insert(0, Dot(announced, said[name].get("rmse_px_ci95"), 1))
        drawn.append((readable(name), dots))
    keys = [(part_name(part, solved), ACCENT), (part_name("validation", solved), COLOURS[0])]
    return Rows(Axis(spoken.axis), drawn, keys if said else keys[:1], spoken.words.unit, 2, block["rmse_px"])


def error_map(run: Run, block: Block) -> list[dict[str, Any]]:
    """Give each keypoint's mean labelled place and its error, to be drawn to scale.

    Returns:
        name, x, y and px, all in pixels of the image; keypoints without a label are left out.
    """
    _, truth = predictions_arrays(run.predictions, run.task.names)
    places: list[dict[str, Any]] = []
    for k, name in enumerate(run.task.names):
        known = truth[~np.isnan(truth[:, k]).any(-1), k]
        px = block.get("per_keypoint", {}).get(name, {}).get("rmse_px")
        if len(known) and px is not None:
            x, y = known.mean(0)
            places.append(
                {"name": readable(name), "x": round(float(x), 2), "y": round(float(y), 2), "px": px}
            )
    return places
