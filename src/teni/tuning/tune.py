"""Search the settings of a strategy, for every specialist by itself, on validation rows alone."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from teni.backbones import Backbone, weights_fingerprint
from teni.data import Dataset, Split
from teni.errors import TeniError
from teni.progress import OnProgress, Progress, silent
from teni.task import Keypoints, as_keypoints
from teni.task.class_metrics import log_loss
from teni.task.metrics import rmse_px
from teni.training import Budget
from teni.transfer import Fitted, Specialists, Strategy
from teni.transfer.groups import choose_groups
from teni.transfer.named import GROUPS, Wanted, strategy_named
from teni.transfer.specialists import rows_of
from teni.tuning.search import Searched, Values, search
from teni.tuning.spaces import space_of


@dataclass(frozen=True, eq=False)
class Tuned:
    """A strategy with the settings that a search found.

    Args:
        strategy: to fit for keeps.
        best: the values, by the name of the specialist; by the strategy's own name where there are none.
        trials: one row a trial: ``model`` (the same names), ``trial``, ``error``, and the values.
    """

    strategy: Strategy
    best: dict[str, Values]
    trials: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Tuning:
    """What is searched on what.

    Args:
        name: of the strategy, as `teni.transfer.named` knows it.
        wanted: what it is told.
        dataset: images with targets.
        split: with validation rows; test rows are never looked at.
        backbone: the network.
        budget: of each trial.
        seed: of the sampler, and of every training.
    """

    name: str
    wanted: Wanted
    dataset: Dataset
    split: Split
    backbone: Backbone
    budget: Budget
    seed: int


def tune(tuning: Tuning, *, trials: int, folder: Path, on_progress: OnProgress = silent) -> Tuned:
    """Search, trial by trial; what was tried before in the same folder is not tried again.

    Args:
        tuning: what to search on what.
        trials: how many for each model.
        folder: where every trial is kept as soon as it is done.
        on_progress: told how many trials are done.

    Raises:
        TeniError: nothing to search, no validation rows, no Optuna, or the folder is of another search.
    """
    if not len(tuning.split.rows("validation")):
        raise TeniError("a search for settings needs validation rows to judge by; the split has none")
    inner = tuning.name.removeprefix(GROUPS)
    space_of(inner)
    if inner == tuning.name:
        found = {
            inner: _search(tuning, inner, inner, tuning.dataset, tuning.split, trials, folder, on_progress)
        }
        strategy = strategy_named(inner, tuning.wanted, found[inner].best)
        return Tuned(strategy, {inner: found[inner].best}, _table(found))
    task = as_keypoints(tuning.dataset.task, "a specialist")
    learned = np.asarray(tuning.dataset.targets)[tuning.split.parts != "test"]
    groups = choose_groups(task, learned)
    found = {}
    for group, own in groups.items():
        part, _, parts = rows_of(tuning.dataset, tuning.split, own)
        found[group] = _search(tuning, inner, group, part, parts, trials, folder, on_progress)
    each = {group: strategy_named(inner, tuning.wanted, one.best) for group, one in found.items()}
    names = {group: tuple(task.names[k] for k in own) for group, own in groups.items()}
    return Tuned(Specialists(each, names), {group: one.best for group, one in found.items()}, _table(found))


def _search(
    tuning: Tuning,
    inner: str,
    model: str,
    dataset: Dataset,
    split: Split,
    trials: int,
    folder: Path,
    on_progress: OnProgress,
) -> Searched:
    space, usual = space_of(inner)

    def objective(values: Values) -> float:
        fitted = strategy_named(inner, tuning.wanted, values).fit(
            dataset, split, tuning.backbone, seed=tuning.seed, budget=tuning.budget
        )
        return validation_error(fitted, dataset)

    def tell(done: int, error: float) -> None:
        del error
        on_progress(Progress(f"settings of {model}", done, trials))

    identity = {
        "strategy": inner,
        "data": dataset.fingerprint,
        "split": split.fingerprint,
        "backbone": tuning.backbone.name,
        "weights": weights_fingerprint(tuning.backbone),
        "views": [str(view) for view in tuning.wanted.views],
        "mirror images": tuning.wanted.mirror,
        "epochs": [tuning.wanted.epochs, tuning.budget.epochs],
        "budget": tuning.budget.seconds,
        "seed": tuning.seed,
    }
    return search(
        space,
        objective,
        trials=trials,
        seed=tuning.seed,
        journal=folder / f"{model.replace(':', '-')}.log",
        identity=identity,
        start=usual,
        on_trial=tell,
    )


def validation_error(fitted: Fitted, dataset: Dataset) -> float:
    """Return the error of honest predictions: RMSE in pixels, or log loss.

    Args:
        fitted: what a strategy handed over.
        dataset: what it was fitted on.
    """
    truth = np.asarray(dataset.targets)[fitted.rows]
    if isinstance(dataset.task, Keypoints):
        return rmse_px(fitted.predicted, truth)
    return log_loss(fitted.predicted, truth)


def _table(found: dict[str, Searched]) -> pd.DataFrame:
    tables = [one.trials.assign(model=model) for model, one in found.items()]
    table = pd.concat(tables, ignore_index=True)
    return table.reindex(columns=["model", *[column for column in table.columns if column != "model"]])
