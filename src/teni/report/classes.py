"""What the report says of classes: the headline, who is taken for whom, and images with what was said of them."""

from typing import Any

import numpy as np

from teni.report.charts import ACCENT, COLOURS, Chart, figure, text
from teni.report.faces import data_uri
from teni.report.words import Block, measured
from teni.run import Run
from teni.run.examples import KINDS
from teni.task import Classes
from teni.task.draw_class import class_caption

MOST_IN_MATRIX = 30  # more classes make no table that anybody reads
MOST_CONFUSED = 5


def percent(value: float | None) -> str:
    """Write a share.

    >>> percent(0.8768), percent(None)
    ('87.7%', '–')
    """
    return "–" if value is None else f"{value:.1%}"


def percents(ends: list[float] | None) -> str:
    """Write the two ends of an interval of a share.

    >>> percents([0.5, 0.75]), percents(None)
    ('50.0% to 75.0%', '–')
    """
    return "–" if ends is None else f"{ends[0]:.1%} to {ends[1]:.1%}"


def headline(metrics: Block) -> Block:
    """Give the accuracy, its interval, and the majority class beside it; see `teni.report.words.headline`.

    >>> block = {"accuracy": 0.9, "log_loss": 0.3, "mean_predictor": {"accuracy": 0.4, "log_loss": 1.1}}
    >>> headline({"test": block})["number"], [bar["text"] for bar in headline({"test": block})["bars"]]
    ('90.0', ['90.0%', '40.0%'])
    """
    part, block = measured(metrics)
    accuracy, mean = block["accuracy"], block["mean_predictor"]
    bars = [
        {"name": name, "text": percent(share), "share": 100 * share, "own": own}
        for name, share, own in (
            ("this model", accuracy, True),
            ("the majority class", mean["accuracy"], False),
        )
    ]
    better = "better than" if accuracy > mean["accuracy"] else "no better than"
    return {
        "part": part,
        "bars": bars,
        "block": block,
        "number": f"{100 * accuracy:.1f}",
        "unit": "%",
        "under": "test accuracy" if part == "test" else "cross-validated accuracy",
        "between": percents(block["accuracy_ci95"]) if block.get("accuracy_ci95") else None,
        "beside": "Accuracy beside the majority class",
        "lead": (
            f"The likeliest class is the right one for {percent(accuracy)} of the images, {better} always saying the "
            f"majority class ({percent(mean['accuracy'])}). The log loss is {block['log_loss']:.3f}; whoever knows "
            f"the shares of the classes alone has {mean['log_loss']:.3f}."
        ),
    }


def recognised(block: Block, task: Classes) -> Block:
    """Say which classes are recognised, and which are taken for which.

    Args:
        block: of ``metrics.json``.
        task: the classes.

    Returns:
        title, confused (a sentence, or empty), matrix (rows of cells; empty for many classes), rows (by recall).

    >>> each = {"recall": 1.0, "precision": None}
    >>> block = {"per_class": {"cat": each, "dog": each | {"recall": 0.5}}, "confusion": [[2, 0], [1, 1]]}
    >>> recognised(block, Classes(("cat", "dog"), 4, 4))["confused"]
    'Most often taken for another: dog for cat (1 of 2).'
    """
    rows = [{"name": name, **values} for name, values in block["per_class"].items()]
    rows.sort(key=lambda row: -1.0 if row["recall"] is None else row["recall"], reverse=True)
    shown = [row for row in rows if row["recall"] is not None]
    title = "The classes"
    if len(shown) > 1:
        title = f"Surest: {shown[0]['name']}; hardest: {shown[-1]['name']}"
    table = np.array(block["confusion"])
    return {
        "title": title,
        "confused": _confused(table, task),
        "matrix": _matrix(table, task) if len(task.names) <= MOST_IN_MATRIX else [],
        "rows": rows,
    }


def _confused(table: np.ndarray, task: Classes) -> str:
    others = table - np.diag(np.diag(table))
    places = np.argsort(-others, axis=None, kind="stable")[:MOST_CONFUSED]
    pairs = [divmod(int(place), len(task.names)) for place in places]
    named = [
        f"{task.names[i]} for {task.names[j]} ({others[i, j]:,} of {table[i].sum():,})"
        for i, j in pairs
        if others[i, j]
    ]
    return f"Most often taken for another: {', '.join(named)}." if named else ""


