"""HDF5 files that nobody should trust: one clear sentence each, and nothing outside the file is touched."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from teni.errors import TeniError
from teni.weights import read
from teni.weights.hdf5_layers import read_layers
from teni.weights.hdf5_oldest import read_oldest

KERNEL = np.ones((2, 3), "f4")


def layered(file: h5py.File) -> h5py.Group:
    file.attrs["layer_names"] = [b"d"]
    group = file.create_group("d")
    group.attrs["weight_names"] = [b"W"]
    return group


def external_link(file: h5py.File) -> None:
    layered(file)["W"] = h5py.ExternalLink("/etc/passwd", "/W")


def soft_link(file: h5py.File) -> None:
    file["secret"] = KERNEL
    layered(file)["W"] = h5py.SoftLink("/secret")


def external_storage(file: h5py.File) -> None:
    layered(file).create_dataset("W", (4,), "f4", external=[("/etc/passwd", 0, 16)])


def virtual(file: h5py.File) -> None:
    layout = h5py.VirtualLayout((2, 3), "f4")
    layout[:] = h5py.VirtualSource("other.h5", "W", (2, 3))
    layered(file).create_virtual_dataset("W", layout)


def objects(file: h5py.File) -> None:
    layered(file).create_dataset("W", data=np.array(["pickle"], object), dtype=h5py.string_dtype())


def compound(file: h5py.File) -> None:
    layered(file).create_dataset("W", data=np.zeros(2, [("a", "f4"), ("b", "i4")]))


def absurd_shape(file: h5py.File) -> None:
    layered(file).create_dataset("W", (10**6, 10**6), "f4", chunks=(1000, 1000))


def never_written(file: h5py.File) -> None:
    layered(file).create_dataset("W", (10**4, 10**4), "f4", chunks=(1000, 1000))


def no_shape(file: h5py.File) -> None:
    layered(file).create_dataset("W", data=h5py.Empty("f4"))


def a_group(file: h5py.File) -> None:
    layered(file).create_group("W")


def listed_only(file: h5py.File) -> None:
    layered(file)


def absolute_name(file: h5py.File) -> None:
    file["d"] = KERNEL
    file.attrs["layer_names"] = [b"e"]
    file.create_group("e").attrs["weight_names"] = [b"/d"]


def layer_is_a_tensor(file: h5py.File) -> None:
    file.attrs["layer_names"] = [b"d"]
    file["d"] = KERNEL


def twice(file: h5py.File) -> None:
    layered(file)["W"] = KERNEL
    file.attrs["layer_names"] = [b"d", b"d"]


def a_million_layers(file: h5py.File) -> None:
    for chunk in range(125):
        file.attrs.create(f"layer_names{chunk}", np.full(8_000, b"x"), dtype="S1")


def names_are_numbers(file: h5py.File) -> None:
    file.attrs["layer_names"] = np.arange(3)


def names_in_a_table(file: h5py.File) -> None:
    file.attrs["layer_names"] = np.array([[b"a", b"b"], [b"c", b"d"]])


def config_is_no_json(file: h5py.File) -> None:
    layered(file)["W"] = KERNEL
    file.attrs["model_config"] = b"{'class_name'"


def config_is_a_list(file: h5py.File) -> None:
    layered(file)["W"] = KERNEL
    file.attrs["model_config"] = b"[1]"


def foreign_filter(file: h5py.File) -> None:
    group = layered(file)
    space, kind = h5py.h5s.create_simple((64, 64)), h5py.h5t.IEEE_F32LE
    plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plan.set_chunk((64, 64))
    plan.set_scaleoffset(h5py.h5z.SO_FLOAT_DSCALE, 3)
    h5py.h5d.create(group.id, b"W", kind, space, plan).write(
        h5py.h5s.ALL, h5py.h5s.ALL, np.ones((64, 64), "f4")
    )


CASES: dict[Callable[[h5py.File], None], str] = {
    external_link: r"layer 'd': 'W' is a link to somewhere else, which is never followed",
    soft_link: r"layer 'd': 'W' is a link to somewhere else, which is never followed",
    external_storage: r"tensor 'W': its values lie in another file, which is never opened",
    virtual: r"tensor 'W': its values lie in another file, which is never opened",
    objects: r"tensor 'W': holds object; expected numbers \(objects are never read\)",
    compound: r"tensor 'W': holds .*; expected numbers",
    absurd_shape: r"shape \(1000000, 1000000\) takes 4,000,000,000,000 bytes; at most 4 GiB is read",
    never_written: r"shape \(10000, 10000\) takes 400,000,000 bytes, stored are 0; incomplete",
    no_shape: r"tensor 'W': is declared without a shape; the file is incomplete",
    a_group: r"tensor 'W': is a group or a type; expected a tensor",
    listed_only: r"layer 'd': 'W' is listed but not in the file; the file is incomplete",
    absolute_name: r"'/d' is not the name of a tensor; expected a short relative path",
    layer_is_a_tensor: r"layer 'd': 'd' is a tensor; expected a group",
    twice: r"lists layer 'd' twice; every layer must have its own name",
    a_million_layers: r"'layer_names' lists 10[0-9],\d+ names; at most 100,000 are read",
    names_in_a_table: r"attribute 'layer_names' is a table; expected one value or a list",
    names_are_numbers: r"'layer_names' must be text; found int",
    config_is_no_json: r"its 'model_config' is not JSON; the file is damaged",
    config_is_a_list: r"its 'model_config' is not a JSON object; the file is damaged",
    foreign_filter: r"tensor 'W': compressed by filter 6; expected one of gzip, shuffle, fletcher32, lzf",
}


@pytest.mark.parametrize("write", CASES, ids=lambda write: write.__name__)
def test_layers_file(write: Callable[[h5py.File], None], tmp_path: Path):
    path = tmp_path / "w.h5"
    with h5py.File(path, "w") as file:
        write(file)
    with pytest.raises(TeniError, match=CASES[write]) as caught:
        read_layers(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("count", "message"),
    [
        (10**6, r"'nb_layers' is 1000000; expected a number up to 20,000"),
        (-1, r"attribute 'nb_layers' must be one whole number, 0 or more; found -1"),
        ("many", r"attribute 'nb_layers' must be one whole number"),
        (2, r"'layer_1' is listed but not in the file"),
    ],
)
def test_oldest_file(count: Any, message: str, tmp_path: Path):
    path = tmp_path / "w.h5"
    with h5py.File(path, "w") as file:
        file.attrs["nb_layers"] = count
        file.create_group("layer_0").attrs["nb_params"] = 0
    with pytest.raises(TeniError, match=message):
        read_oldest(path)


def test_too_many_params(tmp_path: Path):
    path = tmp_path / "w.h5"
    with h5py.File(path, "w") as file:
        file.attrs["nb_layers"] = 1
        file.create_group("layer_0").attrs["nb_params"] = 10**6
    with pytest.raises(TeniError, match="'nb_params' is 1,000,000; at most 1,000 are read"):
        read_oldest(path)


def test_a_group_within_itself(tmp_path: Path):
    path = tmp_path / "w.weights.h5"
    with h5py.File(path, "w") as file:
        group = file.create_group("layers/dense")
        group["inner"] = file["layers"]
    with pytest.raises(TeniError, match="is held twice or within itself"):
        read(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no such file; give the path of a weights file"),
        (b"", "not an HDF5 file, or a truncated one"),
        (b"\x89HDF\r\n\x1a\n", "not an HDF5 file, or a truncated one"),
        (b"hello" * 100, "not an HDF5 file, or a truncated one"),
    ],
)
def test_not_hdf5(content: bytes | None, message: str, tmp_path: Path):
    path = tmp_path / "w.h5"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TeniError, match=message):
        read(path)


def test_truncated(tmp_path: Path):
    path = tmp_path / "w.h5"
    with h5py.File(path, "w") as file:
        layered(file)["W"] = np.ones((100, 100), "f4")
    whole = path.read_bytes()
    for size in (100, 1_000, 5_000, len(whole) - 10):
        path.write_bytes(whole[:size])
        with pytest.raises(TeniError):
            read(path).layers[0].tensors[0].read()


def test_some_other_hdf5(tmp_path: Path):
    path = tmp_path / "w.h5"
    with h5py.File(path, "w") as file:
        file["table"] = KERNEL
    with pytest.raises(TeniError, match="HDF5, but no weights file of any Keras"):
        read(path)


def test_what_hangs_the_library_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "w.h5"
    with h5py.File(path, "w") as file:
        layered(file)["W"] = KERNEL
    monkeypatch.setattr("teni.weights.hdf5_trial.CLOCK_FACTOR", 0)
    with pytest.raises(TeniError, match="so damaged that the HDF5 library crashes or hangs"):
        read(path)


def test_a_long_description_is_read_in_chunks(tmp_path: Path):
    names = [f"a_layer_with_a_rather_long_name_{number:06d}" for number in range(3_000)]
    path = tmp_path / "w.h5"
    with h5py.File(path, "w") as file:
        for chunk, start in enumerate(range(0, len(names), 1_000)):
            file.attrs[f"layer_names{chunk}"] = [name.encode() for name in names[start : start + 1_000]]
        for name in names:
            file.create_group(name).attrs["weight_names"] = np.array([])
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": []}).encode()
    assert read_layers(path).names == tuple(names)
