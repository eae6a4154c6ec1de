"""The control: the same network from a random start. Did transfer help at all?"""

import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import keras

from teni.backbones import Backbone
from teni.backbones.initial import clone_network
from teni.data import Dataset, Split
from teni.features import Projection, View
from teni.progress import OnProgress, silent
from teni.task import measure_name
from teni.training import Budget, Phase, TrainingSettings
from teni.transfer.network import HEAD
from teni.transfer.probe import Place
from teni.transfer.strategy import Fitted
from teni.transfer.tuned import Plan, Request, base_rate, head_rate, new_head, run_plan

EPOCHS = 100
# Keras's own 0.99 takes hundreds of steps until what a batch norm says at inference is what it said in training.
MOMENTUM = 0.9


@dataclass(frozen=True)
class Scratch:
    """Train the network from random weights, batch norms on each batch's statistics, each image standardised.

    Args:
        views: where the head sits, the last of them counts, the deepest; none puts it on the end of the network.
        settings: of the training.

    >>> Scratch().settings.batch
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
        """Train from random weights, drawn from the seed; see `teni.transfer.strategy.Strategy`.

        Raises:
            TeniError: data that cannot be trained on, or a tap that the backbone does not have.
        """
        started = time.perf_counter()
        request = Request(dataset, split, backbone, seed, budget, checkpoints, on_progress)
        mirror = "halves" if self.settings.augment.flip else None
        view = self.views[-1] if self.views else View(backbone.size, backbone.model.operations[-1].name)
        said = {"center": mirror, f"validation_{measure_name(dataset.task)}": {}}
        place = Place(view, mirror, Projection(None, 1.0), said)
        fresh = replace(backbone, model=clone_network(backbone.model, backbone.size, seed=seed))
        network = new_head(replace(request, backbone=fresh), place, standardise=True)
        for layer in network.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.momentum = min(layer.momentum, MOMENTUM)
        learned = [layer.name for layer in network.layers if layer.weights]
        rates = {name: head_rate(network, dataset.task) if name == HEAD else 1.0 for name in learned}
        rate, epochs = base_rate(self.settings), self.settings.epochs or EPOCHS
        phase = Phase("from scratch", rates, epochs, rate, warmup=1.0, norms="batch")
        plan = Plan(network, (phase,), place, "random")
        return run_plan(request, self.settings, plan, {"choosing": time.perf_counter() - started})
