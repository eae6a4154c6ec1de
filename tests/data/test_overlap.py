import numpy as np

from teni.data import Dataset, check_overlap
from teni.task import Keypoints


def dataset(images: np.ndarray, subjects: list[str] | None = None) -> Dataset:
    ids = np.array([str(i) for i in range(len(images))])
    who = None if subjects is None else np.array(subjects)
    return Dataset(images, None, Keypoints((), *images.shape[1:3], ()), who, ids)


def test_near_duplicates_and_shared_subjects_are_counted() -> None:
    images = np.random.default_rng(0).integers(0, 200, (6, 32, 32, 1), np.uint8)
    test = np.concatenate([images[4:], images[[1]] + np.uint8(20), images[[2], :, ::-1]])
    found = check_overlap(dataset(images[:4], ["a", "a", "b", "c"]), dataset(test, ["b", "b", "c", "d"]))
    assert (found.near_duplicates, found.shared_subjects, found.test_images) == (2, 2, 4)
    assert found.notes() == (
        "2 of 4 test images nearly equal to training images; the test error may be too good.",
        "2 subjects both in the training set and in the test set; the test error does not tell how well new "
        "subjects are predicted.",
    )


def test_two_sets_with_nothing_in_common() -> None:
    images = np.random.default_rng(0).integers(0, 200, (6, 32, 32, 1), np.uint8)
    found = check_overlap(dataset(images[:4], ["a", "a", "b", "c"]), dataset(images[4:]))
    assert (found.near_duplicates, found.shared_subjects) == (0, None)
    assert found.notes() == ()
