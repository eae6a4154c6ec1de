"""Linear support vector machines on frozen features, as the first works on transfer had them."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from teni.backbones import Backbone
from teni.data import Dataset, Split
from teni.errors import TeniError
from teni.features import EXTRACTED, Projection, Source, View
from teni.progress import OnProgress, Progress, silent
from teni.task import FlipCenter, measure_name
from teni.training import Budget
from teni.transfer.assemble import dense, image_input, part_products
from teni.transfer.check import check_learnable
from teni.transfer.choosing import Candidates, Chosen, choose, screened
from teni.transfer.closed_form import MOST_IMAGES
from teni.transfer.compress import Reduced, reduce
from teni.transfer.labels import Labels, make_labels
from teni.transfer.learning_curve import curve_columns
from teni.transfer.material import Material, find_projections, take_parts
from teni.transfer.outputs import finish, output_layer
from teni.transfer.parts import Parts, inner_products
from teni.transfer.search import MOST_VIEWS
from teni.transfer.strategy import Fitted
from teni.transfer.svm_columns import Linear, Rows, fit_columns, left_out_scores, make_rows
from teni.transfer.threads import one_blas_thread
from teni.transfer.told import describe_flip, describe_views, history, mirror_notes

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]

COSTS = (0.01, 0.1, 1.0, 10.0, 100.0)
# Strongest components of the features, even and odd together: a machine a column and a fold is solved on them.
COMPONENTS = 512


@dataclass(frozen=True)
class Svm:
    """A linear machine for each class, or for each coordinate, on features of length 1 and their mirror images.

    Views and mirror images are chosen as ridge regression would, the cost of errors by cross-validation over
    subjects.

    Source: A. Sharif Razavian, H. Azizpour, J. Sullivan and S. Carlsson, CNN Features off-the-shelf: an Astounding
    Baseline for Recognition (2014).

    Args:
        views: taps and sizes to choose from.
        most_views: how many views may be put together; all are if None.
        centers: mirror axes to choose from; empty for no mirror images.
        costs: of errors, to choose from.
        source: where features come from.

    >>> Svm((View((96, 96), "conv_pw_5_relu"),)).costs[0]
    0.01
    """

    views: tuple[View, ...]
    most_views: int | None = MOST_VIEWS
    centers: tuple[FlipCenter, ...] = ("halves", "integers")
    costs: tuple[float, ...] = COSTS
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
        """Choose views and cost, solve every column; see `teni.transfer.strategy.Strategy`.

        Raises:
            TeniError: as for `teni.transfer.closed_form.ClosedForm.fit`.
        """
        del budget, checkpoints  # solved to the only optimum
        if split.data != dataset.fingerprint:
            raise TeniError("the split was made for other data (its fingerprint differs); split these data")
        if not self.views:
            raise TeniError(f"there is no tap to choose from; name a layer of {backbone.name}")
        rows = np.flatnonzero(split.parts != "test")
        material = Material(dataset.take(rows), split.groups[rows], backbone, seed, on_progress, self.source)
        with one_blas_thread():
            return _fit(self, material, rows)


def svm(
    views: tuple[View, ...], *, mirror: bool = True, sum_all: bool = False, source: Source = EXTRACTED
) -> Svm:
    """Make the strategy of support vector machines.

    Args:
        views: taps and sizes to choose from.
        mirror: whether mirror images are learned from (classes: where validation finds that better).
        sum_all: put all views together instead of choosing among them.
        source: where features come from.

    >>> svm((View((96, 96), "conv_pw_5_relu"),), mirror=False).centers
    ()
    """
    several_sizes = len({view.size for view in views}) > 1
    return Svm(
        views,
        None if sum_all else MOST_VIEWS + several_sizes,
        ("halves", "integers") if mirror else (),
        source=source,
    )


def _fit(plan: Svm, material: Material, rows: Ints) -> Fitted:
    started = time.perf_counter()
    targets, task = check_learnable(material.data, material.groups, MOST_IMAGES), material.data.task
    projections = find_projections(material, plan.views)
    candidates = Candidates(plan.views, ("linear",), plan.most_views, plan.centers)
    chosen = choose(candidates, material, targets, projections)
    choice = chosen.choice
    mirror = choice.center is not None
    seconds = {"choosing": time.perf_counter() - started}
    parts = take_parts(material, choice.views, projections, mirror)
    seconds["features"] = time.perf_counter() - started - sum(seconds.values())
    inner = inner_products(list(parts.values()))
    reduced = reduce(list(parts.values()), inner, COMPONENTS)
    features = make_rows(reduced.components)
    labels = make_labels(targets, task, choice.center or "halves", mirror)
    errors = _errors_by_cost(plan, material, features, labels)
    cost = min(errors, key=lambda each: errors[each])
    left_out = left_out_scores(features, labels, material.groups, task, cost, material.seed)
    error = labels.measure(labels.values[0], left_out, material.groups)
    done = finish(left_out + labels.middle, targets, task, material.groups)
    solved = fit_columns(features, labels, task, cost)
    solved = Linear(solved.weights, solved.bias + labels.middle)
    if done.calibration is not None:
        scale = done.calibration.scale
        solved = Linear(scale * solved.weights, scale * solved.bias + done.calibration.bias)
    seconds["solving"] = time.perf_counter() - started - sum(seconds.values())
    model = _assemble(material, projections, parts, reduced, solved)
    seconds["assembling"] = time.perf_counter() - started - sum(seconds.values())
    about: dict[str, Any] = {
        "choice": {
            **describe_views(choice, projections),
            "kernel": "svm",
            "lambda": 1 / cost,
            "components": features.values.shape[2],
            "anchors": [],
            "screening_images": chosen.images,
            "images": len(material.data),
        },
        "flip": describe_flip(choice, chosen.tried, task),
        "compression": None,
        **done.about,
    }
    curve = pd.DataFrame(
        [[len(np.unique(material.groups)), len(rows), error, error, error]], columns=list(curve_columns(task))
    )
    return Fitted(
        model,
        rows,
        done.predicted,
        _history(chosen, material, errors, cost, error),
        curve,
        about,
        seconds,
        (*mirror_notes(about["flip"], task), *done.notes),
        parameters=solved.weights.size + solved.bias.size,
    )


def _errors_by_cost(plan: Svm, material: Material, features: Rows, labels: Labels) -> dict[float, float]:
    """Measure each cost on some of the subjects."""
    if len(plan.costs) == 1:
        return {plan.costs[0]: float("nan")}
    some = screened(material)
    rows, known, groups = features.take(some), labels.take(some), material.groups[some]
    errors: dict[float, float] = {}
    for i, cost in enumerate(plan.costs):
        found = left_out_scores(rows, known, groups, material.data.task, cost, material.seed)
        errors[cost] = known.measure(known.values[0], found, groups)
        material.on_progress(Progress("cost of errors", i + 1, len(plan.costs)))
    return errors


def _history(
    chosen: Chosen, material: Material, errors: Mapping[float, float], cost: float, error: float
) -> pd.DataFrame:
    """Write down the search for views, the costs on the screening images, and what was taken, on all images."""
    found = history(chosen.tried, material.data.task)
    shown = history([chosen.final(error)], material.data.task).iloc[0].to_dict() | {"kernel": "svm"}
    name = measure_name(material.data.task)
    rows = [
        shown | {"stage": "cost", "lambda": 1 / each, name: errors[each], "chosen": False}
        for each in errors
        if len(errors) > 1
    ]
    rows.append(shown | {"lambda": 1 / cost})
    made = pd.DataFrame(rows)
    return pd.concat([found, made], ignore_index=True) if len(found) else made


def _assemble(
    material: Material,
    projections: Mapping[View, Projection],
    parts: Mapping[View, Parts],
    reduced: Reduced,
    solved: Linear,
) -> keras.Model:
    """Build the model: features, components, length 1, one linear layer."""
    task = material.data.task
    image = image_input(task, material.data.images.shape[3])
    products = part_products(image, material.backbone, projections, parts, reduced.bases)
    together = keras.layers.Concatenate()(products) if len(products) > 1 else products[0]
    unit = keras.layers.UnitNormalization(name="length_1")(together)
    columns = dense(unit, solved.weights, solved.bias, "machines")
    return keras.Model(image, output_layer(columns, task), name="teni")
