"""The charts of the report, as plain Plotly figures; colours hold on light and on dark paper alike."""

from html import escape
from typing import Any

from teni.report.tried import Candidate, Row, compared
from teni.report.words import FACES, Block, readable
from teni.task import Words

Chart = dict[str, Any]
Dot = tuple[str, float, list[float] | None, str]  # name, value, interval, colour

ACCENT = "#d9701e"
QUIET = "#8b929b"
COLOURS = ("#3f86c9", "#2a9d80", "#9a6fd0", "#c2587e", "#a58a1f")  # 3:1 on white and on near-black
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
_SMALL = {"size": 12}
_BAND = "rgba(217, 112, 30, 0.18)"


def taps(tried: list[Candidate], spoken: Words = FACES) -> Chart | None:
    """Draw the best error of each single tap, from shallow to deep; None for fewer than two taps.

    Args:
        tried: taps in the order of their depth.
        spoken: how the error is spoken of.
    """
    single = [candidate for candidate in compared(tried) if candidate.single]
    order = list(dict.fromkeys(candidate.taps for candidate in single))
    if len(order) < 2:
        return None
    kernels = list(dict.fromkeys(candidate.kernel for candidate in single))  # a colour each
    sizes = list(dict.fromkeys(candidate.size for candidate in single))  # a dash each
    lines: dict[tuple[str, str], dict[str, float]] = {}
    names: dict[tuple[str, str], str] = {}
    for candidate in single:
        key = (candidate.kernel, candidate.size)
        names[key] = _name(candidate, single, with_taps=False)
        error = min(candidate.errors)
        line = lines.setdefault(key, {})
        line[candidate.taps] = min(error, line.get(candidate.taps, error))
    data: list[Chart] = []
    for (kernel, size), line in lines.items():
        colour = COLOURS[kernels.index(kernel) % len(COLOURS)]
        dash = _DASHES[sizes.index(size) % len(_DASHES)]
        data.append({
            "type": "scatter", "mode": "lines+markers", "name": names[kernel, size],
            "x": [text(tap) for tap in order if tap in line],
            "y": [line[tap] for tap in order if tap in line],
            "line": {"color": colour, "width": 2, "dash": dash}, "marker": {"size": 7},
            "hovertemplate": "%{x}: " + _hover(spoken),
        })  # fmt: skip
    chosen = [c for c in tried if c.single and c.chosen is not None][-1:]
    data += [_chosen(text(c.taps), lines[c.kernel, c.size][c.taps], spoken) for c in chosen]
    layers = {"type": "category", "categoryorder": "array", "categoryarray": [text(tap) for tap in order]}
    return figure(data, "tap, from shallow to deep", f"cross-validated {spoken.axis}", x=layers)


def lambdas(tried: list[Candidate], spoken: Words = FACES) -> Chart | None:
    """Draw error over lambda for each candidate, the best five in colour; None if nothing was tried.

    Args:
        tried: what validation tried.
        spoken: how the error is spoken of.
    """
    if not tried:
        return None
    ranked = sorted(tried, key=lambda candidate: min(candidate.errors))
    data: list[Chart] = []
    for rank, candidate in reversed(list(enumerate(ranked))):  # the best is drawn last, above all others
        coloured = rank < len(COLOURS)
        data.append({
            "type": "scatter", "mode": "lines", "x": candidate.lambdas, "y": candidate.errors,
            "name": _name(candidate, tried), "showlegend": coloured, "legendrank": rank + 1,
            "opacity": 1 if coloured else 0.5,
            "line": {"color": COLOURS[rank] if coloured else QUIET, "width": 2.2 if coloured else 1.2},
            "hovertemplate": "lambda %{x:.2g}: " + _hover(spoken, 3),
        })  # fmt: skip
    data += [_chosen(c.lambdas[c.chosen], c.errors[c.chosen], spoken) for c in tried if c.chosen is not None][
        -1:
    ]
    low = min(ranked[0].errors)
    high = max(max(candidate.errors) for candidate in tried)
    top = min(high, 2.2 * low)  # a poor lambda may be off by thousands of pixels
    margin = 0.06 * (top - low) or 0.1
    powers = {"type": "log", "dtick": 2, "tickformat": ".0e"}
    scale = {"range": [low - margin, top + margin]}
    return figure(data, "lambda (logarithmic)", f"cross-validated {spoken.axis}", x=powers, y=scale)


def learning_curve(curve: list[Row], spoken: Words = FACES) -> Chart | None:
    """Draw error over the number of subjects with its interval; None for fewer than two points.

    Args:
        curve: rows of ``learning_curve.csv`` that have subjects and an error, by rising number of subjects.
        spoken: how the error is spoken of.
    """
    if len(curve) < 2:
        return None
    name = spoken.measure
    low, high = f"{name}_low", f"{name}_high"
    x = [row["subjects"] for row in curve]
    band = [row for row in curve if row[low] is not None and row[high] is not None]
    around = [row["subjects"] for row in band]
    edge = [row[high] for row in band] + [row[low] for row in reversed(band)]
    data: list[Chart] = [
        {
            "type": "scatter", "mode": "lines", "hoverinfo": "skip", "showlegend": False, "fill": "toself",
            "x": around + around[::-1], "y": edge, "line": {"width": 0}, "fillcolor": _BAND,
        },
        {
            "type": "scatter", "mode": "lines+markers", "showlegend": False, "x": x,
            "y": [row[name] for row in curve], "line": {"color": ACCENT, "width": 2.2},
            "marker": {"size": 8}, "hovertemplate": "%{x} subjects: " + _hover(spoken),
        },
    ]  # fmt: skip
    marked = x[-1:]  # labels from the right, and only where there is room for them
    for value in reversed(x):
        if marked[0] / value > 1.5:
            marked.insert(0, value)
    ticks = {"type": "log", "tickvals": marked, "ticktext": [f"{value:,.0f}" for value in marked]}
    return figure(data, "subjects in training (logarithmic)", spoken.axis, x=ticks)


