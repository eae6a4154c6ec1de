from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.fft import dctn

from teni.data import duplicates, group_lookalikes, load
from teni.data.duplicates import THRESHOLD, near_pairs, perceptual_hash


def faces(count: int, size: int = 48, seed: int = 0) -> np.ndarray:
    """Draw smooth random pictures, as unlike each other as random waves are."""
    random = np.random.default_rng(seed)
    waves = np.cos(np.pi * np.arange(6)[:, None] * (np.arange(size) + 0.5) / size)
    pictures = waves.T @ random.normal(size=(count, 6, 6)) @ waves
    low, high = pictures.min((1, 2), keepdims=True), pictures.max((1, 2), keepdims=True)
    return (30 + 180 * (pictures - low) / (high - low)).astype(np.uint8)[..., None]


def bits(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.bitwise_count(perceptual_hash(a) ^ perceptual_hash(b))[:, 0]


@pytest.mark.parametrize("side", [0, 1])
def test_the_hash_tells_which_of_the_lowest_cosine_coefficients_are_clearly_positive(side: int) -> None:
    images = faces(5, 40)
    seen = images[:, :, ::-1] if side else images
    coefficients = dctn(seen[..., 0].astype(float), axes=(1, 2))[:, :8, :8].reshape(5, 64)
    coefficients[:, 0] = 0
    expected = coefficients > 0.05 * np.sqrt((coefficients**2).mean(1, keepdims=True))
    hashes = np.ascontiguousarray(perceptual_hash(images)[:, side])
    found = np.unpackbits(hashes[:, None].view(np.uint8), axis=1).astype(bool)
    np.testing.assert_array_equal(found, expected)
    assert expected.sum(1).min() > 5


def test_copies_are_near_and_others_are_far() -> None:
    images = faces(40)
    noise = np.random.default_rng(1).normal(0, 4, images.shape)
    copies = {
        "brighter": images + np.uint8(30),
        "paler": (images * 0.5 + 60).astype(np.uint8),
        "noisy": np.clip(images + noise, 0, 255).astype(np.uint8),
        "smaller": images.reshape(40, 24, 2, 24, 2, 1).mean((2, 4)).astype(np.uint8),
        "in colour": np.repeat(images, 3, axis=-1),
    }
    near = {name: float(np.quantile(bits(images, copy), 0.9)) for name, copy in copies.items()}
    assert max(near.values()) <= 8, near
    assert bits(images[:20], images[20:]).min() > 8


def test_a_flat_image_has_an_empty_hash() -> None:
    assert perceptual_hash(np.full((2, 30, 20, 1), 77, np.uint8)).tolist() == [[0, 0], [0, 0]]


def pairs(one: np.ndarray, other: np.ndarray, threshold: int) -> tuple[np.ndarray, np.ndarray]:
    found = [(np.zeros(0, np.intp), np.zeros(0, np.intp)), *near_pairs(one, other, threshold)]
    return np.concatenate([a for a, _ in found]), np.concatenate([b for _, b in found])


HASHES = st.lists(st.tuples(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1)), max_size=9)


@given(HASHES, HASHES)
def test_pairs_are_those_of_a_plain_double_loop(
    one: list[tuple[int, int]], other: list[tuple[int, int]]
) -> None:
    expected = [
        (i, j)
        for i, (plain, _) in enumerate(one)
        for j, (as_is, mirrored) in enumerate(other)
        if min((plain ^ as_is).bit_count(), (plain ^ mirrored).bit_count()) <= 26
    ]
    a, b = pairs(np.uint64(one).reshape(-1, 2), np.uint64(other).reshape(-1, 2), 26)
    assert list(zip(a.tolist(), b.tolist(), strict=True)) == expected


def test_pairs_are_found_across_blocks() -> None:
    hashes = np.arange(1200, dtype=np.uint64).reshape(600, 2)
    a, b = pairs(hashes, hashes, 0)
    assert a.tolist() == b.tolist() == list(range(600))


def test_groups_join_copies_chains_and_mirror_images() -> None:
    images = faces(6)
    rows = np.concatenate(
        [images, images[[1]] + np.uint8(9), images[[1]] - np.uint8(9), images[[4], :, ::-1]]
    )
    alike = group_lookalikes(rows)
    assert alike.groups.tolist() == [0, 1, 2, 3, 4, 5, 1, 1, 4]
    assert (alike.rows, alike.shared_groups, alike.threshold) == (5, 2, 8)


def test_the_threshold_is_lowered_when_everything_looks_alike() -> None:
    picture = faces(1)[0].astype(float)
    noise = np.random.default_rng(0).normal(0, 25, (30, *picture.shape))
    rows = np.clip(picture + noise, 0, 255).astype(np.uint8)
    alike = group_lookalikes(rows)
    assert alike.threshold < 8
    assert np.bincount(alike.groups).max() <= 15


def test_groups_are_the_same_however_few_pairs_are_held_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Images that nearly all look alike: of a hundred thousand the pairs would not fit into memory."""
    bits = np.random.default_rng(3).integers(0, 9, 700)
    hashes = np.uint64(1) << np.stack([bits, bits + 20]).T.astype(np.uint64)
    images = np.arange(700)
    expected = [int(np.flatnonzero(bits == bits[row])[0]) for row in images]
    monkeypatch.setattr(duplicates, "_LINKS", 10)
    groups = duplicates._components(hashes, 0)
    assert np.array_equal(np.unique(groups), np.arange(9))
    assert [int(np.flatnonzero(groups == group)[0]) for group in groups] == expected
    assert groups[0] == 0


def test_one_image_and_none() -> None:
    assert group_lookalikes(faces(1)).groups.tolist() == [0]
    assert group_lookalikes(faces(1)[:0]).groups.tolist() == []


@pytest.mark.real
def test_on_real_faces_few_links_are_wrong(real_data: Path) -> None:
    folder = real_data / "faces"
    data = load(folder / "training.zip", subjects=folder / "training_subjects.csv")
    assert data.subjects is not None
    hashes = perceptual_hash(data.images)
    a, b = pairs(hashes, hashes, THRESHOLD)
    a, b = a[a < b], b[a < b]
    assert len(a) == 349
    assert (data.subjects[a] != data.subjects[b]).sum() == 8
