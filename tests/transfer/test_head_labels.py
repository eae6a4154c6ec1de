import numpy as np

from teni.task import Classes, Keypoints
from teni.transfer.head_labels import head_data, head_error

TASK = Keypoints(("left", "right", "nose"), 8, 10, (1, 0, 2))
POINTS = np.array(
    [[[7, 2], [3, 2], [np.nan] * 2], [[np.nan] * 2, [np.nan] * 2, [5, 6]], [[np.nan, 4], [2, 4], [5, 5]]],
    np.float32,
)


def test_columns_in_the_units_of_half_the_image_with_mirror_images_behind():
    data = head_data(POINTS, POINTS[:2], TASK, (0, 1), "halves")
    assert data.rows.tolist() == [0, 2, 3, 5]  # the second image has no label of its own
    assert data.validation_rows.tolist() == [0]
    np.testing.assert_allclose(data.targets[0], [0.4, -0.5, -0.4, -0.5], atol=1e-6)
    np.testing.assert_allclose(
        data.targets[2], [0.4, -0.5, -0.4, -0.5], atol=1e-6
    )  # x -> 10 - x, sides swapped
    assert data.known[1].tolist() == [0, 1, 1, 1]
    assert data.known[3].tolist() == [1, 1, 0, 1]
    assert data.targets[1][0] == 0


def test_without_mirror_images():
    assert head_data(POINTS, POINTS, TASK, (2,), None).rows.tolist() == [1, 2]


def test_the_error_is_in_pixels():
    data = head_data(POINTS, POINTS[:1], TASK, (0, 1), None)
    outputs = data.validation_targets + np.array([[0.2, 0, 0, 0.5]], np.float32)
    np.testing.assert_allclose(head_error(outputs, data, TASK), np.sqrt((1.0**2 + 2.0**2) / 4), rtol=1e-5)


def test_classes():
    task = Classes(("a", "b"), 8, 8)
    data = head_data(np.array([1, -1, 0]), np.array([-1, 1]), task, (0, 1), None)
    assert data.rows.tolist() == [0, 2]
    assert data.validation_rows.tolist() == [1]
    assert data.targets.tolist() == [[0, 1], [1, 0]]
    assert data.kind == "cross-entropy"
    np.testing.assert_allclose(head_error(np.zeros((1, 2)), data, task), np.log(2))
