"""What all strategies that train share: from data, network and phases to what a strategy hands over."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd

from teni.backbones import Backbone
from teni.data import Dataset, Split
from teni.features import View
from teni.progress import OnProgress, Progress, silent
from teni.task import Keypoints, Task, labelled, measure_name
from teni.training import Budget, Phase, Trained, TrainingSettings, flips_only, train, training_data
from teni.transfer.learning_curve import curve_columns
from teni.transfer.network import HEAD, hand_over, with_head
from teni.transfer.probe import Place, choose_place, training_material
from teni.transfer.rate import find_rate
from teni.transfer.strategy import EARLIER, Fitted

# What a learning rate is meant for: a head on so many features. On more of them, a step of Adam moves further.
USUAL_FEATURES = 1024
ADAM_RATE, SGD_RATE = 1e-3, 0.03
# Logits range over several units, keypoints over some tenths of one.
LOGITS = 4.0


@dataclass(frozen=True, eq=False)
class Request:
    """What a strategy was asked to fit; see `teni.transfer.strategy.Strategy.fit`."""

    dataset: Dataset
    split: Split
    backbone: Backbone
    seed: int
    budget: Budget
    checkpoints: Path | None
    on_progress: OnProgress


@dataclass(frozen=True, eq=False)
class Plan:
    """What a strategy decided before training.

    Args:
        network: with its head, from `teni.transfer.network.with_head`.
        phases: of its training.
        place: where the head sits.
        settings: of the training.
        start: what the first weights are, in a few words.
    """

    network: keras.Model
    phases: tuple[Phase, ...]
    place: Place
    settings: TrainingSettings
    start: str


# Decides, given taps and sizes to choose from for the head, on network and phases.
Design = Callable[[Request, Sequence[View], TrainingSettings], Plan]


@dataclass(frozen=True)
class Tuned:
    """A strategy that trains a network with a new head, as its design says.

    Args:
        design: `freeze_below`, `two_phase`, `gradual`, `layerwise`, `probe_then_tune`, `scratch`, or your own.
        views: taps and sizes to choose from for the head; none leaves the proposal to the backbone.
        settings: of the training.

    >>> from teni.transfer import two_phase
    >>> Tuned(two_phase).settings.batch
    32
    """

    design: Design
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
        """Plan, then train; see `teni.transfer.strategy.Strategy`.

        Raises:
            TeniError: data that cannot be trained on, or a layer that the backbone does not have.
        """
        started = time.perf_counter()
        request = Request(dataset, split, backbone, seed, budget, checkpoints, on_progress)
        plan = self.design(request, self.views, self.settings)
        return run_plan(request, plan, {"choosing": time.perf_counter() - started})


def place_head(request: Request, views: Sequence[View], settings: TrainingSettings) -> Place:
    """Choose where a new head sits, by ridge on the training rows."""
    training_data(request.dataset, request.split)  # refuse what cannot be trained on before any work
    material = training_material(
        request.dataset, request.split, request.backbone, request.seed, request.on_progress
    )
    return choose_place(material, views, settings.augment.flip)


def new_head(request: Request, place: Place, *, untrained: bool = False) -> keras.Model:
    """Put a new head on a copy of the backbone; see `teni.transfer.network.with_head`."""
    data = training_data(request.dataset, request.split)
    return with_head(request.backbone, place.view, data.images, data.targets, data.task, untrained=untrained)


def base_rate(settings: TrainingSettings) -> float:
    """Return the learning rate that a phase's rates multiply.

    >>> base_rate(TrainingSettings()), base_rate(TrainingSettings(learning_rate=0.5))
    (0.001, 0.5)
    """
    usual = ADAM_RATE if settings.optimizer == "adam" else SGD_RATE
    given = settings.learning_rate
    return usual if given is None or given == "find" else given


def head_rate(network: keras.Model, task: Task) -> float:
    """Return what the head's learning rate is multiplied by, so that a step moves its output alike for any tap.

    >>> from teni.task import Classes
    >>> x = keras.Input((16384,))
    >>> net = keras.Model(x, keras.layers.Dense(2, name="head")(x))
    >>> head_rate(net, Classes(("cat", "dog"), 4, 4))
    1.0
    """
    features = next(layer for layer in network.layers if layer.name == HEAD).kernel.shape[0]
    wide = 1.0 if isinstance(task, Keypoints) else LOGITS
    return wide * float(np.sqrt(USUAL_FEATURES / features))


def run_plan(request: Request, plan: Plan, seconds: dict[str, float]) -> Fitted:
    """Train, and put together what a strategy hands over.

    Args:
        request: what is asked for.
        plan: what was decided.
        seconds: what was spent on deciding.
    """
    mirror, view, settings = plan.place.mirror, plan.place.view, plan.settings
    if mirror is None:
        settings = replace(settings, augment=replace(settings.augment, flip=False))
    data = training_data(request.dataset, request.split, mirror or "halves")
    phases, budget, tested = plan.phases, request.budget, None
    started = time.perf_counter()
    if settings.learning_rate == "find":
        request.on_progress(Progress("range test", 0, 1))
        tested = find_rate(plan.network, data, phases, settings, seed=request.seed)
        phases, spent = tested.phases, time.perf_counter() - started
        seconds, budget = {**seconds, "range test": spent}, budget.less(spent)
        request.on_progress(Progress("range test", 1, 1))
    started = time.perf_counter()
    trained = train(
        plan.network,
        data,
        phases,
        settings,
        seed=request.seed,
        budget=budget,
        checkpoints=request.checkpoints,
        on_progress=request.on_progress,
    )
    seconds = {**seconds, "training": time.perf_counter() - started}
    if trained.earlier:
        seconds[EARLIER] = trained.earlier
    model = hand_over(plan.network, data.task, mirror, request.dataset.images.shape[1:])
    rows = request.split.rows("validation")
    targets = request.dataset.targets
    if targets is not None:
        rows = rows[labelled(targets[rows], data.task)]
    about: dict[str, Any] = {
        "choice": {
            "taps": [view.tap],
            "size": list(view.size),
            "kernel": "trained",
            "start": plan.start,
            "phases": [phase.name for phase in phases],
            "learning_rate": phases[0].learning_rate,
            "epochs": len(trained.curves),
            "best_epoch": trained.best_epoch,
            "images": len(data.images),
        },
        "flip": plan.place.flip,
        "compression": None,
    }
    if tested is not None:
        about["range_tests"] = {phases[0].name: tested.about}
    notes = [*([] if tested is None else [tested.note]), *trained.notes]
    if mirror is not None:
        notes.append("Mirror images were learned from, and the model looks at each image both ways.")
    return Fitted(
        model,
        rows,
        trained.predicted,
        _history(trained, view, measure_name(data.task)),
        pd.DataFrame(columns=list(curve_columns(data.task))),
        about,
        seconds,
        tuple(notes),
        curves=trained.curves,
        parameters=trained.parameters,
    )


def frozen_settings(settings: TrainingSettings) -> TrainingSettings:
    """Return settings under which what is frozen runs once, its output stored: mirroring is all that is left.

    >>> frozen_settings(TrainingSettings()).augment.only_flips
    True
    """
    return replace(settings, augment=flips_only(settings.augment.flip))


def _history(trained: Trained, view: View, measure: str) -> pd.DataFrame:
    """Write down each epoch as something that was tried, the start before them; lambda is the epoch's number."""
    curves = trained.curves
    tried = [("start", 0, trained.start_error)]
    tried += list(zip(curves["phase"], curves["epoch"], curves["validation_error"], strict=True))
    size = f"{view.size[1]}x{view.size[0]}"
    rows = [
        [stage, size, view.tap, "trained", float(epoch), float(error), epoch == trained.best_epoch]
        for stage, epoch, error in tried
    ]
    return pd.DataFrame(rows, columns=["stage", "size", "taps", "kernel", "lambda", measure, "chosen"])
