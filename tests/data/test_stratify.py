import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from teni.data import Dataset, split
from teni.task import Classes


def dataset(targets: list[int], subjects: list[int], classes: int) -> Dataset:
    many = len(targets)
    names = tuple(f"c{i}" for i in range(classes))
    who = np.array([f"s{s:03d}" for s in subjects])
    ids = np.arange(many).astype(str)
    return Dataset(np.zeros((many, 2, 2, 1), np.uint8), np.array(targets), Classes(names, 2, 2), who, ids)


@given(st.lists(st.integers(0, 4), min_size=20, max_size=120), st.floats(0.1, 0.4), st.integers(0, 99))
def test_every_class_in_its_share_where_each_image_is_a_group(
    targets: list[int], test: float, seed: int
) -> None:
    assume(len(set(targets)) > 1)
    data = dataset(targets, list(range(len(targets))), 5)
    drawn = split(data, test=test, validation=0, seed=seed)
    for each in set(targets):
        here = np.array(targets) == each
        assert abs((drawn.parts[here] == "test").sum() - test * here.sum()) < 2
        assert (drawn.parts[here] == "train").any()


@given(st.integers(0, 99))
def test_subjects_stay_whole_and_classes_are_spread(seed: int) -> None:
    subjects = np.repeat(np.arange(40), 5)
    targets = (subjects % 4 == 0).astype(int)  # a quarter of the subjects
    drawn = split(dataset(targets.tolist(), subjects.tolist(), 2), test=0.2, validation=0.2, seed=seed)
    for subject in range(40):
        assert len(set(drawn.parts[subjects == subject])) == 1
    for part in ("test", "validation"):
        assert (drawn.parts == part).sum() == 40
        assert 5 <= (targets[drawn.parts == part] == 1).sum() <= 15


def test_a_class_of_one_image_is_kept_for_training_and_said() -> None:
    data = dataset([0] * 10 + [1] * 10 + [2], list(range(21)), 3)
    for seed in range(20):
        drawn = split(data, test=0.3, validation=0.2, seed=seed)
        assert drawn.parts[20] == "train"
        assert drawn.notes[-1].startswith("1 class has no image in the test part (c2)")
        assert drawn.notes[-2].startswith("1 class has no image in the validation part (c2)")


def test_a_subject_of_several_classes_counts_for_the_rarest() -> None:
    # The rare class is shown by two subjects, who show the common one too: one of them stays for training.
    subjects = [i // 2 for i in range(24)]
    targets = [1 if i in (0, 2) else 0 for i in range(24)]
    for seed in range(20):
        drawn = split(dataset(targets, subjects, 2), test=0.4, validation=0, seed=seed)
        assert "train" in {str(drawn.parts[0]), str(drawn.parts[2])}


def test_images_without_a_class_are_spread_too() -> None:
    data = dataset([0] * 20 + [1] * 20 + [-1] * 20, list(range(60)), 2)
    drawn = split(data, test=0.2, validation=0, seed=3)
    assert [(drawn.parts[i : i + 20] == "test").sum() for i in (0, 20, 40)] == [4, 4, 4]
