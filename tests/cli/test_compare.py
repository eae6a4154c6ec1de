"""``teni compare`` and ``teni advise`` as people type them."""

import json
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


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_kaggle_folder(tmp_path_factory.mktemp("kaggle"))


def words(folder: Path, out: Path) -> list[str]:
    return [
        "compare", str(folder / "training.csv"), "--subjects", str(folder / "subjects.csv"),
        "--backbone", str(folder / "small.keras"), "--strategy", "ridge", "--strategy", "kernel",
        "--out", str(out),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def compared(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict, str]:
    out = tmp_path_factory.mktemp("runs") / "ladder"
    command = [sys.executable, "-c", "from teni.cli import main; main()", *words(folder, out), "--json"]
    tested = ["--test", folder / "test.csv", "--lookup", folder / "IdLookupTable.csv"]
    tested += ["--solution", folder / "solution.csv", "--test-subjects", folder / "test_subjects.csv"]
    done = subprocess.run(
        [*command, *map(str, tested)], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return out, json.loads(done.stdout), done.stderr


def test_the_result_names_strategies_winner_and_advice(compared):
    out, told, _ = compared
    assert told["run"] == str(out)
    errors = [row["validation"]["rmse_px"] for row in told["strategies"]]
    assert errors == sorted(errors)
    best = told["strategies"][0]
    assert told["winner"] == f"{best['backbone']} {best['strategy']}"
    assert {row["strategy"] for row in told["strategies"]} == {"ridge", "kernel"}
    assert all(row["test"]["rmse_px"] > 0 and row["cost"]["seconds"] > 0 for row in told["strategies"])
    assert {"quadrant", "sentences", "evidence", "agrees"} <= set(told["advice"])
    assert told["strategies"][1]["validation"]["behind_winner"] >= 0


def test_the_winner_is_a_run_with_its_comparison_and_submission(compared):
    out, told, _ = compared
    run = read_run(out)
    assert run.about["comparison"]["winner"] == told["winner"]
    assert (run.metrics["test"]["subjects"], run.metrics["test"]["subjects_known"]) == (5, True)
    table = pd.read_csv(out / "comparison.csv")
    assert table["strategy"].tolist() == [row["strategy"] for row in told["strategies"]]
    assert len(pd.read_csv(out / "submission.csv")) == 60
    assert (out / "model.keras").is_file()
    assert told["winner"].split()[-1] in (out / "report.html").read_text()


def test_nothing_is_left_beside_the_run(compared):
    out, _, _ = compared
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def test_the_advice_is_part_of_the_result_and_steps_say_whose_they_are(teni: Callable, folder, tmp_path):
    asked = ["mlp" if word == "kernel" else word for word in words(folder, tmp_path / "run")]
    ended = teni(*asked, "--seeds", "2", "--epochs", "2")
    assert ended.code == 0, ended.err
    advice = read_run(tmp_path / "run").about["comparison"]["advice"]
    lines = ended.out.splitlines()
    for sentence in (*advice["sentences"], advice["agrees"]):
        assert lines.count(sentence) == 1
        assert sentence not in ended.err
    network = str(folder / "small.keras")
    assert f"Advice for {network}: {advice['quadrant']}: try {advice['recommends'][0]}" in ended.err
    for step in ("advice: learning curve", "ridge at each tap: choosing", "ridge: lambda"):
        assert f"{network} {step}" in ended.err
    for seed in (0, 1):
        assert f"{network} mlp, seed {seed}: training the head: 2 of 2" in ended.err
    assert f"{network} ridge: " in ended.err


def test_killed_it_goes_on_where_it_stopped(folder, tmp_path):
    out = tmp_path / "killed"
    command = [sys.executable, "-c", "from teni.cli import main; main()", *words(folder, out), "--no-advice"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    first = out.with_name("killed.comparing")
    waited = time.monotonic() + 240
    while not list(first.glob("*.ridge.seed-0/outcome.json")):
        assert process.poll() is None, process.communicate()[1].decode()
        assert time.monotonic() < waited
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert not out.exists()
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "ridge: kept from before" in done.stderr
    assert "winner" not in done.stdout or out.is_dir()
    assert out.is_dir()
    assert not first.exists()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--strategy", "rigde"], "no strategy is called 'rigde'; did you mean ridge?"),
        (["--budget", "soon"], "--budget soon: expected a time such as 90s, 10m or 1.5h"),
        (["--backbone", "face", "--tap", "conv1"], "--tap names layers of one network; compare one network"),
        (["--weights", "a.h5", "--weights", "b.h5"], "2 --weights for 1 --backbone; give one for each"),
        (["--backbone", "face", "--backbone", "face"], "--backbone face is given twice"),
    ],
)
def test_what_cannot_be_is_one_sentence(teni: Callable, folder, tmp_path, more, told):
    ended = teni(*words(folder, tmp_path / "run"), *more)
    assert (ended.code, ended.out) == (1, "")
    assert told in ended.err.splitlines()[-1]
    assert not (tmp_path / "run").exists()


def test_advice_in_words_and_as_json(teni: Callable, folder):
    asked = ["advise", folder / "training.csv", "--subjects", folder / "subjects.csv"]
    asked += ["--backbone", folder / "small.keras"]
    ended = teni(*asked, "--json")
    assert ended.code == 0, ended.err
    told = json.loads(ended.out)
    assert told["backbone"].endswith("small.keras")
    assert told["advice"]["quadrant"].split(", ")[0] in ("few", "many")
    assert any("the best tap is" in sentence.lower() for sentence in told["advice"]["sentences"])
