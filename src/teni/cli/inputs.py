"""What `fit` and `compare` learn from and are measured on: the test set, what a submission must answer, the split."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from teni.errors import TeniError

if TYPE_CHECKING:
    from teni.data import Dataset, PictureOptions, Split
    from teni.data.kaggle_lookup import Lookup
    from teni.run import Run
    from teni.task import Task


def test_set(
    dataset: Dataset,
    test: Path | None,
    subjects: Path | None,
    lookup: Path | None,
    solution: Path | None,
    max_unpacked_mb: int,
) -> Dataset | None:
    """Read the test set; with a lookup table and its solution, only what is asked for counts as labelled.

    Args:
        dataset: what is learned from.
        test: its file, as it was typed; the others speak of it.
        subjects: CSV with the subject of each of its rows.
        lookup: which coordinates are asked for.
        solution: the answers.
        max_unpacked_mb: the most that a zip may unpack to.

    Raises:
        TeniError: a file that speaks of a test set where there is none, or a test set that does not fit.
    """
    from dataclasses import replace

    from teni.data import load
    from teni.prediction import answered, matching_targets
    from teni.task import as_keypoints

    if test is None:
        if lookup or solution or subjects:
            raise TeniError(
                "--lookup, --solution and --test-subjects speak of a test set; give it with --test"
            )
        return None
    if solution is not None and lookup is None:
        raise TeniError("--solution answers a lookup table; give that with --lookup")
    found = load(
        test,
        subjects=subjects,
        mirrored=False,
        max_unpacked_mb=max_unpacked_mb,
        pictures=options_like(dataset.task, dataset.images.shape[3]),
    )
    if found.images.shape[1:] != dataset.images.shape[1:]:
        here, there = ("x".join(map(str, d.images.shape[2:0:-1])) for d in (found, dataset))
        raise TeniError(
            f"{test}: images of {here} pixels, the training images have {there}; expected the same"
        )
    if solution is not None and lookup is not None:
        task = as_keypoints(dataset.task, "a lookup table")
        return answered(found, task, lookup, solution, max_unpacked_mb=max_unpacked_mb)
    if found.targets is None:
        return replace(found, task=dataset.task)
    targets, notes = matching_targets(found, dataset.task)
    return replace(found, task=dataset.task, targets=targets, notes=(*found.notes, *notes))


def options_like(task: Task, channels: int) -> PictureOptions:
    """Say how pictures of classes are read to be like those that a model learned from.

    Args:
        task: what it predicts; tables of keypoints have no pictures to be read.
        channels: of its images.
    """
    from teni.data import PictureOptions
    from teni.task import Classes

    if isinstance(task, Classes):
        return PictureOptions(channels=channels, like=task)
    return PictureOptions()


def asked_for(
    held_out: Dataset | None, dataset: Dataset, lookup: Path | None, max_unpacked_mb: int
) -> Lookup | None:
    """Read what a submission must answer; now, because after the fit would be late to hear that it cannot."""
    from teni.data.kaggle_lookup import read_lookup
    from teni.task import as_keypoints

    if held_out is None or lookup is None:
        return None
    task = as_keypoints(dataset.task, "a lookup table")
    return read_lookup(lookup, held_out.ids, task, max_unpacked_mb)


def submission(run: Run, asked: Lookup) -> str:
    """Write the answers of a run to a lookup table, as Kaggle takes them."""
    from teni.data.kaggle_lookup import submission_text
    from teni.run import predictions_arrays
    from teni.task import as_keypoints

    table = run.predictions.loc[run.predictions["part"] == "test"]
    task = as_keypoints(run.task, "a Kaggle submission")
    predicted, _ = predictions_arrays(table, task.names)
    return submission_text(asked, predicted, task)


def divide(dataset: Dataset, file: Path | None, has_test: bool, validation: float, seed: int) -> Split:
    """Divide by subject, or as an earlier run did.

    Args:
        dataset: what to divide.
        file: split.csv of an earlier run.
        has_test: whether there is a test set of its own; otherwise a fifth of the subjects is kept for the test.
        validation: share of the subjects to validate on.
        seed: of the draw.
    """
    from teni.data import load_split
    from teni.data import split as make_split

    if file is not None:
        return load_split(file, dataset)
    return make_split(dataset, test=0.0 if has_test else 0.2, validation=validation, seed=seed)
