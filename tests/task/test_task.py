import numpy as np
import pytest

from teni.errors import TeniError
from teni.task import (
    Classes,
    Keypoints,
    as_keypoints,
    flip_targets,
    image_errors,
    labelled,
    mean_prediction,
    measure_name,
    output_shape,
)
from teni.task.record import missing_entries, read_task, task_record

POINTS = Keypoints(("left_eye", "right_eye"), 8, 10, (1, 0))
CLASSES = Classes(("cat", "dog", "owl"), 8, 10)
TARGETS = np.array([[[1, 2], [3, 4]], [[5, 6], [np.nan] * 2], [[np.nan] * 2] * 2], np.float32)


def test_what_keypoints_answer():
    assert labelled(TARGETS, POINTS).tolist() == [True, True, False]
    assert mean_prediction(TARGETS, POINTS).tolist() == [[3, 4], [3, 4]]
    assert np.isnan(mean_prediction(TARGETS[2:], POINTS)).all()
    assert (output_shape(POINTS), measure_name(POINTS)) == ((2, 2), "rmse_px")
    assert image_errors(TARGETS + 2, TARGETS, POINTS)[:2].tolist() == [2, 2]
    assert flip_targets(TARGETS[:1], POINTS, "integers").tolist() == [[[6, 4], [8, 2]]]


def test_what_classes_answer():
    targets = np.array([2, 2, -1, 0])
    assert labelled(targets, CLASSES).tolist() == [True, True, False, True]
    np.testing.assert_allclose(mean_prediction(targets, CLASSES), [1 / 3, 0, 2 / 3])
    assert mean_prediction(targets[2:3], CLASSES).tolist() == [0, 0, 0]
    assert (output_shape(CLASSES), measure_name(CLASSES)) == ((3,), "log_loss")
    np.testing.assert_allclose(image_errors(np.full((4, 3), 1 / 3), targets, CLASSES)[:2], np.log(3))
    assert flip_targets(targets, CLASSES) is targets


@pytest.mark.parametrize("task", [POINTS, CLASSES])
def test_a_task_survives_being_written_down(task):
    record = task_record(task)
    assert missing_entries(record) == []
    assert read_task(record) == task


def test_records_of_the_first_runs_tell_of_keypoints():
    record = {name: value for name, value in task_record(POINTS).items() if name != "kind"}
    assert read_task(record) == POINTS
    assert missing_entries({**task_record(CLASSES), "kind": "poses"}) == ["kind"]
    assert missing_entries({"kind": "classes", "names": []}) == ["height", "width", "resize"]


def test_what_is_for_keypoints_alone_says_so():
    assert as_keypoints(POINTS, "a lookup table") is POINTS
    with pytest.raises(TeniError) as error:
        as_keypoints(Classes(("a", "b", "c", "d"), 8, 8), "a lookup table")
    assert str(error.value) == "a lookup table is for keypoints, but this is about classes (a, b, c, ...)"
