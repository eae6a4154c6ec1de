"""Announced against measured: the error itself, and the radius round each keypoint."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from teni.card import is_solved
from teni.report.charts import ACCENT, COLOURS, QUIET, Axis, Dot, Lines, Rows, Series
from teni.report.section import Section
from teni.report.words import Spoken, Text, same
from teni.report.words import reliability as words
from teni.report.words.headline import part_name
from teni.report.words.numbers import readable, whole_percent
from teni.run import Run, predictions_arrays
from teni.task import Keypoints

LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
_HALF, _MOST = LEVELS.index(0.5), LEVELS.index(0.9)
_FEWEST = 20  # points of a keypoint, below which a 90% radius is no radius

Floats = NDArray[np.float64]
Block = dict[str, Any]


def section(run: Run, spoken: Spoken) -> Section | None:
    """Gather what was announced and what was measured; None where there is nothing to hold it against."""
    metrics = run.metrics
    test, validation = metrics.get("test"), metrics.get("validation")
    values: Block = {
        "measures": _measures(run),
        "spoken": spoken,
        "words": words,
        "text": None,
        "radius": None,
    }
    charts: dict[str, Any] = {}
    title = words.TITLE
    if test and validation:
        title, values["text"] = words.agreement(
            validation[spoken.measure],
            test[spoken.measure],
            spoken,
            is_solved(run),
            test.get(f"{spoken.measure}_ci95"),
        )
        charts["agreement"] = agreement_chart(metrics, spoken, is_solved(run))
    if isinstance(run.task, Keypoints) and (found := calibration(run)) is not None:
        values |= {
            "radius": words.radius(found["within"][_MOST], LEVELS[_MOST], found["part"], is_solved(run)),
            "rows": _rows(found),
        }
        values["points"] = words.radius_axes(found)
        charts["radius"] = radius_chart(found)
    if not charts:
        return None
    return Section("reliability", words.NAV, title, values, charts)


def calibration(run: Run) -> Block | None:
    """Measure how many points lie within the radius that cross-validation gives them.

    The radius of a keypoint at a level is that quantile of its cross-validated Euclidean errors. It is held against
    the test images; without any, that of each half of the subjects against the other half.

    Returns:
        ``part``, ``within`` (a share a level, over all points), ``names``, ``each`` (K, levels), ``radius``
        (K, levels), ``counts`` (K,), ``points``; None where there are too few points.
    """
    table, names = run.predictions, run.task.names
    predicted, truth = predictions_arrays(table, names)
    off = np.linalg.norm(predicted - truth, axis=-1)
    told = table["part"].to_numpy(str) == "validation"
    tested = ~told & (table["part"].to_numpy(str) == "test")
    if tested.any() and not np.isnan(off[tested]).all():
        part, pairs = "test", [(told, tested)]
    else:
        _, people = np.unique(table["subject"].to_numpy(str), return_inverse=True)
        odd = np.arange(len(table)) % 2 == 1 if people.max(initial=0) < 1 else people % 2 == 1
        part, pairs = "validation", [(told & odd, told & ~odd), (told & ~odd, told & odd)]
    inside, counts, radii = (
        np.zeros((len(names), len(LEVELS))),
        np.zeros(len(names)),
        np.zeros((len(names), len(LEVELS))),
    )
    for learned, held in pairs:
        for k in range(len(names)):
            own = off[learned, k][~np.isnan(off[learned, k])]
            other = off[held, k][~np.isnan(off[held, k])]
            if len(own) >= _FEWEST and len(other):
                radius = np.quantile(own, LEVELS)
                radii[k] += radius / len(pairs)
                inside[k] += (other[:, None] <= radius).sum(0)
                counts[k] += len(other)
    if not counts.any():
        return None
    each = np.divide(inside, counts[:, None], out=np.full_like(inside, np.nan), where=counts[:, None] > 0)
    return {
        "part": part,
        "within": (inside.sum(0) / counts.sum()).tolist(),
        "names": names,
        "each": each,
        "radius": radii,
        "counts": counts,
        "points": int(counts.sum()),
    }


def radius_chart(found: Block) -> Lines:
    """Draw the share of points within their radius over the share that was to lie there."""
    series: list[Series] = []
    for name, each, many in zip(found["names"], found["each"], found["counts"], strict=True):
        if many:
            more = {"faint": True, "labels": [same(readable(name))]}
            series.append(Series(None, list(LEVELS), each.tolist(), QUIET, "line", more=more))
    series.append(
        Series(words.ALL, list(LEVELS), found["within"], ACCENT, "both", more={"labels": [words.ALL]})
    )
    x, y = (Axis(title, ends=(0.0, 1.0), percent=True) for title in (words.WANTED, words.WITHIN))
    return Lines(x, y, series, rule="diagonal")


def agreement_chart(metrics: Block, spoken: Spoken, solved: bool = True) -> Rows:
    """Draw the cross-validated error, the test error and that of the mean."""
    test, validation = metrics["test"], metrics["validation"]
    rows = (
        (part_name("validation", solved), validation, 0),
        (part_name("test"), test, 1),
        (spoken.baseline if spoken.words.unit else words.SHARES, test.get("mean_predictor") or {}, 2),
    )
    name = spoken.measure
    drawn: list[tuple[Text | str, list[Dot]]] = [
        (title, [Dot(given[name], given.get(f"{name}_ci95"), key)])
        for title, given, key in rows
        if given.get(name) is not None
    ]
    keys = [(same(""), COLOURS[0]), (same(""), ACCENT), (same(""), QUIET)]
    return Rows(Axis(spoken.axis, zero=True), drawn, keys, spoken.words.unit, spoken.words.digits)


def _measures(run: Run) -> list[tuple[Text, Block]]:
    solved = is_solved(run)
    return [
        (part_name(part, solved), run.metrics[part])
        for part in ("validation", "test")
        if run.metrics.get(part)
    ]


def _rows(found: Block) -> list[tuple[str, ...]]:
    return [
        (
            readable(name),
            f"{found['radius'][k, _HALF]:.2f}",
            whole_percent(found["each"][k, _HALF]),
            f"{found['radius'][k, _MOST]:.2f}",
            whole_percent(found["each"][k, _MOST]),
            f"{int(found['counts'][k]):,}",
        )
        for k, name in enumerate(found["names"])
        if found["counts"][k]
    ]
