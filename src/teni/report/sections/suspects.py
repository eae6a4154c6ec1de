"""Labels that are probably wrong, with their images and a table to take away."""

from teni.report.section import Section
from teni.report.words import faces as pager
from teni.report.words import suspects as words
from teni.report.words.numbers import readable
from teni.run import Run
from teni.suspects import Suspect, suspects_csv
from teni.task import Keypoints

MOST_ROWS = 300  # of the table; the CSV has all


def section(run: Run, suspects: list[Suspect]) -> Section:
    """Gather the suspects; the grid of images shows them by the script."""
    who = run.predictions[["part", "id", "subject"]].to_numpy(str)
    points = isinstance(run.task, Keypoints)
    rows = [
        {
            "part": words.PARTS.get(who[s.row, 0], who[s.row, 0]),
            "id": who[s.row, 1],
            "subject": who[s.row, 2] or "–",
            "kind": words.KINDS[s.kind],
            "score": f"{s.score:.1f}",
            "where": ", ".join(readable(run.task.names[k]) for k in s.where),
        }
        for s in suspects[:MOST_ROWS]
    ]
    images = len({s.row for s in suspects})
    values = {
        "rows": rows,
        "rule": words.RULE if points else words.RULE_CLASSES,
        "csv": suspects_csv(run, suspects),
        "pager": pager,
        "words": words,
    }
    return Section("suspects", words.NAV, words.title(images, len(run.predictions)), values)
