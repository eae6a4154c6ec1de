import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from fake_run import NAMES, make_run
from teni.errors import TeniError
from teni.files import output_folder
from teni.run import Run, read_run, write_run
from teni.training import CURVES


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("runs") / "faces"
    with output_folder(path) as folder:
        write_run(folder, make_run())
    return path


@pytest.fixture
def broken(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "faces"))


def change(folder: Path, **entries: object) -> None:
    about = json.loads((folder / "run.json").read_text())
    about |= entries
    (folder / "run.json").write_text(json.dumps({k: v for k, v in about.items() if v is not None}))


def test_what_is_written_is_read_back(written: Path):
    made, read = make_run(), read_run(written)
    assert read.path == written
    assert read.task == made.task
    assert read.metrics == made.metrics
    assert read.about == json.loads(json.dumps(made.about | {"format": 1}))
    for name in ("history", "learning_curve", "split"):
        pd.testing.assert_frame_equal(getattr(read, name), getattr(made, name))
    pd.testing.assert_frame_equal(read.predictions, made.predictions, atol=1e-4)
    for name, array in vars(made.examples).items():
        np.testing.assert_array_equal(getattr(read.examples, name), array)
        assert getattr(read.examples, name).dtype == array.dtype


def test_loss_curves_are_kept_where_something_was_trained(tmp_path: Path):
    curves = pd.DataFrame([["head", 1, 1e-3, 0.5, 0.6, 2.5]], columns=list(CURVES))
    write_run(tmp_path, replace(make_run(), curves=curves))
    pd.testing.assert_frame_equal(read_run(tmp_path).curves, curves)


def test_the_files_that_people_may_count_on(written: Path):
    assert sorted(str(p.relative_to(written)) for p in written.rglob("*") if p.is_file()) == [
        "examples.npz", "figures/best.png", "figures/median.png", "figures/worst.png", "history.csv",
        "learning_curve.csv", "metrics.json", "predictions.csv", "run.json", "split.csv",
    ]  # fmt: skip
    with Image.open(written / "figures" / "best.png") as sheet:
        assert sheet.width > 3 * 288
    header = (written / "predictions.csv").read_text().splitlines()[0].split(",")
    assert header[:5] == ["part", "id", "subject", "left_eye_center_x", "left_eye_center_y"]
    assert header[-1] == f"{NAMES[-1]}_y_true"


def test_ids_and_subjects_stay_text(tmp_path: Path):
    run = make_run()
    run.split["id"] = [f"00{i}" for i in range(len(run.split))]
    run.split["group"] = "NA"
    write_run(tmp_path, run)
    split = read_run(tmp_path).split
    assert split["id"][1] == "001"
    assert set(split["group"]) == {"NA"}


def test_a_run_without_test_data_or_curve(tmp_path: Path):
    write_run(tmp_path, make_run(parts=False))
    read = read_run(tmp_path)
    assert read.metrics["test"] is None
    assert len(read.learning_curve) == 0


def test_numpy_values_become_json(tmp_path: Path):
    run = make_run()
    run.about.update(seed=np.int64(3), out=Path("runs"), data={"sizes": np.array([1, 2])})
    write_run(tmp_path, run)
    about = read_run(tmp_path).about
    assert (about["seed"], about["out"], about["data"]) == (3, "runs", {"sizes": [1, 2]})


def test_run_json_comes_last_so_that_a_broken_write_is_no_run(tmp_path: Path):
    run = make_run()
    run.metrics["test"] = float("nan")
    with pytest.raises(ValueError, match="JSON"):
        write_run(tmp_path, run)
    with pytest.raises(TeniError, match=r"is not a run folder \(no run\.json in it\)"):
        read_run(tmp_path)
    with pytest.raises(TypeError, match="set has no place in JSON"):
        write_run(tmp_path, replace(make_run(), metrics={"test": {1}}))


def test_what_a_run_must_have(tmp_path: Path):
    run = make_run()
    del run.about["choice"], run.about["seed"]
    with pytest.raises(TeniError, match=r"run\.json needs seed, choice"):
        write_run(tmp_path, run)
    run = make_run()
    with pytest.raises(TeniError, match=r"history\.csv: no column kernel, lambda; found stage, size"):
        write_run(tmp_path, replace(run, history=run.history.drop(columns=["kernel", "lambda"])))


def test_no_such_folder(tmp_path: Path):
    with pytest.raises(TeniError, match="faces: no such folder; give a folder that teni fit wrote"):
        read_run(tmp_path / "faces")
    (tmp_path / "faces").write_text("")
    with pytest.raises(TeniError, match="no such folder"):
        read_run(tmp_path / "faces")


def test_half_written(tmp_path: Path):
    with output_folder(tmp_path / "faces") as folder:
        write_run(folder, make_run())
        with pytest.raises(TeniError, match="half-written, the fit was interrupted or is still at work"):
            read_run(folder)
    assert isinstance(read_run(tmp_path / "faces"), Run)


@pytest.mark.parametrize("name", ["metrics.json", "history.csv", "examples.npz"])
def test_a_file_is_missing(broken: Path, name: str):
    (broken / name).unlink()
    with pytest.raises(TeniError, match=f"faces: not whole, {name} is missing; fit again"):
        read_run(broken)


@pytest.mark.parametrize("name", ["run.json", "metrics.json", "history.csv", "examples.npz"])
@pytest.mark.parametrize("content", [b"", b"\xff\x00\x01", b"[1, 2"])
def test_a_file_is_damaged(broken: Path, name: str, content: bytes):
    (broken / name).write_bytes(content)
    with pytest.raises(TeniError, match=f"{name}: (damaged|no column)"):
        read_run(broken)


def test_json_of_another_shape(broken: Path):
    (broken / "metrics.json").write_text("[]")
    with pytest.raises(TeniError, match=r"metrics\.json: damaged \(expected an object\)"):
        read_run(broken)


def test_content_that_does_not_belong_together(broken: Path):
    (broken / "metrics.json").write_text('{"test": null, "cost": {}}')
    with pytest.raises(TeniError, match=r"metrics\.json has neither test nor validation"):
        read_run(broken)
    (broken / "metrics.json").write_text('{"test": {"rmse_px": 1}}')
    table = pd.read_csv(broken / "predictions.csv")
    table.drop(columns="nose_tip_y_true").to_csv(broken / "predictions.csv", index=False)
    with pytest.raises(TeniError, match=r"predictions\.csv: no column nose_tip_y_true; found part, id, "):
        read_run(broken)


def test_another_version_another_kind_another_program(broken: Path):
    change(broken, format=2, teni="9.0")
    with pytest.raises(TeniError, match=r"written by teni 9\.0 in format 2, this teni reads format 1"):
        read_run(broken)
    change(broken, format=1, kind="compare")
    with pytest.raises(TeniError, match="is a folder of teni compare, expected one of teni fit"):
        read_run(broken)
    change(broken, kind="fit", choice=None, task={"names": []})
    with pytest.raises(TeniError, match=r"lacks choice, task\.height, task\.width, task\.flip_permutation"):
        read_run(broken)
    change(broken, format=None)
    with pytest.raises(TeniError, match=r"its run\.json is not teni's"):
        read_run(broken)


def test_the_model_is_asked_for_by_name(broken: Path):
    with pytest.raises(TeniError, match=r"model\.keras: the run folder has lost its model"):
        _ = read_run(broken).model_file
    (broken / "model.keras").write_bytes(b"")
    assert read_run(broken).model_file == broken / "model.keras"
