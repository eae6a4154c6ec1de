import io
from dataclasses import replace

import numpy as np
import pandas as pd

from fake_run import make_run
from teni.run import predictions_table
from teni.suspects import find_suspects, suspects_csv
from teni.suspects.classes import suspect_classes
from teni.task import Classes, task_record


def test_planted_errors_of_a_run_come_out_as_a_table():
    run = make_run()
    run.predictions.loc[17, ["nose_tip_x_true", "nose_tip_y_true"]] = [5.0, 90.0]
    (first, *_) = found = find_suspects(run)
    assert (first.row, first.kind) == (17, "far")
    table = pd.read_csv(io.StringIO(suspects_csv(run, found)), dtype={"id": str})
    row = table.iloc[0]
    assert (row["part"], row["id"], row["subject"], row["keypoint"]) == (
        "test",
        "18",
        "person_04",
        "nose_tip",
    )
    assert (row["x"], row["y"]) == (5.0, 90.0)
    off = np.hypot(row["x"] - row["predicted_x"], row["y"] - row["predicted_y"])
    assert abs(row["off_px"] - off) < 0.02


def test_a_run_without_subjects_has_suspects_too():
    run = make_run()
    run.predictions["subject"] = ""
    run.predictions.loc[17, ["nose_tip_x_true", "nose_tip_y_true"]] = [5.0, 90.0]
    assert find_suspects(run)[0].row == 17


def test_classes_of_a_run():
    task = Classes(("cat", "dog", "class"), 8, 8)
    shares = np.tile([0.9, 0.05, 0.05], (6, 1))
    shares[3:] = [0.1, 0.85, 0.05]
    labels = np.array([0, 0, 0, 1, 1, 0])
    table = predictions_table("test", np.arange(6).astype(str), None, shares, labels, task)
    run = make_run()
    run = replace(run, about=run.about | {"task": task_record(task)}, predictions=table)
    assert [(s.row, s.kind, s.where) for s in find_suspects(run)] == [(5, "class", (1,))]
    assert suspects_csv(run, find_suspects(run)).splitlines()[1] == "test,5,,class,8.5,cat,0.1,dog,0.85"
    assert suspects_csv(run, []).startswith("part,id,subject,kind,score,class,")


def test_an_image_without_a_label_is_no_suspect_and_a_class_without_images_is_nobodys():
    shares = np.array([[0.9, 0.1, 0.0], [0.0, 0.1, 0.9], [0.0, 0.0, 1.0]])
    assert suspect_classes(shares, np.array([0, 1, -1])) == []
