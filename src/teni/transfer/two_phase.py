"""Train a new head first, and then everything."""

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
# The share of the epochs in which the head learns alone.
ALONE = 0.25
# What pretrained layers learn at, and a head that has learned, in shares of a new head's rate.
PRETRAINED, LEARNED = 0.1, 0.3


@dataclass(frozen=True)
class TwoPhase:
    """Train a new head on the frozen network, then the head and the whole network below it.

    Args:
        views: taps and sizes to choose from for the head; none leaves the proposal to the backbone.
        settings: of the training.

    >>> TwoPhase().settings.batch
    32
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
        """Train the head, then everything; see `teni.transfer.strategy.Strategy`.

        Raises:
            TeniError: data that cannot be trained on, or a tap that the backbone does not have.
        """
        started = time.perf_counter()
        request = Request(dataset, split, backbone, seed, budget, checkpoints, on_progress)
        place = place_head(request, self.views, self.settings)
        network = new_head(request, place)
        top, *below = blocks_from_the_top(network)
        head, rate, epochs = (
            head_rate(network, dataset.task),
            base_rate(self.settings),
            self.settings.epochs or EPOCHS,
        )
        first = max(1, round(ALONE * epochs))
        alone = Phase("head", dict.fromkeys(top, head), first, rate)
        rates = {name: PRETRAINED for block in below for name in block}
        rates |= dict.fromkeys(top, LEARNED * head)
        both = Phase("everything", rates, max(1, epochs - first), rate, warmup=1.0)
        plan = Plan(network, (alone, both), place, "pretrained")
        return run_plan(request, self.settings, plan, {"choosing": time.perf_counter() - started})
