"""``teni fit`` with what is trained: a budget, loss curves, a kill, and going on."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from kaggle_folder import make_kaggle_folder
from teni.run import read_run

EPOCHS = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_kaggle_folder(tmp_path_factory.mktemp("kaggle"))


def words(folder: Path, out: Path, *more: str) -> list[str]:
    return [
        "fit", str(folder / "training.csv"), "--subjects", str(folder / "subjects.csv"),
        "--backbone", str(folder / "small.keras"), "--strategy", "mlp", "--tap", "pool1", "--out", str(out),
        "--epochs", str(EPOCHS), *more,
    ]  # fmt: skip


def test_a_killed_training_goes_on_and_ends_as_if_nothing_had_happened(teni: Callable, folder, tmp_path):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    ended = teni(*words(folder, whole))
    assert ended.code == 0, ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["whole"]
    command = [sys.executable, "-c", "from teni.cli import main; main()", *words(folder, cut)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    state, waited = tmp_path / "cut.training", time.monotonic() + 240
    while not (state.is_dir() and any(state.iterdir())):
        assert process.poll() is None, process.communicate()[1].decode()
        assert time.monotonic() < waited
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert not cut.exists()
    again = teni(*words(folder, cut))
    assert (again.code, "go on with --resume" in again.err) == (1, True)
    again = teni(*words(folder, cut, "--resume"))
    assert again.code == 0, again.err
    assert not state.exists()
    runs = [read_run(path) for path in (whole, cut)]
    pd.testing.assert_frame_equal(runs[0].curves, runs[1].curves)
    assert runs[0].metrics["validation"]["rmse_px"] == runs[1].metrics["validation"]["rmse_px"]
    pd.testing.assert_frame_equal(runs[0].predictions, runs[1].predictions)
    assert runs[0].about["strategy"] == "mlp"
    assert len(runs[0].curves) == EPOCHS
    assert 'id="training"' in (whole / "report.html").read_text()


def test_epochs_and_time_are_kept_to(teni: Callable, folder, tmp_path):
    ended = teni(*words(folder, tmp_path / "short", "--epochs", "3", "--budget", "1h"))
    assert ended.code == 0, ended.err
    run = read_run(tmp_path / "short")
    assert len(run.curves) == 3
    assert run.about["arguments"]["budget"] == "1h"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--resume"], "does not exist, so nothing can be resumed"),
        (["--strategy", "ridge", "--resume"], "ridge is solved, not trained"),
        (["--budget", "soon"], "--budget soon: expected a time such as 90s, 10m or 1.5h"),
    ],
)
def test_what_cannot_be(teni: Callable, folder, tmp_path, more, told):
    ended = teni(*words(folder, tmp_path / "run", *more))
    assert (ended.code, ended.out) == (1, "")
    assert told in ended.err
    assert list(tmp_path.iterdir()) == []


def test_a_learning_rate_is_found_or_said(teni: Callable, folder, tmp_path):
    out = tmp_path / "found"
    asked = [*words(folder, out, "--rate", "find")]
    asked[asked.index("mlp")] = "two-phase"
    asked[asked.index(str(EPOCHS))] = "2"
    ended = teni(*asked)
    assert ended.code == 0, ended.err
    assert "the loss fell fastest at a learning rate of" in ended.err
    run = read_run(out)
    assert run.about["range_tests"]["head"]["found"] == run.about["choice"]["learning_rate"]
    assert "taken: " in (out / "figures" / "range_tests.svg").read_text()
    said = words(folder, tmp_path / "said", "--rate", "0.002", "--overwrite")
    said[said.index(str(EPOCHS))] = "2"
    assert teni(*said).code == 0
    assert read_run(tmp_path / "said").curves["learning_rate"].tolist() == [0.002, 0.0002]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--rate", "quick"), "--rate quick: expected a learning rate, e.g. 0.001, or find"),
        (("--rate", "find"), "give a learning rate as a number, or search it with --tune"),
        (("--rate", "0.1", "--tune", "3"), "--tune searches the learning rate too"),
        (
            ("--rate", "0.1", "--strategy", "ridge"),
            "ridge is solved, not trained, so it has no learning rate",
        ),
    ],
)
def test_rates_that_cannot_be(teni: Callable, folder, tmp_path, more, told):
    ended = teni(*words(folder, tmp_path / "run", *more))
    assert (ended.code, told in ended.err) == (1, True), ended.err
    assert not list(tmp_path.iterdir())
