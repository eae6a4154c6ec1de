import os
import zipfile
from pathlib import Path

import pytest

from picture_folders import picture, write_folder, write_zip
from teni.data import album as module
from teni.data.album import open_album, zip_holds_pictures
from teni.errors import TeniError


def message_of(path: Path, **options: int) -> str:
    with pytest.raises(TeniError) as error, open_album(path, **options):
        pass
    return str(error.value)


def test_pictures_tables_and_folders_by_name(tmp_path: Path) -> None:
    files = {"a/10.png": "x", "a/9.PNG": "yy", "a/b/1.jpg": "", "labels.CSV": "file", "c/readme.txt": ""}
    for path in (write_folder(tmp_path / "a", files), write_zip(tmp_path / "a.zip", files)):
        with open_album(path) as album:
            assert album.pictures == ("a/9.PNG", "a/10.png", "a/b/1.jpg")
            assert album.tables == ("labels.CSV",)
            assert sorted(album.folders) == ["a", "a/b", "c"]
            assert len(album.notes) == 1
            with album.open("a/9.PNG") as stream:
                assert stream.read() == b"yy"


@pytest.mark.parametrize("name", ["../up.png", "/etc/up.png", "a/../../up.png", "a\\up.png", "C:/up.png"])
def test_a_zip_that_points_outside(tmp_path: Path, name: str) -> None:
    path = write_zip(tmp_path / "a.zip", {name: b"x"})
    assert message_of(path) == (
        f"a.zip: {name!r} points outside of the zip; expected plain paths, make the zip anew"
    )


def test_a_zip_that_unpacks_to_too_much(tmp_path: Path) -> None:
    bomb = {f"a/{i}.png": bytes(600_000) for i in range(4)}
    path = write_zip(tmp_path / "a.zip", bomb)
    assert path.stat().st_size < 10_000
    assert message_of(path, max_unpacked_mb=2) == (
        "a.zip: unpacks to 2 MB, over the limit of 2 MB; raise max_unpacked_mb if you trust this file"
    )


def test_one_file_of_a_zip_that_unpacks_to_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_FILE_BYTES", 1_000_000)
    path = write_zip(tmp_path / "a.zip", {"a/1.png": bytes(2_000_000)})
    assert message_of(path) == (
        "a.zip: 'a/1.png' unpacks to 2 MB, over the limit of 1 MB a file; save it smaller"
    )
    folder = write_folder(tmp_path / "a", {"a/1.png": bytes(2_000_000)})
    with (
        open_album(folder) as album,
        pytest.raises(TeniError, match="2 MB, over the limit of 1 MB a picture"),
    ):
        album.open("a/1.png")


def test_links_and_passwords_in_a_zip(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("a/1.png")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert message_of(tmp_path / "link.zip") == "link.zip: 'a/1.png' is a link; expected the picture itself"
    path = write_zip(tmp_path / "locked.zip", {"a/1.png": b"x"})
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(content))
    assert message_of(path).startswith(
        "locked.zip: 'a/1.png' is encrypted; unpack the zip and give the folder"
    )


def test_one_name_twice_in_a_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a/1.png", b"x")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a/1.png", b"y")
    assert message_of(tmp_path / "a.zip") == "a.zip: holds 'a/1.png' twice; make the zip anew"


def test_a_damaged_zip(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"a/1.png": picture(3, (40, 40))})
    assert zip_holds_pictures(path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-30])
    assert not zip_holds_pictures(path)
    assert message_of(path).startswith("a.zip: not a zip, or a damaged one (")
    path.write_bytes(b"PK\x07\x08" + whole[4:])  # the list of members is whole, the member is not
    with open_album(path) as album, pytest.raises(TeniError, match=r"a.zip: a/1.png: cannot be unpacked \("):
        album.open("a/1.png")


def test_more_files_than_a_data_set_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_FILES", 3)
    files = {f"a/{i}.png": "" for i in range(4)}
    end = "more than 3 files; expected a folder with the images of one data set"
    assert message_of(write_folder(tmp_path / "a", files)) == f"{tmp_path / 'a'}: {end}"
    assert message_of(write_zip(tmp_path / "a.zip", files)) == f"a.zip: {end}"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read(tmp_path: Path) -> None:
    path = write_folder(tmp_path, {"a/1.png": ""})
    (path / "a").chmod(0)
    assert message_of(path).endswith("cannot be read (Permission denied)")


def test_a_file_that_went_away(tmp_path: Path) -> None:
    path = write_folder(tmp_path, {"a/1.png": ""})
    with open_album(path) as album:
        (path / "a/1.png").unlink()
        with pytest.raises(TeniError, match=r"a/1.png: cannot be opened \(No such file"):
            album.open("a/1.png")


def test_nothing_but_shadows(tmp_path: Path) -> None:
    assert not zip_holds_pictures(write_zip(tmp_path / "a.zip", {"__MACOSX/a/._1.png": "x", "a.csv": "x"}))
