"""Measures as text, for people."""

from collections.abc import Mapping
from typing import Any

from teni.task import Classes, Keypoints, Task, words

Block = Mapping[str, Any]

CONFUSED = 5  # how many confusions are named


def measures_text(block: Block, task: Task) -> str:
    """Write a block of ``metrics.json`` as lines of text.

    Args:
        block: as `teni.task.evaluate` gives it.
        task: what was predicted.

    >>> each = {"nose": {"rmse_px": 1.5, "nme_percent": None, "pck_05": None, "labels": 12}}
    >>> print(measures_text({"rmse_px": 1.5, "rmse_px_ci95": [1.25, 1.75], "images": 12, "subjects": 3,
    ...     "nme_percent": None, "nme_percent_ci95": None, "pck_05": None, "pck_10": None,
    ...     "mean_predictor": {"rmse_px": 4.0}, "per_keypoint": each}, Keypoints(("nose",), 9, 9, (0,))))
    12 images of 3 subjects
    RMSE      1.50 px (95% interval 1.25 to 1.75); the mean of the labels 4.00 px
    NME       –
    PCK       – within 0.05, – within 0.10 of the distance of the eyes
                RMSE px      NME %   PCK@0.05     labels
    nose           1.50          –          –         12
    """
    match task:
        case Keypoints():
            return _keypoints_text(block, task)
        case Classes():
            return _classes_text(block, task)


def headline_text(block: Block, task: Task) -> str:
    """Say in one line how large the error is, and what whoever saw no image would have.

    >>> block = {"accuracy": 0.9, "accuracy_ci95": None, "log_loss": 0.3, "log_loss_ci95": None,
    ...     "mean_predictor": {"accuracy": 0.5, "log_loss": 0.7}}
    >>> headline_text(block, Classes(("cat", "dog"), 9, 9))
    'accuracy 90.0%, log loss 0.300; the majority class has 50.0%'
    """
    spoken, mean = words(task), block["mean_predictor"]
    match task:
        case Keypoints():
            ends = block["rmse_px_ci95"]
            between = "" if ends is None else f" (95% {ends[0]:.2f} to {ends[1]:.2f})"
            said = f"RMSE {block['rmse_px']:.2f} px{between}"
            return f"{said}; {spoken.baseline} has {mean['rmse_px']:.2f}"
        case Classes():
            ends = block["accuracy_ci95"]
            between = "" if ends is None else f" (95% {ends[0]:.1%} to {ends[1]:.1%})"
            said = f"accuracy {block['accuracy']:.1%}{between}, log loss {block['log_loss']:.3f}"
            return f"{said}; {spoken.baseline} has {mean['accuracy']:.1%}"


def _classes_text(block: Block, task: Classes) -> str:
    mean, rows = block["mean_predictor"], block["per_class"]
    width = max(8, *(len(name) for name in rows))
    lines = [
        f"{block['images']:,} images{_people(block)}",
        f"accuracy  {_share(block['accuracy'])}{_interval(block['accuracy_ci95'], '.1%')}; {words(task).baseline} "
        f"{_share(mean['accuracy'])}",
        f"log loss  {block['log_loss']:.3f}{_interval(block['log_loss_ci95'], '.3f')}; the shares of the classes "
        f"{mean['log_loss']:.3f}",
        f"calibration error {_share(block['calibration_error'])}; "
        f"balanced accuracy {_share(block['balanced_accuracy'])}",
        " " * width + "".join(f"{title:>11}" for title in ("recall", "precision", "labels")),
    ]
    for name, row in rows.items():
        cells = (_share(row["recall"]), _share(row["precision"]), f"{row['labels']:,}")
        lines.append(f"{name:{width}}" + "".join(f"{cell:>11}" for cell in cells))
    confused = [
        (count, true, said)
        for true, counts in zip(task.names, block["confusion"], strict=True)
        for said, count in zip(task.names, counts, strict=True)
        if count and said != true
    ]
    confused.sort(key=lambda row: -row[0])
    if confused:
        named = ", ".join(f"{true} for {said} {count:,}" for count, true, said in confused[:CONFUSED])
        lines.append(f"most often taken: {named}")
    return "\n".join(lines)


def _keypoints_text(block: Block, task: Keypoints) -> str:
    mean = block["mean_predictor"]["rmse_px"]
    rows = block["per_keypoint"]
    rmse = f"{_number(block['rmse_px'])} px{_interval(block['rmse_px_ci95'])}"
    width = max(8, *(len(name) for name in rows))
    head = ("RMSE px", "NME %", "PCK@0.05", "labels")
    lines = [
        f"{block['images']:,} images{_people(block)}",
        f"RMSE      {rmse}; {words(task).baseline} {mean:.2f} px",
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


def _interval(ends: list[float] | None, form: str = ".2f") -> str:
    return "" if ends is None else f" (95% interval {ends[0]:{form}} to {ends[1]:{form}})"
