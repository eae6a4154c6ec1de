"""Error over the number of subjects: what more data would bring, from sub-matrices of one kernel."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from teni.progress import OnProgress, Progress, silent
from teni.task import Task, measure_name
from teni.transfer.gram import Gram
from teni.transfer.head import prepare, solve_head
from teni.transfer.labels import Labels

Ints = NDArray[np.intp]

COLUMNS = ("subjects", "images", "rmse_px", "rmse_px_low", "rmse_px_high")
TYPES = {"subjects": int, "images": int}
SHARES = (0.05, 0.1, 0.2, 0.4, 0.7)
FEWEST = 3


def curve_columns(task: Task) -> tuple[str, ...]:
    """Name the columns of a learning curve of a task.

    >>> from teni.task import Classes
    >>> curve_columns(Classes(("cat", "dog"), 4, 4))[2:]
    ('log_loss', 'log_loss_low', 'log_loss_high')
    """
    return tuple(name.replace("rmse_px", measure_name(task)) for name in COLUMNS)


def learning_curve(
    gram: Gram,
    labels: Labels,
    groups: Ints,
    lam: float,
    *,
    columns: Sequence[str] = COLUMNS,
    draws: int = 2,
    seed: int,
    on_progress: OnProgress = silent,
) -> pd.DataFrame:
    """Measure the leave-subjects-out error with fewer and fewer subjects, lambda as it is.

    Args:
        gram: of all N training images with themselves.
        labels: of the N images.
        groups: ``(N,)`` subject of each image.
        lam: lambda, in the units of the kernel.
        columns: what the table's columns are called, from `curve_columns`.
        draws: how often subjects are drawn at each size.
        seed: of the draws.
        on_progress: told how many heads were solved.

    Returns:
        One row a size, without that of all subjects: mean, lowest and highest error over the draws. Draws in
        which fewer than two subjects label some keypoint, or show some class, are left out.
    """
    names = np.unique(groups)
    sizes = sorted({max(round(share * len(names)), FEWEST) for share in SHARES} - {len(names)})
    sizes = [size for size in sizes if size < len(names)]
    rng = np.random.default_rng(seed)
    rows: list[tuple[float, ...]] = []
    for i, size in enumerate(sizes):
        errors: list[float] = []
        images: list[int] = []
        for _ in range(draws if size < 0.5 * len(names) else 1):
            chosen = np.flatnonzero(np.isin(groups, _draw(labels, groups, names, size, rng)))
            some = labels.take(chosen)
            if not _solvable(some, groups[chosen]):
                continue
            head = solve_head(prepare(gram.take(chosen, chosen), some, groups[chosen], lam), (lam,))
            errors.append(head.errors[lam])
            images.append(len(chosen))
        if errors:
            rows.append(
                (size, round(float(np.mean(images))), float(np.mean(errors)), min(errors), max(errors))
            )
        on_progress(Progress("learning curve", i + 1, len(sizes)))
    return pd.DataFrame(rows, columns=list(columns)).astype(
        {name: TYPES.get(name, float) for name in columns}
    )


def _draw(labels: Labels, groups: Ints, names: Ints, size: int, rng: np.random.Generator) -> Ints:
    """Draw subjects; of classes, from each about its share."""
    if labels.shown is None:
        return rng.choice(names, size, replace=False)
    order = rng.permutation(names)
    first = np.array([int(np.argmax(groups == name)) for name in order])
    classes = labels.shown[first].argmax(axis=1)
    key = np.zeros(len(order))
    for each in np.unique(classes):
        mine = np.flatnonzero(classes == each)
        key[mine] = (np.arange(len(mine)) + rng.random()) / len(mine)
    return order[np.argsort(key, kind="stable")[:size]]


def _solvable(labels: Labels, groups: Ints) -> bool:
    """Tell whether every column has examples of two subjects: of one to learn from, of one to be tested on."""
    seen = labels.examples
    return all(len(np.unique(groups[seen[:, column]])) >= 2 for column in range(seen.shape[1]))
