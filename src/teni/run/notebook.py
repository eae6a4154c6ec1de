"""How a run shows itself: in a line, and in a notebook."""

from typing import TYPE_CHECKING, Any

from PIL import Image

from teni.paths import without_folders
from teni.run.examples import KINDS
from teni.run.members import member_names
from teni.show import panel, pictures, shortened, table
from teni.task import Classes, Keypoints, words
from teni.task.draw import draw_points, picture_scale, rgb_picture
from teni.task.draw_class import class_caption

if TYPE_CHECKING:
    from teni.run.folder import Run

WIDE = 150  # pixels of a picture's longer side
_LIMITS = ("No subjects are given", "Nobody said")  # how notes begin that are shown here too
_PARTS = {"test": "test", "validation": "announced"}


def run_line(run: "Run") -> str:
    """Say in a line what a run predicts and how well."""
    spoken = words(run.task)
    part = "test" if run.metrics.get("test") else "validation"
    block = run.metrics[part]
    error, mean = (
        spoken.error(each.get(spoken.measure)) for each in (block, block.get("mean_predictor", {}))
    )
    name = f"{run.path.name}: " if run.path.name else ""
    what = f"{len(run.task.names)} {spoken.things} by {_backbone(run)}"
    return f"{name}{what}, {part} {spoken.title} {error} ({spoken.mean}: {mean})"


def run_html(run: "Run") -> str:
    """Show a run's key numbers, and one of its best, middle and worst predictions."""
    spoken = words(run.task)
    rows: list[tuple[str, ...]] = []
    for part, name in _PARTS.items():
        block = run.metrics.get(part)
        if block:
            mean = block.get("mean_predictor", {})
            rows.append(
                (name, _error(block, run), _error(mean, run), f"{block.get('images', 0):,}", _people(block))
            )
    lines = [shortened(_choice(run), 200)]
    limits = [note for note in run.about.get("notes", []) if str(note).startswith(_LIMITS)]
    return panel(
        f"Run {run_line(run)}",
        [*lines, *(shortened(str(note), 200) for note in limits[:1])],
        table(("", spoken.axis, spoken.mean, "images", "subjects"), rows),
        pictures(_examples(run), WIDE),
    )


def _choice(run: "Run") -> str:
    """Say what the model is made of; of an ensemble its members."""
    choice = run.about["choice"]
    if members := member_names(choice):
        return f"the mean of {len(members)} models: {', '.join(members)}"
    taps = " + ".join(map(str, choice.get("taps", [])))
    return f"{_backbone(run)} at {taps}, {choice.get('kernel', 'trained')}"


def _backbone(run: "Run") -> str:
    return shortened(without_folders(str(run.about.get("backbone", "a pretrained network"))), 40)


def _error(block: dict[str, Any], run: "Run") -> str:
    spoken = words(run.task)
    value, ends = block.get(spoken.measure), block.get(f"{spoken.measure}_ci95")
    if value is None:
        return "–"
    digits = spoken.digits
    return f"{value:.{digits}f}" + ("" if ends is None else f" ({ends[0]:.{digits}f}–{ends[1]:.{digits}f})")


def _people(block: dict[str, Any]) -> str:
    return f"{block['subjects']:,}" if block.get("subjects_known") else "not known"


def _examples(run: "Run") -> list[tuple[Image.Image, str]]:
    examples, task = run.examples, run.task
    shown: list[tuple[Image.Image, str]] = []
    for kind in KINDS:
        for row in examples.of(kind)[:1]:
            image, predicted, truth = examples.images[row], examples.predicted[row], examples.truth[row]
            match task:
                case Keypoints():
                    scale = picture_scale(image.shape[:2], 2 * WIDE)
                    said = words(task).error(float(examples.errors[row]))
                    shown.append((draw_points(image, predicted, truth, scale=scale), f"{kind}: {said}"))
                case Classes():
                    caption = shortened(class_caption(predicted, int(truth), task), 60)
                    shown.append((rgb_picture(image), f"{kind}: {caption}"))
    return shown
