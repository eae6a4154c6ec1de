"""``teni ablate`` as people type it."""

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from kaggle_folder import make_kaggle_folder
from teni.cli.ablate import parse_widths
from teni.errors import TeniError
from teni.transfer import tuned


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_kaggle_folder(tmp_path_factory.mktemp("kaggle"))


def words(folder: Path, out: Path, *more: str) -> list[str]:
    return [
        "ablate", str(folder / "training.csv"), "--subjects", str(folder / "subjects.csv"),
        "--backbone", str(folder / "small.keras"), "--epochs", "2", "--out", str(out), *more,
    ]  # fmt: skip


def test_each_network_is_trained_and_measured_beside_the_whole_one(teni: Callable, folder, tmp_path):
    out = tmp_path / "ablation"
    ended = teni(*words(folder, out, "--without", "conv2", "--width", "conv1=0.5", "--json"))
    assert ended.code == 0, ended.err
    told = json.loads(ended.out)
    assert told["folder"] == str(out)
    rows = {row["backbone"].split("small.keras ")[1]: row for row in told["networks"]}
    assert set(rows) == {"whole", "without conv2", "conv1 x 0.5"}
    assert rows["whole"]["validation"]["behind_winner"] is None
    assert all(
        row["validation"]["behind_winner"] is not None for name, row in rows.items() if name != "whole"
    )
    trained = {name: row["cost"]["parameters"] for name, row in rows.items()}
    assert trained["without conv2"] < trained["whole"]
    assert trained["conv1 x 0.5"] < trained["whole"]
    assert len(pd.read_csv(out / "ablation.csv")) == 3
    assert (pd.read_csv(out / "curves.csv").groupby("model").size() == 2).all()
    assert [path.name for path in tmp_path.iterdir()] == ["ablation"]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--without", "conv9"], "has no layer 'conv9'; did you mean conv"),
        (["--width", "conv1"], "--width conv1: expected layers with factors, e.g. --width conv1=0.5,conv2=2"),
        (["--width", "pool1=2"], "layer 'pool1' of"),
        (["--budget", "never"], "--budget never: expected a time"),
    ],
)
def test_what_cannot_be_is_told_before_the_first_training(teni: Callable, folder, tmp_path, more, told):
    ended = teni(*words(folder, tmp_path / "run", *more))
    assert (ended.code, ended.out) == (1, "")
    assert told in ended.err.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fails", ["without conv2", "whole"])
def test_a_network_that_cannot_be_trained_is_named(teni: Callable, folder, tmp_path, monkeypatch, fails):
    def run_plan(request, plan, seconds):
        if request.backbone.name.endswith(fails):
            raise TeniError("it does not fit together")
        return whole(request, plan, seconds)

    whole = tuned.run_plan
    monkeypatch.setattr(tuned, "run_plan", run_plan)
    ended = teni(*words(folder, tmp_path / "run", "--without", "conv2", "--epochs", "1"))
    assert ended.code == 0, ended.err
    assert f"{fails}, seed 0: failed: it does not fit together" in ended.err
    assert f"{fails} scratch (seed 0): failed: it does not fit together" in ended.out
    assert ("behind the whole network" in ended.out) == (fails != "whole")
    failed = json.loads((tmp_path / "run" / "ablation.json").read_text())["failed"]
    assert list(failed.values()) == ["it does not fit together"]


@pytest.mark.parametrize("command", ["ablate", "advise"])
def test_keypoints_of_one_side_need_no_mirror_images(teni: Callable, folder, tmp_path, command):
    table = pd.read_csv(folder / "training.csv").drop(columns=["right_eye_x", "right_eye_y"])
    table.to_csv(tmp_path / "left.csv", index=False)
    asked = [command, tmp_path / "left.csv", "--subjects", folder / "subjects.csv"]
    asked += ["--backbone", folder / "small.keras"]
    if command == "ablate":
        asked += ["--without", "conv2", "--epochs", "1", "--out", tmp_path / "run"]
    ended = teni(*asked)
    assert (ended.code, "--no-mirror" in ended.err) == (1, True)
    ended = teni(*asked, "--no-mirror", "--json")
    assert ended.code == 0, ended.err


def test_widths():
    assert parse_widths("a=0.5, b=2") == {"a": 0.5, "b": 2.0}
    with pytest.raises(TeniError, match="--width =2: expected layers with factors"):
        parse_widths("=2")
