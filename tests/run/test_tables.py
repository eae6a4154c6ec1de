import numpy as np

from teni.run import predictions_arrays, predictions_table
from teni.run.tables import class_columns, read_table, write_table
from teni.task import Classes, Keypoints


def test_predictions_as_a_table_and_back():
    predicted = np.arange(12.0).reshape(2, 3, 2)
    truth = predicted + 0.5
    truth[1, 2, 0] = np.nan
    task = Keypoints(("p", "q", "r"), 9, 9, (0, 1, 2))
    ids, people = np.array(["a", "b"]), np.array(["x", "y"])
    table = predictions_table("test", ids, people, predicted, truth, task)
    assert table.columns.tolist() == [
        "part", "id", "subject", "p_x", "p_y", "q_x", "q_y", "r_x", "r_y",
        "p_x_true", "p_y_true", "q_x_true", "q_y_true", "r_x_true", "r_y_true",
    ]  # fmt: skip
    assert table.iloc[1].tolist()[:5] == ["test", "b", "y", 6, 7]
    back, back_truth = predictions_arrays(table, list("pqr"))
    np.testing.assert_array_equal(back, predicted)
    np.testing.assert_array_equal(back_truth, truth)


def test_probabilities_as_a_table_and_back_from_a_file(tmp_path):
    task = Classes(("007", "NA", "class"), 9, 9)
    predicted = np.array([[0.5, 0.25, 0.25], [0.1, 0.8, 0.1], [np.nan] * 3])
    ids = np.array(["a", "b", "c"])
    table = predictions_table("validation", ids, None, predicted, np.array([2, -1, 0]), task)
    assert table.columns.tolist() == ["part", "id", "subject", "007", "NA", "class_", "class", "class_true"]
    write_table(tmp_path / "p.csv", table, ("part", "id"), digits=4)
    back = read_table(tmp_path / "p.csv", table.columns.tolist())
    assert back["class"].tolist() == ["007", "NA", ""]
    assert back["class_true"].tolist() == ["class", "", "007"]
    np.testing.assert_array_equal(back[list(class_columns(task.names))].to_numpy(), predicted)
