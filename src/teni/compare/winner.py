"""The winner once more, as the run that is kept."""

from dataclasses import replace

import keras
import numpy as np

from teni.compare.comparison import Comparison
from teni.compare.ensemble import ENSEMBLE
from teni.compare.entry import Entry
from teni.compare.run import Plan
from teni.data import Split
from teni.fitting import fit
from teni.progress import OnProgress, silent, within
from teni.run import Run
from teni.training import Budget
from teni.transfer.ensemble import Ensemble, Member, checkpoints_of


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
    entries = _entries_of(plan, comparison)
    trains = any(entry.trains for entry, _ in entries)
    members = tuple(_member(entry, weight) for entry, weight in entries)
    first, alone = members[0], len(members) == 1
    model, run = fit(
        plan.dataset,
        plan.split if trains else _learn_from_all(plan.split),
        first.backbone,
        first.strategy if alone else Ensemble(members),
        test=plan.test,
        seed=first.seed,
        budget=Budget(epochs=plan.budget.epochs),
        checkpoints=(checkpoints_of(plan.folder, first.name) if alone else plan.folder) if trains else None,
        on_progress=within(on_progress, "the winner"),
    )
    run.about["comparison"] = comparison.as_dict()
    run.about["strategy"] = comparison.winner.strategy
    return model, run


def _entries_of(plan: Plan, comparison: Comparison) -> list[tuple[Entry, float]]:
    """Return what the winner consists of: an entry, or those of an ensemble with their weights."""
    if comparison.winner.strategy != ENSEMBLE:
        return [(_best_seed(plan, comparison), 1.0)]
    by_key = {entry.key: entry for entry in plan.entries}
    return [(by_key[key], weight) for key, weight in comparison.members.items()]


def _member(entry: Entry, weight: float) -> Member:
    strategy, backbone = entry.make()
    return Member(entry.key, strategy, backbone, entry.seed, weight, entry.trains, entry.name)


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
