"""The winner once more, as the run that is kept."""

from dataclasses import replace

import keras
import numpy as np

from teni.compare.comparison import Comparison
from teni.compare.entry import Entry
from teni.compare.run import Plan
from teni.data import Split
from teni.fitting import fit
from teni.progress import OnProgress, silent
from teni.run import Run
from teni.training import Budget


def fit_winner(
    plan: Plan, comparison: Comparison, *, on_progress: OnProgress = silent
) -> tuple[keras.Model, Run]:
    """Fit the winner for keeps: what is solved in closed form learns from the validation rows too.

    What was trained keeps its validation rows, which said when to stop, and goes on from its checkpoints: where
    those are whole there is nothing left to train.

    Args:
        plan: what was compared on what.
        comparison: what came of it.
        on_progress: told how far the fit has come.

    Returns:
        The model, and the run to save, with the comparison in ``about["comparison"]``.

    Raises:
        TeniError: see `teni.fitting.fit`.
    """
    entry = _best_seed(plan, comparison)
    strategy, backbone = entry.make()
    model, run = fit(
        plan.dataset,
        plan.split if entry.trains else _learn_from_all(plan.split),
        backbone,
        strategy,
        test=plan.test,
        seed=entry.seed,
        budget=Budget(epochs=plan.budget.epochs),
        checkpoints=plan.folder / f"{entry.key}.checkpoints" if entry.trains else None,
        on_progress=on_progress,
    )
    run.about["comparison"] = comparison.as_dict()
    run.about["strategy"] = entry.strategy
    return model, run


def _best_seed(plan: Plan, comparison: Comparison) -> Entry:
    """Return the winner's entry of the seed with the lowest validation error."""
    winner = comparison.winner
    entries = [
        entry
        for entry in plan.entries
        if (entry.backbone, entry.strategy) == (winner.backbone, winner.strategy)
        and f"{entry.backbone} {entry.strategy} (seed {entry.seed})" not in comparison.failed
    ]
    return entries[int(np.argmin(winner.validation.seeds))]


def _learn_from_all(split: Split) -> Split:
    return replace(split, parts=np.where(split.parts == "validation", "train", split.parts))
