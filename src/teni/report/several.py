"""Put several runs side by side on one page: ranked only where they were measured on the very same labels."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teni.card import is_solved, network_name
from teni.compare.losses import image_losses
from teni.compare.paired import Measured, measure
from teni.errors import TeniError
from teni.report.charts import COLOURS, Axis, Dot, Rows
from teni.report.layout import render
from teni.report.section import Section
from teni.report.sections.headline import measured
from teni.report.sections.ran import command_of
from teni.report.words import Spoken, Text, joined, same, spoken_of
from teni.report.words import several as words
from teni.report.words.headline import part_name
from teni.report.words.numbers import readable
from teni.report.words.ran import PRINT_NAMES
from teni.run import Run, member_names, predictions_arrays
from teni.run.tables import class_columns
from teni.task import Keypoints

MOST = len(COLOURS)  # as many as there are colours to tell them by


def build_comparison(runs: Sequence[Run]) -> str:
    """Build the page of several runs.

    Args:
        runs: two to seven, of one task, as `teni.run.read_run` gives them.

    Returns:
        One HTML page, as `teni.report.build_report` gives it.

    Raises:
        TeniError: too few or too many runs, one of them twice, or their tasks differ.
    """
    if not 2 <= len(runs) <= MOST:
        raise TeniError(f"{len(runs)} runs cannot be put side by side; give two to {MOST} run folders")
    _require_different(runs)
    first = runs[0].task
    for run in runs[1:]:
        if type(run.task) is not type(first) or run.task.names != first.names:
            raise TeniError(
                f"{run.path}: predicts {', '.join(run.task.names[:3])} …, {runs[0].path} predicts "
                f"{', '.join(first.names[:3])} …; give runs of the same task"
            )
    names, spoken = _names(runs), spoken_of(first)
    sections = [_ranking(runs, names, spoken), _ran(runs, names)]
    if isinstance(first, Keypoints):
        sections.insert(1, _keypoints(runs, names, spoken))
    about = {"teni": runs[0].about["teni"]}
    listed = joined(same(name) for name in names)
    name = Text(f"{words.TITLE.en} · teni", f"{words.TITLE.ja} · teni")
    return render("several.html", name, sections, listed=listed, about=about, heading=words.TITLE)


def _require_different(runs: Sequence[Run]) -> None:
    """Refuse a run beside itself: it would tie with itself, and look like a finding."""
    seen: dict[Path, Path] = {}
    for run in runs:
        if run.path != Path():  # a run that was never written lies nowhere
            before = seen.setdefault(run.path.resolve(), run.path)
            if before is not run.path:
                also = "" if before == run.path else f", as {before}"
                raise TeniError(f"{run.path}: given twice{also}; give each run folder once")


def paired(runs: Sequence[Run], seed: int = 0) -> tuple[str, list[Measured], int, int] | None:
    """Measure runs on the images that all of them were measured on, if these are the same.

    Returns:
        Part of the data, what was measured of each run with the differences to the best, images and subjects; None
        where labels or images differ.
    """
    for part in ("test", "validation"):
        if not all(run.metrics.get(part) for run in runs):
            continue
        key = "test" if part == "test" else "data"
        if len({run.about["fingerprints"].get(key) for run in runs}) > 1:
            continue
        tables = [run.predictions.loc[run.predictions["part"] == part, :].sort_values("id") for run in runs]
        told = [
            _predicted(table.reset_index(drop=True), run) for table, run in zip(tables, runs, strict=True)
        ]
        ids = [table["id"].tolist() for table in tables]
        truths = [truth for _, truth in told]
        alike = all(other == ids[0] for other in ids) and all(_equal(truths[0], other) for other in truths)
        if not alike or not ids[0]:
            continue
        losses = [[image_losses(*each, runs[0].task)] for each in told]
        people = tables[0]["subject"].to_numpy(str)
        people = np.array(ids[0]) if (people == "").all() else people
        totals = [float(each.sums.sum()) for (each,) in losses]
        return (
            part,
            measure(losses, people, int(np.argmin(totals)), seed),
            len(people),
            len(np.unique(people)),
        )
    return None


def _predicted(table: Any, run: Run) -> tuple[NDArray[np.float64], NDArray[Any]]:
    if isinstance(run.task, Keypoints):
        return predictions_arrays(table, run.task.names)
    position = {name: i for i, name in enumerate(run.task.names)}
    truth = np.array([position.get(str(name), -1) for name in table["class_true"]], np.int64)
    return table[list(class_columns(run.task.names))].to_numpy(np.float64), truth


def _equal(one: NDArray[Any], other: NDArray[Any]) -> bool:
    return one.shape == other.shape and bool(np.allclose(one, other, atol=1e-3, equal_nan=True))


def _names(runs: Sequence[Run]) -> list[str]:
    """Name runs by their folders, or by more of the path where two are called the same."""
    names = [run.path.name or str(place) for place, run in enumerate(runs, 1)]
    if len(set(names)) < len(names):
        names = [f"{run.path.parent.name}/{name}" for run, name in zip(runs, names, strict=True)]
    return (
        names
        if len(set(names)) == len(names)
        else [f"{place}: {name}" for place, name in enumerate(names, 1)]
    )


def _ranking(runs: Sequence[Run], names: list[str], spoken: Spoken) -> Section:
    found = paired(runs)
    rows: list[dict[str, Any]] = []
    for place, (run, name) in enumerate(zip(runs, names, strict=True)):
        part, block = measured(run.metrics)
        error, ends = block[spoken.measure], block.get(f"{spoken.measure}_ci95")
        behind = behind_ends = None
        if found is not None:
            part, own = found[0], found[1][place]
            block = run.metrics[part]
            error, ends, behind, behind_ends = own.error, own.ci95, own.behind, own.behind_ci95
        rows.append({
            "name": name, "part": part_name(part, is_solved(run)), "error": error, "ends": ends, "behind": behind,
            "behind_ends": behind_ends, "images": block.get("images"), "network": network_name(run, "–"),
            "choice": _choice(run), "seed": run.about["seed"],
        })  # fmt: skip
    title, why = words.NOT_RANKED, words.WHY_NOT
    if found is not None:
        rows.sort(key=lambda row: row["error"])
        told = sum(row["behind_ends"] is not None and row["behind_ends"][0] > 0 for row in rows)
        unknown = any(measured(run.metrics)[1].get("subjects_known") is False for run in runs)
        title = words.title(rows[0]["name"], told, len(rows) - 1)
        why = words.why(found[2], None if unknown else found[3])
        if unknown:
            why = why + words.UNKNOWN
    drawn: list[tuple[Text | str, list[Dot]]] = [
        (row["name"], [Dot(row["error"], row["ends"])]) for row in rows
    ]
    chart = Rows(Axis(spoken.axis), drawn, [(same(""), COLOURS[0])], spoken.words.unit, 3)
    values = {"rows": rows, "why": why, "paired": found is not None, "spoken": spoken, "words": words}
    return Section("runs", words.NAV, title, values, {"runs": chart})


def _choice(run: Run) -> str:
    """Name the taps; of an ensemble its members."""
    choice = run.about["choice"]
    return ", ".join(member_names(choice)) or " + ".join(map(str, choice["taps"]))


def _keypoints(runs: Sequence[Run], names: list[str], spoken: Spoken) -> Section:
    blocks = [measured(run.metrics)[1].get("per_keypoint", {}) for run in runs]
    rows: list[tuple[str, list[str]]] = []
    drawn: list[tuple[Text | str, list[Dot]]] = []
    for keypoint in runs[0].task.names:
        values = [block.get(keypoint, {}).get("rmse_px") for block in blocks]
        rows.append((readable(keypoint), [spoken.plain(value) for value in values]))
        drawn.append(
            (readable(keypoint), [Dot(v, None, key) for key, v in enumerate(values) if v is not None])
        )
    keys = [(same(name), COLOURS[place]) for place, name in enumerate(names)]
    chart = Rows(Axis(spoken.axis), drawn, keys, spoken.words.unit, 2)
    values = {"rows": rows, "names": names, "words": words}
    return Section("each", words.KEYPOINTS_NAV, words.KEYPOINTS, values, {"each": chart})


def _ran(runs: Sequence[Run], names: list[str]) -> Section:
    rows = [
        {
            "name": name,
            "command": command_of(run) or "–",
            "teni": run.about["teni"],
            "prints": [
                (PRINT_NAMES.get(key, same(readable(key))), str(value or "–")[:16])
                for key, value in run.about["fingerprints"].items()
            ],
        }
        for run, name in zip(runs, names, strict=True)
    ]
    return Section("commands", words.RAN_NAV, words.RAN, {"rows": rows, "words": words})
