"""A dense head trained on stored features: the backbone runs once over every image and its mirror image."""

import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd

from teni.backbones import Backbone
from teni.data import Dataset, Split
from teni.data.split import Part
from teni.errors import TeniError
from teni.features import View, extract
from teni.progress import OnProgress, silent
from teni.task import FlipCenter, Keypoints, Targets, labelled, measure_name
from teni.training import Budget
from teni.training.heads import Job, MlpSettings, TrainedHead, train_heads
from teni.transfer.check import check_labels
from teni.transfer.head_features import HeadFeatures, head_features
from teni.transfer.head_labels import head_data, head_error
from teni.transfer.head_model import head_model
from teni.transfer.learning_curve import curve_columns
from teni.transfer.strategy import EARLIER, Fitted

WHOLE = "head"


@dataclass(frozen=True)
class Mlp:
    """Train dense layers on the features of one view, with the weights that were best on the validation rows.

    Args:
        view: where the features are taken.
        settings: the recipe.
        center: where the mirror's axis lies; None learns from no mirror images. Classes are always learned without:
            a mirrored digit is another one, and validation would have to train twice to tell.

    >>> Mlp(View((96, 96), "conv_pw_5_relu")).settings.epochs
    300
    """

    view: View
    settings: MlpSettings = field(default_factory=MlpSettings)
    center: FlipCenter | None = "halves"

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
        """Train one head for everything; see `teni.transfer.strategy.Strategy`.

        A budget ends training sooner, and leaves the learning rates as they were planned. State is written at
        most every five seconds (an epoch may take a tenth of one), and at the end.

        Raises:
            TeniError: no targets, a keypoint without a label to learn from, fewer than two classes, no validation
                rows, a split of other data, or features that are not finite numbers.
        """
        everything = {WHOLE: tuple(range(len(dataset.task.names)))}
        return self.fit_groups(
            dataset,
            split,
            backbone,
            everything,
            seed=seed,
            budget=budget,
            checkpoints=checkpoints,
            on_progress=on_progress,
        )

    def fit_groups(
        self,
        dataset: Dataset,
        split: Split,
        backbone: Backbone,
        groups: Mapping[str, Sequence[int]],
        *,
        seed: int,
        budget: Budget = Budget(),
        checkpoints: Path | None = None,
        on_progress: OnProgress = silent,
    ) -> Fitted:
        """Train one head for each group of keypoints, side by side on the same features.

        Args:
            dataset: images with targets.
            split: with validation rows.
            backbone: the network.
            groups: a name for each group, and positions of its keypoints.
            seed: the same for each group.
            budget: seconds for all groups together, epochs for each.
            checkpoints: a folder; several groups get one below it each.
            on_progress: told how far the fit has come.

        Raises:
            TeniError: see `fit`.
        """
        work = _Work(self, dataset, split, backbone, on_progress)
        targets = work.check()
        train = _labelled(dataset, targets, split, "train")
        validation = _labelled(dataset, targets, split, "validation")
        with work.step("features"):
            images = dataset.images
            mirror = work.center is not None
            features = head_features(
                backbone, self.view, images[train], images[validation], mirror=mirror, on_progress=on_progress
            )
        jobs = work.jobs(targets[train], targets[validation], groups, checkpoints)
        with work.step("training"):
            heads = train_heads(
                features.train,
                features.validation,
                jobs,
                self.settings,
                seed=seed,
                budget=budget,
                on_progress=on_progress,
            )
        if earlier := sum(head.earlier for head in heads):
            work.seconds[EARLIER] = earlier
        return work.hand_over(features, groups, jobs, heads)


