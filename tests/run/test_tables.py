import numpy as np

from teni.run import predictions_arrays, predictions_table


def test_predictions_as_a_table_and_back():
    predicted = np.arange(12.0).reshape(2, 3, 2)
    truth = predicted + 0.5
    truth[1, 2, 0] = np.nan
    ids, people = np.array(["a", "b"]), np.array(["x", "y"])
    table = predictions_table("test", ids, people, predicted, truth, list("pqr"))
    assert table.columns.tolist() == [
        "part", "id", "subject", "p_x", "p_y", "q_x", "q_y", "r_x", "r_y",
        "p_x_true", "p_y_true", "q_x_true", "q_y_true", "r_x_true", "r_y_true",
    ]  # fmt: skip
    assert table.iloc[1].tolist()[:5] == ["test", "b", "y", 6, 7]
    back, back_truth = predictions_arrays(table, list("pqr"))
    np.testing.assert_array_equal(back, predicted)
    np.testing.assert_array_equal(back_truth, truth)
