"""Where a model's word ends: sentences that follow from the numbers of its run."""

from typing import Any

from teni.run import Run
from teni.task import Classes, Keypoints, Words, words

FEW_SUBJECTS = 30
FEW_TESTED = 10
FEW_LABELS = 30
FAR_APART = 0.15  # of the error that was measured, between what was announced and what was measured
MUCH_WORSE = 1.5  # times the error of all
OUTSIDE = (
    "Nothing is claimed beyond images like those it was trained and tested on: other cameras, light, poses, "
    "ages, groups of people or kinds of things were not measured. Measure on your own images first (teni evaluate)."
)


def limits_of(run: Run) -> tuple[str, ...]:
    """Say what the numbers of a run do not support, the gravest first.

    Args:
        run: as `teni.run.read_run` gives it.
    """
    part = "test" if run.metrics.get("test") else "validation"
    block = run.metrics[part]
    found = [
        _no_better(run, block),
        ""
        if part == "test"
        else "There was no test set: the error is what cross-validation or validation says.",
        *_people(run, block, part),
        _kept_word(run),
        *_weak_spots(run, block),
        _image(run),
        OUTSIDE,
    ]
    return tuple(sentence for sentence in found if sentence)


def _no_better(run: Run, block: dict[str, Any]) -> str:
    spoken = words(run.task)
    mean, ends = block["mean_predictor"][spoken.measure], block.get(f"{spoken.measure}_ci95")
    if (block[spoken.measure] if ends is None else ends[1]) < mean:
        return ""
    return (
        f"It is not shown to be better than the {spoken.mean} ({_said(spoken, mean)}): do not use it for anything "
        "that matters."
    )


def _people(run: Run, block: dict[str, Any], part: str) -> list[str]:
    if block.get("subjects_known") is False:
        return [
            "Nobody said who or what the images show: the same subject may be in training and test, so the error "
            "may look too good, and its interval is too narrow."
        ]
    found: list[str] = []
    learned = run.split.loc[run.split["part"] != "test", "group"].nunique()
    if learned < FEW_SUBJECTS:
        found.append(
            f"It learned from {learned} subjects only: expect larger errors on subjects unlike them, and do not take "
            "the measured error for that of a whole population."
        )
    if part == "test" and block.get("subjects", FEW_TESTED) < FEW_TESTED:
        found.append(
            f"It was tested on {block['subjects']} subjects only: the interval can be no better than they are."
        )
    return found


def _kept_word(run: Run) -> str:
    test, announced = run.metrics.get("test"), run.metrics.get("validation")
    if not test or not announced:
        return ""
    spoken = words(run.task)
    said, found = announced[spoken.measure], test[spoken.measure]
    ends = test.get(f"{spoken.measure}_ci95")
    if abs(said - found) <= FAR_APART * found or (ends and ends[0] <= said <= ends[1]):
        return ""
    which = "more" if found > said else "less"
    return (
        f"The test found {_said(spoken, found)}, {which} than the {spoken.error(said)} announced: the test images "
        "differ from the training images, or there are too few subjects to tell."
    )


def _said(spoken: Words, value: float) -> str:
    """Write an error; one without a unit with its name."""
    return spoken.error(value) if spoken.unit else f"{spoken.title} {spoken.error(value)}"


def _weak_spots(run: Run, block: dict[str, Any]) -> list[str]:
    match run.task:
        case Keypoints():
            rows = {name: row for name, row in block["per_keypoint"].items() if row["rmse_px"] is not None}
            bad = [name for name, row in rows.items() if row["rmse_px"] > MUCH_WORSE * block["rmse_px"]]
            thin = [name for name, row in block["per_keypoint"].items() if row["labels"] < FEW_LABELS]
            said = "half as wrong again as the average or worse"
        case Classes():
            rows = {name: row for name, row in block["per_class"].items() if row["recall"] is not None}
            bad = [name for name, row in rows.items() if row["recall"] < 0.5]
            thin = [name for name, row in block["per_class"].items() if row["labels"] < FEW_LABELS]
            said = "missed in more than half of their images"
    every = len(run.task.names)
    found: list[str] = []
    if bad:
        found.append(f"{_listed(bad)}: {said}.")
    if thin:
        which = f"All {every} {words(run.task).things}" if len(thin) == every else _listed(thin)
        found.append(
            f"{which}: measured on fewer than {FEW_LABELS} labels each, so their own errors are rough."
        )
    return found


def _image(run: Run) -> str:
    task, channels = run.task, int(run.examples.images.shape[-1])
    colour = "grey" if channels == 1 else "colour"
    told = f"It sees {colour} images of {task.width} x {task.height} pixels; others are made so first"
    match task:
        case Keypoints():
            return (
                f"{told}, stretched where the proportions differ. It looks for nothing: the subject must fill the "
                "image as it does in the training images."
            )
        case Classes():
            how = {"pad": "with grey bars", "crop": "cut to their middle", "stretch": "stretched"}[
                task.resize
            ]
            return (
                f"{told}, {how} where the proportions differ. Every image gets one of the {len(task.names)} classes, "
                "also one that shows none of them."
            )


def _listed(names: list[str], most: int = 6) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
