import json

import numpy as np

from teni.data.kaggle_lookup import Lookup
from teni.prediction.given import Given
from teni.prediction.table import points_csv, points_dicts, submission_csv
from teni.task import Keypoints

POINTS = np.array([[[1.25, 2.0], [3.0, 4.00004]], [[-5.0, 6.0], [7.0, 800.0]]], np.float32)
TASK = Keypoints(("eye", "nose"), 96, 96, (0, 1))


def test_csv():
    assert points_csv(np.array(["7", 'a,"b'], np.str_), POINTS, TASK.names).splitlines() == [
        "id,eye_x,eye_y,nose_x,nose_y",
        "7,1.2500,2.0000,3.0000,4.0000",
        '"a,""b",-5.0000,6.0000,7.0000,800.0000',
    ]


def test_plain_values():
    found = points_dicts(np.array(["7", "8"]), POINTS, TASK.names)
    assert json.loads(json.dumps(found))[1] == {
        "id": "8",
        "keypoints": {"eye": {"x": -5.0, "y": 6.0}, "nose": {"x": 7.0, "y": 800.0}},
    }


def test_a_submission_stays_within_each_image():
    sizes = np.array([[96, 96], [200, 100]])
    given = Given(
        np.zeros((2, 1, 1, 1), np.uint8), sizes, np.array(["1", "2"]), lambda i: np.zeros((1, 1, 1))
    )
    lookup = Lookup("lookup", np.array(["a", "b", "c"]), np.array([1, 1, 0]), np.array([3, 0, 2]), (2, 2, 2))
    found = submission_csv(lookup, given, POINTS, TASK)
    assert found.splitlines() == ["RowId,Location", "a,200.0000", "b,0.0000", "c,3.0000"]
