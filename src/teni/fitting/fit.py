"""Fit, evaluate, and put together what a run folder holds."""

import platform
import resource
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from teni.backbones import Backbone, weights_fingerprint
from teni.data import Dataset, Split, check_overlap, require_labels, summary
from teni.data.counted import counted
from teni.errors import TeniError
from teni.features import extract
from teni.progress import OnProgress, silent
from teni.run import Pictures, Run, choose_examples, make_pictures, predictions_table
from teni.task import Targets, evaluate, image_errors, labelled, mean_prediction, task_record, words
from teni.training import Budget
from teni.transfer import Fitted, Strategy
from teni.transfer.strategy import EARLIER

Predictions = NDArray[np.float64]

# How many images the saved model and its fast form are compared on.
PARITY_IMAGES = 8


def fit(
    dataset: Dataset,
    split: Split,
    backbone: Backbone,
    strategy: Strategy,
    *,
    test: Dataset | None = None,
    seed: int = 0,
    budget: Budget = Budget(),
    checkpoints: Path | None = None,
    on_progress: OnProgress = silent,
) -> tuple[keras.Model, Run]:
    """Fit a model by one strategy, measure it on people it has not seen, and write nothing but checkpoints.

    Args:
        dataset: images with targets.
        split: of the data set; its test rows are predicted only.
        backbone: the pretrained network.
        strategy: how to transfer.
        test: another data set to test on, in place of the split's test rows.
        seed: of everything random.
        budget: the most to spend on training.
        checkpoints: a folder where training keeps its state, to go on from; None keeps none.
        on_progress: told how far the fit has come.

    Returns:
        The model, raw ``uint8`` images to pixels or probabilities, and the run that `save_run` writes.

    Raises:
        TeniError: the data cannot be learned from, or the test set has images of another size, other keypoints or
            other classes.
    """
    started = time.perf_counter()
    require_labels(dataset)
    if test is not None:
        _require_alike(dataset, test)
    weights = weights_fingerprint(backbone)  # before anything is trained
    fitted = strategy.fit(
        dataset,
        split,
        backbone,
        seed=seed,
        budget=budget,
        checkpoints=checkpoints,
        on_progress=on_progress,
    )
    seconds = dict(fitted.seconds)
    mark = time.perf_counter()
    held_out = dataset.take(split.rows("test")) if test is None else test
    predicted = predict_points(fitted.model, held_out.images, on_progress) if len(held_out) else None
    parity = _parity(fitted.model, (held_out if len(held_out) else dataset).images, predicted)
    learned = dataset.take(fitted.rows)
    mean = mean_prediction(_labels(dataset)[split.parts != "test"], dataset.task)
    metrics, tables, examples = _measure(fitted, learned, held_out, predicted, mean, seed)
    pictures = _pictures(learned, fitted.predicted, held_out, predicted)
    seconds["evaluation"] = time.perf_counter() - mark
    metrics["cost"] = {
        "seconds": time.perf_counter() - started + seconds.get(EARLIER, 0.0),
        "peak_rss_mb": _peak_rss_mb(),
    }
    about = _about(dataset, split, backbone, fitted, seed, mean)
    about["_".join(filter(None, ("parity", words(dataset.task).unit.strip())))] = parity
    about["cost"] = {**metrics["cost"], "parameters": fitted.parameters, "steps": seconds}
    about["fingerprints"] |= {"test": held_out.fingerprint if len(held_out) else None, "weights": weights}
    about["notes"] = [*dataset.notes, *split.notes, *backbone.notes, *fitted.notes]
    if test is not None and metrics["test"] and not metrics["test"]["subjects_known"]:
        about["notes"].append(
            "Nobody said who the test images show: its intervals take each image for a subject of its own and "
            "are narrower than they should be; --test-subjects says who they show."
        )
    if test is not None:
        about["notes"] += [*test.notes, *check_overlap(dataset, test).notes()]
        if aside := len(split.rows("test")):
            about["notes"].append(
                f"{counted(aside, 'image')} of the data that the split keeps for a test neither learned from nor "
                "measured on: another test set was given."
            )
    return fitted.model, Run(
        about=about,
        metrics=metrics,
        history=fitted.history,
        learning_curve=fitted.learning_curve,
        split=_split_table(dataset, split),
        predictions=pd.concat(tables, ignore_index=True),
        examples=examples,
        curves=fitted.curves,
        pictures=pictures,
    )


def predict_points(
    model: keras.Model, images: NDArray[np.uint8], on_progress: OnProgress = silent
) -> Predictions:
    """Run a model over images in the quickest form that this machine has.

    Args:
        model: raw ``uint8 (N, H, W, C)`` images to ``(N, K, 2)`` pixels or ``(N, C)`` probabilities.
        images: the images.
        on_progress: told how many images are done.
    """
    return extract(model, images, mirror=False, on_progress=on_progress)[0][0].astype(np.float64)


