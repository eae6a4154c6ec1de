"""The error of each subject: a model that serves most people may still fail one."""

import numpy as np

from teni.compare.losses import image_losses
from teni.report.charts import COLOURS, Axis, Lines, Series
from teni.report.section import Section
from teni.report.sections.headline import measured
from teni.report.words import Spoken
from teni.report.words import subjects as words
from teni.run import Run, predictions_arrays
from teni.run.tables import class_columns
from teni.task import Keypoints
from teni.task.bootstrap import sums_by_subject

MOST_ROWS = 400  # of the table; the chart has all


def section(run: Run, spoken: Spoken) -> Section | None:
    """Gather the error of each subject; None for fewer than three, or where nobody said who is shown."""
    part, block = measured(run.metrics)
    rows = by_subject(run, part)
    if len(rows) < 3 or block.get("subjects_known") is False:
        return None
    errors = np.array([error for _, error, _, _ in rows])
    low, high = (spoken.error(float(q)) for q in np.percentile(errors, [25, 75]))
    title = words.title(low, high, rows[-1][0], spoken.error(rows[-1][1]))
    worst_first = [
        (name, spoken.plain(error), images, spoken.plain(worst))
        for name, error, images, worst in reversed(rows)
    ]
    whole = block[spoken.measure]
    values = {"rows": worst_first[:MOST_ROWS], "axis": spoken.axis, "words": words}
    return Section("subjects", words.NAV, title, values, {"subjects": chart(rows, whole, spoken)})


def by_subject(run: Run, part: str) -> list[tuple[str, float, int, float]]:
    """List subjects of a part, the best first: name, error, images, error of the worst image."""
    table, task = run.predictions.loc[run.predictions["part"] == part, :], run.task
    people = table["subject"].to_numpy(str)
    if not len(people) or (people == "").all():
        return []
    if isinstance(task, Keypoints):
        losses = image_losses(*predictions_arrays(table, task.names), task)
    else:
        position = {name: i for i, name in enumerate(task.names)}
        truth = np.array([position.get(str(name), -1) for name in table["class_true"]], np.int64)
        losses = image_losses(table[list(class_columns(task.names))].to_numpy(np.float64), truth, task)
    single = np.divide(losses.sums, losses.counts, out=np.zeros(len(people)), where=losses.counts > 0)
    cells = np.stack([losses.sums, losses.counts, losses.counts > 0], 1).astype(np.float64)
    sums = sums_by_subject(cells, people)
    rows: list[tuple[str, float, int, float]] = []
    for name, (above, below, images) in zip(np.unique(people), sums, strict=True):
        if below:
            error, worst = above / below, float(single[people == name].max())
            found = (error**0.5, worst**0.5) if losses.is_root else (error, worst)
            rows.append((str(name), float(found[0]), int(images), float(found[1])))
    return sorted(rows, key=lambda row: row[1])


def chart(rows: list[tuple[str, float, int, float]], whole: float, spoken: Spoken) -> Lines:
    """Draw a dot a subject, from the best to the worst."""
    most = max(images for _, _, images, _ in rows)
    more = {
        "labels": [words.dot(name, spoken.error(error), images) for name, error, images, _ in rows],
        "sizes": [round(2.2 + 3.6 * (images / most) ** 0.5, 1) for _, _, images, _ in rows],
    }
    dots = Series(
        None, list(range(1, len(rows) + 1)), [error for _, error, _, _ in rows], COLOURS[0], "dots", more=more
    )
    up = Axis(spoken.axis, zero=True)
    return Lines(Axis(words.AXIS), up, [dots], spoken.words.unit, spoken.words.digits, whole)
