"""Put the report together: words, charts and images of a run into one page that needs nothing else."""

import math
import shlex
from collections import Counter
from collections.abc import Callable
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from teni.report import charts, classes, words
from teni.report.faces import error_map, shown_faces
from teni.report.ladder import ladder
from teni.report.ladder_charts import cost_chart, ladder_chart, losses_chart
from teni.report.seen import GALLERY, seen_gallery, seen_sheets
from teni.report.tried import candidates, records
from teni.run import Run
from teni.task import Classes, Keypoints, Words
from teni.task import words as words_of


def build_report(run: Run) -> str:
    """Build the report of a run.

    Args:
        run: as `teni.run.read_run` gives it; nothing else is read.

    Returns:
        One HTML page with its style, scripts and pictures inside. It asks for nothing over the network, and
        its own security policy forbids it to.
    """
    page = Environment(
        loader=PackageLoader("teni.report", "page"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    page.filters.update(px=words.pixels, readable=words.readable, number=words.number)
    page.filters.update(percent=classes.percent, percents=classes.percents)
    spoken = words_of(run.task)
    page.filters.update(error=_plain_error(spoken))
    return page.get_template("report.html").render(**_contents(run), plotly=_plotly())


def _plain_error(spoken: Words) -> Callable[[float | None], str]:
    """Make what writes an error without its unit, which stands above the column."""
    return lambda value: spoken.error(value).removesuffix(spoken.unit)


def _contents(run: Run) -> dict[str, Any]:
    """Gather all that the page shows, as plain values; the template only lays it out."""
    about, metrics = run.about, run.metrics
    spoken = words_of(run.task)
    tried = candidates(run.history, spoken.measure)
    curve = [row for row in records(run.learning_curve) if row["subjects"] and row[spoken.measure]]
    curve.sort(key=lambda row: row["subjects"])
    own, own_charts = _of_task(run)
    loaded = about.get("load_report", [])
    drawn = {
        "taps": charts.taps(tried, spoken),
        "lambdas": charts.lambdas(tried, spoken),
        "learning": charts.learning_curve(curve, spoken),
        **own_charts,
        "agreement": charts.agreement(metrics, spoken),
        "losses": losses_chart(_all_curves(run)),
    }
    compared = ladder(run)
    if compared is not None:
        drawn["ladder"] = ladder_chart(compared["rows"], compared["unit"])
        drawn["cost"] = cost_chart(compared["rows"], compared["unit"])
    return {
        "about": about,
        "task": run.task,
        "spoken": spoken,
        **own,
        "story": words.story(run),
        "ladder": compared,
        "choice": words.choice(about["choice"], tried, spoken),
        "seen_at": words.seen_at(about["choice"]),
        "screening": words.screening(about["choice"]),
        "flip": words.flip(about.get("flip"), spoken),
        "learning": words.learning(curve, spoken),
        "agreement": words.agreement(metrics, spoken),
        "charts": {name: chart for name, chart in drawn.items() if chart is not None},
        "candidates": sorted(tried, key=lambda candidate: min(candidate.errors)),
        "curve": curve,
        "measures": {name: metrics.get(name) for name in ("validation", "test")},
        "seen": seen_sheets(run),
        "gallery": GALLERY,
        "gallery_page": seen_gallery(run),
        "data": _scalars(about.get("data", {})),
        "notes": about.get("notes", []),
        "cost": about.get("cost", {}) | (metrics.get("cost") or {}),
        "steps": _steps(about.get("cost", {}).get("steps", {})),
        "loaded": loaded,
        "actions": Counter(str(row.get("action", "?")) for row in loaded).most_common(),
        "command": shlex.join(str(word) for word in about.get("command", [])),
    }


def _of_task(run: Run) -> tuple[dict[str, Any], dict[str, Any]]:
    """Gather what the page shows of keypoints or of classes alone, and its charts."""
    task = run.task
    match task:
        case Keypoints():
            headline = words.headline(run.metrics, words_of(task))
            own = {
                "keypoints": _keypoints(headline["block"]),
                "faces": shown_faces(run),
                "error_map": error_map(run),
            }
            return own | {"headline": headline}, {"keypoints": charts.keypoints(headline["block"])}
        case Classes():
            headline = classes.headline(run.metrics)
            block = headline["block"]
            own = {"classes": classes.recognised(block, task), "faces": classes.shown_images(run, task)}
            drawn = {"classes": classes.recall_chart(block), "reliability": classes.reliability_chart(block)}
            return own | {"headline": headline}, drawn


def _keypoints(block: dict[str, Any]) -> list[dict[str, Any]]:
    """List the keypoints, the surest first, those without a label last."""
    rows = [{"name": name, **values} for name, values in block.get("per_keypoint", {}).items()]
    return sorted(rows, key=lambda row: math.inf if row["rmse_px"] is None else row["rmse_px"])


def _all_curves(run: Run) -> pd.DataFrame:
    """Return the losses of everything that was trained in a comparison, or else of the run."""
    file = run.path / "comparison_curves.csv"
    return pd.read_csv(file) if file.is_file() else run.curves


def _scalars(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if isinstance(value, str | int | float)}


def _steps(steps: dict[str, float]) -> list[dict[str, Any]]:
    most = max(steps.values(), default=0) or 1
    return [{"name": name, "seconds": s, "share": 100 * s / most} for name, s in steps.items()]


def _plotly() -> Markup:
    from plotly.offline import get_plotlyjs  # half a second, and needed only here

    return Markup(get_plotlyjs())
