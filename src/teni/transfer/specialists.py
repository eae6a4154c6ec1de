"""One model for each group of keypoints, each on all rows that have its labels, packed into one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from teni.backbones import Backbone
from teni.data import Dataset, Split
from teni.errors import TeniError
from teni.progress import OnProgress, silent, within
from teni.task import as_keypoints
from teni.training import Budget
from teni.transfer.groups import Groups, check_groups, choose_groups, group_task
from teni.transfer.learning_curve import curve_columns
from teni.transfer.strategy import Fitted, Strategy
from teni.transfer.together import together

Ints = NDArray[np.intp]


@runtime_checkable
class FitsGroups(Protocol):
    """A strategy that can train the models of all groups side by side, on the same features."""

    def fit_groups(
        self,
        dataset: Dataset,
        split: Split,
        backbone: Backbone,
        groups: Mapping[str, Sequence[int]],
        *,
        seed: int,
        budget: Budget = ...,
        checkpoints: Path | None = ...,
        on_progress: OnProgress = ...,
    ) -> Fitted:
        """Fit one model that holds a specialist for each group of keypoint positions."""
        ...


@dataclass(frozen=True)
class Specialists:
    """Fit a strategy once for each group of keypoints.

    Args:
        inner: the strategy of every specialist, or by the name of its group that of each.
        groups: a name for each group, and its keypoints; None takes the six of the original task where it has
            just those keypoints, and else groups what is missing together.

    >>> from teni.features import View
    >>> from teni.transfer.mlp import Mlp
    >>> Specialists(Mlp(View((96, 96), "conv_pw_5_relu"))).groups is None
    True
    """

    inner: Strategy | Mapping[str, Strategy]
    groups: Groups | None = None

    def fit(
        self,
        dataset: Dataset,
        split: Split,
        backbone: Backbone,
        *,
        seed: int,
        budget: Budget = Budget(),
        checkpoints: Path | None = None,
        on_progress: OnProgress = silent,
    ) -> Fitted:
        """Fit the specialists and pack them into one model; see `teni.transfer.strategy.Strategy`.

        A budget of seconds is shared out evenly, one of epochs holds for each. Checkpoints of a group stand in a
        folder of its name.

        Raises:
            TeniError: classes instead of keypoints, no targets, groups that do not fit the keypoints, a split of
                other data, or whatever a specialist raises.
        """
        task = as_keypoints(dataset.task, "a specialist")
        if split.data != dataset.fingerprint:
            raise TeniError("the split was made for other data (its fingerprint differs); split these data")
        if dataset.targets is None:
            raise TeniError("the data have no keypoints to learn from; give a training file, not a test file")
        learned = dataset.targets[split.parts != "test"]
        groups = choose_groups(task, learned) if self.groups is None else check_groups(task, self.groups)
        if isinstance(self.inner, FitsGroups):
            fitted = self.inner.fit_groups(
                dataset,
                split,
                backbone,
                groups,
                seed=seed,
                budget=budget,
                checkpoints=checkpoints,
                on_progress=on_progress,
            )
            return _named(fitted, dataset, groups)
        share = None if budget.seconds is None else budget.seconds / len(groups)
        found: dict[str, Fitted] = {}
        rows: dict[str, Ints] = {}
        for name, own in groups.items():
            part, rows[name], parts = rows_of(dataset, split, own)
            found[name] = self._of(name).fit(
                part,
                parts,
                _copy(backbone),
                seed=seed,
                budget=Budget(share, budget.epochs),
                checkpoints=None if checkpoints is None else checkpoints / name,
                on_progress=within(on_progress, name) if len(groups) > 1 else on_progress,
            )
        return _named(_packed(dataset, groups, found, rows), dataset, groups)

    def _of(self, group: str) -> Strategy:
        if not isinstance(self.inner, Mapping):
            return self.inner
        if group not in self.inner:
            raise TeniError(
                f"no strategy for the specialist {group!r}; there are some for {', '.join(self.inner)}"
            )
        return self.inner[group]


def rows_of(dataset: Dataset, split: Split, own: Sequence[int]) -> tuple[Dataset, Ints, Split]:
    """Return the data of one group: the rows, test rows apart, that have some label of it.

    Args:
        dataset: of all keypoints, with targets.
        split: of it.
        own: positions of the group's keypoints.

    Returns:
        The group's data, the positions of its rows, and its split.
    """
    targets: Any = dataset.targets
    mine = targets[:, list(own)]
    rows = np.flatnonzero((split.parts != "test") & ~np.isnan(mine).all(axis=(1, 2)))
    task = group_task(as_keypoints(dataset.task, "a specialist"), own)
    part = replace(dataset.take(rows), targets=mine[rows], task=task)
    return part, rows, Split(split.parts[rows], split.groups[rows], part.fingerprint)


def _copy(backbone: Backbone) -> Backbone:
    """Give a specialist a backbone of its own: some strategies train it where it stands."""
    model: Any = keras.models.clone_model(backbone.model)
    model.set_weights(backbone.model.get_weights())
    return replace(backbone, model=model)


def _packed(
    dataset: Dataset,
    groups: Mapping[str, Sequence[int]],
    found: Mapping[str, Fitted],
    rows: Mapping[str, Ints],
) -> Fitted:
    """Put the specialists side by side: one model, one set of predictions, tables one below the other."""
    side_by_side = [k for own in groups.values() for k in own]
    order = np.argsort(side_by_side).tolist()
    model = together([(name, fitted.model) for name, fitted in found.items()], order, "teni")
    predicted = np.full((len(dataset), len(side_by_side), 2), np.nan)
    for name, fitted in found.items():
        where = rows[name][fitted.rows]
        predicted[where[:, None], np.array(groups[name])] = fitted.predicted
    some = np.flatnonzero(~np.isnan(predicted).all(axis=(1, 2)))
    seconds: dict[str, float] = {}
    for fitted in found.values():
        for step, taken in fitted.seconds.items():
            seconds[step] = seconds.get(step, 0.0) + taken
    tables = [_labelled(fitted.history, "stage", name) for name, fitted in found.items()]
    curves = [_labelled(fitted.curves, "phase", name) for name, fitted in found.items() if len(fitted.curves)]
    first = next(iter(found.values()))
    choices = {name: fitted.about["choice"] for name, fitted in found.items()}
    return Fitted(
        model,
        some,
        predicted[some],
        pd.concat(tables, ignore_index=True),
        pd.DataFrame(columns=list(curve_columns(dataset.task))),
        {**first.about, "choice": {**first.about["choice"], "specialists": choices}, **_range_tests(found)},
        seconds,
        tuple(f"{name}: {note}" for name, fitted in found.items() for note in fitted.notes),
        pd.concat(curves, ignore_index=True) if curves else first.curves,
        sum(fitted.parameters for fitted in found.values()),
    )


def _range_tests(found: Mapping[str, Fitted]) -> dict[str, Any]:
    tests = {
        f"{name}: {phase}": test
        for name, fitted in found.items()
        for phase, test in fitted.about.get("range_tests", {}).items()
    }
    return {"range_tests": tests} if tests else {}


def _labelled(table: pd.DataFrame, column: str, name: str) -> pd.DataFrame:
    return table.assign(**{column: [f"{name}: {old}" for old in table[column]]})


def _named(fitted: Fitted, dataset: Dataset, groups: Mapping[str, Sequence[int]]) -> Fitted:
    """Add to what a fit says of itself who predicts what."""
    who = {name: [dataset.task.names[k] for k in own] for name, own in groups.items()}
    several = (f"{len(groups)} specialists, each for keypoints of its own: {', '.join(groups)}.",)
    choice = {**fitted.about["choice"], "groups": who}
    return replace(
        fitted,
        about={**fitted.about, "choice": choice},
        notes=(*several, *fitted.notes) if len(groups) > 1 else fitted.notes,
    )
