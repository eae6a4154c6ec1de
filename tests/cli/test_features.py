"""``teni features``, and ``teni fit --features`` and ``teni compare --features`` on what it stored."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kaggle_folder import make_kaggle_folder
from teni.features import source, stored
from teni.run import read_run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_kaggle_folder(tmp_path_factory.mktemp("kaggle"))


def about(folder: Path, command: str) -> list[object]:
    return [
        command, folder / "training.csv", "--subjects", folder / "subjects.csv", "--backbone", folder / "small.keras",
    ]  # fmt: skip


def numbers(ended) -> tuple[float, float]:
    assert ended.code == 0, ended.err
    told = json.loads(ended.out)["metrics"]
    return told["test"]["rmse_px"], told["validation"]["rmse_px"]


def test_extracted_once_and_fitted_on(teni: Callable, folder: Path, tmp_path: Path, monkeypatch):
    store = tmp_path / "store"
    ended = teni(*about(folder, "features"), "--out", store, "--precision", "single", "--json")
    assert ended.code == 0, ended.err
    told = json.loads(ended.out)
    views = len(told["views"])
    assert (told["store"], told["precision"], told["images"]) == (str(store), "single", 48)
    assert (told["extracted"], told["already_there"]) == (48 * views, 0)
    again = teni(*about(folder, "features"), "--out", store)
    assert again.out.startswith(
        f"{store}: 48 images at {views} views, 0 extracted, {48 * views} there before, "
    )

    plain = numbers(teni(*about(folder, "fit"), "--out", tmp_path / "plain", "--json"))
    monkeypatch.setattr(stored, "forward_pass", None)  # the network is not asked for features any more
    monkeypatch.setattr(source, "extract", None)
    ended = teni(*about(folder, "fit"), "--out", tmp_path / "stored", "--features", store, "--json")
    assert numbers(ended) == pytest.approx(plain, abs=1e-4)
    assert f"images at a view were taken from {store}, 0 extracted and added." in ended.err
    known = read_run(tmp_path / "stored").about["features"]
    assert known["store"] == str(store)
    assert known["taken"] > 48
    assert known["extracted"] == 0


@pytest.mark.parametrize("strategy", ["auto", "svm"])
def test_what_a_fit_extracts_is_there_for_the_next(
    teni: Callable, folder: Path, tmp_path: Path, strategy: str
):
    words = [*about(folder, "fit"), "--strategy", strategy, "--features", tmp_path / "store", "--json"]
    first, second = (teni(*words, "--out", tmp_path / name) for name in ("one", "two"))
    assert numbers(first) == numbers(second)  # to the last digit: both read what the store holds
    assert "extracted and added." in first.err
    assert ", 0 extracted and added." not in first.err
    assert ", 0 extracted and added." in second.err


def test_heads_of_a_comparison_share(teni: Callable, folder: Path, tmp_path: Path):
    words = [*about(folder, "compare"), "--strategy", "ridge", "--strategy", "kernel", "--strategy", "svm"]
    words += ["--no-advice", "--json"]
    store = tmp_path / "store"
    ended = teni(*words, "--features", store, "--out", tmp_path / "run")
    assert ended.code == 0, ended.err
    assert f"were taken from {store}, " in ended.err
    assert store.is_dir()
    shared = teni(*words, "--out", tmp_path / "shared")
    assert shared.code == 0, shared.err
    one, other = (
        {row["strategy"]: row["validation"]["rmse_px"] for row in json.loads(each.out)["strategies"]}
        for each in (ended, shared)
    )
    assert one == pytest.approx(other, abs=0.01)  # half precision and single
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run", "shared", "store"]


def test_what_is_trained_takes_its_own(teni: Callable, folder: Path, tmp_path: Path):
    words = [*about(folder, "fit"), "--strategy", "freeze-below", "--epochs", "1", "--out", tmp_path / "run"]
    ended = teni(*words, "--features", tmp_path / "store")
    assert ended.code == 0, ended.err
    assert f"No features were asked of {tmp_path / 'store'}: this strategy takes its own." in ended.err


@pytest.mark.parametrize(
    ("command", "more", "told"),
    [
        ("features", ["--precision", "double"], "--precision double: expected half or single"),
        ("features", ["--validation", "1"], "--validation 1: expected a share below 1, e.g. 0.2"),
        ("features", ["--tap", "nowhere"], "nowhere"),
        ("fit", [], "holds files but no features.json, so it is no feature store; give another folder"),
        ("features", [], "holds files but no features.json, so it is no feature store; give another folder"),
    ],
)
def test_what_cannot_be_is_one_sentence(teni: Callable, folder: Path, tmp_path: Path, command, more, told):
    store = tmp_path / "store"
    if not more:
        store.mkdir()
        (store / "notes.txt").write_text("")
    words = ["--out", store] if command == "features" else ["--features", store, "--out", tmp_path / "run"]
    ended = teni(*about(folder, command), *words, *more)
    assert (ended.code, ended.out) == (1, "")
    assert told in ended.err.splitlines()[-1]


def test_a_damaged_store_is_one_sentence(teni: Callable, folder: Path, tmp_path: Path):
    store = tmp_path / "store"
    words = [
        *about(folder, "fit"),
        "--tap",
        "conv1",
        "--strategy",
        "ridge",
        "--no-mirror",
        "--features",
        store,
    ]
    assert teni(*words, "--out", tmp_path / "one").code == 0
    (features,) = store.rglob("features.npy")
    features.write_bytes(features.read_bytes()[:200])
    ended = teni(*words, "--out", tmp_path / "two")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.splitlines()[-1] == (
        f"Error: {features.parent}: these stored features are damaged; remove the folder, they are then "
        "extracted again"
    )
    assert not (tmp_path / "two").exists()
