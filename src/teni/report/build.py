"""Put the report of a run together: its sections, in the order in which they are read, into one page."""

from collections.abc import Sequence

from teni.report.album import album_of
from teni.report.layout import render
from teni.report.section import Section
from teni.report.sections import (
    advice,
    choice,
    classes,
    data,
    faces,
    keypoints,
    ladder,
    learning,
    ran,
    reliability,
    seen,
    subjects,
    suspects,
    training,
)
from teni.report.sections.headline import headline, page_title
from teni.report.words import Spoken, Text, spoken_of
from teni.run import Run
from teni.suspects import find_suspects
from teni.task import Classes


def build_report(run: Run) -> str:
    """Build the report of a run.

    Args:
        run: as `teni.run.read_run` gives it; nothing else is read.

    Returns:
        One HTML page with its style, scripts and pictures inside. It asks for nothing over the network, and
        its own security policy forbids it to.
    """
    spoken = spoken_of(run.task)
    head = headline(run, spoken)
    unit = f" {head.unit}" if head.unit == "px" else head.unit
    name = Text(
        f"{head.number}{unit} · {len(run.task.names)} {spoken.things.en} · teni",
        f"{head.number}{unit} · {len(run.task.names)}個の{spoken.things.ja} · teni",
    )
    about = {
        "teni": run.about["teni"],
        "seed": run.about["seed"],
        "created": str(run.about.get("created", ""))[:10],
    }
    return render(
        "run.html", name, _sections(run, spoken), title=page_title(run, spoken), head=head, about=about
    )


def _sections(run: Run, spoken: Spoken) -> Sequence[Section]:
    found = find_suspects(run)
    own = classes.section(run, spoken) if isinstance(run.task, Classes) else keypoints.section(run, spoken)
    listed = (
        data.section(run, spoken),
        ladder.section(run),
        advice.section(run),
        choice.section(run, spoken),
        training.section(run),
        learning.section(run, spoken),
        own,
        subjects.section(run, spoken),
        reliability.section(run, spoken),
        suspects.section(run, found),
        faces.section(run, album_of(run), found),
        seen.section(run),
        ran.cost(run),
        ran.weights(run),
        ran.section(run),
    )
    return [section for section in listed if section is not None]
