"""The head of the page: the number that counts, beside what always saying the same would have."""

from dataclasses import dataclass
from typing import Any

from teni.card import is_solved, network_name
from teni.report.words import NOTHING, Spoken, Text, same
from teni.report.words import headline as words
from teni.report.words.numbers import percent, pixels
from teni.run import Run
from teni.task import Classes

Block = dict[str, Any]


@dataclass(frozen=True)
class Headline:
    """What the head shows.

    Args:
        number: in large letters.
        unit: behind it.
        under: what it is.
        between: its interval.
        bars: name, text, share of the longest (percent) and whether it is this model.
        lead: one sentence.
        story: what was done.
    """

    number: str
    unit: str
    under: Text
    between: Text
    bars: list[dict[str, Any]]
    lead: Text
    story: list[Text]


def measured(metrics: Block) -> tuple[str, Block]:
    """Return what the page rests on: the test data, or cross-validation where there is no test."""
    test = metrics.get("test")
    return ("test", test) if test else ("validation", metrics["validation"])


def headline(run: Run, spoken: Spoken) -> Headline:
    """Give the number that counts, its interval, and what always saying the same would have beside it."""
    part, block = measured(run.metrics)
    story = words.story(run, part, block, spoken, words.seen_at(run.about["choice"]))
    if isinstance(run.task, Classes):
        return _classes(part, block, spoken, story, is_solved(run))
    rmse, ends = block["rmse_px"], block.get("rmse_px_ci95")
    mean = (block.get("mean_predictor") or {}).get("rmse_px")
    most = max(mean or 0, rmse) or 1
    rows = [(words.THIS, rmse, True)] + ([] if mean is None else [(spoken.baseline, mean, False)])
    return Headline(
        number=pixels(rmse),
        unit="px",
        under=words.under(part, spoken.title, is_solved(run)),
        between=words.interval_of(pixels(ends[0]), pixels(ends[1])) if ends else NOTHING,
        bars=[
            {"name": name, "text": spoken.error(value), "share": 100 * value / most, "own": own}
            for name, value, own in rows
        ],
        lead=words.lead(rmse, mean, spoken.baseline),
        story=story,
    )


def _classes(part: str, block: Block, spoken: Spoken, story: list[Text], solved: bool) -> Headline:
    accuracy, mean = block["accuracy"], block["mean_predictor"]
    ends = block.get("accuracy_ci95")
    rows = ((words.THIS, accuracy, True), (spoken.baseline, mean["accuracy"], False))
    return Headline(
        number=f"{100 * accuracy:.1f}",
        unit="%",
        under=words.under(part, Text("accuracy", "正解率"), solved),
        between=words.interval_of(percent(ends[0]), percent(ends[1])) if ends else NOTHING,
        bars=[
            {"name": name, "text": percent(share), "share": 100 * share, "own": own}
            for name, share, own in rows
        ],
        lead=words.lead_classes(block),
        story=story,
    )


def page_title(run: Run, spoken: Spoken) -> Text:
    """Name the page after what is predicted and by which network."""
    from teni.report.words.ran import page_title as title

    if not run.about.get("backbone"):
        return same(f"{len(run.task.names)} ") + spoken.things
    return title(len(run.task.names), spoken.things, network_name(run))
