from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from teni.data import Dataset, folds, group_rows, load, split
from teni.errors import TeniError
from teni.task import Keypoints

SUBJECTS = st.lists(st.integers(0, 30), min_size=3, max_size=120)


def dataset(subjects: list[int] | None, images: np.ndarray | None = None) -> Dataset:
    count = len(subjects) if subjects is not None else len(images) if images is not None else 0
    pictures = np.zeros((count, 2, 2, 1), np.uint8) if images is None else images
    who = None if subjects is None else np.array([f"s{subject}" for subject in subjects])
    ids = np.array([str(i) for i in range(count)])
    return Dataset(pictures, None, Keypoints((), *pictures.shape[1:3], ()), who, ids)


@given(SUBJECTS, st.floats(0, 0.4), st.floats(0, 0.3), st.integers(0, 2**32))
def test_a_split_keeps_what_it_promises(
    subjects: list[int], test: float, validation: float, seed: int
) -> None:
    sizes = np.unique(subjects, return_counts=True)[1]
    assume(len(sizes) >= 3)
    assume(len(subjects) >= 3.5 * sizes.max())
    data = dataset(subjects)
    drawn = split(data, test=test, validation=validation, seed=seed)
    rows = [drawn.rows("train"), drawn.rows("validation"), drawn.rows("test")]
    np.testing.assert_array_equal(np.sort(np.concatenate(rows)), np.arange(len(data)))
    sides = {(subject, part) for subject, part in zip(subjects, drawn.parts.tolist(), strict=True)}
    assert len(sides) == len(sizes)
    assert len(rows[0]) > 0
    for part, share in zip(rows[1:], (validation, test), strict=True):
        assert abs(len(part) - share * len(data)) <= sizes.max()
        assert (len(part) > 0) == (share > 0)
    again = split(data, test=test, validation=validation, seed=seed)
    assert again.fingerprint == drawn.fingerprint


def test_another_seed_gives_another_split() -> None:
    data = dataset(list(range(40)))
    assert split(data, seed=1).parts.tolist() != split(data, seed=2).parts.tolist()
    assert split(data, seed=1).fingerprint != split(data, seed=2).fingerprint


def test_the_split_of_subjects_does_not_depend_on_the_order_of_the_rows() -> None:
    subjects = [i // 4 for i in range(48)]
    order = np.random.default_rng(0).permutation(48)
    plain = split(dataset(subjects)).parts
    shuffled = split(dataset([subjects[i] for i in order])).parts
    assert plain[order].tolist() == shuffled.tolist()


def test_shares_of_equal_groups_are_met_exactly() -> None:
    drawn = split(dataset([i // 5 for i in range(100)]), test=0.2, validation=0.15)
    assert [len(drawn.rows(part)) for part in ("train", "validation", "test")] == [65, 15, 20]


def test_near_duplicates_stay_together_where_no_subjects_are_given() -> None:
    random = np.random.default_rng(0)
    originals = random.integers(0, 200, (60, 24, 24, 1), np.uint8)
    images = np.concatenate([originals, originals[:30] + np.uint8(25)])
    drawn = split(dataset(None, images))
    assert drawn.parts[:30].tolist() == drawn.parts[60:].tolist()
    assert drawn.groups[:30].tolist() == drawn.groups[60:].tolist()
    assert len(np.unique(drawn.groups)) == 60
    assert drawn.notes[0].startswith(
        "No subjects are given: 60 near-duplicate images in 30 groups kept together"
    )


def test_images_that_all_look_alike_are_noted() -> None:
    random = np.random.default_rng(0)
    picture = random.integers(60, 190, (1, 24, 24, 1))
    images = np.clip(picture + random.normal(0, 12, (40, 24, 24, 1)), 0, 255).astype(np.uint8)
    _, notes = group_rows(dataset(None, images))
    assert "All images look much alike: only hashes within " in notes[0]


THREE = "cannot split into train + test + validation: found {}, expected at least 3, one for each part"
SHARES = (
    "test={} and validation={} leave nothing to train on; expected shares from 0 that add up to less than 1"
)


@pytest.mark.parametrize(
    ("subjects", "test", "validation", "message"),
    [
        ([1, 1, 1], 0.2, 0.15, THREE.format("1 subject")),
        ([1, 2, 2], 0.2, 0.15, THREE.format("2 subjects")),
        ([1, 1], 0, 0, "cannot split into train: found 1 subject, expected at least 2, one for each part"),
        ([1, 2, 3], 0.5, 0.5, SHARES.format(0.5, 0.5)),
        ([1, 2, 3], -0.1, 0, SHARES.format(-0.1, 0)),
    ],
)
def test_what_cannot_be_split(subjects: list[int], test: float, validation: float, message: str) -> None:
    with pytest.raises(TeniError) as error:
        split(dataset(subjects), test=test, validation=validation)
    assert str(error.value) == message


def test_one_picture_many_times_cannot_be_split() -> None:
    images = np.repeat(np.random.default_rng(0).integers(0, 255, (1, 16, 16, 1), np.uint8), 9, axis=0)
    with pytest.raises(TeniError, match="found 1 group of near-duplicates, expected at least 3"):
        split(dataset(None, images))


@given(SUBJECTS, st.integers(2, 6), st.integers(0, 2**32))
def test_folds_keep_groups_whole_and_are_about_equal(subjects: list[int], count: int, seed: int) -> None:
    groups = np.array(subjects)
    sizes = np.unique(groups, return_counts=True)[1]
    assume(len(sizes) >= count)
    dealt = folds(groups, count, seed=seed)
    assert len({(group, fold) for group, fold in zip(subjects, dealt.tolist(), strict=True)}) == len(sizes)
    filled = np.bincount(dealt, minlength=count)
    assert filled.min() > 0
    assert filled.max() - filled.min() <= sizes.max()
    np.testing.assert_array_equal(dealt, folds(groups, count, seed=seed))


@pytest.mark.parametrize("count", [0, 1, 4])
def test_too_few_and_too_many_folds(count: int) -> None:
    with pytest.raises(
        TeniError, match=f"^3 groups cannot make {count} folds; expected 2 folds to one a group$"
    ):
        folds(np.array([0, 1, 1, 2]), count)


@pytest.mark.real
def test_the_real_faces(real_data: Path) -> None:
    folder = real_data / "faces"
    data = load(folder / "training.zip", subjects=folder / "training_subjects.csv")
    drawn = split(data)
    assert data.subjects is not None
    train, test = (set(data.subjects[drawn.rows(part)].tolist()) for part in ("train", "test"))
    assert not train & test
    assert abs(len(drawn.rows("test")) - 509) <= 15
