"""The images that an export is checked, calibrated and measured on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from teni.card import is_solved
from teni.data import Dataset
from teni.errors import TeniError
from teni.prediction import matching_targets
from teni.run import Run, predictions_arrays
from teni.task import Keypoints, Targets, labelled

CALIBRATE = 200  # images; more change the ranges of activations little
MEASURE = 500
_OTHER = "images of the data given, which are not those of the fit"
_SEEN = ", which it learned from: look at the difference, not at the error"


@dataclass(frozen=True, eq=False)
class Rows:
    """Images for an export.

    Args:
        calibrate: ``uint8 (M, H, W, C)``, to learn the ranges of activations from.
        images: ``uint8 (N, H, W, C)``, to measure on.
        targets: of these.
        told: which images these are, as the end of a sentence.
    """

    calibrate: NDArray[np.uint8]
    images: NDArray[np.uint8]
    targets: Targets
    told: str


def rows_of(run: Run, dataset: Dataset | None, seed: int) -> Rows:
    """Choose the images: what validated or tested the run to measure on, what it learned from to calibrate with.

    Args:
        run: what is exported.
        dataset: labelled images; None takes the examples that the run folder keeps.
        seed: of the draw where there are more than are needed.

    Raises:
        TeniError: the data are of another size, or have no label that the run knows.
    """
    examples = run.examples
    if dataset is None:
        part = "/".join(sorted(set(examples.parts.tolist())))
        told = f"the {len(examples)} examples of its {part} images that the run folder keeps"
        told += _SEEN if is_solved(run) and "validation" in part else ""
        return Rows(examples.images, examples.images, examples.truth, told)
    if dataset.images.shape[1:] != examples.images.shape[1:]:
        here, there = ("x".join(map(str, each.shape[1:])) for each in (dataset.images, examples.images))
        raise TeniError(
            f"--data: images of {here}, the model takes {there}; give images like those it learned from"
        )
    targets, _ = matching_targets(dataset, run.task)
    parts = _parts(run, dataset, targets)
    known = labelled(targets, run.task)
    if parts is None:
        measured, learned, told = np.flatnonzero(known), np.zeros(0, np.intp), _OTHER
    else:
        part = _part_to_measure(parts[known], solved=is_solved(run))
        seen = part == "train" or (part == "validation" and is_solved(run))
        measured, learned = np.flatnonzero(known & (parts == part)), np.flatnonzero(parts == "train")
        told = f"{part} images of the run{_SEEN if seen else ''}"
    measured, learned = _some(measured, MEASURE, seed), _some(learned, CALIBRATE, seed)
    calibrate = dataset.images[learned] if len(learned) else examples.images
    return Rows(calibrate, dataset.images[measured], targets[measured], f"{len(measured):,} {told}")


def _part_to_measure(parts: NDArray[np.str_], *, solved: bool) -> str:
    """Choose among the parts that have labels; what is solved in closed form learns from the validation rows too.

    >>> _part_to_measure(np.array(["train", "validation", "test"]), solved=True)
    'test'
    """
    order = ("test", "validation", "train") if solved else ("validation", "test", "train")
    return next((part for part in order if (parts == part).any()), "train")


def _parts(run: Run, dataset: Dataset, targets: Targets) -> NDArray[np.str_] | None:
    """Return the part of each image where the data are those that the run was fitted on.

    Read without their subjects, or without labels that came from another file, they have another fingerprint. Ids
    alone are no proof: tables without names count their rows.
    """
    split = run.split
    if dataset.fingerprint == run.about["fingerprints"].get("data"):
        return split["part"].to_numpy(np.str_)
    ids = dataset.ids.tolist()
    rows = {name: row for row, name in enumerate(ids)}
    same = (
        split["id"].tolist() == ids
        and _labels_agree(run, rows, targets)
        and _pixels_agree(run, rows, dataset)
    )
    return split["part"].to_numpy(np.str_) if same else None


def _labels_agree(run: Run, place: Mapping[str, int], targets: Targets) -> bool:
    """Tell whether the labels that validation measured are those of the data, wherever both have some."""
    table: Any = run.predictions[run.predictions["part"] == "validation"]
    rows = [place.get(str(name), -1) for name in table["id"]]
    if not rows or min(rows) < 0:
        return False
    given = targets[rows]
    if isinstance(run.task, Keypoints):
        _, truth = predictions_arrays(table, run.task.names)
        both = ~(np.isnan(truth) | np.isnan(given))
        return bool(both.any()) and bool(np.allclose(truth[both], given[both], atol=1e-2))
    names = np.array([run.task.names[c] if c >= 0 else "" for c in given.tolist()])
    truth = np.array(["" if pd.isna(name) else str(name) for name in table["class_true"].tolist()])
    both = (names != "") & (truth != "")
    return bool(both.any()) and bool((names[both] == truth[both]).all())


def _pixels_agree(run: Run, place: Mapping[str, int], dataset: Dataset) -> bool:
    """Tell whether the images that the run folder keeps are those of the data, where they come from these."""
    kept = zip(run.examples.ids.tolist(), run.examples.parts.tolist(), run.examples.images, strict=True)
    # Without test rows in the split test images are of other data, whose rows may be counted alike.
    here = {"validation", *run.split["part"]}
    return all(
        np.array_equal(dataset.images[place[name]], image)
        for name, part, image in kept
        if name in place and part in here
    )


def _some(rows: NDArray[np.intp], most: int, seed: int) -> NDArray[np.intp]:
    if len(rows) <= most:
        return rows
    return np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))
