"""Several fitted strategies as one model: the weighted mean of what they answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from teni.backbones import Backbone
from teni.data import Dataset, Split
from teni.errors import TeniError
from teni.progress import OnProgress, silent, within
from teni.training import Budget
from teni.transfer.learning_curve import curve_columns
from teni.transfer.strategy import Fitted, Strategy
from teni.transfer.together import averaged


@dataclass(frozen=True, eq=False)
class Member:
    """One of the strategies.

    Args:
        name: as the folder of its checkpoints is called.
        strategy: how it is fitted.
        backbone: on which network.
        seed: from which seed.
        weight: of its answers; those of all members add up to 1.
        trains: whether it stops by the validation rows; what is solved learns from them too.
        label: as it is shown; the name where there is none.
    """

    name: str
    strategy: Strategy
    backbone: Backbone
    seed: int
    weight: float
    trains: bool
    label: str = ""

    @property
    def shown(self) -> str:
        """Name it for people."""
        return self.label or self.name


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Fit each member by itself and average their answers.

    Their errors differ, so that the mean is often better than the best of them; it costs the time of all.

    Args:
        members: two at least, the most important first.
    """

    members: tuple[Member, ...]

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
        """Fit the members, each on the network and from the seed that it has; see `teni.transfer.Strategy`.

        Raises:
            TeniError: fewer than two members, or whatever a member raises.
        """
        del backbone, seed  # each member has its own
        if len(self.members) < 2:
            raise TeniError(f"an ensemble of {len(self.members)}: expected two members at least")
        solved = replace(split, parts=np.where(split.parts == "validation", "train", split.parts))
        found = [
            member.strategy.fit(
                dataset,
                split if member.trains else solved,
                member.backbone,
                seed=member.seed,
                budget=budget,
                checkpoints=None if checkpoints is None else checkpoints_of(checkpoints, member.name),
                on_progress=within(on_progress, member.shown),
            )
            for member in self.members
        ]
        return _averaged(self.members, found, dataset)


def checkpoints_of(folder: Path, name: str) -> Path:
    """Name the folder of one member's checkpoints.

    >>> checkpoints_of(Path("state"), "face.mlp.seed-0").as_posix()
    'state/face.mlp.seed-0.checkpoints'
    """
    return folder / f"{name}.checkpoints"


def _averaged(members: Sequence[Member], found: Sequence[Fitted], dataset: Dataset) -> Fitted:
    """Average models, and the honest predictions on the rows that every member has some for."""
    weights = [member.weight for member in members]
    model = averaged(
        [(f"member_{i}", fitted.model) for i, fitted in enumerate(found)], weights, dataset.task, "teni"
    )
    rows = reduce(np.intersect1d, [fitted.rows for fitted in found])
    predicted = sum(
        weight * fitted.predicted[np.searchsorted(fitted.rows, rows)]
        for weight, fitted in zip(weights, found, strict=True)
    )
    names = [member.shown for member in members]
    tables = [_labelled(fitted.history, "stage", name) for name, fitted in zip(names, found, strict=True)]
    curves = [
        _labelled(fitted.curves, "phase", name)
        for name, fitted in zip(names, found, strict=True)
        if len(fitted.curves)
    ]
    seconds: dict[str, float] = {}
    for fitted in found:
        for step, taken in fitted.seconds.items():
            seconds[step] = seconds.get(step, 0.0) + taken
    who = {
        member.shown: {
            "weight": member.weight,
            "backbone": member.backbone.name,
            "licence": member.backbone.licence,
            **fitted.about["choice"],
        }
        for member, fitted in zip(members, found, strict=True)
    }
    told = ", ".join(f"{member.shown} ({member.weight:.0%})" for member in members)
    about: dict[str, Any] = {
        **found[0].about,
        "backbone": " + ".join(dict.fromkeys(member.backbone.name for member in members)),
        "choice": {**found[0].about["choice"], "members": who},
    }
    return Fitted(
        model,
        rows,
        np.asarray(predicted, np.float64),
        pd.concat(tables, ignore_index=True),
        pd.DataFrame(columns=list(curve_columns(dataset.task))),
        about,
        seconds,
        (
            f"The model averages {len(members)} others: {told}.",
            *(f"{name}: {note}" for name, fitted in zip(names, found, strict=True) for note in fitted.notes),
        ),
        pd.concat(curves, ignore_index=True) if curves else found[0].curves,
        sum(fitted.parameters for fitted in found),
    )


def _labelled(table: pd.DataFrame, column: str, name: str) -> pd.DataFrame:
    return table.assign(**{column: [f"{name}: {old}" for old in table[column]]})
