"""A few images that show what an error looks like: the best, some in the middle, the worst."""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.task import Targets, Task, image_errors, output_shape, target_shape

KINDS = ("best", "median", "worst")


@dataclass(frozen=True, eq=False)
class Examples:
    """M images with what was predicted for them.

    Args:
        ids: ``(M,)`` strings.
        parts: ``(M,)`` strings, the part of the data each comes from (``test``, ``validation``).
        kinds: ``(M,)`` strings, ``best``, ``median`` or ``worst``.
        images: ``uint8 (M, H, W, C)``.
        truth: ``float32 (M, K, 2)`` pixels, NaN = unlabelled; or ``int64 (M,)`` classes.
        predicted: ``float32 (M, K, 2)`` pixels or ``(M, C)`` probabilities.
        errors: ``float32 (M,)``, RMSE in pixels or log loss.
    """

    ids: NDArray[np.str_]
    parts: NDArray[np.str_]
    kinds: NDArray[np.str_]
    images: NDArray[np.uint8]
    truth: Targets
    predicted: NDArray[np.float32]
    errors: NDArray[np.float32]

    def __len__(self) -> int:
        """Count the images."""
        return len(self.ids)

    def of(self, kind: str) -> NDArray[np.intp]:
        """Return the positions of the examples of one kind, in the order of their error."""
        return np.flatnonzero(self.kinds == kind)


def choose_examples(
    part: str,
    ids: NDArray[np.str_],
    subjects: NDArray[np.str_] | None,
    images: NDArray[np.uint8],
    predicted: NDArray[np.float64],
    truth: Targets,
    task: Task,
    each: int = 6,
) -> Examples:
    """Choose the best, the middle and the worst predictions by their error, each subject at most once.

    Args:
        part: the part of the data, e.g. ``test``.
        ids: ``(N,)`` strings.
        subjects: ``(N,)`` strings; None takes each image for a subject of its own.
        images: ``uint8 (N, H, W, C)``.
        predicted: ``(N, K, 2)`` pixels or ``(N, C)`` probabilities.
        truth: what is so; images without a label are not chosen.
        task: what is predicted.
        each: how many of each kind at most.

    Returns:
        At most ``3 * each`` examples, no image twice.

    >>> from teni.task import Keypoints
    >>> truth = np.zeros((3, 1, 2))
    >>> predicted = truth + np.array([5.0, 1.0, 3.0])[:, None, None]
    >>> ids, images = np.array(["a", "b", "c"]), np.zeros((3, 4, 4, 1), np.uint8)
    >>> task = Keypoints(("nose",), 4, 4, (0,))
    >>> examples = choose_examples("test", ids, None, images, predicted, truth, task, each=1)
    >>> list(zip(examples.ids.tolist(), examples.kinds.tolist(), examples.errors.tolist()))
    [('b', 'best', 1.0), ('c', 'median', 3.0), ('a', 'worst', 5.0)]
    """
    errors = image_errors(predicted, truth, task)
    order = np.argsort(errors, kind="stable")  # images without a label come last, as NaN
    order = order[: int((~np.isnan(errors)).sum())]
    people = ids if subjects is None else subjects
    middle = order[np.argsort(np.abs(np.arange(len(order)) - (len(order) - 1) / 2), kind="stable")]
    each = min(each, max(1, len(np.unique(people[order])) // 3))  # or the best would use up all subjects
    taken: set[str] = set()
    found: dict[str, list[int]] = {}
    for kind, row_order in zip(KINDS, (order, middle, order[::-1]), strict=True):
        found[kind] = []
        for row in row_order:
            if len(found[kind]) < each and str(people[row]) not in taken:
                taken.add(str(people[row]))
                found[kind].append(int(row))
    found["median"].sort(key=lambda row: errors[row])
    rows = np.array([row for kind in KINDS for row in found[kind]], np.intp)
    kinds = np.array([kind for kind in KINDS for _ in found[kind]], np.str_)
    return Examples(
        np.asarray(ids[rows], np.str_),
        np.full(len(rows), part),
        kinds,
        images[rows],
        truth[rows].astype(np.float32) if truth.dtype.kind == "f" else truth[rows],
        predicted[rows].astype(np.float32),
        errors[rows].astype(np.float32),
    )


def write_examples(file: Path, examples: Examples) -> None:
    """Write ``examples.npz``; see `Examples` for what is in it."""
    np.savez_compressed(file, allow_pickle=False, **vars(examples))


def read_examples(file: Path, task: Task) -> Examples:
    """Read ``examples.npz``.

    Args:
        file: its path.
        task: what the run says it predicts.

    Raises:
        TeniError: it is not what `write_examples` writes.
    """
    try:
        with np.load(file, allow_pickle=False) as stored:
            arrays: dict[str, NDArray[Any]] = {name: stored[name] for name in Examples.__annotations__}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise TeniError(f"{file}: damaged ({error}); fit again with --overwrite") from error
    many = len(arrays["ids"])
    fits = (
        all(len(array) == many for array in arrays.values())
        and arrays["images"].dtype == np.uint8
        and arrays["images"].ndim == 4
        and arrays["predicted"].shape == (many, *output_shape(task))
        and arrays["truth"].shape == (many, *target_shape(task))
        and arrays["errors"].shape == (many,)
    )
    if not fits:
        raise TeniError(f"{file}: damaged (shapes do not belong together); fit again with --overwrite")
    return Examples(**arrays)
