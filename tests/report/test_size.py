"""A report of many faces stays small: sheets of pictures, and points as whole numbers."""

from dataclasses import replace

import numpy as np
import pandas as pd

from fake_run import MEAN, NAMES, draw_face, make_run
from teni.report import build_report
from teni.run import make_pictures, predictions_arrays, predictions_table

MANY = 2545


def test_a_report_of_2545_faces_is_below_15_megabytes():
    run, random = make_run(), np.random.default_rng(0)
    truth = MEAN + random.normal(0, 3, (MANY, 15, 2))
    predicted = truth + random.normal(0, 1.2, (MANY, 15, 2))
    some = np.stack([draw_face(points, random) for points in truth[:64]])
    # Fine noise on every face, drawn anew: as hard to compress as photographs are, and harder.
    images = some[np.arange(MANY) % 64].astype(np.int16) + random.integers(-6, 7, (MANY, 96, 96, 1), np.int16)
    people = np.array([f"person_{i // 12:03d}" for i in range(MANY)])
    table = predictions_table("validation", np.arange(MANY).astype(str), people, predicted, truth, run.task)
    pictures = make_pictures([images.clip(0, 255).astype(np.uint8)], random.random(MANY))
    page = build_report(replace(run, predictions=pd.concat([table], ignore_index=True), pictures=pictures))
    assert len(page.encode()) < 15e6
    assert page.count('id="sheet-') == -(-MANY // 64)
    assert predictions_arrays(table, NAMES)[0].shape == (MANY, 15, 2)
