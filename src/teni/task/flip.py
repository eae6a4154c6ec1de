"""What a mirror does to targets: keypoints go from x to c - x and swap the subject's left and right; classes stay."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.task.classes import Classes
from teni.task.keypoints import FlipCenter, Keypoints
from teni.task.task import Targets, Task

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[左右]|.", re.DOTALL)
_OTHER_SIDE = {"left": "right", "right": "left", "l": "r", "r": "l", "左": "右", "右": "左"}


def flip_permutation(
    names: Sequence[str], mirror: Mapping[str, str] | None = None, *, one_sided: bool = False
) -> tuple[int, ...]:
    """Derive from the names which keypoint takes the place of which in a mirrored image.

    A name has a side if one of its words is left, right, l or r, in any spelling (``left_eye``, ``eye_l``,
    ``LeftEye``, ``leye``) or if it contains 左 or 右. A name without a side keeps its place.

    Args:
        names: the K keypoints.
        mirror: pairs that the names do not tell, e.g. ``{"eye_1": "eye_2"}`` (both ways), or ``{"left_eye":
            "left_eye"}`` for a keypoint that keeps its place; they go before what the names say.
        one_sided: whether a side may be without its counterpart, where nothing will be mirrored; it then keeps
            its place.

    Returns:
        For each keypoint the index of the one that takes its name; applied twice, nothing has changed.

    Raises:
        TeniError: a side without its counterpart, a name that stands there twice, or pairs that contradict
            each other.

    >>> flip_permutation(["left_eye", "right_eye", "nose_tip"])
    (1, 0, 2)
    >>> flip_permutation(["p1", "p2"], mirror={"p1": "p2"})
    (1, 0)
    """
    index = {name: i for i, name in enumerate(names)}
    if len(index) < len(names):
        twice = next(name for i, name in enumerate(names) if index[name] != i)
        raise TeniError(f"two keypoints are called {twice!r}; every keypoint needs its own name")
    partners = _given_pairs(index, mirror or {})
    alone = dict[str, str]()
    for name in names:
        if name not in partners:
            partners[name] = _partner(name, index)
            if partners[name] not in index:
                alone[name] = partners[name]
    if alone and not one_sided:
        raise _without_counterpart(alone)
    partners |= {name: name for name in alone}
    for name, partner in partners.items():
        if partners[partner] != name:
            raise TeniError(
                f"the mirror image of {name!r} would be {partner!r}, but that of {partner!r} is "
                f"{partners[partner]!r}; say which keypoints belong together"
            )
    return tuple(index[partners[name]] for name in names)


def flip_keypoints(
    points: NDArray[np.float32], permutation: Sequence[int], center: float
) -> NDArray[np.float32]:
    """Move keypoints to where they stand in the mirrored image: x becomes ``center`` - x, sides swap names.

    Args:
        points: ``(N, K, 2)`` pixels, x right, y down; NaN travels with its point.
        permutation: as `flip_permutation` gives it.
        center: the width W where pixel centres lie at halves, W - 1 where they lie at integers.

    Returns:
        New ``(N, K, 2)`` array; flipping it again gives back the first.

    >>> flip_keypoints(np.array([[[1, 5], [7, 6]]], np.float32), (1, 0), 10.0).tolist()
    [[[3.0, 6.0], [9.0, 5.0]]]
    """
    flipped = points[:, list(permutation)]
    flipped[..., 0] = center - flipped[..., 0]
    return flipped


def axis_position(task: Task, center: FlipCenter) -> float:
    """Return c of the mirror ``x -> c - x``: W if pixel centres lie at halves, W - 1 if at integers.

    >>> axis_position(Keypoints((), 96, 96, ()), "halves")
    96.0
    """
    return float(task.width if center == "halves" else task.width - 1)


def flip_targets(targets: Targets, task: Task, center: FlipCenter = "halves") -> Targets:
    """Return the targets of the mirror images.

    That a mirror image shows the same class is true of most photographs and wrong for letters and digits; whether
    mirror images are learned from is for validation to choose.

    Args:
        targets: ``(N, K, 2)`` pixels, or ``(N,)`` classes.
        task: what they are.
        center: where the mirror's axis lies; without meaning for classes.

    >>> flip_targets(np.array([1, 0]), Classes(("cat", "dog"), 4, 4)).tolist()
    [1, 0]
    """
    match task:
        case Keypoints():
            return flip_keypoints(targets, task.flip_permutation, axis_position(task, center))
        case Classes():
            return targets


def _given_pairs(index: Mapping[str, int], mirror: Mapping[str, str]) -> dict[str, str]:
    """Take the pairs that were given, each in both directions."""
    partners = dict[str, str]()
    for one, other in mirror.items():
        for name in (one, other):
            if name not in index:
                raise TeniError(
                    f"pair {one}={other}: no keypoint is called {name!r}; the keypoints are {', '.join(index)}"
                )
        for name, partner in ((one, other), (other, one)):
            if partners.setdefault(name, partner) != partner:
                raise TeniError(
                    f"pair {one}={other}: {name!r} is paired with {partners[name]!r} too; give one of the two"
                )
    return partners


def _without_counterpart(alone: Mapping[str, str]) -> TeniError:
    """Explain keypoints of one side only, each with the name that was looked for."""
    (name, other), many = next(iter(alone.items())), len(alone)
    more = f" (nor for {many - 1} more: {', '.join(list(alone)[1:4])}{', ...' if many > 4 else ''})"
    return TeniError(
        f"the keypoint {name!r} has a side but there is no {other!r} to change places with in a mirrored image"
        f"{more if many > 1 else ''}; add it, learn without mirror images (--no-mirror), or say which keypoint "
        f"takes its place: --pair {name}=NAME, in Python mirror={{{name!r}: NAME}}"
    )


def _partner(name: str, index: Mapping[str, int]) -> str:
    """Find the name of the keypoint that a mirror turns this one into; there may be none of that name."""
    words = _WORDS.findall(name)
    other = "".join(_swap(word) for word in words)
    if other == name:
        # No word says a side: perhaps one is glued to the next (leye, eyeleft). Only a counterpart proves it.
        return next((glued for glued in _glued(words) if glued in index), name)
    return other


def _swap(word: str) -> str:
    """Turn a word to the other side; words that begin with left or right (leftmost, lefteye) count too."""
    if (other := _OTHER_SIDE.get(word.lower())) is not None:
        return _in_case_of(word, other)
    for side in ("left", "right"):
        if word.lower().startswith(side):
            return _in_case_of(word[: len(side)], _OTHER_SIDE[side]) + word[len(side) :]
    return word


def _glued(words: Sequence[str]) -> list[str]:
    """List what a name would turn to if a side were the beginning (l, r) or the end of one of its words."""
    found = list[str]()
    for i, word in enumerate(words):
        for side in ("left", "right", "l", "r"):
            swapped = []
            if word.lower().endswith(side):
                swapped.append(word[: -len(side)] + _in_case_of(word[-len(side) :], _OTHER_SIDE[side]))
            if word.lower().startswith(side):
                swapped.append(_in_case_of(word[: len(side)], _OTHER_SIDE[side]) + word[len(side) :])
            found += ["".join((*words[:i], other, *words[i + 1 :])) for other in swapped]
    return found


def _in_case_of(example: str, word: str) -> str:
    """Write a word in the case of another: left, Left or LEFT."""
    if example.isupper():
        return word.upper()
    return word.capitalize() if example[0].isupper() else word
