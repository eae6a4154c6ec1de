from teni.cli.measures import headline_text, measures_text
from teni.task import Classes, Keypoints


def test_what_is_not_defined_is_a_dash_and_long_names_keep_the_columns():
    each = {
        "left_eyebrow_inner_end": {"rmse_px": 1.234, "nme_percent": 4.5, "pck_05": 0.75, "labels": 1234},
        "nose": {"rmse_px": None, "nme_percent": None, "pck_05": None, "labels": 0},
    }
    block = {
        "images": 1300, "subjects": 40, "rmse_px": 1.5, "rmse_px_ci95": None, "nme_percent": 4.5,
        "nme_percent_ci95": [4.0, 5.0], "pck_05": 0.75, "pck_10": 1.0, "mean_predictor": {"rmse_px": 3.8},
        "per_keypoint": each,
    }  # fmt: skip
    task = Keypoints(tuple(each), 96, 96, (0, 1))
    assert measures_text(block, task).splitlines() == [
        "1,300 images of 40 subjects",
        "RMSE      1.50 px; the mean of the labels 3.80 px",
        "NME       4.50% (95% interval 4.00 to 5.00)",
        "PCK       75.0% within 0.05, 100.0% within 0.10 of the distance of the eyes",
        "                          RMSE px      NME %   PCK@0.05     labels",
        "left_eyebrow_inner_end       1.23       4.50      75.0%      1,234",
        "nose                            –          –          –          0",
    ]
    assert measures_text(block | {"subjects_known": False}, task).startswith(
        "1,300 images, nobody said of whom\n"
    )


def test_faces_have_a_mean_face():
    block = {"rmse_px": 1.5, "rmse_px_ci95": [1.25, 1.75], "mean_predictor": {"rmse_px": 4.0}}
    eyes = Keypoints(("left_eye_center", "right_eye_center"), 96, 96, (1, 0))
    assert headline_text(block, eyes) == "RMSE 1.50 px (95% 1.25 to 1.75); the mean face has 4.00"


def test_classes_with_what_is_taken_for_what():
    each = {
        "cat": {"recall": 0.5, "precision": 1.0, "labels": 4},
        "dog": {"recall": 1.0, "precision": 0.75, "labels": 6},
    }
    block = {
        "images": 10, "subjects": 5, "accuracy": 0.8, "accuracy_ci95": [0.6, 1.0], "log_loss": 0.4321,
        "log_loss_ci95": None, "calibration_error": 0.05, "balanced_accuracy": 0.75,
        "mean_predictor": {"accuracy": 0.6, "log_loss": 0.673}, "per_class": each, "confusion": [[2, 2], [0, 6]],
    }  # fmt: skip
    assert measures_text(block, Classes(("cat", "dog"), 9, 9)).splitlines() == [
        "10 images of 5 subjects",
        "accuracy  80.0% (95% interval 60.0% to 100.0%); the majority class 60.0%",
        "log loss  0.432; the shares of the classes 0.673",
        "calibration error 5.0%; balanced accuracy 75.0%",
        "             recall  precision     labels",
        "cat           50.0%     100.0%          4",
        "dog          100.0%      75.0%          6",
        "most often taken: cat for dog 2",
    ]
