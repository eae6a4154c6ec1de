"""What is trained is trained at one view: the one that serves ridge regression best, with its mirror axis."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from teni.backbones import Backbone
from teni.data import Dataset, Split
from teni.errors import TeniError
from teni.features import EXTRACTED, Source, View
from teni.progress import OnProgress, silent
from teni.task import FlipCenter
from teni.training import Budget
from teni.transfer.check import check_learnable
from teni.transfer.choosing import Candidates, Chosen, choose
from teni.transfer.closed_form import MOST_IMAGES
from teni.transfer.material import Material, find_projections
from teni.transfer.mirror import Mirror, mirror_choices
from teni.transfer.strategy import Fitted, Strategy
from teni.transfer.threads import one_blas_thread
from teni.transfer.told import describe_flip, history

# What is trained at a view and an axis.
Make = Callable[[View, Mirror], Strategy]


def choose_view(
    views: tuple[View, ...],
    centers: tuple[FlipCenter, ...],
    dataset: Dataset,
    split: Split,
    backbone: Backbone,
    *,
    seed: int,
    source: Source = EXTRACTED,
    on_progress: OnProgress = silent,
) -> Chosen:
    """Choose one view and the mirror axis by the leave-subjects-out error of ridge regression on it.

    Only training rows are looked at: what is trained next is judged by the validation rows.

    Args:
        views: taps and sizes to choose from.
        centers: mirror axes to choose from; empty for no mirror images.
        dataset: images with targets.
        split: which rows are whose.
        backbone: the network.
        seed: of the draw of subjects.
        source: where features come from.
        on_progress: told how far it has come.

    Raises:
        TeniError: there is no view, or the data cannot be learned from.
    """
    if not views:
        raise TeniError(f"there is no tap to choose from; name a layer of {backbone.name}")
    rows = split.rows("train")
    material = Material(dataset.take(rows), split.groups[rows], backbone, seed, on_progress, source)
    targets = check_learnable(material.data, material.groups, MOST_IMAGES)
    with one_blas_thread():
        projections = find_projections(material, views)
        return choose(Candidates(views, ("linear",), 1, centers), material, targets, projections)


@dataclass(frozen=True)
class BestView:
    """A strategy that is trained at one view, where several are at hand.

    Args:
        views: taps and sizes to choose from.
        make: makes the strategy for the view and the mirror axis that were chosen.
        centers: mirror axes to choose from; empty for no mirror images.
        source: where the features that decide come from.

    >>> BestView((View((96, 96), "conv_pw_5_relu"),), lambda view, center: None).centers
    ('halves', 'integers')
    """

    views: tuple[View, ...]
    make: Make
    centers: tuple[FlipCenter, ...] = ("halves", "integers")
    source: Source = EXTRACTED

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
        """Choose, then train; see `teni.transfer.strategy.Strategy`.

        Raises:
            TeniError: as for `choose_view`, and what the strategy raises.
        """
        if split.data != dataset.fingerprint:
            raise TeniError("the split was made for other data (its fingerprint differs); split these data")
        started = time.perf_counter()
        centers = mirror_choices(dataset.task, self.centers)
        if len(self.views) == len(centers) == 1:
            return self.make(self.views[0], centers[0]).fit(
                dataset,
                split,
                backbone,
                seed=seed,
                budget=budget,
                checkpoints=checkpoints,
                on_progress=on_progress,
            )
        chosen = choose_view(
            self.views,
            self.centers,
            dataset,
            split,
            backbone,
            seed=seed,
            source=self.source,
            on_progress=on_progress,
        )
        choosing = time.perf_counter() - started
        choice = chosen.choice
        fitted = self.make(choice.views[0], choice.center).fit(
            dataset,
            split,
            backbone,
            seed=seed,
            budget=budget,
            checkpoints=checkpoints,
            on_progress=on_progress,
        )
        about: dict[str, Any] = {**fitted.about, "flip": describe_flip(choice, chosen.tried, dataset.task)}
        about["choice"] = {**about["choice"], "screening_images": chosen.images}
        return replace(
            fitted,
            history=pd.concat([history(chosen.tried, dataset.task), fitted.history], ignore_index=True),
            about=about,
            seconds={"choosing": choosing, **fitted.seconds},
        )
