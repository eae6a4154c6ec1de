"""Which classes are recognised, who is taken for whom, and whether the model is as sure as it is right."""

from typing import Any

import numpy as np

from teni.report.charts import ACCENT, COLOURS, Axis, Dot, Lines, Rows, Series
from teni.report.section import Section
from teni.report.sections.headline import Block, measured
from teni.report.words import Spoken, Text
from teni.report.words import classes as words
from teni.report.words.numbers import percent
from teni.run import Run
from teni.task import Task

MOST_IN_MATRIX = 30  # more classes make no table that anybody reads
MOST_CONFUSED = 5


def section(run: Run, spoken: Spoken) -> Section:
    """Gather recall, precision, the matrix and the steps of confidence."""
    _, block = measured(run.metrics)
    rows = [{"name": name, **values} for name, values in block["per_class"].items()]
    rows.sort(key=lambda row: -1.0 if row["recall"] is None else row["recall"], reverse=True)
    shown = [row for row in rows if row["recall"] is not None]
    title = words.TITLE
    if len(shown) > 1 and shown[0]["recall"] > shown[-1]["recall"]:
        title = words.title(shown[0]["name"], shown[-1]["name"])
    table = np.array(block["confusion"])
    values = {
        "confused": words.confused(confused(table, run.task)),
        "matrix": _matrix(table, run.task) if len(run.task.names) <= MOST_IN_MATRIX else [],
        "names": run.task.names,
        "rows": rows,
        "block": block,
        "spoken": spoken,
        "words": words,
    }
    return Section(
        "classes",
        words.NAV,
        title,
        values,
        {"classes": recall_chart(block), "confidence": confidence_chart(block)},
    )


def confused(table: np.ndarray, task: Task) -> list[tuple[str, str, int, int]]:
    """List the classes that are most often taken for another: truth, taken for, how many, of how many."""
    others = table - np.diag(np.diag(table))
    places = np.argsort(-others, axis=None, kind="stable")[:MOST_CONFUSED]
    pairs = [divmod(int(place), len(task.names)) for place in places]
    return [
        (task.names[i], task.names[j], int(others[i, j]), int(table[i].sum()))
        for i, j in pairs
        if others[i, j]
    ]


def _matrix(table: np.ndarray, task: Task) -> list[Block]:
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


def recall_chart(block: Block) -> Rows | None:
    """Draw the recall of each class with its interval, the best on top; None for many classes, or one."""
    rows = [(name, v) for name, v in block["per_class"].items() if v["recall"] is not None]
    if not 1 < len(rows) <= MOST_IN_MATRIX:
        return None
    rows.sort(key=lambda row: -row[1]["recall"])
    drawn: list[tuple[Text | str, list[Dot]]] = [
        (str(name), [Dot(100 * v["recall"], [100 * end for end in v.get("recall_ci95") or []] or None)])
        for name, v in rows
    ]
    axis = Axis(Text(f"{words.RECALL.en} (%)", f"{words.RECALL.ja}（%）"), ends=(0.0, 100.0))
    return Rows(axis, drawn, [(words.RECALL, COLOURS[0])], "%", 1, 100 * block["accuracy"])


def confidence_chart(block: Block) -> Lines | None:
    """Draw accuracy over confidence; None for fewer than two steps."""
    steps: list[dict[str, Any]] = block.get("reliability") or []
    if len(steps) < 2:
        return None
    sizes = [round(3 + 7 * (step["images"] / block["images"]) ** 0.5, 1) for step in steps]
    said = [
        Text(
            f"sure {percent(s['confidence'])}, right {percent(s['accuracy'])}",
            f"確信度{percent(s['confidence'])}、正解率{percent(s['accuracy'])}",
        )
        for s in steps
    ]
    line = Series(
        None,
        [step["confidence"] for step in steps],
        [step["accuracy"] for step in steps],
        ACCENT,
        more={"sizes": sizes, "labels": said},
    )
    x, y = (Axis(title, ends=(0.0, 1.0), percent=True) for title in (words.CONFIDENCE, words.ACCURACY))
    return Lines(x, y, [line], rule="diagonal")
