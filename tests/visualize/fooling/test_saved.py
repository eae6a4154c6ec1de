"""The archive in a file: whole or not there, and nothing in it is trusted."""

import io
from dataclasses import replace

import numpy as np
import pytest

from teni.errors import TeniError
from teni.visualize.fooling.direct import DirectEncoding
from teni.visualize.fooling.evolve import evolve
from teni.visualize.fooling.indirect import CppnEncoding
from teni.visualize.fooling.saved import Origin, load_evolved, pack_evolved, save_evolved
from teni.visualize.fooling.settings import EvolutionSettings

SHAPE = (4, 3, 1)
ENCODINGS = {"direct": DirectEncoding(SHAPE), "cppn": CppnEncoding(SHAPE)}


def halves(images):
    upper = images[:, :2].mean(axis=(1, 2, 3), dtype=np.float64) / 255
    return np.stack([upper, 1 - upper], axis=1)


def evolved(name):
    return list(evolve(ENCODINGS[name], halves, EvolutionSettings(6, 5), seed=3))[-1]


def origin(name):
    return Origin(name, SHAPE, ("bright", "dark"), 3, 5)


@pytest.mark.parametrize("name", ENCODINGS)
def test_round_trip(name, tmp_path):
    file = tmp_path / "archive.npz"
    state = evolved(name)
    save_evolved(file, state, ENCODINGS[name], origin(name))
    again = load_evolved(file, ENCODINGS[name], origin(name))
    np.testing.assert_array_equal(np.stack(again.history), np.stack(state.history))
    np.testing.assert_array_equal(again.archive.born, state.archive.born)
    np.testing.assert_array_equal(
        ENCODINGS[name].render(again.archive.elites), ENCODINGS[name].render(state.archive.elites)
    )
    assert [each.name for each in tmp_path.iterdir()] == ["archive.npz"]


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"seed": 4}, "with seed 3, expected 4"),
        ({"population": 9}, "with population 5, expected 9"),
        ({"classes": ("bright", "grey")}, "with class 1 dark, expected grey"),
        ({"classes": ("bright",)}, "with class 1 dark, expected none"),
        ({"shape": (9, 3, 1)}, "with pictures 3x4x1, expected 3x9x1"),
        ({"encoding": "cppn"}, "with encoding direct, expected cppn"),
    ],
)
def test_another_evolution_is_refused(other, told, tmp_path):
    file = tmp_path / "archive.npz"
    save_evolved(file, evolved("direct"), ENCODINGS["direct"], origin("direct"))
    with pytest.raises(TeniError, match=f"{told}; go on with the same, or give another file"):
        load_evolved(file, ENCODINGS["direct"], replace(origin("direct"), **other))


def altered(**changes):
    content = pack_evolved(evolved("direct"), ENCODINGS["direct"], origin("direct"))
    with np.load(io.BytesIO(content)) as file:
        held = {name: file[name] for name in file.files}
    held = {name: value for name, value in (held | changes).items() if value is not None}
    stream = io.BytesIO()
    np.savez(stream, **held)
    return stream.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 and nothing of the kind",
        b"confidence,1",
        altered(born=None),
        altered(history=np.zeros((0, 2))),
        altered(history=np.full((2, 2), np.nan)),
        altered(confidences=np.array([1.0, 1.0])),
        altered(pixels=np.zeros((1, *SHAPE), np.float32)),
        altered(pixels=np.zeros((2, 9, 9, 1), np.float32)),
        altered(about=np.array(["encoding", "direct"])),
        altered(confidences=np.array([None, print], object)),
    ],
)
def test_what_is_no_archive_is_told(content, tmp_path):
    file = tmp_path / "archive.npz"
    file.write_bytes(content)
    with pytest.raises(TeniError, match=r"archive\.npz: (no archive of an evolution|is of an evolution)"):
        load_evolved(file, ENCODINGS["direct"], origin("direct"))
    assert file.read_bytes() == content


def test_nobody_is_told_to_unpickle(tmp_path):
    file = tmp_path / "archive.npz"
    file.write_bytes(b"confidence,1")
    with pytest.raises(TeniError, match="or a damaged one; give another file") as told:
        load_evolved(file, ENCODINGS["direct"], origin("direct"))
    assert "pickle" not in str(told.value)


def test_a_missing_folder_is_told(tmp_path):
    with pytest.raises(TeniError, match="does not exist"):
        save_evolved(
            tmp_path / "no" / "archive.npz", evolved("direct"), ENCODINGS["direct"], origin("direct")
        )
