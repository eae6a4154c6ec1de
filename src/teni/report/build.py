"""Put the report together: words, charts and faces of a run into one page that needs nothing else."""

import math
import shlex
from collections import Counter
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from teni.report import charts, words
from teni.report.faces import error_map, shown_faces
from teni.report.ladder import ladder
from teni.report.ladder_charts import cost_chart, ladder_chart, losses_chart
from teni.report.seen import GALLERY, seen_gallery, seen_sheets
from teni.report.tried import candidates, records
from teni.run import Run


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
    return page.get_template("report.html").render(**_contents(run), plotly=_plotly())


def _contents(run: Run) -> dict[str, Any]:
    """Gather all that the page shows, as plain values; the template only lays it out."""
    about, metrics = run.about, run.metrics
    tried = candidates(run.history)
    curve = [row for row in records(run.learning_curve) if row["subjects"] and row["rmse_px"]]
    curve.sort(key=lambda row: row["subjects"])
    headline = words.headline(metrics)
    loaded = about.get("load_report", [])
    drawn = {
        "taps": charts.taps(tried),
        "lambdas": charts.lambdas(tried),
        "learning": charts.learning_curve(curve),
        "keypoints": charts.keypoints(headline["block"]),
        "agreement": charts.agreement(metrics),
        "losses": losses_chart(_all_curves(run)),
    }
    compared = ladder(run)
    if compared is not None:
        drawn["ladder"] = ladder_chart(compared["rows"], compared["unit"])
        drawn["cost"] = cost_chart(compared["rows"], compared["unit"])
    return {
        "about": about,
        "task": run.task,
        "headline": headline,
        "story": words.story(run),
        "ladder": compared,
        "choice": words.choice(about["choice"], tried),
        "seen_at": words.seen_at(about["choice"]),
        "screening": words.screening(about["choice"]),
        "flip": words.flip(about.get("flip")),
        "learning": words.learning(curve),
        "agreement": words.agreement(metrics),
        "charts": {name: chart for name, chart in drawn.items() if chart is not None},
        "candidates": sorted(tried, key=lambda candidate: min(candidate.errors)),
        "curve": curve,
        "keypoints": _keypoints(headline["block"]),
        "measures": {name: metrics.get(name) for name in ("validation", "test")},
        "faces": shown_faces(run),
        "error_map": error_map(run),
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
