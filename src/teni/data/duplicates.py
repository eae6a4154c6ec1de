"""Find near-duplicates: copies of an image that were brightened, compressed, moved by a pixel, or mirrored.

A perceptual hash says whether two images are nearly the same picture, not whether they show the same person.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

THRESHOLD = 8
"""The most bits in which hashes of near-duplicates differ; `group_lookalikes` tells what was measured."""

_FREQUENCIES = 8
_CLEAR = (
    0.05  # of the root mean square: below it a coefficient counts as zero, or noise would choose its sign
)
_ROUNDING = 1e-6
_BLOCK = 256
_COLUMNS = 4096
_LINKS = 1_000_000  # pairs that are held before they are joined into groups


def perceptual_hash(images: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Hash each image, and its mirror image, to 64 bits: which of the 8 x 8 lowest cosine waves add to it.

    The mean is left out. Brightness and contrast do not change a bit, noise and compression hardly do, a
    small shift changes few.

    Args:
        images: ``uint8 (N, H, W, C)``.

    Returns:
        ``uint64 (N, 2)``, the image's hash and that of its mirror image; the number of bits in which two
        hashes differ says how unlike the images are.

    Source:
        C. Zauner, Implementation and Benchmarking of Perceptual Image Hash Functions, 2010; there the median
        stands where a small share of the image's contrast stands here.

    >>> ramp = np.arange(64, dtype=np.uint8).reshape(1, 8, 8, 1)
    >>> bool((perceptual_hash(ramp) == perceptual_hash(2 * ramp + 9)).all())
    True
    """
    rows, columns = _cosines(images.shape[1]), _cosines(images.shape[2])
    # Mirrored, the waves that are odd from left to right change their sign.
    mirror = np.tile(np.where(np.arange(_FREQUENCIES) % 2 == 1, -1.0, 1.0), _FREQUENCIES)
    hashes = np.zeros((len(images), 2), np.uint64)
    for start in range(0, len(images), _BLOCK):
        grey = np.asarray(images[start : start + _BLOCK]).mean(-1, dtype=np.float64)
        waves = (rows @ grey @ columns.T).reshape(len(grey), -1)
        waves[:, 0] = 0
        clear = _CLEAR * np.sqrt(np.square(waves).mean(1, keepdims=True)) + _ROUNDING
        for side, signed in enumerate((waves, waves * mirror)):
            bits = np.packbits(signed > clear, axis=1)
            hashes[start : start + _BLOCK, side] = bits.view(np.uint64)[:, 0]
    return hashes


def near_pairs(
    one: NDArray[np.uint64], other: NDArray[np.uint64], threshold: int = THRESHOLD
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Find all pairs of images whose hashes differ in few bits, as they are or with one of them mirrored.

    Of many images that all look alike there are more pairs than memory holds: they come block after block.

    Args:
        one: ``(N, 2)`` hashes.
        other: ``(M, 2)`` hashes.
        threshold: the most bits that may differ.

    Returns:
        For each block positions in ``one`` and in ``other``, one entry a pair.

    >>> pairs = near_pairs(np.uint64([[0, 9], [7, 9]]), np.uint64([[1, 56]]), 1)
    >>> [(a.tolist(), b.tolist()) for a, b in pairs]
    [([0], [0])]
    """
    for start in range(0, len(one), _BLOCK):
        block = one[start : start + _BLOCK, :1]
        for first in range(0, len(other), _COLUMNS):
            part = other[first : first + _COLUMNS]
            bits = np.minimum(np.bitwise_count(block ^ part[:, 0]), np.bitwise_count(block ^ part[:, 1]))
            a, b = np.nonzero(bits <= threshold)
            yield a + start, b + first


@dataclass(frozen=True, eq=False)
class Lookalikes:
    """Rows grouped by looking nearly the same.

    Args:
        groups: ``int (N,)``, the number of each row's group; most rows are alone in theirs.
        threshold: the most bits in which the hashes of linked rows differ.
    """

    groups: NDArray[np.intp]
    threshold: int

    @property
    def rows(self) -> int:
        """Count the rows that are not alone in their group."""
        sizes = np.bincount(self.groups)
        return int(sizes[sizes > 1].sum())

    @property
    def shared_groups(self) -> int:
        """Count the groups of more than one row."""
        return int((np.bincount(self.groups) > 1).sum())


def group_lookalikes(images: NDArray[np.uint8], threshold: int = THRESHOLD) -> Lookalikes:
    """Group near-duplicates; rows that are linked by others fall into one group.

    Measured on 2,545 video frames of 210 people, faces aligned, 11 to 15 each: 8 bits link 349 pairs, 8 of
    them of different people; 10 bits 674 and 93; 13 bits chain two thirds of the rows into one group. Of
    copies that were brightened, made noisy, compressed (JPEG quality 20), halved, mirrored or moved by one
    pixel, 8 bits find 99 in 100 or more; moved by two pixels 90, turned by three degrees 78. What a hash does
    not do is recover people: only 3% of the pairs of frames of one person are linked, and an error that was
    cross-validated over these groups was 6% below the error on new people (over single rows: 10%).

    Should more than half of the rows fall into one group (images that all look alike), the threshold is
    lowered until they do not.

    Args:
        images: ``uint8 (N, H, W, C)``.
        threshold: the most bits in which the hashes of linked rows differ.

    >>> images = np.random.default_rng(0).integers(0, 200, (3, 16, 16, 1), np.uint8)
    >>> images[2] = images[0] + 20
    >>> group_lookalikes(images).groups.tolist()
    [0, 1, 0]
    """
    hashes = perceptual_hash(images)
    groups = _components(hashes, threshold)
    while threshold > 0 and np.bincount(groups, minlength=1).max() > max(2, len(images) // 2):
        threshold -= 1
        groups = _components(hashes, threshold)
    return Lookalikes(groups, threshold)


def _components(hashes: NDArray[np.uint64], threshold: int) -> NDArray[np.intp]:
    """Number the connected groups, in the order of their first rows."""
    groups = np.arange(len(hashes))
    links, waiting = list[tuple[NDArray[np.intp], NDArray[np.intp]]](), 0
    for a, b in near_pairs(hashes, hashes, threshold):
        links.append((a, b))
        waiting += len(a)
        if waiting > _LINKS:
            groups, links, waiting = _join(groups, links), [], 0
    groups = _join(groups, links)
    _, first, place = np.unique(groups, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[place].astype(np.intp)


def _join(
    groups: NDArray[np.intp], links: list[tuple[NDArray[np.intp], NDArray[np.intp]]]
) -> NDArray[np.intp]:
    """Join the groups of linked rows."""
    if not links:
        return groups
    a, b = (groups[np.concatenate(side)] for side in zip(*links, strict=True))
    joined = coo_array((np.ones(len(a), np.bool_), (a, b)), shape=(len(groups), len(groups)))
    return np.asarray(connected_components(joined, directed=False)[1], np.intp)[groups]


def _cosines(size: int) -> NDArray[np.float64]:
    """Build the 8 lowest waves of the cosine transform over ``size`` pixels, ``(8, size)``."""
    return np.cos(np.pi * np.arange(_FREQUENCIES)[:, None] * (np.arange(size) + 0.5) / size)
