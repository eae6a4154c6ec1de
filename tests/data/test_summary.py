import numpy as np

from teni.data import Dataset, summary, summary_text
from teni.task import Keypoints

NAN = [np.nan, np.nan]


def dataset(
    points: list[list[list[float]]] | None, names: tuple[str, ...], subjects: list[str] | None = None
) -> Dataset:
    count = 5 if points is None else len(points)
    images = np.random.default_rng(0).integers(5, 200, (count, 16, 8, 1), np.uint8)
    images[0, 0, 0, 0], images[1, 0, 0, 0] = 3, 210
    images[-1] = images[0] + np.uint8(20)
    targets = None if points is None else np.array(points, np.float32).reshape(count, len(names), 2)
    who = None if subjects is None else np.array(subjects)
    task = Keypoints(names, 16, 8, tuple(range(len(names))))
    return Dataset(images, targets, task, who, np.arange(count).astype(str), ("f.csv: something odd.",))


POINTS = [
    [[1, 2], [3, 4], [5, 6]],
    [[1, 1], NAN, NAN],
    [[2, 15], NAN, NAN],
    [[1, 2], [3, 4], NAN],
    [NAN, NAN, NAN],
]


def test_everything_is_counted() -> None:
    data = dataset(POINTS, ("eye", "nose", "lip"), ["a", "a", "b", "b", "b"])
    found = summary(data)
    assert (found.rows, found.image_shape) == (5, (16, 8, 1))
    assert found.grey_range == (3, float(data.images.mean()), int(data.images.max()))
    assert (found.subjects, found.subject_sizes) == (2, (2, 2.5, 3))
    assert (found.duplicate_rows, found.duplicate_groups) == (2, 1)
    assert found.notes == ("f.csv: something odd.",)
    assert found.labels is not None
    assert found.labels.counts == (("eye", 4), ("nose", 2), ("lip", 1))
    assert found.labels.complete == 1
    assert found.labels.patterns[0] == (("eye",), 2)
    assert set(found.labels.patterns[1:]) == {((), 1), (("eye", "nose"), 1), (("eye", "nose", "lip"), 1)}
    assert (found.labels.x_range, found.labels.y_range) == ((1, 5), (1, 15))


def test_the_text_reads_well() -> None:
    data = dataset(POINTS, ("eye", "nose", "lip"), ["a", "a", "b", "b", "b"])
    low, high = data.images.min(), data.images.max()
    assert summary_text(summary(data)).splitlines() == [
        f"5 images of 8x16 pixels, 1 channel, values {low} to {high} (mean {data.images.mean():.1f})",
        "2 subjects with 2 to 3 images each; 2 near-duplicates in 1 group",
        "3 keypoints; 1 of 5 rows have them all",
        "x from 1.0 to 5.0, y from 1.0 to 15.0 pixels",
        "rows with a label:",
        "  eye         4   80%",
        "  nose        2   40%",
        "  lip         1   20%",
        "rows with gaps:",
        "  2 rows have only 1 of 3: eye",
        "  1 row has no label at all",
        "  1 row has all but 1 of 3: lip",
        "f.csv: something odd.",
    ]


def test_many_patterns_and_many_names_are_cut_short() -> None:
    names = tuple("abcdefghijklmnop")
    there = np.zeros((9, 16), bool)
    there[:3, :8] = True
    for row in range(3, 9):
        there[row, : row - 2] = True
    points = np.where(there[..., None], [1.0, 2.0], np.nan).tolist()
    lines = summary_text(summary(dataset(points, names))).splitlines()
    start = lines.index("rows with gaps:")
    assert lines[start + 1] == "  3 rows have only 8 of 16: a, b, c, d, e, f and 2 more"
    assert lines[start + 5] == "  3 rows in 3 other patterns"


def test_a_test_set_and_one_without_gaps() -> None:
    text = summary_text(summary(dataset(None, ()), None))
    assert text.splitlines()[1:] == [
        "subjects not given; 2 near-duplicates in 1 group",
        "no labels",
        "f.csv: something odd.",
    ]
    whole = summary_text(summary(dataset([[[1, 2]]] * 5, ("eye",), ["a", "b", "c", "d", "e"])))
    assert "rows with gaps" not in whole
    assert "5 subjects with 1 image each" in whole


def test_keypoints_that_nobody_labelled_have_no_range() -> None:
    found = summary(dataset([[NAN]] * 5, ("eye",)))
    assert found.labels is not None
    assert (found.labels.x_range, found.labels.complete) == (None, 0)
    assert "x from" not in summary_text(found)