@dataclass
class _Work:
    """One fit under way; keeps what its steps share."""

    plan: Mlp
    data: Dataset
    split: Split
    backbone: Backbone
    on_progress: OnProgress
    seconds: dict[str, float] = field(default_factory=dict[str, float])

    @property
    def center(self) -> FlipCenter | None:
        """Where the mirror's axis lies; None where no mirror images are learned from."""
        return self.plan.center if isinstance(self.data.task, Keypoints) else None

    @contextmanager
    def step(self, name: str) -> Generator[None]:
        """Take the time of a step."""
        started = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started

    def check(self) -> Targets:
        """Refuse what cannot be learned from."""
        targets, task = self.data.targets, self.data.task
        if self.split.data != self.data.fingerprint:
            raise TeniError("the split was made for other data (its fingerprint differs); split these data")
        if targets is None:
            raise TeniError("the data have no labels to learn from; give a training file, not a test file")
        uses: dict[Part, str] = {"train": "learn from", "validation": "choose the weights by"}
        for part, use in uses.items():
            if not labelled(targets[self.split.rows(part)], task).any():
                raise TeniError(
                    f"a trained head needs labelled {part} rows to {use}; the split has none, make another"
                )
        check_labels(targets[self.split.rows("train")], task)
        return targets

    def jobs(
        self,
        train: Targets,
        validation: Targets,
        groups: Mapping[str, Sequence[int]],
        checkpoints: Path | None,
    ) -> list[Job]:
        """Write down each head that is to be trained."""
        task, found = self.data.task, list[Job]()
        for name, own in groups.items():
            data = head_data(train, validation, task, own, self.center)
            if not len(data.validation_rows):
                raise TeniError(f"no validation image has a label for {name} to choose the weights by")
            folder = checkpoints if checkpoints is None or len(groups) == 1 else checkpoints / name
            found.append(Job(name, data, lambda outputs, data=data: head_error(outputs, data, task), folder))
        return found

    def hand_over(
        self,
        features: HeadFeatures,
        groups: Mapping[str, Sequence[int]],
        jobs: Sequence[Job],
        heads: Sequence[TrainedHead],
    ) -> Fitted:
        """Put the heads on their backbone and write down what was done."""
        with self.step("assembling"):
            parts = [
                (name, own, head.weights) for (name, own), head in zip(groups.items(), heads, strict=True)
            ]
            model = head_model(self.data.task, self.data.images.shape[3], self.backbone, features, parts)
        rows = self.split.rows("validation")
        with self.step("predicting"):
            predicted = _predict(model, self.data, rows)
        trained = sum(w.size for head in heads for w in head.weights)
        curves = pd.concat([head.curves for head in heads], ignore_index=True)
        curve = pd.DataFrame(columns=list(curve_columns(self.data.task)))
        about = self._about(features, jobs, heads)
        return Fitted(
            model,
            rows,
            predicted,
            self._history(jobs, heads),
            curve,
            about,
            self.seconds,
            self._notes(jobs, heads),
            curves,
            trained,
        )

    def _about(
        self, features: HeadFeatures, jobs: Sequence[Job], heads: Sequence[TrainedHead]
    ) -> dict[str, Any]:
        view = self.plan.view
        return {
            "choice": {
                "taps": [view.tap],
                "size": list(view.size),
                "views": [{"tap": view.tap, "size": list(view.size)}],
                "kernel": "mlp",
                "channels_kept": [round(features.projection.kept, 4)],
                "anchors": [],
                "images": len(features.train) // (1 if self.center is None else 2),
                "heads": [
                    {
                        "name": job.name,
                        "rows": len(job.data.rows),
                        "epochs": len(head.curves),
                        "best_epoch": head.best,
                    }
                    for job, head in zip(jobs, heads, strict=True)
                ],
            },
            "flip": {"center": self.center, f"validation_{measure_name(self.data.task)}": {}},
            "compression": None,
        }

    def _history(self, jobs: Sequence[Job], heads: Sequence[TrainedHead]) -> pd.DataFrame:
        """Write one row a head: its best epoch stands in the place of a lambda."""
        view = self.plan.view
        return pd.DataFrame(
            [
                {
                    "stage": "final" if len(jobs) == 1 else job.name,
                    "size": f"{view.size[1]}x{view.size[0]}",
                    "taps": view.tap,
                    "kernel": "mlp",
                    "lambda": float(head.best),
                    measure_name(self.data.task): _kept_error(head),
                    "chosen": True,
                }
                for job, head in zip(jobs, heads, strict=True)
            ]
        )

    def _notes(self, jobs: Sequence[Job], heads: Sequence[TrainedHead]) -> tuple[str, ...]:
        said = [] if self.center is None else ["Mirror images were learned from."]
        for job, head in zip(jobs, heads, strict=True):
            which = "The head" if len(jobs) == 1 else f"The head of {job.name}"
            if not np.isfinite(head.curves["loss"]).all():
                said.append(
                    f"{which} went astray (its loss is no number any more): lower its learning rates."
                )
            else:
                said.append(
                    f"{which} was trained for {len(head.curves)} epochs; the weights of epoch {head.best} were "
                    "best on the validation rows, whose error is a little too good for that."
                )
        return tuple(said)


def _kept_error(head: TrainedHead) -> float:
    """Return the validation error of the weights that were kept: those of the lowest loss, in the network's units."""
    return float(head.curves["validation_error"].iloc[head.best - 1]) if head.best else float("nan")


def _labelled(data: Dataset, targets: Targets, split: Split, part: Part) -> Any:
    rows = split.rows(part)
    return rows[labelled(targets[rows], data.task)]


def _predict(model: keras.Model, data: Dataset, rows: Any) -> Any:
    return extract(model, data.images[rows], mirror=False)[0][0].astype(np.float64)
