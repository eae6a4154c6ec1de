import errno
import re
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest

from teni.data import Dataset, large, load
from teni.data.large import make_room, make_rows, take_rows
from teni.errors import TeniError
from teni.task import Keypoints


def test_small_arrays_stay_in_memory():
    assert type(make_room((2, 3))) is type(make_rows((2, 3))) is np.ndarray


def test_a_large_array_is_a_file_without_a_name(tmp_path, monkeypatch):
    monkeypatch.setattr(large, "_ON_DISK", tmp_path)
    room = make_room((2, 3), in_memory=5)
    room[:] = 7
    assert isinstance(room, np.memmap)
    assert list(tmp_path.iterdir()) == []
    assert (room == 7).all()


def test_rows_of_a_file_go_to_a_file_where_they_are_many(monkeypatch):
    monkeypatch.setattr(large, "_ROWS", 3)
    room = make_room((8, 1, 1, 1), in_memory=1)
    room[:] = np.arange(8, dtype=np.uint8)[:, None, None, None]
    rows = np.array([7, 0, 0, 3, 5])
    many, few = take_rows(room, rows, in_memory=4), take_rows(room, rows, in_memory=5)
    assert (type(many), type(few)) == (np.memmap, np.ndarray)
    assert many.ravel().tolist() == few.ravel().tolist() == [7, 0, 0, 3, 5]
    assert take_rows(room, np.arange(8), in_memory=1) is room


@pytest.mark.parametrize("reserve", [False, True])
def test_a_disk_without_room_is_told_before_it_is_written_to(tmp_path, monkeypatch, reserve):
    """Once a map is written to, a full disk would end the process by a signal."""
    monkeypatch.setattr(large, "_ON_DISK", tmp_path)
    monkeypatch.setattr(large.shutil, "disk_usage", lambda _: SimpleNamespace(free=1_999_999_999))
    told = re.escape(f"{tmp_path}: no room for 2.0 GB of images (No space left on device); free some space")
    with pytest.raises(TeniError, match=told):
        make_room((2_000_000_000,), reserve=reserve)
    assert list(tmp_path.iterdir()) == []


def test_space_that_somebody_else_takes_first_is_told(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(large, "_ON_DISK", tmp_path)
    monkeypatch.setattr(large.os, "posix_fallocate", full)
    with pytest.raises(TeniError, match=re.escape("no room for 0.0 GB of features (No space left")):
        make_rows((2, 3), in_memory=1)
    assert list(tmp_path.iterdir()) == []


def test_space_is_reserved_where_all_of_it_will_be_written(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(large, "_ON_DISK", tmp_path)
    monkeypatch.setattr(large.os, "posix_fallocate", lambda _, start, size: asked.append((start, size)))
    assert make_rows((2, 3), in_memory=1).shape == (2, 3)
    assert make_room((5, 2), in_memory=1, reserve=False).shape == (5, 2)
    assert asked == [(0, 24)]


def test_a_file_system_that_cannot_reserve_is_taken_as_it_is(tmp_path, monkeypatch):
    def unable(*_):
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    monkeypatch.setattr(large, "_ON_DISK", tmp_path)
    monkeypatch.setattr(large.os, "posix_fallocate", unable)
    assert make_room((2, 3), in_memory=1).shape == (2, 3)


def test_a_table_and_its_parts_are_the_same_from_a_file(tmp_path, monkeypatch):
    file = tmp_path / "faces.csv"
    rows = "\n".join(f"{i},1,{i} 2 3 4" for i in range(9))
    file.write_text(f"nose_x,nose_y,Image\n{rows}\n")
    inside = load(file)
    monkeypatch.setattr("teni.data.kaggle.make_room", partial(make_room, in_memory=1))
    outside = load(file)
    assert isinstance(outside.images, np.memmap)
    assert outside.fingerprint == inside.fingerprint
    some = np.array([1, 8])
    np.testing.assert_array_equal(outside.take(some).images, inside.take(some).images)


def test_a_data_set_takes_from_a_file():
    images = make_room((3, 2, 2, 1), in_memory=1)
    images[:] = 1
    data = Dataset(images, None, Keypoints((), 2, 2, ()), None, np.array(["a", "b", "c"]))
    assert data.take(np.array([2])).images.sum() == 4
