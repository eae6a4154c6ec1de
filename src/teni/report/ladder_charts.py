"""The charts of what was compared and of what was trained, as plain Plotly figures."""

import math

import pandas as pd

from teni.report.charts import ACCENT, COLOURS, QUIET, Chart, figure, text
from teni.report.ladder import Row

MOST_TIMES = 1e4  # how far above the lowest loss the chart reaches


def ladder_chart(rows: list[Row], unit: str) -> Chart:
    """Draw each strategy's error on validation and on test people with its interval, the winner on top.

    Args:
        rows: as `teni.report.ladder.ladder` gives them, the best first.
        unit: of the error.
    """
    data: list[Chart] = []
    parts = (("validation", COLOURS[0], "circle"), ("test", ACCENT, "diamond"))
    for part, colour, symbol in parts:
        known = [row for row in reversed(rows) if row[part] is not None]
        if not known:
            continue
        ends = [row[part][1] or (row[part][0], row[part][0]) for row in known]
        values = [row[part][0] for row in known]
        data.append({
            "type": "scatter", "mode": "markers", "name": part, "x": values, "y": [text(r["name"]) for r in known],
            "marker": {"size": 9, "color": colour, "symbol": symbol},
            "error_x": {
                "type": "data", "color": colour, "thickness": 1.4, "width": 0, "symmetric": False,
                "array": [e[1] - v for e, v in zip(ends, values, strict=True)],
                "arrayminus": [v - e[0] for e, v in zip(ends, values, strict=True)],
            },
            "hovertemplate": f"%{{y}}, {part}: %{{x:.3f}} {unit}",
        })  # fmt: skip
    chart = figure(data, f"error ({unit}), 95% intervals", "", y={"type": "category", "showgrid": False})
    chart["layout"]["height"] = 110 + 34 * len(rows)
    chart["layout"]["hovermode"] = "closest"
    return chart


def cost_chart(rows: list[Row], unit: str) -> Chart | None:
    """Draw error over seconds, both of each strategy; None for fewer than two."""
    if len(rows) < 2:
        return None
    part = "test" if all(row["test"] is not None for row in rows) else "validation"
    data: list[Chart] = [
        {
            "type": "scatter", "mode": "markers+text", "showlegend": False, "textposition": "top center",
            "x": [max(row["seconds"], 0.01) for row in rows], "y": [row[part][0] for row in rows],
            "text": [text(row["name"]) for row in rows], "textfont": {"size": 11},
            "marker": {"size": 9, "color": [ACCENT if row["won"] else COLOURS[0] for row in rows]},
            "hovertemplate": f"%{{text}}: %{{y:.3f}} {unit} after %{{x:.0f}} s",
        }
    ]  # fmt: skip
    chart = figure(data, "seconds (logarithmic)", f"{part} error ({unit})", x={"type": "log", "dtick": 1})
    chart["layout"]["hovermode"] = "closest"
    return chart


def losses_chart(curves: pd.DataFrame) -> Chart | None:
    """Draw the losses of every epoch on a logarithmic scale, training solid, validation dashed; None without any.

    Args:
        curves: columns `teni.training.CURVES`, and ``model`` where there are several.
    """
    if not len(curves):
        return None
    names = curves["model"] if "model" in curves else pd.Series([""] * len(curves), index=curves.index)
    data: list[Chart] = []
    for place, (name, rows) in enumerate(curves.groupby(names, sort=False)):
        colour = (*COLOURS, ACCENT, QUIET)[place % (len(COLOURS) + 2)]
        for column, dash in (("loss", "solid"), ("validation_loss", "dash")):
            known = rows[rows[column].notna() & (rows[column] > 0)]
            if not len(known):
                continue
            epochs = known["epoch"].tolist()
            what = "training" if column == "loss" else "validation"
            data.append({
                "type": "scatter", "mode": "lines", "x": _broken(epochs, epochs),
                "y": _broken(known[column].tolist(), epochs),
                "name": text(*([name] if name else []), what), "legendgroup": text(name),
                "line": {"color": colour, "width": 1.8, "dash": dash},
                "hovertemplate": f"{text(name)} epoch %{{x}}: {what} loss %{{y:.3g}}",
            })  # fmt: skip
    if not data:
        return None
    values = [value for line in data for value in line["y"] if value is not None]
    low = min(values)
    high = min(max(values), MOST_TIMES * low)  # one loss that diverged must not flatten all others
    ends = [math.log10(0.8 * low), math.log10(1.25 * high)]
    return figure(data, "epoch", "loss (logarithmic)", y={"type": "log", "range": ends})


def _broken(values: list[float], epochs: list[float]) -> list[float | None]:
    """List values, with a gap where epochs begin anew: specialists are trained one after the other."""
    found: list[float | None] = []
    before = 0.0
    for value, epoch in zip(values, epochs, strict=True):
        found += [None, value] if epoch <= before else [value]
        before = epoch
    return found
