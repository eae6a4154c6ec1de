"""Train everything, the slower the deeper below the head."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from teni.backbones import Backbone
from teni.data import Dataset, Split
from teni.features import View
from teni.progress import OnProgress, silent
from teni.training import Budget, Phase, TrainingSettings
from teni.transfer.blocks import blocks_from_the_top
from teni.transfer.strategy import Fitted
from teni.transfer.tuned import Plan, Request, base_rate, head_rate, new_head, place_head, run_plan

EPOCHS = 60
# What the uppermost block learns at, in shares of the new head's rate, and what each block takes of the one above.
UPPERMOST, DECAY = 0.3, 0.5


@dataclass(frozen=True)
class Layerwise:
    """Train a new head and the whole network at once, at learning rates that halve from block to block.

    Args:
        views: taps and sizes to choose from for the head; none leaves the proposal to the backbone.
        settings: of the training.

    >>> Layerwise().settings.optimizer
    'adam'
    """

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
        """Train everything at rates that fall with depth; see `teni.transfer.strategy.Strategy`.

        Raises:
            TeniError: data that cannot be trained on, or a tap that the backbone does not have.
        """
        started = time.perf_counter()
        request = Request(dataset, split, backbone, seed, budget, checkpoints, on_progress)
        place = place_head(request, self.views, self.settings)
        network = new_head(request, place)
        top, *below = blocks_from_the_top(network)
        rates = dict.fromkeys(top, head_rate(network, dataset.task))
        for depth, block in enumerate(below):
            rates |= dict.fromkeys(block, UPPERMOST * DECAY**depth)
        rate, epochs = base_rate(self.settings), self.settings.epochs or EPOCHS
        plan = Plan(network, (Phase("everything", rates, epochs, rate, warmup=1.0),), place, "pretrained")
        return run_plan(request, self.settings, plan, {"choosing": time.perf_counter() - started})
