"""Search settings with Optuna, by validation error alone; killed at any time, the search goes on where it was.

T. Akiba et al., "Optuna: A Next-generation Hyperparameter Optimization Framework" (2019); the sampler is the
tree-structured Parzen estimator of J. Bergstra et al. (2011).
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from teni.errors import TeniError
from teni.tuning.space import OneOf, Space

Values = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Searched:
    """What a search found.

    Args:
        best: the values with the lowest error.
        error: that error.
        trials: one row a trial: ``trial``, ``error``, and a column for each setting.
    """

    best: Values
    error: float
    trials: pd.DataFrame


def search(
    space: Space,
    objective: Callable[[Values], float],
    *,
    trials: int,
    seed: int,
    journal: Path,
    identity: Mapping[str, Any],
    start: Values | None = None,
    on_trial: Callable[[int, float], None] | None = None,
) -> Searched:
    """Try settings until so many trials are done, those of an earlier, interrupted search among them.

    Args:
        space: what may be changed.
        objective: gives the validation error of some values.
        trials: how many in all.
        seed: of the sampler; trial by trial, so that an interrupted search tries what an uninterrupted one would.
        journal: the file in which each trial is kept as soon as it is done; its folder is made.
        identity: what is searched on what; a journal of anything else is refused.
        start: values that are tried first, e.g. those that are used without a search.
        on_trial: told of each trial: how many are done, and its error.

    Raises:
        TeniError: Optuna is not installed, or the journal is of another search.
    """
    optuna = _optuna()
    journal.parent.mkdir(parents=True, exist_ok=True)
    backend = optuna.storages.journal.JournalFileBackend(str(journal))
    study = optuna.create_study(
        storage=optuna.storages.JournalStorage(backend), study_name="teni", load_if_exists=True
    )
    _check_identity(study, identity, journal)
    for trial in study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.RUNNING,)):
        # What a killed search was at: it counts for nothing, and is tried again with the same dice.
        study.tell(trial.number, state=optuna.trial.TrialState.FAIL)
    while (done := len(_finished(study, optuna))) < trials:
        study.sampler = optuna.samplers.TPESampler(seed=seed + done, n_startup_trials=min(10, trials // 2))
        if start is not None and done == 0:
            study.enqueue_trial(dict(start))
        trial = study.ask({name: _distribution(optuna, each) for name, each in space.items()})
        error = objective(dict(trial.params))
        error = (
            float("inf") if math.isnan(error) else error
        )  # Optuna would not count it, and it be tried for ever
        study.tell(trial, error)
        if on_trial is not None:
            on_trial(done + 1, error)
    finished = _finished(study, optuna)
    best = min(finished, key=lambda trial: trial.value)
    rows = [{"trial": place, "error": each.value, **each.params} for place, each in enumerate(finished, 1)]
    return Searched(dict(best.params), float(best.value), pd.DataFrame(rows))


def _finished(study: Any, optuna: Any) -> list[Any]:
    return study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.COMPLETE,))


def _check_identity(study: Any, identity: Mapping[str, Any], journal: Path) -> None:
    plain = json.loads(json.dumps(dict(identity), default=str))
    known = study.user_attrs.get("identity")
    if known is None:
        study.set_user_attr("identity", plain)
        return
    if known != plain:
        differ = sorted(key for key in {*plain, *known} if plain.get(key) != known.get(key))
        raise TeniError(
            f"{journal}: is of another search (it differs in {', '.join(differ)}); finish that one with the same "
            "arguments, or remove the file"
        )


def _distribution(optuna: Any, each: Any) -> Any:
    if isinstance(each, OneOf):
        return optuna.distributions.CategoricalDistribution(each.values)
    return optuna.distributions.FloatDistribution(each.low, each.high, log=each.log)


def _optuna() -> Any:
    try:
        import optuna
    except ImportError as error:
        raise TeniError(
            "a search for settings needs Optuna, which is not installed; pip install 'teni[tune]'"
        ) from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna
