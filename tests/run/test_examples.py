from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from teni.errors import TeniError
from teni.run.examples import Examples, choose_examples, read_examples, write_examples
from teni.task import Classes, Keypoints

NOSE = Keypoints(("nose",), 4, 4, (0,))


def choose(errors: list[float], subjects: list[str] | None = None, each: int = 2) -> Examples:
    many = len(errors)
    truth = np.zeros((many, 1, 2))
    truth[np.isnan(errors)] = np.nan
    predicted = np.nan_to_num(np.array(errors))[:, None, None] + np.zeros((many, 1, 2))
    images = np.arange(many, dtype=np.uint8)[:, None, None, None] + np.zeros((many, 4, 4, 1), np.uint8)
    people = None if subjects is None else np.array(subjects)
    return choose_examples("test", np.arange(many).astype(str), people, images, predicted, truth, NOSE, each)


def test_the_best_the_middle_and_the_worst_in_the_order_of_their_error():
    examples = choose([4, 0, 8, 2, 6, 1, 3, 5, 7])
    assert examples.errors.tolist() == [0, 1, 3, 4, 8, 7]
    assert examples.kinds.tolist() == ["best", "best", "median", "median", "worst", "worst"]
    assert examples.ids.tolist() == ["1", "5", "6", "0", "2", "8"]
    assert examples.images[:, 0, 0, 0].tolist() == [1, 5, 6, 0, 2, 8]
    assert set(examples.parts) == {"test"}
    assert examples.errors[examples.of("worst")].tolist() == [8, 7]


def test_each_person_once():
    examples = choose([0, 0.1, 1, 2, 3, 4, 5, 6], list("aabcdefg"))
    assert examples.errors[examples.of("best")].tolist() == [0, 1]


def test_images_without_labels_are_left_out():
    assert set(choose([1, np.nan, 2, 3, np.nan]).ids) == {"0", "2", "3"}


@pytest.mark.parametrize("many", [0, 1, 2, 4])
def test_few_images(many: int):
    examples = choose(list(range(many)), each=6)
    assert len(set(examples.ids)) == len(examples) <= many


def test_strange_files(tmp_path: Path):
    write_examples(tmp_path / "a.npz", choose([1, 2, 3]))
    assert len(read_examples(tmp_path / "a.npz", NOSE)) == 3
    with pytest.raises(TeniError, match=r"a\.npz: damaged \(shapes do not belong together\)"):
        read_examples(tmp_path / "a.npz", replace(NOSE, names=("a", "b")))
    np.savez(tmp_path / "b.npz", ids=np.array([{}], object))
    with pytest.raises(TeniError, match=r"b\.npz: damaged \(.*pickle"):
        read_examples(tmp_path / "b.npz", NOSE)
    np.savez(tmp_path / "c.npz", ids=np.array(["1"]))
    with pytest.raises(TeniError, match=r"c\.npz: damaged"):
        read_examples(tmp_path / "c.npz", NOSE)


def test_classes_by_their_log_loss(tmp_path: Path):
    task = Classes(("cat", "dog"), 4, 4)
    own = np.array([0.9, 0.2, 0.6, 0.4, 0.99, 0.01])
    predicted = np.stack([own, 1 - own], axis=1)
    truth = np.array([0, 0, 0, 0, 0, -1])
    images = np.zeros((6, 4, 4, 1), np.uint8)
    ids = np.arange(6).astype(str)
    examples = choose_examples("test", ids, None, images, predicted, truth, task, each=1)
    assert examples.ids.tolist() == ["4", "2", "1"]
    np.testing.assert_allclose(examples.errors, -np.log([0.99, 0.6, 0.2]), rtol=1e-5)
    write_examples(tmp_path / "a.npz", examples)
    back = read_examples(tmp_path / "a.npz", task)
    assert (back.truth.tolist(), back.predicted.shape) == ([0, 0, 0], (3, 2))
