from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spot_run import NAMES, blobs, pixels_lit, save_spot_run
from teni.data import Dataset
from teni.errors import TeniError
from teni.prediction import answered, evaluate_run, load_model
from teni.run import Run, read_run
from teni.task import Keypoints

LIT = np.array([[[70, 30], [20, 40]], [[50, 90], [40, 10]]])


def dataset(truth: np.ndarray, names: tuple[str, ...] = NAMES, subjects: bool = True) -> Dataset:
    task = Keypoints(names, 96, 96, tuple(range(len(names))))
    who = np.array(["ada", "max"]) if subjects else None
    return Dataset(pixels_lit(LIT), truth.astype(np.float32), task, who, np.array(["1", "2"]))


def measure(run: Run, data: Dataset, **how: bool) -> dict:
    return evaluate_run(run, load_model(run), data, **how)[0]


def test_the_error_that_was_planted(spots: Path):
    """x is 3 off and y 4: the root mean square over coordinates is sqrt((9 + 16) / 2)."""
    run = read_run(spots)
    block = measure(run, dataset(LIT + 0.5 - [3, 4]))
    assert block["rmse_px"] == pytest.approx(np.sqrt(12.5), abs=1e-3)
    mean = np.array([[70.0, 48.0], [26.0, 48.0]]) - (LIT + 0.5 - [3, 4])
    assert block["mean_predictor"]["rmse_px"] == pytest.approx(np.sqrt((mean**2).mean()), abs=1e-4)
    assert block["subjects"] == 2


def test_keypoints_in_another_order_and_one_too_many(spots: Path):
    run = read_run(spots)
    shuffled = np.stack([LIT[:, 1] + 0.5, LIT[:, 0] * 0.0, LIT[:, 0] + 0.5], axis=1)
    block, notes = evaluate_run(run, load_model(run), dataset(shuffled, ("right_spot", "nose", "left_spot")))
    assert block["rmse_px"] < 1e-3
    assert "Keypoints that the run does not know were left out: nose." in notes


def test_the_mirror(tmp_path: Path):
    run = read_run(save_spot_run(tmp_path / "biased", bias=(2.0, 0.0)))
    assert measure(run, dataset(LIT + 0.5))["rmse_px"] == pytest.approx(np.sqrt(2), abs=1e-3)
    assert measure(run, dataset(LIT + 0.5), tta=True)["rmse_px"] < 1e-3


def test_images_of_another_size_are_measured_in_their_own_pixels(spots: Path):
    run = read_run(spots)
    where = np.array([[140.0, 60.0], [40.0, 80.0]])
    images = blobs(where, 192, 192, 6.0)[None, ..., None]
    task = Keypoints(NAMES, 192, 192, (1, 0))
    data = Dataset(images, (where[None] - 3).astype(np.float32), task, None, np.array(["1"]))
    block = measure(run, data)
    assert block["rmse_px"] == pytest.approx(3.0, abs=0.2)
    mean = np.array([[140.0, 96.0], [52.0, 96.0]]) - (where - 3)  # the run's mean face, twice as large
    assert block["mean_predictor"]["rmse_px"] == pytest.approx(np.sqrt((mean**2).mean()), abs=1e-3)


def test_what_a_reader_should_know(spots: Path):
    run = read_run(spots)
    data = dataset(LIT + 0.5, subjects=False)
    own = replace(run, about=run.about | {"fingerprints": {"data": data.fingerprint}})
    notes = evaluate_run(own, load_model(own), data)[1]
    assert any(note.startswith("This is the data that the run was fitted on") for note in notes)
    assert any(note.startswith("Nobody said who the images show") for note in notes)
    assert evaluate_run(run, load_model(run), dataset(LIT + 0.5))[1] == ()


def test_data_without_labels(spots: Path):
    run = read_run(spots)
    bare = replace(dataset(LIT * 1.0), targets=None)
    with pytest.raises(TeniError, match="the data has no keypoints to compare with; expected columns called"):
        evaluate_run(run, load_model(run), bare)


def test_a_keypoint_is_missing(spots: Path):
    run = read_run(spots)
    with pytest.raises(TeniError, match=r"lacks 1 of the run's 2 .*: left_spot \(nearest .*: left_sport\)"):
        measure(run, dataset(LIT * 1.0, ("left_sport", "right_spot")))
    with pytest.raises(
        TeniError, match=r"lacks 2 of the run's 2 .*: left_spot, right_spot; name its columns"
    ):
        measure(run, dataset(LIT * 1.0, ("42", "43")))


@pytest.mark.parametrize("face", [None, [[1, 2]], "face", [[1, 2], [3, float("nan")]]])
def test_a_run_without_a_mean_face(spots: Path, face: object):
    run = read_run(spots)
    run = replace(run, about=run.about | {"mean_prediction": face})
    with pytest.raises(TeniError, match=r"run\.json has no mean_prediction of 2 keypoints to compare with"):
        measure(run, dataset(LIT + 0.5))


def test_only_what_is_asked_counts(spots: Path, tmp_path: Path):
    run = read_run(spots)
    (tmp_path / "lookup.csv").write_text(
        "RowId,ImageId,FeatureName,Location\n1,1,left_spot_x,\n2,2,right_spot_y,\n"
    )
    (tmp_path / "solution.csv").write_text("RowId,Location\n1,68.5\n2,10.5\n")
    bare = replace(dataset(LIT * 1.0), targets=None, task=Keypoints((), 96, 96, ()))
    data = answered(bare, run.task, tmp_path / "lookup.csv", tmp_path / "solution.csv")
    block = measure(run, data)
    assert block["rmse_px"] == pytest.approx(np.sqrt((2**2 + 0) / 2), abs=1e-3)
    assert block["labels"] == 2
