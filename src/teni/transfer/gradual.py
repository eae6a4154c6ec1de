"""Unfreeze a network from the top, block by block."""

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
# What pretrained layers learn at, and a head that has learned, in shares of a new head's rate.
PRETRAINED, LEARNED = 0.1, 0.3


@dataclass(frozen=True)
class Gradual:
    """Train a new head, then with it the uppermost block, then one more, down to the image (Howard and Ruder, 2018).

    Each phase takes the same number of epochs, the last one twice as many.

    Args:
        views: taps and sizes to choose from for the head; none leaves the proposal to the backbone.
        settings: of the training.

    >>> Gradual().views
    ()
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
        """Unfreeze block after block; see `teni.transfer.strategy.Strategy`.

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
        each = max(1, round(epochs / (len(below) + 2)))
        phases = [Phase("head", dict.fromkeys(top, head), each, rate)]
        for count in range(1, len(below) + 1):
            rates = {name: PRETRAINED for block in below[:count] for name in block}
            rates |= dict.fromkeys(top, LEARNED * head)
            last = count == len(below)
            phases.append(Phase(f"{count} blocks", rates, each * (2 if last else 1), rate, warmup=0.5))
        plan = Plan(network, tuple(phases), place, "pretrained")
        return run_plan(request, self.settings, plan, {"choosing": time.perf_counter() - started})
