"""``teni ablate`` as people type it."""

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from kaggle_folder import make_kaggle_folder
from teni.cli.ablate import parse_widths
from teni.errors import TeniError


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


def test_widths():
    assert parse_widths("a=0.5, b=2") == {"a": 0.5, "b": 2.0}
    with pytest.raises(TeniError, match="--width =2: expected layers with factors"):
        parse_widths("=2")
