import struct
import zipfile
from pathlib import Path

import pytest

from teni.data.source import open_csv
from teni.errors import TeniError


def zipped(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def lines_of(path: Path, **options: int) -> list[tuple[int, bytes]]:
    with open_csv(path, **options) as text:
        return list(text.lines)


def message_of(path: Path, **options: int) -> str:
    with pytest.raises(TeniError) as error:
        lines_of(path, **options)
    return str(error.value)


def test_line_ends_of_all_kinds_and_blank_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\r\n\r\n1,2\n\n3,4")
    assert lines_of(path) == [(1, b"a,b"), (3, b"1,2"), (5, b"3,4")]


def test_a_zip_is_known_by_its_content(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "a.csv", {"folder/b.CSV": b"a\n1\n", "readme.txt": b"", "__MACOSX/folder/._b.csv": b"\0"}
    )
    with open_csv(path) as text:
        assert text.name == "a.csv: folder/b.CSV"
        assert text.size == 4
        assert list(text.lines) == [(1, b"a"), (2, b"1")]


def test_long_lines_pass_the_buffers_whole(tmp_path: Path) -> None:
    line = b"1 " * 1_500_000
    path = zipped(tmp_path / "a.zip", {"a.csv": b"a\n" + line + b"\n2"})
    assert lines_of(path) == [(1, b"a"), (2, line), (3, b"2")]


def test_nothing_there(tmp_path: Path) -> None:
    assert message_of(tmp_path / "a.csv").endswith(
        "a.csv: no such file; expected a CSV, or a zip with one CSV in it"
    )
    assert message_of(tmp_path).endswith(": not a file; expected a CSV, or a zip with one CSV in it")
    assert message_of(tmp_path / ("a" * 300)).endswith("cannot be opened (File name too long)")


def test_not_a_zip(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"a,b\n1,2\n")
    assert (
        message_of(path) == "a.zip: not a zip, or a damaged one (File is not a zip file); download it again"
    )


def test_no_csv_and_several(tmp_path: Path) -> None:
    none = zipped(tmp_path / "none.zip", {"a.txt": b"", "b.png": b""})
    assert (
        message_of(none) == "none.zip: holds no CSV (found a.txt, b.png); expected a zip with one CSV in it"
    )
    assert "(found nothing)" in message_of(zipped(tmp_path / "empty.zip", {}))
    two = zipped(tmp_path / "two.zip", {"training.csv": b"", "test.csv": b""})
    assert message_of(two) == (
        "two.zip: holds 2 CSVs (training.csv, test.csv); unpack it and give the one that is meant"
    )
    many = zipped(tmp_path / "many.zip", {f"{i}.csv": b"" for i in range(7)})
    assert "(0.csv, 1.csv, 2.csv, 3.csv, 4.csv, ...)" in message_of(many)


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = zipped(tmp_path / "bomb.zip", {"a.csv": b"0 " * 3_000_000})
    assert path.stat().st_size < 10_000
    assert message_of(path, max_unpacked_mb=5) == (
        "bomb.zip: a.csv: unpacks to 6 MB, over the limit of 5 MB; "
        "raise max_unpacked_mb if you trust this file"
    )
    assert len(lines_of(path, max_unpacked_mb=6)) == 1


def test_a_bomb_that_lies_about_its_size_is_cut_off(tmp_path: Path) -> None:
    path = zipped(tmp_path / "bomb.zip", {"a.csv": b"0\n" * 500_000})
    content = bytearray(path.read_bytes())
    directory = content.index(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = struct.pack("<I", 100)
    path.write_bytes(content)
    seen: list[int] = []

    def collect() -> None:
        with open_csv(path) as text:
            for number, _ in text.lines:
                seen.append(number)

    with pytest.raises(TeniError, match=r"bomb.zip: a.csv: damaged after line \d+ \(Bad CRC"):
        collect()
    assert len(seen) <= 50


def test_an_encrypted_zip(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.csv": b"a\n"})
    content = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + flags] |= 1
    path.write_bytes(content)
    assert message_of(path) == "a.zip: a.csv: encrypted; unpack it with its password and give the CSV"


def test_a_zip_packed_in_an_unknown_way(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.csv": b"a\n"}, zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    for signature, method in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        content[content.index(signature) + method] = 97
    path.write_bytes(content)
    assert message_of(path).startswith("a.zip: a.csv: cannot be unpacked (")


def test_a_damaged_zip(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.csv": b"".join(b"%d\n" % (i * i) for i in range(5000))})
    content = bytearray(path.read_bytes())
    content[4000:4100] = bytes(100)
    path.write_bytes(content)
    assert "a.zip: a.csv: damaged after line " in message_of(path)


def test_a_line_without_end_is_not_read_into_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("teni.data.source._LONGEST_LINE", 1000)
    path = tmp_path / "a.csv"
    path.write_bytes(b"a\n" + b"1" * 2000)
    assert message_of(path) == "a.csv: line 2 is longer than 1,000 bytes; this is not a CSV"
