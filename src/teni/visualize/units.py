"""Which units: by number, by range, by name, by how strongly they respond, or all of them."""

import difflib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from teni import gradients
from teni.errors import TeniError
from teni.progress import OnProgress, Progress, silent
from teni.visualize.forward import pure
from teni.visualize.layers import Part

IMAGES_A_BATCH = 16


def parse_units(text: str, names: Sequence[str], owner: str) -> tuple[int, ...]:
    """Read ``--units``: numbers, ranges ``from:to`` without the end, and names, separated by commas.

    Args:
        text: what the user wrote; the name of a keypoint stands for its x and its y.
        names: of all units, in order.
        owner: whose units they are, for the message.

    Returns:
        Their places, in the order in which they were named, each once.

    Raises:
        TeniError: a unit that there is not, with the nearest names.

    >>> parse_units("0:3,7,nose_tip_x", [*map(str, range(9)), "nose_tip_x"], "conv1")
    (0, 1, 2, 7, 9)
    """
    places = {name: place for place, name in enumerate(names)}
    found: list[int] = []
    for word in (word.strip() for word in text.split(",")):
        point = [places.get(f"{word}_{axis}") for axis in "xy"]  # a keypoint is its two coordinates
        if word in places:
            found.append(places[word])
        elif point[0] is not None and point[1] is not None:
            found += [point[0], point[1]]
        else:
            found += _numbered(word, len(names), names, owner)
    return tuple(dict.fromkeys(found))


def _numbered(word: str, many: int, names: Sequence[str], owner: str) -> list[int]:
    parts = word.split(":")
    digits = [each for each in parts if each]
    if len(parts) > 2 or not all(each.isdecimal() for each in digits) or word in ("", ":"):
        near = difflib.get_close_matches(word, names, n=3, cutoff=0.5)
        remedy = f"did you mean {', '.join(near)}?" if near else "give numbers, ranges such as 0:12, or names"
        raise TeniError(f"{owner} has no unit {word!r}; {remedy}")
    start = int(parts[0]) if parts[0] else 0
    end = start + 1 if len(parts) == 1 else int(parts[1]) if parts[1] else many
    if start >= end:
        raise TeniError(f"{owner} {word!r} holds no unit; the lower number comes first, the end is left out")
    if end > many:
        raise TeniError(f"{owner} has {many} units, 0 to {many - 1}; {word!r} is none of them")
    return list(range(start, end))


def responses(part: Part, images: NDArray[np.uint8], on_progress: OnProgress = silent) -> NDArray[np.float32]:
    """Measure how strongly each unit responds to each image, a filter where it responds most.

    Args:
        part: the network up to a layer.
        images: ``uint8 (N, H, W, C)``, as the network takes them.
        on_progress: told how many images are done.

    Returns:
        ``float32 (N, units)``.
    """
    run, weights = pure(part.model)
    compiled = gradients.compiled(run)
    size = min(IMAGES_A_BATCH, len(images))
    found: list[NDArray[np.float32]] = []
    for start in range(0, len(images), size):
        batch = np.asarray(images[start : start + size], np.float32)
        short = size - len(batch)  # the last batch is filled up: another shape would be compiled anew
        filled = np.concatenate([batch, np.repeat(batch[-1:], short, axis=0)])
        given = np.asarray(to_numpy(compiled(weights, to_tensor(filled))))[: len(batch)]
        found.append(given.max(axis=(1, 2)) if given.ndim == 4 else given)
        on_progress(Progress(f"responses of {part.layer}", start + len(batch), len(images)))
    return np.concatenate(found)


def best_units(found: NDArray[np.float32], many: int) -> tuple[int, ...]:
    """Choose the units that respond most: by the mean over images, highest first.

    Args:
        found: ``(N, units)``, see `responses`.
        many: how many.

    >>> best_units(np.array([[0.0, 3.0, 1.0], [0.0, 1.0, 2.0]], np.float32), 2)
    (1, 2)
    """
    order = np.argsort(-found.mean(axis=0), kind="stable")
    return tuple(order[:many].tolist())


def to_tensor(values: NDArray[np.float32]) -> object:
    """Hand an array to the backend.

    >>> to_numpy(to_tensor(np.ones(2, np.float32))).tolist()
    [1.0, 1.0]
    """
    import keras

    return keras.ops.convert_to_tensor(values)


def to_numpy(tensor: object) -> NDArray[np.float32]:
    """Take a tensor back from the backend.

    >>> to_numpy(to_tensor(np.zeros(1, np.float32))).shape
    (1,)
    """
    import keras

    return np.asarray(keras.ops.convert_to_numpy(tensor))
