"""What the report says in plain words, worked out from the numbers of the run."""

from typing import Any

import numpy as np

from teni.report.tried import Candidate, Row, best_by_tap, compared
from teni.run import Run
from teni.task import Classes, Keypoints, Words
from teni.task import words as words_of

Block = dict[str, Any]

# How the errors of faces are spoken of.
FACES = words_of(Keypoints(("left_eye", "right_eye"), 1, 1, (1, 0)))

KERNELS = {
    "linear": "ridge regression",
    "arc-cosine-1": "kernel ridge regression with the one-layer arc-cosine kernel",
    "arc-cosine-2": "kernel ridge regression with the two-layer arc-cosine kernel",
    "svm": "linear support vector machines",
}


def pixels(value: float | None) -> str:
    """Write a length in pixels.

    >>> pixels(1.5349), pixels(None)
    ('1.53', '–')
    """
    return "–" if value is None else f"{value:.2f}"


def readable(name: object) -> str:
    """Write a name from data or code for reading.

    >>> readable("left_eye_center")
    'left eye center'
    """
    return str(name).replace("_", " ")


def number(value: object) -> str:
    """Write a number with separators and no needless digits.

    >>> number(2545), number(3.2e-3), number("grey")
    ('2,545', '0.0032', 'grey')
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.3g}"


def measured(metrics: Block) -> tuple[str, Block]:
    """Return what the headline rests on: the test data, or cross-validation where there is no test."""
    test = metrics.get("test")
    return ("test", test) if test else ("validation", metrics["validation"])


def headline(metrics: Block, spoken: Words = FACES) -> Block:
    """Give the number that counts, its interval, and what always saying the same would have beside it.

    Args:
        metrics: of a run of keypoints; `teni.report.classes.headline` has the same for classes.
        spoken: how its error is spoken of.

    Returns:
        part, rmse_px, interval (or None), mean_px, times (how many times closer than the mean), bars, block; and for
        the page number, unit, under, between, beside and lead.

    >>> block = {"rmse_px": 1.5, "rmse_px_ci95": [1.4, 1.6], "mean_predictor": {"rmse_px": 3.75}}
    >>> headline({"test": block})["times"]
    2.5
    """
    part, block = measured(metrics)
    mean = block.get("mean_predictor", {}).get("rmse_px")
    rmse, ends = block["rmse_px"], block.get("rmse_px_ci95")
    most = max(mean or 0, rmse) or 1
    bars = [{"name": "this model", "text": spoken.error(rmse), "share": 100 * rmse / most, "own": True}]
    if mean is not None:
        beside = {"name": spoken.baseline, "text": spoken.error(mean), "share": 100 * mean / most}
        bars.append(beside | {"own": False})
    times, lead = mean / rmse if mean and rmse else None, ""
    if times:
        closer = f"{times:.1f} times closer than" if times > 1 else "no closer than"
        lead = (
            f"A predicted coordinate is off by {pixels(rmse)} pixels in the root mean square, {closer} always "
            f"predicting {spoken.baseline}."
        )
    return {
        "part": part,
        "rmse_px": rmse,
        "interval": ends,
        "mean_px": mean,
        "times": times,
        "bars": bars,
        "block": block,
        "number": pixels(rmse),
        "unit": "px",
        "under": "test RMSE" if part == "test" else "cross-validated RMSE",
        "between": None if ends is None else f"{pixels(ends[0])} to {pixels(ends[1])}",
        "beside": f"Error beside {spoken.baseline}, in pixels",
        "lead": lead,
    }


def story(run: Run) -> list[str]:
    """Say in a few sentences what was done and what came out."""
    part, block = measured(run.metrics)
    chosen = run.about["choice"]
    taps, size = " and ".join(chosen["taps"]), seen_at(chosen)
    network = run.about.get("backbone", "the pretrained network")
    kernel = KERNELS.get(chosen["kernel"], chosen["kernel"])
    how = f"{kernel}, a closed-form step without training"
    if isinstance(run.task, Classes):
        how = f"{kernel}, one class against the rest, and the scores were calibrated to probabilities"
    sentences = [
        f"The images went through {network} at {size} pixels, whose weights were left as they are. What it "
        f"sees at {taps} was joined to the {len(run.task.names)} {words_of(run.task).things} by {how}."
    ]
    people, images = block.get("subjects"), block.get("images")
    if people and images:
        whom = f"{images:,} images of {people:,} subjects"
        if block.get("subjects_known") is False:
            whom = f"{images:,} images (nobody said who they show, so the interval takes each for a subject)"
        if part == "test":
            sentences.append(f"The error is measured on {whom}, never seen in fitting or choosing.")
        else:
            sentences.append(
                f"There was no test set. The error is cross-validated over {whom}: each was predicted by a "
                "fit without that subject."
            )
    return sentences


def seen_at(chosen: Block) -> str:
    """Say how large the backbone saw the images, wide x high; several sizes in the order of the taps.

    >>> seen_at({"size": [96, 120]})
    '120×96'
    >>> seen_at({"size": [96, 96], "views": [{"tap": "a", "size": [96, 96]}, {"tap": "b", "size": [144, 144]}]})
    '96×96 and 144×144'
    """
    sizes = [view["size"] for view in chosen.get("views") or [chosen]]
    return " and ".join(dict.fromkeys(f"{width}×{height}" for height, width in sizes))


def choice(chosen: Block, tried: list[Candidate], spoken: Words = FACES) -> Block:
    """Say what was chosen and why.

    Args:
        chosen: ``choice`` of run.json.
        tried: what validation tried, taps in the order of their depth.
        spoken: how the error is spoken of.

    Returns:
        title, text.
    """
    taps = [str(tap) for tap in chosen["taps"]]
    best = best_by_tap(tried)
    title = f"Chosen: {' + '.join(taps)}"
    rivals = compared(tried)
    most = max((len(candidate.lambdas) for candidate in rivals), default=0)
    text = f"Validation compared {_count(len(rivals), 'candidate')} at {_count(most, 'strength')} of lambda. "
    if len(best) < 2 or not set(taps) <= set(best):
        return {"title": title, "text": text + "The lowest error over left-out subjects decided."}
    first, *_, last = best
    if first not in taps and last not in taps:
        layer = "A middle layer won" if len(taps) == 1 else "Middle layers won"
        title = f"{layer}: {' + '.join(taps)}"
    text += (
        f"Taken alone, the shallowest tap, {first}, comes to {spoken.error(best[first])} and the deepest, {last}, "
        f"to {spoken.error(best[last])}"
    )
    if first not in taps and last not in taps:
        own = " and ".join(f"{tap} to {spoken.error(best[tap])}" for tap in taps)
        late = {
            "keypoints": "late ones know what is in the picture but no longer exactly where. Keypoints need both",
            "classes": "late ones know little but what their own network was trained to name",
        }
        text += f"; {own}. Early layers see edges without knowing what they belong to; {late[spoken.things]}"
    return {"title": title, "text": text + "."}


def _count(many: int, what: str) -> str:
    return f"{many:,} {what}{'' if many == 1 else 's'}"


def screening(choice: Block) -> str:
    """Say on how many images the candidates were compared, where that was not all.

    >>> screening({"screening_images": 700, "images": 2545})
    'The candidates were compared on 700 of the 2,545 images.'
    """
    some, every = choice.get("screening_images"), choice.get("images")
    if not some or not every or some >= every:
        return ""
    return f"The candidates were compared on {some:,} of the {every:,} images."


def flip(tried: Block | None, spoken: Words = FACES) -> str:
    """Say how mirrored copies were made, and what the other way would have cost.

    Args:
        tried: ``flip`` of run.json.
        spoken: how the error is spoken of.

    >>> flip({"center": "halves", "validation_rmse_px": {"halves": 1.6, "integers": 1.73}})
    'Mirrored copies take x to width − x (pixel centres at halves): 1.60 px against 1.73 px the other way.'
    """
    if not tried:
        return ""
    center, errors = tried["center"], tried.get(f"validation_{spoken.measure}") or {}
    both = {"none", "halves"} <= set(errors)
    without, having = (spoken.error(errors.get(name)) for name in ("none", "halves"))
    if center is None:
        told = "No mirrored copies were learned from"
        return f"{told}: with them validation found {having}, without them {without}." if both else f"{told}."
    if both:
        return f"Mirrored copies were learned from: {having} against {without} without them."
    rule = "width − x" if center == "halves" else "width − 1 − x"
    text = f"Mirrored copies take x to {rule} (pixel centres at {center})"
    other = [error for name, error in errors.items() if name != center and error is not None]
    if errors.get(center) is None or not other:
        return text + "."
    return f"{text}: {spoken.error(errors[center])} against {spoken.error(other[0])} the other way."


def learning(curve: list[Row], spoken: Words = FACES) -> Block | None:
    """Say what more subjects would bring, from the slope of the learning curve.

    The later half of the points is taken for a straight line in logarithms: error ~ subjects ** slope.

    Args:
        curve: rows of ``learning_curve.csv`` that have subjects and an error, by rising number of subjects.
        spoken: how the error is spoken of.

    Returns:
        title, text; None for fewer than two points.

    >>> learning([{"subjects": 25, "rmse_px": 4.0}, {"subjects": 100, "rmse_px": 2.0}])["title"]
    'Twice the subjects would bring about 0.59 px'
    """
    if len(curve) < 2:
        return None
    subjects = np.array([row["subjects"] for row in curve], float)
    error = np.array([row[spoken.measure] for row in curve], float)
    recent = slice(-max(2, (len(curve) + 1) // 2), None)
    slope = float(np.polyfit(np.log(subjects[recent]), np.log(error[recent]), 1)[0])
    gain = float(error[-1] * (1 - 2**slope))
    text = (
        f"With {subjects[0]:,.0f} subjects the error is {spoken.error(error[0])}, with {subjects[-1]:,.0f} it is "
        f"{spoken.error(error[-1])}. "
    )
    if gain < 0.01 * error[-1]:
        title = "More images would bring little"
        text += "The curve is flat: another backbone or cleaner labels will help more than new images."
    else:
        title = f"Twice the subjects would bring about {spoken.error(gain)}"
        text += (
            f"If the curve keeps its slope, twice as many subjects take another {spoken.error(gain)} off; since "
            "such curves flatten, expect a little less. New people bring more than more pictures of the same "
            "ones."
        )
    return {"title": title, "text": text}


def agreement(metrics: Block, spoken: Words = FACES) -> Block | None:
    """Say whether the cross-validated error kept its word on the test data.

    Args:
        metrics: of a run.
        spoken: how its error is spoken of.

    Returns:
        title, text; None without both.

    >>> agreement({"validation": {"rmse_px": 1.5}, "test": {"rmse_px": 1.6}})["title"]
    'Cross-validation said 1.50 px, the test 1.60 px'
    """
    test, validation = metrics.get("test"), metrics.get("validation")
    if not test or not validation:
        return None
    said, found = validation[spoken.measure], test[spoken.measure]
    apart = 100 * abs(said - found) / found if found else 0.0
    text = f"They lie {apart:.0f}% apart. "
    if apart <= 8:
        text += (
            "The error that decided the choice is an honest forecast, because each subject was predicted by "
            "a fit that had seen no picture of them."
        )
    else:
        text += (
            "That is much: the test images differ from the training images, or there are too few subjects to "
            "tell. Trust the test."
        )
    return {
        "title": f"Cross-validation said {spoken.error(said)}, the test {spoken.error(found)}",
        "text": text,
    }