def _matrix(table: np.ndarray, task: Classes) -> list[Block]:
    return [
        {
            "name": name,
            "cells": [
                {"count": int(count), "share": count / max(int(row.sum()), 1), "right": i == j}
                for j, count in enumerate(row)
            ],
        }
        for i, (name, row) in enumerate(zip(task.names, table, strict=True))
    ]


def shown_images(run: Run, task: Classes) -> list[dict[str, Any]]:
    """Give the images of each kind.

    Returns:
        For each kind that there is: kind, faces (id, part, picture, said, probability, truth, own, right, caption).
    """
    shown = run.examples
    kinds: list[dict[str, Any]] = []
    for kind in KINDS:
        images: list[dict[str, Any]] = []
        for i in shown.of(kind):
            predicted, truth = shown.predicted[i], int(shown.truth[i])
            best = int(np.argmax(predicted))
            images.append({
                "id": str(shown.ids[i]),
                "part": str(shown.parts[i]),
                "picture": data_uri(shown.images[i]),
                "said": task.names[best],
                "probability": float(predicted[best]),
                "truth": task.names[truth],
                "own": float(predicted[truth]),
                "right": best == truth,
                "caption": class_caption(predicted, truth, task),
            })  # fmt: skip
        if images:
            kinds.append({"kind": kind, "faces": images})
    return kinds


def recall_chart(block: Block) -> Chart | None:
    """Draw the recall of each class with its interval, the best on top; None for many classes, or one."""
    rows = [(name, v) for name, v in block["per_class"].items() if v["recall"] is not None]
    if not 1 < len(rows) <= MOST_IN_MATRIX:
        return None
    rows.sort(key=lambda row: row[1]["recall"])
    data: list[Chart] = []
    for name, v in rows:
        ends = v.get("recall_ci95")
        spread: Chart = {
            "type": "data",
            "color": COLOURS[0],
            "thickness": 1.6,
            "width": 0,
            "symmetric": False,
        }
        spread |= {"array": [ends[1] - v["recall"]], "arrayminus": [v["recall"] - ends[0]]} if ends else {}
        data.append({
            "type": "scatter", "mode": "markers", "x": [v["recall"]], "y": [text(name)], "showlegend": False,
            "marker": {"size": 9, "color": COLOURS[0]}, "error_x": spread if ends else {"visible": False},
            "hovertemplate": f"%{{y}}: {percent(v['recall'])}",
        })  # fmt: skip
    scale = {"tickformat": ".0%", "range": [-0.02, 1.02]}
    chart = figure(data, "recall", "", x=scale, y={"type": "category", "showgrid": False})
    whole = {
        "type": "line",
        "x0": block["accuracy"],
        "x1": block["accuracy"],
        "y0": 0,
        "y1": 1,
        "yref": "paper",
    }
    chart["layout"]["shapes"] = [whole | {"line": {"color": ACCENT, "width": 1.5, "dash": "dot"}}]
    chart["layout"]["height"] = 90 + 25 * len(rows)
    return chart


def reliability_chart(block: Block) -> Chart | None:
    """Draw accuracy over confidence; None for fewer than two steps."""
    steps = block.get("reliability") or []
    if len(steps) < 2:
        return None
    data: list[Chart] = [
        {
            "type": "scatter", "mode": "lines", "x": [0, 1], "y": [0, 1], "showlegend": False, "hoverinfo": "skip",
            "line": {"color": COLOURS[0], "width": 1.2, "dash": "dot"},
        },
        {
            "type": "scatter", "mode": "lines+markers", "showlegend": False,
            "x": [step["confidence"] for step in steps], "y": [step["accuracy"] for step in steps],
            "marker": {"size": [6 + 14 * (step["images"] / block["images"]) ** 0.5 for step in steps]},
            "line": {"color": ACCENT, "width": 2}, "hovertemplate": "sure %{x:.0%}, right %{y:.0%}",
        },
    ]  # fmt: skip
    share = {"tickformat": ".0%", "range": [-0.02, 1.02]}
    return figure(data, "probability of the likeliest class", "accuracy", x=share, y=share)
