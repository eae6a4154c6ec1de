"""The embedded faces as a data set."""

from collections.abc import Iterator
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from teni.data.dataset import Dataset
from teni.data.faces.invent_scene import invent_scene
from teni.data.faces.invent_subject import invent_subject
from teni.data.faces.keypoints import ALWAYS_LABELLED, KEYPOINT_NAMES, face_task
from teni.data.faces.look import LOOKS, LookName
from teni.data.faces.render import render
from teni.data.faces.scene import Scene
from teni.data.faces.subject import Subject
from teni.errors import TeniError
from teni.progress import OnProgress, Progress, silent

# Kaggle's training table: of 7,049 rows 2,140 are complete, most others have four points.
_SPARSE_ROWS = 0.6
_STRAY_GAPS = 0.004


def synthetic_faces(
    count: int, *, look: LookName, seed: int, gaps: bool = False, on_progress: OnProgress = silent
) -> Dataset:
    """Draw grey 96x96 faces of invented people with the 15 keypoints of Kaggle's Facial Keypoints Detection.

    A subject is shown in 5 to 12 consecutive rows, with another pose and expression in each. The first n rows
    are the same whatever the count. Pixel centres lie at halves: a mirror maps x to 96 - x.

    Args:
        count: how many faces.
        look: ``source`` (soft light, mostly frontal, clean) or ``target`` (hard light, larger poses, glasses,
            hands and microphones, cluttered rooms, a worse camera).
        seed: two seeds show different people.
        gaps: leave labels out as in Kaggle's table: 60% of the rows keep only eye centres, nose, lower lip.
        on_progress: told after every subject.

    Returns:
        Images ``uint8 (count, 96, 96, 1)``, targets ``float32 (count, 15, 2)``.

    Raises:
        TeniError: if the count is below 1, the look unknown, or the seed negative.

    >>> faces = synthetic_faces(2, look="source", seed=0)
    >>> faces.images.shape, faces.targets.shape, faces.subjects.tolist()
    ((2, 96, 96, 1), (2, 15, 2), ['source-0-00000', 'source-0-00000'])
    """
    if look not in LOOKS:
        raise TeniError(f"there is no look {look!r}; the embedded faces have the looks 'source' and 'target'")
    if count < 1 or seed < 0:
        raise TeniError(f"count must be at least 1 and seed at least 0, but they are {count} and {seed}")
    images = np.empty((count, 96, 96, 1), np.uint8)
    targets = np.empty((count, 15, 2), np.float32)
    pairs = list(islice(scenes(look, seed), count))
    names = [subject.name for subject, _ in pairs]
    first = {name: row for row, name in reversed(list(enumerate(names)))}
    ids = [f"{name}-{row - first[name]:02d}" for row, name in enumerate(names)]
    for row, (subject, scene) in enumerate(pairs):
        found = render(subject, scene)
        images[row, :, :, 0], targets[row] = found.image, found.keypoints
        if row and first[subject.name] == row:
            on_progress(Progress("faces", row, count))
    on_progress(Progress("faces", count, count))
    if gaps:
        targets[leave_out(count, look, seed)] = np.nan
    notes = (f"synthetic faces, look {look}, seed {seed}",)
    return Dataset(images, targets, face_task(), np.array(names), np.array(ids), notes)


def scenes(look: LookName, seed: int) -> Iterator[tuple[Subject, Scene]]:
    """Yield people and scenes without end; every subject and every picture has its own stream of numbers."""
    kind = list(LOOKS).index(look)
    number = 0
    while True:
        rng = np.random.default_rng([seed, kind, number, 0])
        subject = invent_subject(rng, LOOKS[look], f"{look}-{seed}-{number:05d}")
        for picture in range(int(rng.integers(5, 13))):
            sitting = np.random.default_rng([seed, kind, number, 1])
            moment = np.random.default_rng([seed, kind, number, 2, picture])
            yield subject, invent_scene(sitting, moment, LOOKS[look], subject)
        number += 1


def leave_out(count: int, look: LookName, seed: int) -> NDArray[np.bool_]:
    """Say which keypoints have no label when gaps are asked for: ``(count, 15)``.

    Args:
        count: rows.
        look: of the faces.
        seed: of the faces.

    >>> float(leave_out(1000, "target", 0)[:, 2].mean()) > 0.5
    True
    """
    draws = np.random.default_rng([seed, list(LOOKS).index(look), 3]).random((count, len(KEYPOINT_NAMES) + 1))
    optional = np.ones(len(KEYPOINT_NAMES), bool)
    optional[list(ALWAYS_LABELLED)] = False
    missing = (draws[:, :1] < _SPARSE_ROWS) & optional
    return missing | (draws[:, 1:] < _STRAY_GAPS)
