"""How good the model is: over all, by keypoint or class, by subject."""

from typing import Any

from teni.card.pieces import Section, Table
from teni.run import Run
from teni.task import Classes, Keypoints, Words, words

TRAINED = ("trained", "mlp")  # what a run's choice calls kernel where a head was trained and not solved
_PARTS = {"test": "test", "validation": "announced before the test"}


def is_solved(run: Run) -> bool:
    """Tell whether all was solved in closed form, so that the announced error is that of subjects left out."""
    choice = run.about["choice"]
    chosen = choice["members"].values() if choice.get("members") else [choice]  # an ensemble, or one model
    return all(each.get("kernel", TRAINED[0]) not in TRAINED for each in chosen)


def error_sections(run: Run) -> tuple[Section, ...]:
    """Give the sections about errors.

    Args:
        run: whose ``metrics`` are told.
    """
    part = "test" if run.metrics.get("test") else "validation"
    block, spoken = run.metrics[part], words(run.task)
    things = "keypoint" if isinstance(run.task, Keypoints) else "class"
    return (
        Section("How good it is", (_announced(run, part),), _overall(run, spoken)),
        Section(f"Error by {things}", table=_by_name(run, block)),
        Section("Error by subject", _by_subject(run, block, spoken)),
    )


def _announced(run: Run, part: str) -> str:
    known = run.metrics[part].get("subjects_known", True)
    over = "subjects" if known else "images, as nobody said whom they show"
    people = (run.metrics.get("validation") or {}).get("subjects_known", known)
    how = (
        f"predictions for {'subjects' if people else 'groups of near-duplicates'} that were left out of the fit"
        if is_solved(run)
        else f"validation {'subjects' if people else 'images'}, by which training was stopped, so that it is a "
        "little kind"
    )
    if part == "test":
        return f"Intervals are 95%, from a bootstrap over {over}. What was announced rests on {how}."
    return f"Intervals are 95%, from a bootstrap over {over}. There was no test; the numbers rest on {how}."


def _overall(run: Run, spoken: Words) -> Table:
    rows: list[tuple[str, ...]] = []
    for part, name in _PARTS.items():
        block = run.metrics.get(part)
        if not block:
            continue
        cells = [name, _with_interval(block, spoken.measure, spoken)]
        cells.append(_with_interval(block["mean_predictor"], spoken.measure, spoken))
        if isinstance(run.task, Classes):
            cells += [_share(block, "accuracy"), _share(block["mean_predictor"], "accuracy")]
        cells += [
            f"{block['images']:,}",
            f"{block['subjects']:,}" if block.get("subjects_known") else "not known",
        ]
        rows.append(tuple(cells))
    accuracy = ("accuracy", "majority class") if isinstance(run.task, Classes) else ()
    return Table(("", spoken.axis, f"{spoken.mean}", *accuracy, "images", "subjects"), tuple(rows))


def _by_name(run: Run, block: dict[str, Any]) -> Table:
    match run.task:
        case Keypoints():
            spoken, entries = words(run.task), block["per_keypoint"]
            rows = [
                (
                    name,
                    _with_interval(row, "rmse_px", spoken),
                    "–" if row["nme_percent"] is None else f"{row['nme_percent']:.1f}",
                    f"{row['labels']:,}",
                )
                for name, row in entries.items()
            ]
            return Table(("keypoint", "RMSE (px)", "NME (%)", "labels"), tuple(rows))
        case Classes():
            rows = [
                (name, _share(row, "recall"), _share(row, "precision"), f"{row['labels']:,}")
                for name, row in block["per_class"].items()
            ]
            return Table(("class", "recall", "precision", "labels"), tuple(rows))


def _by_subject(run: Run, block: dict[str, Any], spoken: Words) -> tuple[str, ...]:
    """Tell the spread over subjects, without naming anybody."""
    if not block.get("subjects_known") or not block.get("per_subject"):
        return ("Nobody said who or what the images show, so nothing is known of subjects.",)
    told, classes = block["per_subject"], isinstance(run.task, Classes)
    measure = "accuracy" if classes else "rmse_px"

    def said(value: float) -> str:
        return f"{value:.0%}" if classes else spoken.error(value)

    low, middle, high = (said(value) for value in told[f"{measure}_quartiles"])
    what = "accuracy" if classes else "RMSE"
    sentence = f"Over {block['subjects']:,} subjects the {what} has the quartiles {low}, {middle} and {high}."
    if told["worst"]:
        worst = told["worst"][0]
        count = f"{worst['images']:,} image{'' if worst['images'] == 1 else 's'}"
        sentence += f" The worst subject has {said(worst[measure])} ({count})."
    return (sentence,)


def _with_interval(block: dict[str, Any], measure: str, spoken: Words) -> str:
    value, ends = block.get(measure), block.get(f"{measure}_ci95")
    if value is None:
        return "–"
    if ends is None:
        return f"{value:.{spoken.digits}f}"
    return f"{value:.{spoken.digits}f} ({ends[0]:.{spoken.digits}f} to {ends[1]:.{spoken.digits}f})"


def _share(block: dict[str, Any], measure: str) -> str:
    value, ends = block.get(measure), block.get(f"{measure}_ci95")
    if value is None:
        return "–"
    return f"{value:.0%}" if ends is None else f"{value:.0%} ({ends[0]:.0%} to {ends[1]:.0%})"
