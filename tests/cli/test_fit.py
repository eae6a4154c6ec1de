"""``teni fit`` as people type it: from a CSV to a run folder, and every way in which that cannot work."""

import contextlib
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from blobs import TASK
from kaggle_folder import make_kaggle_folder
from teni.run import read_run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with training.csv, subjects.csv, test.csv, lookup, solution and a network to tap."""
    return make_kaggle_folder(tmp_path_factory.mktemp("kaggle"))


@pytest.fixture
def words(folder: Path, tmp_path: Path) -> list[object]:
    return [
        "fit", folder / "training.csv", "--subjects", folder / "subjects.csv", "--backbone", folder / "small.keras",
        "--out", tmp_path / "run",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def fitted(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    out = tmp_path_factory.mktemp("runs") / "kaggle"
    command = [
        sys.executable, "-c", "from teni.cli import main; main()",
        "fit", folder / "training.csv", "--subjects", folder / "subjects.csv", "--backbone", folder / "small.keras",
        "--test", folder / "test.csv", "--lookup", folder / "IdLookupTable.csv",
        "--solution", folder / "solution.csv", "--out", out, "--json",
    ]  # fmt: skip
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return out, json.loads(done.stdout)


def test_json_is_all_there_is_on_standard_output(fitted):
    out, told = fitted
    assert told["run"] == str(out)
    assert told["metrics"] == json.loads((out / "metrics.json").read_text())
    test = told["metrics"]["test"]
    assert test["images"] == 10
    assert test["rmse_px"] < 0.7 * test["mean_predictor"]["rmse_px"]
    assert set(told["metrics"]["cost"]) == {"seconds", "peak_rss_mb"}


def test_the_run_folder_is_whole(fitted):
    out, _ = fitted
    names = {
        "run.json", "metrics.json", "history.csv", "learning_curve.csv", "split.csv", "predictions.csv",
        "model.keras", "report.html", "submission.csv", "figures",
    }  # fmt: skip
    assert names <= {p.name for p in out.iterdir()}
    run = read_run(out)
    assert set(run.split["part"]) == {"train"}
    assert (run.predictions["part"] == "test").sum() == 10


def test_the_submission_holds_what_was_asked_for_in_order_and_inside_the_image(fitted):
    out, _ = fitted
    table = pd.read_csv(out / "submission.csv")
    assert table["RowId"].tolist() == list(range(1, 61))
    assert table["Location"].between(0, 20).all()
    predicted = read_run(out).predictions.query("part == 'test'").set_index("id")
    assert table["Location"][0] == pytest.approx(predicted.loc["1", "left_eye_x"], abs=1e-3)


def test_the_model_says_the_same_where_teni_is_not_installed(fitted, folder: Path):
    out, _ = fitted
    code = (
        "import sys, keras, numpy as np, pandas as pd\n"
        "class NoTeni:\n"
        "    def find_spec(self, name, *rest):\n"
        "        if name.split('.')[0] == 'teni': raise ImportError('no teni here')\n"
        "sys.meta_path.insert(0, NoTeni())\n"
        f"x = pd.read_csv({str(folder / 'test.csv')!r})['Image'].str.split().tolist()\n"
        "x = np.array(x, np.uint8).reshape(-1, 20, 20, 1)\n"
        f"print(np.asarray(keras.models.load_model({str(out / 'model.keras')!r}).predict(x, verbose=0)).tolist())\n"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False,
                          env=os.environ | {"KERAS_BACKEND": "jax"}, timeout=300)  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = np.array(json.loads(done.stdout.strip().splitlines()[-1]))
    predicted = read_run(out).predictions.query("part == 'test'")
    columns = [f"{name}_{axis}" for name in TASK.names for axis in "xy"]
    np.testing.assert_allclose(found.reshape(10, -1), predicted[columns].to_numpy(), atol=0.02)


def test_the_same_split_again(teni: Callable, words: list, folder: Path, tmp_path: Path):
    first = teni(*words, "--strategy", "ridge", "--tap", "conv2")
    assert first.code == 0, first.err
    again = [*words[:-1], tmp_path / "again"]
    ended = teni(*again, "--strategy", "ridge", "--tap", "conv2", "--split", tmp_path / "run" / "split.csv")
    assert ended.code == 0, ended.err
    one, two = (json.loads((tmp_path / name / "metrics.json").read_text()) for name in ("run", "again"))
    assert one["test"] == two["test"]
    assert "report.html" in ended.out


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--tap", "conv9"], "conv9"),
        (["--tap", "auto", "--tap", "conv2"], "--tap auto proposes the taps itself; give it alone"),
        (["--tap", "conv1+conv2", "--tap", "conv1"], "--tap conv1+conv2 is a sum and leaves no choice"),
        (["--strategy", "magic"], "magic"),
        (["--size", "large"], "--size large: expected pixels, e.g. 144"),
        (["--lookup", "IdLookupTable.csv"], "--lookup, --solution and --test-subjects speak of a test set; give"),
        (["--test-subjects", "subjects.csv"], "--test-subjects speak of a test set; give it with --test"),
        (["--test", "training.csv", "--solution", "solution.csv"], "answers a lookup table; give that with --lookup"),
        (["--test", "nowhere.csv"], "nowhere.csv"),
        (["--subjects", "short.csv"], "short.csv"),
        (["--split", "subjects.csv"], "subjects.csv"),
        (["--backbone", "mobilenet"], "mobilenet"),
        (["--backbone", "nonet"], "nonet"),
        (["--weights", "training.csv"], "training.csv"),
        (["--pair", "nose"], "--pair nose: expected two keypoints, e.g. --pair wing_1=wing_2"),
        (["--pair", "nose=chin"], "pair nose=chin: no keypoint is called 'chin'; the keypoints are left_eye"),
        (["--pair", "nose=nose", "--pair", "nose=left_eye"], "--pair nose=left_eye: 'nose' is paired with 'nose'"),
        (["--test", "test.csv", "--lookup", "strange.csv"], "FeatureName ear_x is not known"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_one_sentence(
    teni: Callable, words: list, folder: Path, tmp_path: Path, more: list[str], said: str
):
    (folder / "short.csv").write_text("subject\nAda\n")
    (folder / "strange.csv").write_text("RowId,ImageId,FeatureName\n1,1,ear_x\n")
    placed = [str(folder / word) if word.endswith(".csv") else word for word in more]
    ended = teni(*words, *placed)
    assert (ended.code, ended.out) == (1, ""), ended.err
    last = ended.err.strip().splitlines()
    assert any(said in line for line in last)
    assert "Traceback" not in ended.err
    assert "choosing" not in ended.err  # known before the work
    assert not (tmp_path / "run").exists()
    assert list(tmp_path.iterdir()) == []  # nothing half-written either


@pytest.fixture
def one_wing(folder: Path, tmp_path: Path) -> tuple[list[object], Path]:
    """Return the words that fit a thing of which one side is labelled, and data to measure it on."""
    table = pd.read_csv(folder / "training.csv")
    table.columns = [
        name.replace("left_eye", "left_wing").replace("right_eye", "knee") for name in table.columns
    ]
    table.iloc[:36].to_csv(tmp_path / "wings.csv", index=False)
    table.iloc[36:].to_csv(tmp_path / "more.csv", index=False)
    words = ["fit", tmp_path / "wings.csv", "--backbone", folder / "small.keras", "--tap", "conv2"]
    return [
        *words,
        "--strategy",
        "ridge",
        "--test",
        tmp_path / "more.csv",
        "--out",
        tmp_path / "run",
    ], tmp_path


def test_one_side_without_the_other_is_asked_about(teni: Callable, one_wing):
    words, place = one_wing
    ended = teni(*words)
    assert (ended.code, ended.out) == (1, "")
    assert "'left_wing' has a side but there is no 'right_wing'" in ended.err
    assert "--no-mirror" in ended.err
    assert "--pair left_wing=" in ended.err
    assert not (place / "run").exists()


def test_one_side_without_the_other_in_a_pair_of_its_own(teni: Callable, one_wing):
    words, place = one_wing
    ended = teni(*words, "--pair", "left_wing = knee")
    assert ended.code == 0, ended.err
    assert read_run(place / "run").about["task"]["flip_permutation"] == [1, 0, 2]
    # What is only measured or predicted need not know.
    assert teni("evaluate", place / "run", place / "more.csv").code == 0
    assert teni("predict", place / "run", place / "more.csv", "--tta").code == 0


def test_without_mirror_images_one_side_is_enough(teni: Callable, one_wing):
    words, place = one_wing
    ended = teni(*words, "--no-mirror")
    assert ended.code == 0, ended.err
    assert "No mirrored copies were learned from." in (place / "run" / "report.html").read_text()
    assert teni("evaluate", place / "run", place / "more.csv").code == 0
    drawn = teni("predict", place / "run", place / "more.csv", "--overlay", place / "drawn")
    assert drawn.code == 0, drawn.err
    ended = teni("predict", place / "run", place / "more.csv", "--tta")
    assert (ended.code, ended.out) == (1, "")
    assert "an average over mirror images would be wrong; predict without --tta" in ended.err


def test_what_leaks_is_said_at_once(teni: Callable, words: list, folder: Path):
    ended = teni(*words, "--strategy", "ridge", "--tap", "conv2", "--test", folder / "training.csv")
    assert ended.code == 0, ended.err
    assert (
        "48 of 48 test images nearly equal to training images; the test error may be too good." in ended.err
    )


def test_a_tap_that_does_not_exist_offers_the_nearest(teni: Callable, words: list):
    assert "conv1" in teni(*words, "--tap", "conv11").err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "empty"),
        ("left_eye_x,left_eye_y\n1,2\n", "Image"),
        ("left_eye_x,Image\n1,0 0 0 0\n", "left_eye_y"),
        ("nose_x,nose_y,Image\n1,1,0 0 0 0\n1,1,0 0 0\n", "row"),
        ("nose_x,nose_y,Image\n1,1,0 0 0 999\n", "255"),
        ("nose_x,nose_y,Image\n1,1,0 0 0 a\n", "row"),
        ("nose_x,nose_y,Image\n1,1,0 0 0 0\n", "group"),
        ("nose_x,nose_y,Image\n,,0 0 0 0\n,,9 9 9 9\n", "label"),
    ],
)
def test_tables_that_cannot_be_used(teni: Callable, tmp_path: Path, content: str, said: str):
    file = tmp_path / "training.csv"
    file.write_text(content)
    ended = teni("fit", file, "--out", tmp_path / "run")
    assert (ended.code, ended.out) == (1, ""), ended.err
    assert said in ended.err
    assert not (tmp_path / "run").exists()


def test_archives_that_cannot_be_used(teni: Callable, tmp_path: Path, folder: Path):
    two, bomb, text = (tmp_path / name for name in ("two.zip", "bomb.zip", "text.zip"))
    with zipfile.ZipFile(two, "w") as archive:
        archive.writestr("a.csv", "Image\n0\n")
        archive.writestr("b.csv", "Image\n0\n")
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", "0" * 3_000_000)
    text.write_text("no archive")
    for file, said in ((two, "a.csv, b.csv"), (bomb, "1 MB"), (text, "text.zip")):
        ended = teni("fit", file, "--out", tmp_path / "run", "--max-unpacked-mb", 1)
        assert (ended.code, ended.out) == (1, "")
        assert said in ended.err, ended.err
        assert "Traceback" not in ended.err


def test_a_run_of_that_name_is_kept(teni: Callable, words: list, tmp_path: Path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "mine.txt").write_text("mine")
    ended = teni(*words)
    assert (ended.code, ended.out) == (1, "")
    assert "--overwrite" in ended.err
    # A folder that no fit wrote is not replaced even so.
    ended = teni(*words, "--overwrite")
    assert (ended.code, ended.out) == (1, "")
    assert (tmp_path / "run" / "mine.txt").read_text() == "mine"


@pytest.mark.slow
def test_a_disk_that_is_full_at_the_end_leaves_nothing(words: list, tmp_path: Path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a small disk")
    try:
        command = [sys.executable, "-c", "from teni.cli import main; main()", *words[:-1], disk / "run"]
        command += ["--tap", "conv2", "--strategy", "ridge"]
        done = subprocess.run(
            list(map(str, command)), capture_output=True, text=True, check=False, timeout=300
        )
        assert done.returncode == 1, done.stdout
        assert "the disk is full; free some space or give another place" in done.stderr
        assert "Traceback" not in done.stderr
        assert list(disk.iterdir()) == []
    finally:
        with contextlib.suppress(OSError):
            subprocess.run(["umount", str(disk)], capture_output=True, check=False)
