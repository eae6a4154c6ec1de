"""Error over the number of subjects: what more data would bring, from sub-matrices of one kernel."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from teni.progress import OnProgress, Progress, silent
from teni.transfer.gram import Gram
from teni.transfer.head import prepare, solve_head
from teni.transfer.labels import Labels

Ints = NDArray[np.intp]

COLUMNS = ("subjects", "images", "rmse_px", "rmse_px_low", "rmse_px_high")
TYPES = {"subjects": int, "images": int}
SHARES = (0.05, 0.1, 0.2, 0.4, 0.7)
FEWEST = 3


def learning_curve(
    gram: Gram,
    labels: Labels,
    groups: Ints,
    lam: float,
    *,
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
        draws: how often subjects are drawn at each size.
        seed: of the draws.
        on_progress: told how many heads were solved.

    Returns:
        One row a size, without that of all subjects: mean, lowest and highest error over the draws. Draws in
        which fewer than two subjects label some keypoint are left out.
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
            chosen = np.flatnonzero(np.isin(groups, rng.choice(names, size, replace=False)))
            some = Labels(labels.values[:, chosen], labels.middle, labels.partner, labels.sign)
            if not _solvable(some, groups[chosen]):
                continue
            head = solve_head(prepare(gram.take(chosen, chosen), some, groups[chosen], lam), (lam,))
            errors.append(head.rmse_px[lam])
            images.append(len(chosen))
        if errors:
            rows.append(
                (size, round(float(np.mean(images))), float(np.mean(errors)), min(errors), max(errors))
            )
        on_progress(Progress("learning curve", i + 1, len(sizes)))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(
        {name: TYPES.get(name, float) for name in COLUMNS}
    )


def _solvable(labels: Labels, groups: Ints) -> bool:
    """Tell whether every column has labels of two subjects: of one to learn from, of one to be tested on."""
    seen = np.asarray(labels.known.any(axis=0))
    return all(len(np.unique(groups[seen[:, column]])) >= 2 for column in range(seen.shape[1]))
