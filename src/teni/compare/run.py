"""Fit every entry on one split, store what comes of each at once, and put the results side by side."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from teni.compare.comparison import Comparison, Row
from teni.compare.ensemble import ENSEMBLE, find_ensemble
from teni.compare.entry import Entry
from teni.compare.losses import Losses, image_losses
from teni.compare.memory import peak_mb, reset_peak
from teni.compare.outcome import Cost, Outcome, read_outcome, write_outcome
from teni.compare.paired import Measured, measure
from teni.data import Dataset, Split
from teni.errors import TeniError
from teni.fitting import predict_points
from teni.progress import OnProgress, Progress, silent, within
from teni.task import labelled, mean_prediction
from teni.training import Budget, no_curves
from teni.transfer.ensemble import checkpoints_of
from teni.transfer.strategy import EARLIER

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Plan:
    """What is compared on what.

    Args:
        dataset: images with targets.
        split: with validation rows; its test rows are predicted only.
        test: another data set to test on, in place of the split's test rows.
        entries: what is compared; those of one strategy and backbone differ in their seeds.
        budget: seconds for everything that is fitted together, and epochs of each training; by default what the
            strategies plan. What is solved takes what it needs, what is trained shares the rest.
        folder: where outcomes are kept, and found again.
        seed: of the bootstrap.
    """

    dataset: Dataset
    split: Split
    test: Dataset | None
    entries: tuple[Entry, ...]
    budget: Budget
    folder: Path
    seed: int


def compare(
    plan: Plan,
    *,
    advice: Mapping[str, Any] | None = None,
    against: tuple[str, str] | None = None,
    on_outcome: Callable[[Entry, Outcome, bool], None] | None = None,
    on_progress: OnProgress = silent,
) -> Comparison:
    """Fit every entry that was not fitted before, and compare.

    Args:
        plan: what to compare on what.
        advice: what was said before; its ``agrees`` is left to the caller.
        against: backbone and strategy that the others are measured against; by default the winner.
        on_outcome: told of each entry, what came of it, and whether it was there before.
        on_progress: told how far it has come.

    Returns:
        Strategies by validation error.

    Raises:
        TeniError: no validation rows, no entry, every entry failed, or stored outcomes of another comparison.
    """
    if not len(plan.split.rows("validation")):
        raise TeniError("a comparison needs validation rows to choose the winner by; the split has none")
    if not plan.entries:
        raise TeniError("there is nothing to compare; name strategies")
    targets = _targets(plan.dataset)[plan.split.rows("validation")]
    if not labelled(targets, plan.dataset.task).any():
        raise TeniError(
            "a comparison needs labels on its validation rows to choose the winner by; those of the split have none"
        )
    outcomes: dict[str, Outcome] = {}
    for i, entry in enumerate(plan.entries):
        stored = read_outcome(plan.folder / entry.key, _identity(plan, entry))
        outcome = stored or _fit(plan, entry, _share(plan, i, outcomes), on_progress)
        if stored is None:
            write_outcome(plan.folder / entry.key, outcome)
        outcomes[entry.key] = outcome
        if on_outcome is not None:
            on_outcome(entry, outcome, stored is not None)
        on_progress(Progress("comparing", i + 1, len(plan.entries)))
    return _compare(plan, outcomes, dict(advice or {}), against)


def _identity(plan: Plan, entry: Entry) -> dict[str, Any]:
    return {
        "strategy": entry.strategy,
        "backbone": entry.backbone,
        "seed": entry.seed,
        "epochs": plan.budget.epochs,
        "budget": plan.budget.seconds if entry.trains else None,
        "data": plan.dataset.fingerprint,
        "split": plan.split.fingerprint,
        "test": None if plan.test is None else plan.test.fingerprint,
        **entry.told,
    }


def _share(plan: Plan, place: int, outcomes: Mapping[str, Outcome]) -> Budget:
    """Share what is left of the time among the entries that are still to be trained."""
    if plan.budget.seconds is None or not plan.entries[place].trains:
        return replace(plan.budget, seconds=None)
    spent = sum(outcome.cost.seconds for outcome in outcomes.values())
    waiting = sum(entry.trains for entry in plan.entries[place:])
    return replace(plan.budget, seconds=max((plan.budget.seconds - spent) / waiting, 1.0))


def _fit(plan: Plan, entry: Entry, budget: Budget, on_progress: OnProgress) -> Outcome:
    started = time.perf_counter()
    reset_peak()
    split = plan.split if entry.trains else without_validation(plan.split)
    identity = _identity(plan, entry)
    nothing = np.zeros((0,))
    try:
        strategy, backbone = entry.make()
        fitted = strategy.fit(
            plan.dataset,
            split,
            backbone,
            seed=entry.seed,
            budget=budget,
            checkpoints=checkpoints_of(plan.folder, entry.key),
            on_progress=within(on_progress, entry.name),
        )
    except TeniError as error:
        cost = Cost(time.perf_counter() - started, peak_mb(), 0)
        return Outcome(identity, cost, {}, str(error), nothing, nothing, no_curves())
    validation = plan.dataset.take(plan.split.rows("validation"))
    test = _test(plan)
    predicted = [
        predict_points(fitted.model, data.images) if len(data) else nothing for data in (validation, test)
    ]
    seconds = time.perf_counter() - started + fitted.seconds.get(EARLIER, 0.0)
    cost = Cost(seconds, peak_mb(), fitted.parameters)
    return Outcome(identity, cost, fitted.about, None, predicted[0], predicted[1], fitted.curves)


def without_validation(split: Split) -> Split:
    """Hide the validation rows: whoever solves in closed form would learn from them.

    Args:
        split: with validation rows.

    >>> split = Split(np.array(["train", "validation"]), np.array([0, 1]), "4f")
    >>> without_validation(split).parts.tolist()
    ['train', 'test']
    """
    return replace(split, parts=np.where(split.parts == "validation", "test", split.parts))


def _test(plan: Plan) -> Dataset:
    return plan.dataset.take(plan.split.rows("test")) if plan.test is None else plan.test


def _compare(
    plan: Plan, outcomes: Mapping[str, Outcome], advice: dict[str, Any], against: tuple[str, str] | None
) -> Comparison:
    groups: dict[tuple[str, str], list[Outcome]] = {}
    failed: dict[str, str] = {}
    for entry in plan.entries:
        outcome = outcomes[entry.key]
        if outcome.failed is None:
            groups.setdefault((entry.backbone, entry.strategy), []).append(outcome)
        else:
            failed[f"{entry.backbone} {entry.strategy} (seed {entry.seed})"] = outcome.failed
    if not groups:
        raise TeniError(f"nothing could be fitted: {next(iter(failed.values()))}")
    validation, test = plan.dataset.take(plan.split.rows("validation")), _test(plan)
    mean = mean_prediction(_targets(plan.dataset.take(plan.split.rows("train"))), plan.dataset.task)
    here = _people(validation, plan.split.groups[plan.split.rows("validation")])
    ensemble = find_ensemble(plan.entries, outcomes, validation, here, plan.seed)
    if ensemble is not None:
        groups[ensemble.backbones, ENSEMBLE] = [ensemble.outcome]
    losses = {key: [_losses(each.validation, validation) for each in group] for key, group in groups.items()}
    order = sorted(losses, key=lambda key: float(np.mean([_total(each) for each in losses[key]])))
    beside = order.index(against) if against in order else 0
    on_validation = measure([losses[key] for key in order], here, beside, plan.seed)
    on_test: list[Measured] | list[None] = [None] * len(order)
    if len(test) and test.targets is not None:
        tested = [[_losses(each.test, test) for each in groups[key]] for key in order]
        if tested[0][0].counts.any():
            there = None if plan.test is not None else plan.split.groups[plan.split.rows("test")]
            on_test = measure(tested, _people(test, there), beside, plan.seed)
    rows = tuple(
        Row(
            strategy,
            backbone,
            on_validation[i],
            on_test[i],
            _cost(groups[backbone, strategy]),
            ensemble.notes if ensemble is not None and strategy == ENSEMBLE else (),
        )
        for i, (backbone, strategy) in enumerate(order)
    )
    said = {"validation": _mean_error(mean, validation), "test": _mean_error(mean, test)}
    return Comparison(
        rows, failed, advice, said, _curves(plan, outcomes), {} if ensemble is None else ensemble.members
    )


def _curves(plan: Plan, outcomes: Mapping[str, Outcome]) -> pd.DataFrame:
    """Put the loss curves of all entries under each other."""
    several = len({entry.backbone for entry in plan.entries}) > 1
    found = [
        outcomes[entry.key].curves.assign(
            model=f"{entry.backbone if several else ''} {entry.strategy}, seed {entry.seed}".strip()
        )
        for entry in plan.entries
        if len(outcomes[entry.key].curves)
    ]
    return pd.concat(found, ignore_index=True) if found else no_curves().assign(model=[])


def _targets(data: Dataset) -> NDArray[Any]:
    if data.targets is None:
        raise TeniError("the data have no labels to compare by; give a training file")
    return data.targets


def _losses(predicted: Floats, data: Dataset) -> Losses:
    return image_losses(predicted, _targets(data), data.task)


def _total(losses: Losses) -> float:
    ratio = losses.sums.sum() / losses.counts.sum()
    return float(np.sqrt(ratio) if losses.is_root else ratio)


def _mean_error(mean: Floats, data: Dataset) -> float | None:
    if not len(data) or data.targets is None:
        return None
    losses = image_losses(np.broadcast_to(mean, (len(data), *mean.shape)), data.targets, data.task)
    return _total(losses) if losses.counts.any() else None


def _people(data: Dataset, groups: NDArray[np.intp] | None) -> NDArray[np.str_]:
    """Say who is drawn at once: where nobody named subjects, images that the split kept together are one."""
    if data.subjects is not None:
        return data.subjects
    return (np.arange(len(data)) if groups is None else groups).astype(np.str_)


def _cost(outcomes: Sequence[Outcome]) -> Cost:
    costs = [outcome.cost for outcome in outcomes]
    return Cost(
        float(np.mean([cost.seconds for cost in costs])),
        max(cost.peak_rss_mb for cost in costs),
        max(cost.parameters for cost in costs),
    )
