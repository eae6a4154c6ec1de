import numpy as np
import pytest

from teni.data import ClassSummary, Dataset, require_labels, summary, summary_text
from teni.errors import TeniError
from teni.task import Classes


def animals(targets: list[int] | None, names: tuple[str, ...] = ("cat", "dog", "owl")) -> Dataset:
    many = 4 if targets is None else len(targets)
    images = np.random.default_rng(0).integers(5, 200, (many, 16, 8, 1), np.uint8)
    found = None if targets is None else np.array(targets)
    return Dataset(images, found, Classes(names, 16, 8), None, np.arange(many).astype(str))


def test_classes_are_counted() -> None:
    found = summary(animals([1, 1, -1, 2]))
    assert found.labels == ClassSummary((("cat", 0), ("dog", 2), ("owl", 1)), 3)
    assert summary_text(found).splitlines()[2:] == [
        "3 classes; 3 of 4 images have one",
        "images that show it:",
        "  cat        0    0%",
        "  dog        2   50%",
        "  owl        1   25%",
    ]


def test_two_classes_are_enough_to_learn_from() -> None:
    require_labels(animals([1, 2, 2, 1, -1]))


@pytest.mark.parametrize(
    ("targets", "names", "message"),
    [
        (
            None,
            (),
            "the training data has no classes; expected a folder of images for each class, or a CSV with",
        ),
        ([-1, -1], ("cat", "dog"), "the training data has no classes; expected a folder of images"),
        ([1, 1], ("cat", "dog"), "all images show one class, dog; expected at least two to tell apart"),
        ([0, 1, 1], ("cat", "dog"), "1 class has a single image (cat); expected at least two of each"),
    ],
)
def test_what_cannot_be_learned_from(targets: list[int] | None, names: tuple[str, ...], message: str) -> None:
    with pytest.raises(TeniError) as error:
        require_labels(animals(targets, names))
    assert str(error.value).startswith(message)
