"""Solve the head in closed form, then tune it and all that lies below it, gently."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from teni.backbones import Backbone
from teni.data import Dataset, Split
from teni.features import View
from teni.progress import OnProgress, silent
from teni.training import Budget, Phase, TrainingSettings, training_data
from teni.transfer.blocks import blocks_from_the_top
from teni.transfer.network import set_head, with_head
from teni.transfer.probe import choose_place, solve_probe, training_material
from teni.transfer.strategy import Fitted
from teni.transfer.tuned import Plan, Request, base_rate, head_rate, run_plan

EPOCHS = 24
# On real faces, twelve epochs below MobileNet's conv_pw_11 took ridge's 1.81 px on validation people to 1.53.
# What the solved head and the uppermost block learn at, in shares of a new head's rate, and what each block takes of
# the one above.
SOLVED, UPPERMOST, DECAY = 0.15, 0.3, 0.85


@dataclass(frozen=True)
class ProbeThenTune:
    """Begin with the ridge head of the best tap, and tune it and everything below gently (Kumar et al., 2022).

    A head that is new sends large gradients through layers that were right; one that is solved does not. The
    weights that are kept are the best on the validation rows, those of the start among them.

    Args:
        views: taps and sizes to choose from for the head; none leaves the proposal to the backbone.
        settings: of the training.

    >>> ProbeThenTune().settings.augment.flip
    True
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
        """Solve a head, then tune everything; see `teni.transfer.strategy.Strategy`.

        Raises:
            TeniError: data that cannot be trained on, or a tap that the backbone does not have.
        """
        started = time.perf_counter()
        request = Request(dataset, split, backbone, seed, budget, checkpoints, on_progress)
        data = training_data(dataset, split)
        material = training_material(dataset, split, backbone, seed, on_progress)
        place = choose_place(material, self.views, self.settings.augment.flip)
        kernel, bias = solve_probe(material, place)
        network = with_head(
            backbone, place.view, data.images, data.targets, data.task, projection=place.projection, flat=True
        )
        set_head(network, kernel, bias, place.projection)
        top, *below = blocks_from_the_top(network)
        rates = dict.fromkeys(top, SOLVED * head_rate(network, dataset.task))
        for depth, block in enumerate(below):
            rates |= dict.fromkeys(block, UPPERMOST * DECAY**depth)
        rate, epochs = base_rate(self.settings), self.settings.epochs or EPOCHS
        phase = Phase("everything", rates, epochs, rate, warmup=1.0)
        plan = Plan(network, (phase,), place, "pretrained, head solved by ridge")
        return run_plan(request, self.settings, plan, {"choosing": time.perf_counter() - started})
