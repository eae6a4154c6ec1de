"""``teni visualize --method fool`` as people type it: fooled, refused, interrupted and gone on with."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from PIL import Image

from colours import COLOURS, colour_network
from teni.visualize.fooling import by_evolution
from teni.visualize.fooling.evolve import evolve

PROGRAM = [sys.executable, "-c", "from teni.cli import main; main()"]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    file = tmp_path / "colours.keras"
    colour_network().save(file)
    return file


@pytest.fixture
def names(tmp_path: Path) -> Path:
    file = tmp_path / "names.txt"
    file.write_text("\n".join(COLOURS))
    return file


def test_gradient_by_default(teni: Callable, model: Path, names: Path, tmp_path: Path):
    out = tmp_path / "seen"
    ended = teni("visualize", model, "--method", "fool", "--names", names, "--out", out, "--json")
    assert ended.code == 0
    told = json.loads(ended.out)
    assert [row["unit"] for row in told["units"]] == list(COLOURS)
    for row in told["units"]:
        assert row["score"] >= 0.9999
        picture = np.asarray(Image.open(row["picture"]))
        means = picture.mean(axis=(0, 1)) * 20 / 255
        confidence = np.exp(means) / np.exp(means).sum()
        assert confidence[COLOURS.index(row["unit"])] == pytest.approx(row["score"], abs=1e-5)
    assert "in 3 of 3 classes (100%) it is at least 99% confident" in ended.err
    assert {each.name for each in (out / "fool").iterdir()} >= {
        "confidence.csv",
        "confidence.svg",
        "sheet.png",
    }


def test_evolution_of_chosen_classes(teni: Callable, model: Path, names: Path, tmp_path: Path):
    out = tmp_path / "seen"
    words = (
        "visualize",
        model,
        "--method",
        "fool-cppn",
        "--names",
        names,
        "--units",
        "blue,red",
        "--out",
        out,
    )
    ended = teni(*words, "--set", "generations=5", "--set", "population=20")
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert [line.split()[0] for line in lines] == ["blue", "red"]
    assert all("%" in line for line in lines)
    assert (out / "fool-cppn" / "confidence.csv").read_text().splitlines()[0] == "generation,median,blue,red"
    assert (out / "fool-cppn" / "archive.npz").is_file()


def test_keypoints_have_no_classes(teni: Callable, spots: Path, tmp_path: Path):
    ended = teni("visualize", spots, "--method", "fool", "--out", tmp_path / "seen")
    assert ended.code == 1
    assert "gives coordinates of keypoints; fooling asks in which class a model is confident" in ended.err
    assert not (tmp_path / "seen").exists()


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("target=99", "target is a confidence, above 0 and at most 1, not 99.0"),
        ("population=0", "population 1 or more, not 1000 and 0"),
        ("outputs=numbers", "expected one of auto, logits, probabilities, got 'numbers'"),
    ],
)
def test_settings_that_can_not_work(teni: Callable, model: Path, setting: str, told: str):
    ended = teni("visualize", model, "--method", "fool-direct", "--set", setting)
    assert ended.code == 1
    assert told in ended.err


def test_many_classes_are_one_search_and_not_estimated_by_some(teni: Callable, tmp_path: Path):
    x = keras.Input((4, 4, 1))
    y = keras.layers.Dense(70, "softmax")(keras.layers.Flatten()(keras.layers.Rescaling(1 / 255)(x)))
    file, archive = tmp_path / "many.keras", tmp_path / "archive.npz"
    keras.Model(x, y).save(file)
    words = ("visualize", file, "--method", "fool-direct", "--all", "--out", tmp_path / "seen")
    ended = teni(*words, "--set", "generations=1", "--set", "population=3", "--set", f"archive={archive}")
    assert ended.code == 0, ended.err
    assert len(ended.out.splitlines()) == 70
    assert "about" not in ended.err
    assert len((tmp_path / "seen" / "fool-direct" / "confidence.csv").read_text().splitlines()) == 3


def test_evolution_keeps_its_state_beside_its_pictures_and_the_same_command_goes_on(
    teni: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    weak, out = tmp_path / "weak.keras", tmp_path / "seen"
    colour_network(gain=1.0).save(weak)
    words = ["visualize", str(weak), "--method", "fool-direct", "--out", str(out)]
    words += ["--set", "population=4", "--set", "generations=9"]

    def stopped(*given: Any, **named: Any) -> Iterator[Any]:
        for count, state in enumerate(evolve(*given, **named)):
            yield state
            if count == 3:
                signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(by_evolution, "evolve", stopped)
    before = signal.getsignal(signal.SIGTERM)
    ended = teni(*words)
    assert signal.getsignal(signal.SIGTERM) is before
    kept, found = out / "fool-direct.unfinished.npz", out / "fool-direct"
    assert ended.code == 130, ended.err
    assert "Stopped by Ctrl-C or SIGTERM after 3 generations" in ended.err
    assert f"The same command goes on from here; to begin anew, remove {kept}." in ended.err
    assert kept.read_bytes() == (found / "archive.npz").read_bytes()

    monkeypatch.setattr(by_evolution, "evolve", evolve)
    other = teni(*words, "--seed", "1")
    assert (other.code, "with seed 0, expected 1" in other.err) == (1, True)
    rest = teni(*words)
    assert rest.code == 0, rest.err
    assert f"{kept}: an evolution that was interrupted; it goes on." in rest.err
    assert not kept.exists()
    again = teni(*words)
    assert (again.code, "exists already" in again.err) == (1, True)

    whole = teni(*words[:4], "--out", str(tmp_path / "whole"), *words[6:])
    assert whole.code == 0
    table = "fool-direct/confidence.csv"
    assert (tmp_path / "whole" / table).read_text() == (out / table).read_text()
    assert json.loads((found / "seen.json").read_text())["settings"]["archive"] is None


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_what_was_found_and_evolution_goes_on(teni: Callable, tmp_path: Path, number: int):
    weak, out, archive = tmp_path / "weak.keras", tmp_path / "seen", tmp_path / "archive.npz"
    colour_network(gain=1.0).save(weak)
    words = ["visualize", str(weak), "--method", "fool-direct", "--out", str(out), "--set", "population=4"]
    words += ["--set", f"archive={archive}"]
    with subprocess.Popen(
        [*PROGRAM, *words, "--set", "generations=1000000"], stderr=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        while not archive.exists() and process.poll() is None:
            time.sleep(0.1)
        process.send_signal(number)
        _, err = process.communicate(timeout=120)
    assert process.returncode == 130, err.decode()
    assert "Stopped by Ctrl-C or SIGTERM after" in err.decode()
    found = out / "fool-direct"
    assert (found / "sheet.png").is_file()
    assert (found / "archive.npz").read_bytes() == archive.read_bytes()
    done = len((found / "confidence.csv").read_text().splitlines()) - 1  # the random generation among them
    ended = teni(*words, "--set", f"generations={done + 2}", "--overwrite")
    assert ended.code == 0
    assert len((found / "confidence.csv").read_text().splitlines()) - 1 == done + 3
