"""Freeze the lower layers at a named one and train the rest, with a new head."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from teni.backbones import Backbone
from teni.data import Dataset, Split
from teni.features import View
from teni.progress import OnProgress, silent
from teni.training import Budget, Phase, TrainingSettings
from teni.transfer.blocks import blocks_from_the_top, layers_from
from teni.transfer.network import HEAD
from teni.transfer.strategy import Fitted
from teni.transfer.tuned import (
    Plan,
    Request,
    base_rate,
    frozen_settings,
    head_rate,
    new_head,
    place_head,
    run_plan,
)

EPOCHS = 60
# What the layers under a new head learn at, in shares of the head's rate: they know something already.
BELOW = 0.3


@dataclass(frozen=True)
class FreezeBelow:
    """Train a new head and the layers from a named one up; what is frozen runs once, and its output is stored.

    So that it can run once, images are mirrored beforehand and not changed in any other way.

    Args:
        layer: the lowest layer that learns; None takes the uppermost block.
        views: taps and sizes to choose from for the head; none leaves the proposal to the backbone.
        settings: of the training; of the augmentation only ``flip`` counts.

    >>> FreezeBelow("conv_pw_4").layer
    'conv_pw_4'
    """

    layer: str | None = None
    views: tuple[View, ...] = ()
    settings: TrainingSettings = field(default_factory=TrainingSettings)

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
        """Train the layers from a named one up; see `teni.transfer.strategy.Strategy`.

        Raises:
            TeniError: data that cannot be trained on, or no such layer below the tap.
        """
        started = time.perf_counter()
        request = Request(dataset, split, backbone, seed, budget, checkpoints, on_progress)
        settings = frozen_settings(self.settings)
        place = place_head(request, self.views, settings)
        network = new_head(request, place)
        blocks = blocks_from_the_top(network)
        names = layers_from(network, self.layer) if self.layer else [*blocks[0], *blocks[1]]
        head = head_rate(network, dataset.task)
        rates = {name: head if name == HEAD else BELOW for name in names}
        lowest = self.layer or blocks[1][0]
        phase = Phase(f"from {lowest} up", rates, settings.epochs or EPOCHS, base_rate(settings), warmup=1.0)
        plan = Plan(network, (phase,), place, f"pretrained, frozen below {lowest}")
        return run_plan(request, settings, plan, {"choosing": time.perf_counter() - started})
