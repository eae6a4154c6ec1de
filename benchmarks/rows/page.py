"""The results as a page of the docs."""

from pathlib import Path
from typing import Any

HEAD = """# How quick teni is

Written by `benchmarks/bench.py`; do not edit. Each line compares teni with the best of what stands beside it, as
a good user would write it with stock Keras on each of its backends, pandas or scikit-learn, all timed in turns
within one run: medians of {rounds} rounds on {machine} ({platform}, Python {python}; {versions}). *Of the ceiling* is
the share of the machine's own arithmetic (a large float32 product, measured in the same run) that teni reaches.

| work | teni | best other | ratio | asked | of the ceiling |
|---|---|---|---|---|---|
"""


def write_page(result: dict[str, Any], path: Path) -> None:
    """Write the page.

    Args:
        result: what `bench.py` writes as JSON.
        path: of the page.
    """
    rows = result["rows"]
    versions = ", ".join(f"{name} {version}" for name, version in result["versions"].items())
    text = HEAD.format(
        rounds=" or ".join(str(rounds) for rounds in sorted({row["rounds"] for row in rows})),
        versions=versions,
        machine=result["device"] if result["device"] != "cpu" else f"{result['cores']} cores",
        **{name: result[name] for name in ("platform", "python")},
    )
    text += "".join(_line(row) for row in rows)
    text += "\n## All sides\n\nMedian seconds.\n\n"
    for row in rows:
        sides = ", ".join(f"{side} {seconds:g}" for side, seconds in row["median_seconds"].items())
        text += f"- {row['row']} ({row['size']:,}): {sides}"
        if row["not_installed"]:
            text += f"; not installed: {', '.join(row['not_installed'])}"
        text += ".\n"
    growing = [row for row in rows if row.get("growth")]
    if growing:
        text += "\n## Growth\n\nSeconds of teni on multiples of the size.\n\n"
        for row in growing:
            text += f"- {row['row']}: " + ", ".join(f"{f}x {s:g}" for f, s in row["growth"].items()) + ".\n"
    partial = path.with_suffix(".partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def _line(row: dict[str, Any]) -> str:
    seconds = row["median_seconds"]
    ceiling = "" if row["ceiling"] is None else f"{row['ceiling']:.0%}"
    ratio = f"{row['ratio']}x" if row["ratio"] >= row["asked"] else f"**{row['ratio']}x**, missed"
    return (
        f"| {row['row']} | {seconds['teni']:.3g} s | {seconds[row['against']]:.3g} s, {row['against']} | {ratio} | "
        f"{row['asked']}x | {ceiling} |\n"
    )
