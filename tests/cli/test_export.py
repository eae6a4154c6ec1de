"""``teni export``: what it says, where it writes, what it refuses."""

import json
import subprocess
import sys

import numpy as np
from PIL import Image

from spot_run import blobs, write_table


def test_the_script_says_what_teni_predict_says(teni, spots, tmp_path):
    done = teni("export", spots, "--out", tmp_path / "out")
    assert done.code == 0, done.err
    assert done.out.splitlines()[0].startswith(f"{tmp_path / 'out'}: onnx, float32, ")
    assert "differs from the model by" in done.out
    for i, (high, wide) in enumerate(((96, 96), (60, 130))):
        light = blobs(np.array([[0.7 * wide, 0.5 * high], [0.3 * wide, 0.4 * high]]), high, wide, 4.0)
        Image.fromarray(light).save(tmp_path / f"{i}.png")
    files = sorted(tmp_path.glob("*.png"))
    command = [sys.executable, "-I", str(tmp_path / "out" / "predict.py"), *map(str, files)]
    said = subprocess.run(command, capture_output=True, check=True, timeout=120).stdout.decode()
    (folder := tmp_path / "pictures").mkdir()
    for file in files:
        file.rename(folder / file.name)
    told = teni("predict", spots, folder).out
    head, *rows = (line.split(",") for line in said.splitlines())
    expected_head, *expected = (line.split(",") for line in told.splitlines())
    assert head == expected_head
    assert [row[0] for row in rows] == ["0.png", "1.png"]
    np.testing.assert_allclose(
        [list(map(float, row[1:])) for row in rows],
        [list(map(float, row[1:])) for row in expected],
        atol=0.01,
    )


def test_as_json_with_data_that_say_what_precision_costs(teni, spots, tmp_path):
    points = np.random.default_rng(0).uniform(30, 40, (6, 2, 2)) + np.array([[30.0, 0.0], [-20.0, 0.0]])
    images = np.stack([blobs(row, 96, 96, 4.0) for row in points])
    table = write_table(tmp_path / "data.csv", images, points)
    done = teni(
        "export", spots, "--out", tmp_path / "out", "--precision", "float16", "--data", table, "--json"
    )  # fmt: skip
    found = json.loads(done.out)
    assert (found["format"], found["precision"], found["export"]) == (
        "onnx",
        "float16",
        str(tmp_path / "out"),
    )
    assert found["cost"]["images"] == 6
    assert found["megabytes"]["float16"] < found["megabytes"]["float32"]
    assert "RMSE" in teni("export", spots, "--out", tmp_path / "b", "--precision", "float16").out


def test_wrong_arguments_and_refusals(teni, spots, tmp_path):
    assert teni("export", spots, "--subjects", tmp_path / "people.csv").code == 2
    done = teni("export", spots, "--format", "caffe")
    assert (done.code, "expected one of onnx, litert" in done.err) == (1, True)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    done = teni("export", spots, "--out", tmp_path / "out", "--overwrite")
    assert (done.code, "holds files but no export.json" in done.err) == (1, True)


def test_by_itself_it_writes_beside_the_run(teni, spots):
    done = teni("export", spots, "--json")
    assert json.loads(done.out)["export"] == str(spots.with_name("spots-onnx"))
    assert (spots.with_name("spots-onnx") / "card.md").is_file()


def test_the_run_may_be_the_folder_that_one_stands_in(teni, spots, monkeypatch):
    for place, said in ((spots, "."), (spots / "figures", "..")):
        place.mkdir(exist_ok=True)
        monkeypatch.chdir(place)
        done = teni("export", said, "--json", "--overwrite")
        assert done.code == 0, done.err
        assert json.loads(done.out)["export"] == str(spots.with_name("spots-onnx"))
