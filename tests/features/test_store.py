"""The feature store: what is written is read, whole or not at all, and damage is one sentence."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from teni.errors import TeniError
from teni.features import Projection, View, open_store
from teni.features.segment import BLOCK, Key

KEY = Key("net", View((8, 8), "conv/relu"), "none")
IMAGES = BLOCK + 5  # more than one block


def names_of(*numbers: int) -> np.ndarray:
    return np.array([f"{number:032x}" for number in numbers], "S32")


def features_of(names: np.ndarray, flags: int = 2) -> np.ndarray:
    """Give each image features that follow from its name, of very different sizes."""
    numbers = np.array([int(name, 16) for name in names], np.float64)
    image = np.sin(numbers[:, None, None] + np.arange(6).reshape(2, 3)) * 10.0 ** (numbers % 7)[:, None, None]
    return np.stack([image, image[:, :, ::-1]])[:flags].astype(np.float32)


def add(store, names, flags=2, key=KEY, parts=3):
    with store.adding(key, names, flags, (2, 3)) as writer:
        for part in np.array_split(names, parts):
            writer.add(features_of(part, flags))


@pytest.mark.parametrize("precision", ["half", "single"])
@pytest.mark.parametrize("flags", [1, 2])
def test_what_is_written_is_read(tmp_path: Path, precision, flags: int):
    store = open_store(tmp_path / "store", precision)
    names = names_of(*range(IMAGES))
    add(store, names, flags)
    again = open_store(tmp_path / "store")
    assert (again.precision, again.missing(KEY, names, flags).any()) == (precision, False)
    asked = names[np.random.default_rng(0).integers(0, IMAGES, 400)]  # in any order, some twice
    expected = features_of(asked, flags)
    found = again.read(KEY, asked, flags)
    assert found.dtype == np.float32
    if precision == "single":
        np.testing.assert_array_equal(found, expected)
    else:  # 11 bits of the largest of an image, and of all that are not far below it
        largest = np.abs(expected).max(axis=(2, 3), keepdims=True)
        assert (np.abs(found - expected) <= 2.0**-11 * np.maximum(np.abs(expected), largest * 1e-4)).all()


def test_half_precision_holds_what_is_out_of_its_range(tmp_path: Path):
    store = open_store(tmp_path / "store", "half")
    values = np.array([1e30, 65504.0, 1e-30, 0.0, -3.0, np.float32(2.0**127)], np.float32)
    names = names_of(*range(6))
    with store.adding(KEY, names, 1, (1,)) as writer:
        writer.add(values.reshape(1, 6, 1))
    np.testing.assert_allclose(store.read(KEY, names, 1).ravel(), values, rtol=2.0**-11)


def test_half_precision_of_next_to_nothing_is_a_number(tmp_path: Path):
    store = open_store(tmp_path / "store", "half")
    values = np.array([1e-44, 1e-40, 2.0**-130], np.float32)
    with store.adding(KEY, names_of(1, 2, 3), 1, (1,)) as writer:
        writer.add(values.reshape(1, 3, 1))
    np.testing.assert_allclose(store.read(KEY, names_of(1, 2, 3), 1).ravel(), values, atol=2.0**-126)


def test_no_number_stays_none(tmp_path: Path):
    store = open_store(tmp_path / "store")
    with store.adding(KEY, names_of(1), 1, (2,)) as writer:
        writer.add(np.array([[[np.nan, 1e9]]], np.float32))
    assert not np.isfinite(store.read(KEY, names_of(1), 1)).all()


def test_several_additions_make_one(tmp_path: Path):
    store = open_store(tmp_path / "store", "single")
    add(store, names_of(1, 2, 3))
    wanted = names_of(4, 3, 5, 5, 1)
    assert store.missing(KEY, wanted, 2).tolist() == [True, False, True, False, False]
    add(store, names_of(4, 5))
    assert not store.missing(KEY, wanted, 2).any()
    np.testing.assert_array_equal(store.read(KEY, wanted, 2), features_of(wanted))
    np.testing.assert_array_equal(
        store.read(KEY, wanted, 1), features_of(wanted, 1)
    )  # mirror images left out


@pytest.mark.parametrize(
    "other",
    [
        Key("other", KEY.view, "none"),
        Key("net", View((8, 9), "conv/relu"), "none"),
        Key("net", View((8, 8), "conv"), "none"),
        Key("net", KEY.view, "ab"),
    ],
)
def test_other_features_are_not_taken_for_these(tmp_path: Path, other: Key):
    store = open_store(tmp_path / "store")
    add(store, names_of(1), flags=1)
    assert store.missing(other, names_of(1), 1).all()
    assert store.missing(KEY, names_of(1), 2).all()  # there is no mirror image
    with pytest.raises(TeniError, match=r"features of conv.* are gone; start again"):
        store.read(other, names_of(1), 1)


def test_projections_are_kept(tmp_path: Path):
    store = open_store(tmp_path / "store")
    matrix = np.random.default_rng(0).normal(size=(4, 2)).astype(np.float32)
    assert store.projection("net", KEY.view, "some") is None
    store.add_projection("net", KEY.view, "some", Projection(matrix, 0.75))
    store.add_projection("net", KEY.view, "all", Projection(None, 1.0))
    found = store.projection("net", KEY.view, "some")
    np.testing.assert_array_equal(found.matrix, matrix)
    assert found.kept == 0.75
    assert store.projection("net", KEY.view, "all").matrix is None
    assert store.projection("net", View((8, 9), "conv/relu"), "all") is None


def test_blocks_are_looked_up_once(tmp_path: Path, monkeypatch):
    store = open_store(tmp_path / "store", "single")
    names = names_of(*range(9))
    add(store, names[:4])
    add(store, names[4:])
    asked = names[[7, 1, 8, 0, 3, 5]]
    found = store.find(KEY, asked, 2)
    monkeypatch.setattr("teni.features.store.segment_images", None)
    parts = [found.read(start, start + 2) for start in (0, 2, 4)]
    np.testing.assert_array_equal(np.concatenate(parts, axis=1), features_of(asked))


def test_features_that_are_gone_are_told(tmp_path: Path):
    store = open_store(tmp_path / "store")
    add(store, names_of(1))
    with pytest.raises(TeniError, match="store: features of conv/relu at 8x8 are gone; start again"):
        store.find(KEY, names_of(1, 2), 2)


def test_two_commands_may_make_the_same_store(tmp_path: Path):
    """The other one is just writing the first file, or was killed while it did."""
    folder = tmp_path / "store"
    folder.mkdir()
    (folder / ".features.json.1a2b3c4d.partial").write_text("{")
    assert open_store(folder, "single").precision == "single"


def test_an_error_while_writing_leaves_nothing(tmp_path: Path):
    store = open_store(tmp_path / "store")

    def fails():
        with store.adding(KEY, names_of(1, 2), 2, (2, 3)) as writer:
            writer.add(features_of(names_of(1)))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert [path.name for path in store.folder.iterdir()] == ["features.json"]


def test_killed_while_writing_it_leaves_what_was_there(tmp_path: Path):
    store = open_store(tmp_path / "store")
    add(store, names_of(1))
    code = (
        "import sys, time\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from pathlib import Path\n"
        "from test_store import *\n"
        f"with open_store(Path({str(store.folder)!r})).adding(KEY, names_of(2, 3), 2, (2, 3)) as writer:\n"
        "    writer.add(features_of(names_of(2)))\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        assert store.missing(KEY, names_of(1, 2), 2).tolist() == [False, True]
        open_store(store.folder)  # what a living process writes stays
        assert len(list(store.folder.glob(".*.partial"))) == 1
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=30)
    again = open_store(store.folder)
    assert again.missing(KEY, names_of(1, 2), 2).tolist() == [False, True]
    assert not list(store.folder.glob(".*"))  # and what the killed one left is gone
    add(again, names_of(2))
    np.testing.assert_array_equal(
        again.read(KEY, names_of(2, 1), 2)[:, 1], again.read(KEY, names_of(1), 2)[:, 0]
    )


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-3] ^= 4
    path.write_bytes(content)


def pickled(path: Path) -> None:
    np.save(path, np.array([{"a": 1}], object), allow_pickle=True)


def other_shape(path: Path) -> None:
    np.save(path, np.zeros((1, 2)))


def not_json(path: Path) -> None:
    path.write_text('{"key": 3}')


DAMAGES = [
    *[("features.npy", each) for each in (cut, flip, pickled, other_shape, Path.unlink)],
    *[("images.npy", each) for each in (cut, pickled, other_shape)],
    *[("scales.npy", each) for each in (cut, pickled)],
    *[("sums.npy", each) for each in (cut, flip)],
    *[("segment.json", each) for each in (cut, not_json)],
]


@pytest.mark.parametrize(("name", "damage"), DAMAGES)
def test_damage_is_one_sentence(tmp_path: Path, name: str, damage):
    store = open_store(tmp_path / "store")
    add(store, names_of(1, 2))
    (segment,) = (path for path in store.folder.iterdir() if path.is_dir())
    damage(segment / name)

    def use() -> None:
        store.missing(KEY, names_of(1, 2), 2)
        store.read(KEY, names_of(1, 2), 2)

    with pytest.raises(TeniError) as told:
        use()
    assert str(told.value) == (
        f"{segment}: these stored features are damaged; remove the folder, they are then extracted again"
    )
    shutil.rmtree(segment)
    assert store.missing(KEY, names_of(1, 2), 2).all()


@pytest.mark.parametrize("damage", [cut, flip, pickled])
def test_a_damaged_projection(tmp_path: Path, damage):
    store = open_store(tmp_path / "store")
    store.add_projection("net", KEY.view, "some", Projection(np.eye(3, dtype=np.float32), 1.0))
    (matrix,) = store.folder.rglob("matrix.npy")
    damage(matrix)
    with pytest.raises(TeniError, match="this stored projection is damaged; remove the folder"):
        store.projection("net", KEY.view, "some")


def test_what_is_no_store(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(TeniError, match="file: is a file, expected the folder of a feature store"):
        open_store(tmp_path / "file")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "one.png").write_bytes(b"")
    with pytest.raises(
        TeniError, match=r"photos: holds files but no features\.json, so it is no feature store"
    ):
        open_store(tmp_path / "photos")
    assert [path.name for path in (tmp_path / "photos").iterdir()] == ["one.png"]


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"format": "other", "version": 1, "precision": "half"}']
)
def test_a_manifest_of_something_else(tmp_path: Path, content: str):
    (tmp_path / "features.json").write_text(content)
    with pytest.raises(TeniError, match=r"features\.json: is not that of a feature store, or damaged"):
        open_store(tmp_path)


def test_a_store_of_another_time(tmp_path: Path):
    (tmp_path / "features.json").write_text(
        json.dumps({"format": "teni features", "version": 2, "precision": "half"})
    )
    with pytest.raises(
        TeniError, match="a feature store of version 2, this teni knows 1; give another folder"
    ):
        open_store(tmp_path)
