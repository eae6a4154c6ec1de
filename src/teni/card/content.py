"""What stands on a model card, before it is written as Markdown or HTML."""

from dataclasses import dataclass
from typing import Any

from teni.card.errors import error_sections, is_solved
from teni.card.licence import licence_of
from teni.card.limits import limits_of
from teni.card.load import five_lines
from teni.card.pieces import Section, Table
from teni.card.private import network_name, without_paths
from teni.paths import base_name
from teni.run import Run, member_names
from teni.task import Classes, Keypoints, Task, words

__all__ = ["Card", "Section", "Table", "card_of"]


@dataclass(frozen=True)
class Card:
    """A model card.

    Args:
        title: one line.
        about: plain values for the YAML head that hubs read.
        sections: in the order of reading.
    """

    title: str
    about: dict[str, Any]
    sections: tuple[Section, ...]


def card_of(run: Run) -> Card:
    """Write down what a run's model is, from what the run holds and nothing else.

    No path of the machine and no name of a subject gets onto the card: it is made to be shown.

    Args:
        run: as `teni.run.read_run` gives it.
    """
    licence = licence_of(run)
    return Card(
        f"{_title(run.task)} by transfer from {network_name(run)}",
        _about(run, licence.identifier),
        (
            Section("What it predicts", (_predicts(run.task), _how(run))),
            Section("Data", _data(run), _counts(run)),
            *error_sections(run),
            Section("Limits", bullets=limits_of(run)),
            Section("Licence of the weights it began with", (licence.text,)),
            Section("How to load it", (f"With Keras alone; {_gives(run.task)}.",), code=five_lines(run)),
            Section("Notes of the fit", bullets=tuple(_notes(run))),
            Section("How it was made", (_made(run),)),
        ),
    )


def _title(task: Task) -> str:
    count = len(task.names)
    return (
        f"{count} keypoint{'' if count == 1 else 's'}" if isinstance(task, Keypoints) else f"{count} classes"
    )


def _predicts(task: Task) -> str:
    named = ", ".join(task.names)
    match task:
        case Keypoints():
            return (
                f"Where {len(task.names)} points are in an image, in pixels, x to the right, y down: {named}. "
                "Left and right are the subject's."
            )
        case Classes():
            return f"Which of {len(task.names)} classes an image shows, as a probability of each: {named}."


def _gives(task: Task) -> str:
    match task:
        case Keypoints():
            return f"the result is pixels of the {task.width} x {task.height} image, a row (x, y) a keypoint"
        case Classes():
            first = {"pad": "with grey bars", "crop": "by cutting it to its middle"}.get(task.resize)
            result = "the result is the probability of each class, in the order above"
            shape = f"the proportions of {task.width} x {task.height}"
            return result + (f"; bring a picture of others to {shape} first, {first}" if first else "")


def _how(run: Run) -> str:
    choice = run.about["choice"]
    if members := member_names(choice):
        return f"The mean of what {len(members)} models answer: {', '.join(members)}."
    taps = " + ".join(map(str, choice.get("taps", []))) or "its end"
    head = f"a head that was trained ({run.about.get('strategy', choice.get('kernel', 'trained'))})"
    if choice.get("kernel") == "svm":
        head = "linear support vector machines"
    elif is_solved(run):
        head = f"a head in closed form ({choice['kernel']})"
    return f"Backbone {network_name(run)}, features at {taps}, {head}."


def _data(run: Run) -> tuple[str, ...]:
    data = run.about.get("data", {})
    source = run.about.get("arguments", {}).get("data")
    where = f" ({base_name(source)})" if isinstance(source, str) else ""
    rows, complete, people = (data.get(name) for name in ("rows", "complete", "subjects"))
    found = [f"{rows:,} images{where}" if isinstance(rows, int) else f"Images{where}"]
    if isinstance(people, int):
        found.append(f"of {people:,} subjects")
    elif "subjects" in data:
        found.append("of subjects that nobody named")
    sentences = [" ".join(found) + "."]
    if isinstance(rows, int) and isinstance(complete, int):
        gaps = rows - complete
        things = "at least one keypoint" if isinstance(run.task, Keypoints) else "the class"
        sentences.append(
            f"{gaps:,} of them ({gaps / max(rows, 1):.0%}) lack the label of {things}; gaps were used as gaps."
            if gaps
            else "Every image is labelled in full."
        )
    if data.get("near_duplicates"):
        sentences.append(f"{data['near_duplicates']:,} images have a near-duplicate.")
    prints = run.about["fingerprints"]
    sentences.append(
        f"Fingerprint of the data: `{str(prints.get('data'))[:16]}`, of the split: `{str(prints.get('split'))[:16]}`."
    )
    return (" ".join(sentences),)


def _counts(run: Run) -> Table:
    rows: list[tuple[str, ...]] = []
    known = run.about.get("data", {}).get("subjects") is not None
    for part in ("train", "validation", "test"):
        own = run.split.loc[run.split["part"] == part]
        if len(own):
            rows.append((part, f"{len(own):,}", f"{own['group'].nunique():,}"))
    test = run.metrics.get("test")
    if test and "test" not in {row[0] for row in rows}:
        people = f"{test['subjects']:,}" if test.get("subjects_known") else "not given"
        rows.append(("test (given apart)", f"{test['images']:,}", people))
    return Table(("part", "images", "subjects" if known else "groups of near-duplicates"), tuple(rows))


def _notes(run: Run) -> list[str]:
    return [without_paths(str(note), run) for note in run.about.get("notes", [])]


def _made(run: Run) -> str:
    versions = run.about["versions"]
    with_what = ", ".join(
        f"{name} {versions[name]}" for name in ("keras", "jax", "numpy") if name in versions
    )
    created = f" on {str(run.about['created'])[:10]}" if run.about.get("created") else ""
    return f"teni {run.about['teni']} with {with_what}{created}, seed {run.about['seed']}."


def _about(run: Run, licence: str) -> dict[str, Any]:
    """Give what hubs index: https://huggingface.co/docs/hub/model-cards."""
    spoken = words(run.task)
    keypoints = isinstance(run.task, Keypoints)
    kind = "keypoint-detection" if keypoints else "image-classification"
    source = run.about.get("arguments", {}).get("data")
    results = [
        {
            "task": {"type": kind},
            "dataset": {
                "type": "private",
                "name": base_name(source) if isinstance(source, str) else "not named",
                "split": part,
            },
            "metrics": [
                {"type": name, "name": title, "value": round(float(block[name]), 4)}
                for name, title in ((spoken.measure, spoken.axis), ("accuracy", "accuracy"))
                if name in block
            ],
        }
        for part in ("test", "validation")
        if (block := run.metrics.get(part))
    ]
    head: dict[str, Any] = {"library_name": "keras", "license": licence}
    if licence == "other":
        head["license_name"] = "see-card"
    return head | {
        "pipeline_tag": kind,
        "tags": ["teni", "transfer-learning", kind],
        "model-index": [{"name": f"{_title(run.task)} from {network_name(run)}", "results": results}],
    }
