"""Measures as text, for people."""

from collections.abc import Mapping
from typing import Any

Block = Mapping[str, Any]


def measures_text(block: Block) -> str:
    """Write a block of ``metrics.json`` as lines of text.

    Args:
        block: as `teni.task.evaluate` gives it.

    >>> each = {"nose": {"rmse_px": 1.5, "nme_percent": None, "pck_05": None, "labels": 12}}
    >>> print(measures_text({"rmse_px": 1.5, "rmse_px_ci95": [1.25, 1.75], "images": 12, "subjects": 3,
    ...     "nme_percent": None, "nme_percent_ci95": None, "pck_05": None, "pck_10": None,
    ...     "mean_predictor": {"rmse_px": 4.0}, "per_keypoint": each}))
    12 images of 3 subjects
    RMSE      1.50 px (95% interval 1.25 to 1.75); the mean face 4.00 px
    NME       –
    PCK       – within 0.05, – within 0.10 of the distance of the eyes
                RMSE px      NME %   PCK@0.05     labels
    nose           1.50          –          –         12
    """
    mean = block["mean_predictor"]["rmse_px"]
    rows = block["per_keypoint"]
    rmse = f"{_number(block['rmse_px'])} px{_interval(block['rmse_px_ci95'])}"
    width = max(8, *(len(name) for name in rows))
    head = ("RMSE px", "NME %", "PCK@0.05", "labels")
    lines = [
        f"{block['images']:,} images{_people(block)}",
        f"RMSE      {rmse}; the mean face {mean:.2f} px",
        f"NME       {_number(block['nme_percent'], '%')}{_interval(block['nme_percent_ci95'])}",
        f"PCK       {_share(block['pck_05'])} within 0.05, {_share(block['pck_10'])} within 0.10 "
        "of the distance of the eyes",
        " " * width + "".join(f"{title:>11}" for title in head),
    ]
    for name, row in rows.items():
        cells = (
            _number(row["rmse_px"]),
            _number(row["nme_percent"]),
            _share(row["pck_05"]),
            f"{row['labels']:,}",
        )
        lines.append(f"{name:{width}}" + "".join(f"{cell:>11}" for cell in cells))
    return "\n".join(lines)


def _people(block: Block) -> str:
    return (
        f" of {block['subjects']:,} subjects"
        if block.get("subjects_known", True)
        else ", nobody said of whom"
    )


def _number(value: float | None, unit: str = "") -> str:
    return "–" if value is None else f"{value:.2f}{unit}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _interval(ends: list[float] | None) -> str:
    return "" if ends is None else f" (95% interval {ends[0]:.2f} to {ends[1]:.2f})"
