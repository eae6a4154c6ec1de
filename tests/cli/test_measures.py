from teni.cli.measures import measures_text


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
    assert measures_text(block).splitlines() == [
        "1,300 images of 40 subjects",
        "RMSE      1.50 px; the mean face 3.80 px",
        "NME       4.50% (95% interval 4.00 to 5.00)",
        "PCK       75.0% within 0.05, 100.0% within 0.10 of the distance of the eyes",
        "                          RMSE px      NME %   PCK@0.05     labels",
        "left_eyebrow_inner_end       1.23       4.50      75.0%      1,234",
        "nose                            –          –          –          0",
    ]
    assert measures_text(block | {"subjects_known": False}).startswith("1,300 images, nobody said of whom\n")