def _require_alike(dataset: Dataset, test: Dataset) -> None:
    """Refuse a test set that the model could not be measured on."""
    here, there = test.images.shape[1:], dataset.images.shape[1:]
    if here != there:
        raise TeniError(
            f"the test images are {here[1]}x{here[0]} pixels with {here[2]} channels, the training images "
            f"{there[1]}x{there[0]} with {there[2]}; expected the same"
        )
    if test.targets is not None and test.task.names != dataset.task.names:
        raise TeniError(
            f"the test set has the {words(test.task).things} {', '.join(test.task.names)}, the training set "
            f"{', '.join(dataset.task.names)}; expected the same in the same order"
        )


def _labels(data: Dataset) -> Targets:
    if data.targets is None:
        raise TeniError("the data have no labels to learn from; give a training file, not a test file")
    return data.targets


def _parity(model: keras.Model, images: NDArray[np.uint8], predicted: Predictions | None) -> float:
    """Return the largest difference (pixels, probability) between the model as Keras runs it and as measured."""
    some = images[:PARITY_IMAGES]
    measured = predict_points(model, some) if predicted is None else predicted[:PARITY_IMAGES]
    return float(np.abs(np.asarray(model.predict_on_batch(some)) - measured).max())


def _measure(
    fitted: Fitted,
    learned: Dataset,
    held_out: Dataset,
    predicted: Predictions | None,
    mean: Predictions,
    seed: int,
) -> tuple[dict[str, Any], list[pd.DataFrame], Any]:
    """Evaluate the honest predictions on the training rows and those on the test rows."""
    task, truth = learned.task, _labels(learned)
    metrics: dict[str, Any] = {
        "test": None,
        "validation": evaluate(fitted.predicted, truth, task, learned.subjects, mean, seed),
    }
    tables = [predictions_table("validation", learned.ids, learned.subjects, fitted.predicted, truth, task)]
    shown, part = (learned, fitted.predicted, truth), "validation"
    if predicted is not None:
        tables.append(
            predictions_table("test", held_out.ids, held_out.subjects, predicted, held_out.targets, task)
        )
        if held_out.targets is not None and labelled(held_out.targets, task).any():
            metrics["test"] = evaluate(predicted, held_out.targets, task, held_out.subjects, mean, seed)
            shown, part = (held_out, predicted, held_out.targets), "test"
    data, found, target = shown
    # Given all images, which may stand in a file, it reads those that it chooses.
    examples = choose_examples(part, data.ids, data.subjects, data.images, found, target, task)
    return metrics, tables, examples


def _pictures(
    learned: Dataset, validated: Predictions, held_out: Dataset, predicted: Predictions | None
) -> Pictures | None:
    """Keep small pictures of all images that were measured, in the order of the table of predictions."""
    parts = [(learned, validated)] + ([] if predicted is None else [(held_out, predicted)])
    errors = [
        np.full(len(data), np.nan) if data.targets is None else image_errors(found, data.targets, data.task)
        for data, found in parts
    ]
    return make_pictures([data.images for data, _ in parts], np.concatenate(errors))


def _about(
    dataset: Dataset,
    split: Split,
    backbone: Backbone,
    fitted: Fitted,
    seed: int,
    mean: Predictions,
) -> dict[str, Any]:
    counts = summary(dataset)
    return {
        "teni": metadata.version("teni"),
        "kind": "fit",
        "seed": seed,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": versions(),
        "task": task_record(dataset.task),
        "fingerprints": {"data": dataset.fingerprint, "split": split.fingerprint},
        "data": {
            "rows": counts.rows,
            "subjects": counts.subjects,
            "complete": None if counts.labels is None else counts.labels.complete,
            "near_duplicates": counts.duplicate_rows,
        },
        "backbone": backbone.name,
        "licence": backbone.licence,
        "load_report": _load_report(backbone),
        "mean_prediction": mean.tolist(),
        **fitted.about,
    }


def _peak_rss_mb() -> float:
    """The most memory that this process has held so far, in MB of 1,048,576 bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)  # macOS counts bytes, Linux kilobytes


def _load_report(backbone: Backbone) -> list[dict[str, Any]]:
    report = backbone.load_report
    return [] if report is None else report.as_dict()["rows"]


def versions() -> Mapping[str, str]:
    """List the versions of what a result depends on."""
    packages: Sequence[str] = ("keras", "jax", "numpy", "scipy")
    found = {package: metadata.version(package) for package in packages}
    return {
        "python": platform.python_version(),
        "backend": keras.config.backend(),
        **found,
        "platform": f"{sys.platform} {platform.machine()}",
    }


def _split_table(dataset: Dataset, split: Split) -> pd.DataFrame:
    subjects = split.groups.astype(str) if dataset.subjects is None else dataset.subjects
    columns = {"id": dataset.ids, "group": subjects, "part": split.parts}
    return pd.DataFrame(columns | {"fingerprint": split.data[:16]})
