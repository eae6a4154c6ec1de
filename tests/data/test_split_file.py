import csv
from pathlib import Path

import numpy as np
import pytest

from teni.data import Dataset, Split, load_split, save_split, split
from teni.errors import TeniError
from teni.task import Keypoints


def dataset(subjects: bool, seed: int = 0) -> Dataset:
    images = np.random.default_rng(seed).integers(0, 255, (8, 16, 16, 1), np.uint8)
    who = np.array(["Ada", "Max, the first", "左", "Tom"] * 2) if subjects else None
    ids = np.array([f'face "{i}"' for i in range(8)])
    return Dataset(images, None, Keypoints((), 16, 16, ()), who, ids)


@pytest.mark.parametrize("subjects", [True, False])
def test_what_was_saved_is_loaded(tmp_path: Path, subjects: bool) -> None:
    data = dataset(subjects)
    before = split(data, test=0.25, validation=0.25, seed=3)
    save_split(before, data, tmp_path / "split.csv")
    after = load_split(tmp_path / "split.csv", data)
    assert after.parts.tolist() == before.parts.tolist()
    assert after.groups.tolist() == before.groups.tolist()
    assert after.fingerprint == before.fingerprint
    with (tmp_path / "split.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[1]) == ["id", "group", "part", "fingerprint"]
    assert rows[1]["id"] == 'face "1"'
    assert rows[1]["group"] == ("Max, the first" if subjects else str(before.groups[1]))
    assert rows[1]["fingerprint"] == data.fingerprint[:16]


def test_a_split_is_not_saved_for_another_data_set(tmp_path: Path) -> None:
    with pytest.raises(TeniError, match=r"^this split was made for another data set; make a new one$"):
        save_split(split(dataset(True), test=0), dataset(True, seed=1), tmp_path / "split.csv")


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    data = dataset(True)
    with pytest.raises(TeniError, match=r"split.csv: cannot be written \(No such file or directory\)$"):
        save_split(split(data, test=0), data, tmp_path / "nowhere" / "split.csv")


def changed(folder: Path, old: str, new: str, count: int = -1) -> str:
    """Save a split, change its text, and return the message that loading it gives."""
    data = dataset(True)
    path = folder / "split.csv"
    save_split(
        Split(np.array(["train", "test"] * 4), np.array([0, 1, 2, 3] * 2), data.fingerprint), data, path
    )
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, count), encoding="utf-8")
    with pytest.raises(TeniError) as error:
        load_split(path, data)
    return str(error.value).removeprefix(f"{path}: ")


def test_a_file_that_is_no_split_of_this_data(tmp_path: Path) -> None:
    columns = "not a split; expected a CSV with the columns id, group, part, fingerprint"
    assert changed(tmp_path, "id,group", "id,team") == columns
    assert changed(tmp_path, ",train,", ",", 1) == columns
    assert (
        changed(tmp_path, "face", "mask", 1) == "lists other images than the data set has; make a new split"
    )
    assert changed(tmp_path, ",train,", ",practice,") == (
        "the part 'practice' is unknown; expected train, validation, test"
    )
    assert (
        changed(tmp_path, "Ada,train", "Ada,test", 1)
        == "Ada stands in test and in train; keep a group on one side"
    )
    short = dataset(True).fingerprint[:16]
    assert changed(tmp_path, short, "0123456789abcdef") == (
        f"was made for other data (fingerprint 0123456789abcdef, this data has {short}); make a new split"
    )


def test_a_split_of_fewer_rows(tmp_path: Path) -> None:
    data = dataset(True)
    save_split(split(data, test=0), data, tmp_path / "split.csv")
    with pytest.raises(TeniError, match="lists other images than the data set has"):
        load_split(tmp_path / "split.csv", data.take(np.arange(7)))


def test_groups_that_somebody_named_are_numbered(tmp_path: Path) -> None:
    data = dataset(False)
    path = tmp_path / "split.csv"
    save_split(Split(np.array(["train"] * 8), np.arange(8), data.fingerprint), data, path)
    path.write_text(path.read_text().replace(",7,", ",x,"))
    assert len(np.unique(load_split(path, data).groups)) == 8
