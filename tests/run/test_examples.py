from pathlib import Path

import numpy as np
import pytest

from teni.errors import TeniError
from teni.run.examples import Examples, choose_examples, read_examples, write_examples


def choose(errors: list[float], subjects: list[str] | None = None, each: int = 2) -> Examples:
    many = len(errors)
    truth = np.zeros((many, 1, 2))
    truth[np.isnan(errors)] = np.nan
    predicted = np.nan_to_num(np.array(errors))[:, None, None] + np.zeros((many, 1, 2))
    images = np.arange(many, dtype=np.uint8)[:, None, None, None] + np.zeros((many, 4, 4, 1), np.uint8)
    people = None if subjects is None else np.array(subjects)
    return choose_examples("test", np.arange(many).astype(str), people, images, predicted, truth, each)


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
    assert len(read_examples(tmp_path / "a.npz", 1)) == 3
    with pytest.raises(TeniError, match=r"a\.npz: damaged \(shapes do not belong together\)"):
        read_examples(tmp_path / "a.npz", 2)
    np.savez(tmp_path / "b.npz", ids=np.array([{}], object))
    with pytest.raises(TeniError, match=r"b\.npz: damaged \(.*pickle"):
        read_examples(tmp_path / "b.npz", 1)
    np.savez(tmp_path / "c.npz", ids=np.array(["1"]))
    with pytest.raises(TeniError, match=r"c\.npz: damaged"):
        read_examples(tmp_path / "c.npz", 1)
