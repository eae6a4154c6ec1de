import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spot_run import pixels_lit, write_table

LIT = np.array([[[70, 30], [20, 40]], [[50, 90], [40, 10]], [[60, 60], [30, 20]]])


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    """Return labels that are 3 off in x and 4 in y."""
    return write_table(tmp_path / "faces.csv", pixels_lit(LIT), LIT + 0.5 - [3, 4])


def test_metrics_as_json_in_their_own_process(process: Callable, spots: Path, faces: Path, tmp_path: Path):
    (tmp_path / "subjects.csv").write_text("Subject\nada\nada\nmax\n")
    ended = process("evaluate", spots, faces, "--subjects", tmp_path / "subjects.csv", "--json", "--tta")
    assert ended.code == 0
    found = json.loads(ended.out)
    test = found["metrics"]["test"]
    assert (found["run"], found["data"], found["tta"]) == (str(spots), str(faces), True)
    assert test["rmse_px"] == pytest.approx(np.sqrt(12.5), abs=1e-3)
    assert test["subjects"] == 2
    assert test["rmse_px_ci95"] == pytest.approx([np.sqrt(12.5)] * 2, abs=1e-3)
    assert found["metrics"]["cost"]["seconds"] > 0


def test_metrics_for_people(teni: Callable, spots: Path, faces: Path):
    ended = teni("evaluate", spots, faces)
    assert ended.code == 0
    assert ended.out.startswith(
        "3 images, nobody said of whom\nRMSE      3.54 px (95% interval 3.54 to 3.54); the mean"
    )
    assert "left_spot " in ended.out
    assert "Nobody said who the images show" in ended.err


def test_other_keypoints_for_the_same_images(teni: Callable, spots: Path, faces: Path, tmp_path: Path):
    lines = ["right_spot_x,right_spot_y,left_spot_x,left_spot_y"]
    lines += [",".join(map(str, (row[::-1] + 0.5).ravel())) for row in LIT]
    (tmp_path / "better.csv").write_text("\n".join(lines))
    ended = teni("evaluate", spots, faces, "--keypoints", tmp_path / "better.csv", "--json")
    assert json.loads(ended.out)["metrics"]["test"]["rmse_px"] < 1e-3


def test_a_lookup_table_and_its_solution(teni: Callable, spots: Path, tmp_path: Path):
    faces = write_table(tmp_path / "test.csv", pixels_lit(LIT))
    lookup, solution = tmp_path / "lookup.csv", tmp_path / "solution.csv"
    lookup.write_text("RowId,ImageId,FeatureName\n1,1,left_spot_x\n2,3,right_spot_y\n")
    solution.write_text("RowId,Location\n1,68.5\n2,20.5\n")
    ended = teni("evaluate", spots, faces, "--lookup", lookup, "--solution", solution, "--json")
    test = json.loads(ended.out)["metrics"]["test"]
    assert test["rmse_px"] == pytest.approx(np.sqrt(2), abs=1e-3)
    assert test["labels"] == 2


def test_options_that_need_or_exclude_each_other(teni: Callable, spots: Path, faces: Path):
    for words in (["--lookup", "a.csv"], ["--solution", "a.csv"]):
        ended = teni("evaluate", spots, faces, *words)
        assert ended.code == 2
        assert "a lookup table asks and its solution answers; give both" in ended.err
    words = ["--lookup", "a.csv", "--solution", "b.csv", "--keypoints", "c.csv"]
    ended = teni("evaluate", spots, faces, *words)
    assert ended.code == 2
    assert "both say where the keypoints are; give one" in ended.err


def test_data_without_labels_and_with_others(teni: Callable, spots: Path, tmp_path: Path):
    bare = write_table(tmp_path / "test.csv", pixels_lit(LIT))
    ended = teni("evaluate", spots, bare)
    assert ended.code == 1
    assert "Error: the data has no keypoints to compare with" in ended.err
    other = write_table(tmp_path / "other.csv", pixels_lit(LIT), LIT, ("left_ear", "right_ear"))
    ended = teni("evaluate", spots, other)
    assert ended.code == 1
    assert "lacks 2 of the run's 2 keypoints: left_spot, right_spot" in ended.err
    (tmp_path / "subjects.csv").write_text("Subject\nada\n")
    ended = teni("evaluate", spots, other, "--subjects", tmp_path / "subjects.csv")
    assert ended.code == 1
    assert "1 subject for 3 images" in ended.err


def test_the_seed_is_that_of_the_bootstrap(teni: Callable, spots: Path, tmp_path: Path):
    random = np.random.default_rng(0)
    points = np.tile(LIT, (4, 1, 1))
    faces = write_table(tmp_path / "f.csv", pixels_lit(points), points + random.normal(0, 3, points.shape))
    first, again, other = (
        json.loads(teni("evaluate", spots, faces, "--json", "--seed", seed).out)["metrics"]["test"]
        for seed in (1, 1, 2)
    )
    assert first == again
    assert first["rmse_px"] == other["rmse_px"]
    assert first["mean_predictor"]["rmse_px_ci95"] != other["mean_predictor"]["rmse_px_ci95"]