def keypoints(block: Block) -> Chart | None:
    """Draw each keypoint's error with its interval, the best on top; None without any."""
    rows = [(name, v) for name, v in block.get("per_keypoint", {}).items() if v["rmse_px"] is not None]
    if not rows:
        return None
    rows.sort(key=lambda row: -row[1]["rmse_px"])
    dots: list[Dot] = [
        (text(readable(name)), v["rmse_px"], v.get("rmse_px_ci95"), COLOURS[0]) for name, v in rows
    ]
    chart = _dots(dots)
    all_px = block["rmse_px"]
    whole = {"type": "line", "x0": all_px, "x1": all_px, "y0": 0, "y1": 1, "yref": "paper"}
    chart["layout"]["shapes"] = [whole | {"line": {"color": ACCENT, "width": 1.5, "dash": "dot"}}]
    return chart


def agreement(metrics: Block, spoken: Words = FACES) -> Chart | None:
    """Draw the cross-validated error, the test error and that of the mean; None unless both were measured.

    Args:
        metrics: of a run.
        spoken: how its error is spoken of.
    """
    test, validation = metrics.get("test"), metrics.get("validation")
    if not test or not validation:
        return None
    rows = [
        (spoken.mean, test.get("mean_predictor") or {}, QUIET),
        ("test", test, ACCENT),
        ("cross-validated", validation, COLOURS[0]),
    ]
    dots: list[Dot] = [
        (name, given[spoken.measure], given.get(f"{spoken.measure}_ci95"), colour)
        for name, given, colour in rows
        if given.get(spoken.measure) is not None
    ]
    chart = _dots(dots, spoken)
    chart["layout"]["xaxis"]["rangemode"] = "tozero"
    return chart


def _dots(rows: list[Dot], spoken: Words = FACES) -> Chart:
    """Draw one dot with its interval a row; the last row is on top."""
    data: list[Chart] = []
    for name, value, ends, colour in rows:
        spread: Chart = {"type": "data", "color": colour, "thickness": 1.6, "width": 0}
        words, digits = spoken.error(value), spoken.digits
        if ends:
            spread |= {"symmetric": False, "array": [ends[1] - value], "arrayminus": [value - ends[0]]}
            words += f" ({ends[0]:.{digits}f} to {ends[1]:.{digits}f})"
        data.append({
            "type": "scatter", "mode": "markers", "x": [value], "y": [name], "showlegend": False,
            "marker": {"size": 9, "color": colour}, "error_x": spread if ends else {"visible": False},
            "hovertemplate": f"%{{y}}: {words}",
        })  # fmt: skip
    chart = figure(data, spoken.axis, "", y={"type": "category", "showgrid": False})
    chart["layout"]["height"] = 90 + 25 * len(rows)
    chart["layout"]["hovermode"] = "closest"
    return chart


def _chosen(x: object, y: float, spoken: Words) -> Chart:
    return {
        "type": "scatter", "mode": "markers", "name": "chosen", "x": [x], "y": [y], "legendrank": 2000,
        "marker": {"symbol": "circle-open", "size": 15, "color": ACCENT, "line": {"width": 3}},
        "hovertemplate": "chosen: " + _hover(spoken, 3),
    }  # fmt: skip


def _hover(spoken: Words, digits: int | None = None) -> str:
    return f"%{{y:.{spoken.digits if digits is None else digits}f}}{spoken.unit}"


def figure(data: list[Chart], across: str, up: str, x: Chart | None = None, y: Chart | None = None) -> Chart:
    """Lay traces out as every chart of the report is laid out.

    Args:
        data: Plotly traces.
        across: title of the horizontal axis.
        up: title of the vertical axis.
        x: more about the horizontal axis.
        y: more about the vertical axis.
    """
    axis: Chart = {"zeroline": False, "fixedrange": True, "ticks": "", "automargin": True}
    for trace in data:
        trace["hovertemplate"] = trace.get("hovertemplate", "") + "<extra></extra>"
    layout: Chart = {
        "height": 360,
        "margin": {"l": 8, "r": 12, "t": 12, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "xaxis": axis | {"title": {"text": across, "standoff": 12, "font": _SMALL}} | (x or {}),
        "yaxis": axis | {"title": {"text": up, "standoff": 10, "font": _SMALL}} | (y or {}),
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "hoverlabel": {"bgcolor": "#1b1f24", "bordercolor": "#1b1f24", "font": {"color": "#ffffff"}},
        "dragmode": False,
    }
    return {"data": data, "layout": layout}


def _name(candidate: Candidate, tried: list[Candidate], with_taps: bool = True) -> str:
    """Name a candidate by what it does not share with all others."""
    size = candidate.size if len({other.size for other in tried}) > 1 else ""
    again = "" if candidate in compared(tried) else "all images"
    return text(candidate.taps if with_taps else "", candidate.kernel, size, again)


def text(*parts: object) -> str:
    """Join what is known; Plotly reads its texts as HTML, so nothing of the data may look like it.

    >>> text("<b>nose", "", 3)
    '&lt;b&gt;nose, 3'
    """
    return escape(", ".join(str(part) for part in parts if str(part)))
