"""Which keypoints share a specialist: the six groups of the original task, or those that are missing together."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.task import Keypoints

Groups = Mapping[str, tuple[str, ...]]

# The specialists of S. Yuki's tutorial (2016, https://elix-tech.github.io/), after D. Nouri's (2014).
ORIGINAL: Groups = {
    "eye_centers": ("left_eye_center", "right_eye_center"),
    "nose_tip": ("nose_tip",),
    "mouth": ("mouth_left_corner", "mouth_right_corner", "mouth_center_top_lip"),
    "bottom_lip": ("mouth_center_bottom_lip",),
    "eye_corners": (
        "left_eye_inner_corner",
        "right_eye_inner_corner",
        "left_eye_outer_corner",
        "right_eye_outer_corner",
    ),
    "eyebrows": (
        "left_eyebrow_inner_end",
        "right_eyebrow_inner_end",
        "left_eyebrow_outer_end",
        "right_eyebrow_outer_end",
    ),
}
# Keypoints whose labels stand on the same rows up to this share are missing together.
ALIKE = 0.9


def choose_groups(task: Keypoints, targets: NDArray[np.float32]) -> dict[str, tuple[int, ...]]:
    """Group keypoints where nobody said how.

    Args:
        task: the keypoints.
        targets: ``(N, K, 2)`` of the images that are learned from, NaN = unlabelled.

    Returns:
        Positions of the keypoints of each group, under a name: the six of the original task if it has just these
        keypoints; else together what is missing together, a keypoint always with its partner in the mirror. A group
        is called like its first keypoint, as far as a file may be called so.

    >>> task = Keypoints(("left", "right", "nose"), 8, 8, (1, 0, 2))
    >>> targets = np.zeros((4, 3, 2), np.float32)
    >>> targets[1:, :2] = np.nan
    >>> choose_groups(task, targets)
    {'nose': (2,), 'left': (0, 1)}
    """
    if sorted(task.names) == sorted(name for names in ORIGINAL.values() for name in names):
        return check_groups(task, ORIGINAL)
    known = np.asarray(~np.isnan(targets).any(axis=2))
    units = sorted({tuple(sorted({k, partner})) for k, partner in enumerate(task.flip_permutation)})
    labels = {unit: np.asarray(known[:, list(unit)].any(axis=1)) for unit in units}
    found: list[list[tuple[int, ...]]] = []
    for unit in sorted(units, key=lambda unit: -int(labels[unit].sum())):
        for group in found:
            if _alike(labels[group[0]], labels[unit]):
                group.append(unit)
                break
        else:
            found.append([unit])
    members = [tuple(sorted(k for unit in group for k in unit)) for group in found]
    named: dict[str, tuple[int, ...]] = {}
    for place, group in enumerate(members, 1):
        name = re.sub(r"[^\w-]+", "_", task.names[group[0]]).strip("_")
        named[name if _may_be_file(name) and name not in named else f"{name}_{place}".lstrip("_")] = group
    return named


def check_groups(task: Keypoints, groups: Groups) -> dict[str, tuple[int, ...]]:
    """Turn the names of groups into positions.

    Args:
        task: the keypoints.
        groups: a name for each group (it becomes part of file names), and its keypoints.

    Raises:
        TeniError: a keypoint that is unknown, in no group or in several, or parted from its partner in the mirror;
            or a name that cannot be a folder's.

    >>> check_groups(Keypoints(("left", "right"), 8, 8, (1, 0)), {"a": ("left",), "b": ("right",)})
    Traceback (most recent call last):
    ...
    teni.errors.TeniError: left and right change places in a mirror image but are in two groups; put them into one
    """
    index = {name: k for k, name in enumerate(task.names)}
    where: dict[str, str] = {}
    for group, names in groups.items():
        if not _may_be_file(group) or not names:
            raise TeniError(
                f"group {group!r} of {len(names)} keypoints: expected one keypoint at least, and a name of letters, "
                "digits, _ and -"
            )
        for name in names:
            if name not in index:
                raise TeniError(
                    f"group {group}: no keypoint is called {name!r}; the keypoints are {', '.join(index)}"
                )
            if name in where:
                raise TeniError(f"{name} is in group {where[name]} and in group {group}; give one of the two")
            where[name] = group
    if missing := [name for name in task.names if name not in where]:
        raise TeniError(f"no group holds {', '.join(missing)}; put every keypoint into one")
    for name, partner in zip(task.names, task.flip_permutation, strict=True):
        other = task.names[partner]
        if where[name] != where[other]:
            raise TeniError(
                f"{name} and {other} change places in a mirror image but are in two groups; put them into one"
            )
    return {group: tuple(sorted(index[name] for name in names)) for group, names in groups.items()}


def group_task(task: Keypoints, own: Sequence[int]) -> Keypoints:
    """Return the task of some of the keypoints.

    Args:
        task: all keypoints.
        own: positions of those wanted, partners among them.

    >>> group_task(Keypoints(("nose", "left", "right"), 8, 8, (0, 2, 1)), (1, 2)).flip_permutation
    (1, 0)
    """
    place = {k: i for i, k in enumerate(own)}
    partners = tuple(place[task.flip_permutation[k]] for k in own)
    return Keypoints(tuple(task.names[k] for k in own), task.height, task.width, partners)


def _may_be_file(group: str) -> bool:
    """Tell whether a group's name can be part of the names of files and layers."""
    return group.replace("_", "").replace("-", "").isalnum()


def _alike(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> bool:
    either = int((one | other).sum())
    return int((one & other).sum()) >= ALIKE * either
