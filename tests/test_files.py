import errno
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from teni.errors import TeniError
from teni.files import check_output_folder, explained, output_folder, write_bytes, write_text


def run_folder(path: Path, content: str = "old") -> Path:
    path.mkdir(parents=True)
    (path / "run.json").write_text("{}")
    (path / "model").write_text(content)
    return path


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def python(code: str, *arguments: object, **more: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)  # type: ignore[call-overload]


def test_the_folder_appears_whole_and_only_at_the_end(tmp_path: Path):
    with output_folder(tmp_path / "runs" / "faces") as folder:
        (folder / "figures").mkdir()
        (folder / "figures" / "a.png").write_bytes(b"a")
        assert not (tmp_path / "runs" / "faces").exists()
    assert (tmp_path / "runs" / "faces" / "figures" / "a.png").read_bytes() == b"a"
    assert names(tmp_path / "runs") == ["faces"]


def test_others_may_read_it_as_the_umask_says(tmp_path: Path):
    with output_folder(tmp_path / "faces"):
        pass
    (tmp_path / "plain").mkdir()
    assert (tmp_path / "faces").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_error_leaves_nothing(tmp_path: Path, error: type[BaseException]):
    def fail() -> None:
        with output_folder(tmp_path / "faces") as folder:
            (folder / "model").write_text("half")
            raise error

    with pytest.raises(error):
        fail()
    assert names(tmp_path) == []


def test_an_existing_folder_is_refused_before_any_work(tmp_path: Path):
    run_folder(tmp_path / "faces")
    with (
        pytest.raises(TeniError, match=r"faces: exists already; .* --overwrite"),
        output_folder(tmp_path / "faces"),
    ):
        pytest.fail("must not begin")
    assert (tmp_path / "faces" / "model").read_text() == "old"


def test_overwrite_replaces_only_when_the_new_one_is_whole(tmp_path: Path):
    run_folder(tmp_path / "faces")

    def fail() -> None:
        with output_folder(tmp_path / "faces", overwrite=True) as folder:
            (folder / "model").write_text("new")
            assert (tmp_path / "faces" / "model").read_text() == "old"
            raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        fail()
    assert (tmp_path / "faces" / "model").read_text() == "old"
    with output_folder(tmp_path / "faces", overwrite=True) as folder:
        (folder / "run.json").write_text("{}")
    assert names(tmp_path / "faces") == ["run.json"]  # nothing of the old one is mixed in
    assert names(tmp_path) == ["faces"]


def test_overwrite_keeps_the_old_one_when_the_last_rename_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    run_folder(tmp_path / "faces")
    rename = Path.rename

    def no_luck(self: Path, target: Path) -> Path:
        if self.name.endswith(".partial"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", no_luck)
    with (
        pytest.raises(TeniError, match="cannot be written \\(Input/output error\\)"),
        output_folder(tmp_path / "faces", overwrite=True),
    ):
        pass
    assert (tmp_path / "faces" / "model").read_text() == "old"
    assert names(tmp_path) == ["faces"]


def test_overwrite_never_touches_a_folder_that_is_no_run(tmp_path: Path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.png").write_bytes(b"cat")
    with (
        pytest.raises(TeniError, match=r"photos: holds files but no run\.json"),
        output_folder(tmp_path / "photos", overwrite=True),
    ):
        pytest.fail("must not begin")
    assert names(tmp_path / "photos") == ["cat.png"]
    with output_folder(tmp_path / "photos", overwrite=True, marker="cat.png"):
        pass
    assert names(tmp_path / "photos") == []


def test_overwrite_takes_an_empty_folder(tmp_path: Path):
    (tmp_path / "faces").mkdir()
    with output_folder(tmp_path / "faces", overwrite=True) as folder:
        (folder / "run.json").write_text("{}")
    assert names(tmp_path / "faces") == ["run.json"]


def test_a_file_of_that_name_is_refused(tmp_path: Path):
    (tmp_path / "faces").write_text("mine")
    with pytest.raises(TeniError, match="is a file"), output_folder(tmp_path / "faces", overwrite=True):
        pytest.fail("must not begin")
    with pytest.raises(TeniError, match="cannot be written"), output_folder(tmp_path / "faces" / "below"):
        pytest.fail("must not begin")


def test_a_folder_that_appears_meanwhile_is_not_replaced(tmp_path: Path):
    with pytest.raises(TeniError, match="exists already"), output_folder(tmp_path / "faces"):
        run_folder(tmp_path / "faces", "somebody else's")
    assert (tmp_path / "faces" / "model").read_text() == "somebody else's"
    assert names(tmp_path) == ["faces"]


def test_a_link_to_a_run_folder_stays_a_link(tmp_path: Path):
    run_folder(tmp_path / "big_disk" / "faces")
    (tmp_path / "faces").symlink_to(tmp_path / "big_disk" / "faces")
    with output_folder(tmp_path / "faces", overwrite=True) as folder:
        (folder / "run.json").write_text("{}")
    assert (tmp_path / "faces").is_symlink()
    assert names(tmp_path / "big_disk" / "faces") == ["run.json"]


WRITE_AND_WAIT = """
import sys, time
from pathlib import Path
from teni.files import output_folder
with output_folder(Path(sys.argv[1]), overwrite=True) as folder:
    (folder / "run.json").write_text("{}")
    print("half", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("before", [False, True])
def test_kill_9_midway_leaves_no_run_folder_and_the_next_run_cleans_up(tmp_path: Path, before: bool):
    if before:
        run_folder(tmp_path / "faces")
    process = python(WRITE_AND_WAIT, tmp_path / "faces")
    assert process.stdout is not None
    assert process.stdout.readline() == "half\n"
    living = [n for n in names(tmp_path) if n.endswith(".partial")]
    with output_folder(tmp_path / "faces", overwrite=True) as folder:  # does not disturb the living one
        (folder / "run.json").write_text("second")
    assert [n for n in names(tmp_path) if n.endswith(".partial")] == living
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert (tmp_path / "faces" / "run.json").read_text() == "second"
    assert len(names(tmp_path)) == 2
    with output_folder(tmp_path / "faces", overwrite=True) as folder:
        (folder / "run.json").write_text("third")
    assert names(tmp_path) == ["faces"]


def test_killed_between_the_renames_the_old_folder_comes_back(tmp_path: Path):
    run_folder(tmp_path / ".faces.0a1b2c3d.replaced", "precious")
    (tmp_path / ".faces.0a1b2c3d.partial").mkdir()
    run_folder(tmp_path / ".other.0a1b2c3d.replaced", "another's")
    with pytest.raises(TeniError, match="exists already"), output_folder(tmp_path / "faces"):
        pytest.fail("must not begin")
    assert (tmp_path / "faces" / "model").read_text() == "precious"
    assert names(tmp_path) == [".other.0a1b2c3d.replaced", "faces"]


def test_a_name_with_glob_characters_cleans_only_its_own(tmp_path: Path):
    (tmp_path / ".a.0a1b2c3d.partial").mkdir()
    with output_folder(tmp_path / "[ab]"):
        pass
    assert names(tmp_path) == [".a.0a1b2c3d.partial", "[ab]"]


TOO_LARGE = """
import resource, signal, sys
from pathlib import Path
from teni.errors import TeniError
from teni.files import output_folder, write_bytes
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    if sys.argv[2] == "folder":
        with output_folder(Path(sys.argv[1])) as folder:
            (folder / "model").write_bytes(bytes(5000))
    else:
        write_bytes(Path(sys.argv[1]), bytes(5000))
except TeniError as error:
    print(error)
"""


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_a_file_over_the_limit_of_the_system(tmp_path: Path, kind: str):
    out, errors = python(TOO_LARGE, tmp_path / "faces", kind).communicate()
    assert "faces: a file grew larger than is allowed here (ulimit -f)" in out, errors
    assert names(tmp_path) == []


FILL = """
import sys
from pathlib import Path
from teni.errors import TeniError
from teni.files import output_folder, write_bytes
try:
    with output_folder(Path(sys.argv[1]) / "faces", overwrite=True) as folder:
        (folder / "model").write_bytes(bytes(500_000))
except TeniError as error:
    print(error)
try:
    write_bytes(Path(sys.argv[1]) / "submission.csv", bytes(500_000))
except TeniError as error:
    print(error)
"""


def test_a_really_full_disk(tmp_path: Path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    try:
        mounted = subprocess.run(mount, capture_output=True).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("mounting a small file system needs root")
    try:
        run_folder(disk / "faces")
        (disk / "submission.csv").write_text("old")
        out, errors = python(FILL, disk).communicate()
        assert out.count("the disk is full; free some space or give another place") == 2, errors
        assert names(disk) == ["faces", "submission.csv"]
        assert (disk / "faces" / "model").read_text() == "old"
        assert (disk / "submission.csv").read_text() == "old"
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        OSError(
            "Can't write data (file write failed: errno = 28, error message = 'No space left on device')"
        ),
        RuntimeError("Can't decrement id ref count (errno = 28, error message = 'No space left on device')"),
    ],
)
def test_every_way_to_say_that_the_disk_is_full(tmp_path: Path, error: Exception):
    with pytest.raises(TeniError, match="faces: the disk is full"), output_folder(tmp_path / "faces"):
        raise error


def test_a_place_that_cannot_be_written_is_refused_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(
        TeniError, match=r"run: .*notes\.txt is a file, expected a folder; give another place"
    ):
        check_output_folder(tmp_path / "notes.txt" / "run")
    check_output_folder(tmp_path / "new" / "run")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anywhere
    with pytest.raises(TeniError, match=r"run: writing is not permitted \(.*: Permission denied\)"):
        check_output_folder(tmp_path / "new" / "run")
    assert [p.name for p in tmp_path.iterdir()] == ["notes.txt"]


def test_no_permission_in_words(tmp_path: Path):
    error = PermissionError(errno.EACCES, "Permission denied", "/root/faces")
    with (
        pytest.raises(TeniError, match=r"runs: writing is not permitted \(/root/faces: Permission denied\)"),
        explained(Path("runs")),
    ):
        raise error
    with pytest.raises(PermissionError), output_folder(tmp_path / "faces"):  # a file of the caller's
        raise error


FORBIDDEN = """
import os, sys
from pathlib import Path
from teni.errors import TeniError
from teni.files import output_folder, write_bytes
if os.geteuid() == 0:
    os.setuid(65534)  # root may write everywhere
try:
    with output_folder(Path(sys.argv[1]) / "runs" / "faces"):
        pass
except TeniError as error:
    print(error)
try:
    write_bytes(Path(sys.argv[1]) / "submission.csv", b"")
except TeniError as error:
    print(error)
"""


def test_a_real_lack_of_permission():
    with tempfile.TemporaryDirectory() as folder:  # the folders above pytest's own are closed to others
        Path(folder).chmod(0o555)
        out, errors = python(FORBIDDEN, folder).communicate()
    assert out.count("writing is not permitted") == 2, errors


def test_a_name_that_is_too_long(tmp_path: Path):
    with pytest.raises(TeniError, match="cannot be written"), output_folder(tmp_path / ("a" * 250)):
        pytest.fail("must not begin")


def test_bugs_pass_through(tmp_path: Path):
    with pytest.raises(FileNotFoundError), output_folder(tmp_path / "faces"):
        (tmp_path / "missing").read_text()
    with pytest.raises(RuntimeError, match="a bug"), output_folder(tmp_path / "faces"):
        raise RuntimeError("a bug")


def test_files_are_replaced_at_once(tmp_path: Path):
    write_text(tmp_path / "a.csv", "one\n")
    write_text(tmp_path / "a.csv", "two\r\n")
    assert (tmp_path / "a.csv").read_bytes() == b"two\r\n"
    assert names(tmp_path) == ["a.csv"]


def test_a_file_that_cannot_be_written_says_so(tmp_path: Path):
    with pytest.raises(TeniError, match="is a folder; give the name of a file"):
        write_bytes(tmp_path, b"")
    with pytest.raises(TeniError, match=r"the folder .*/none does not exist"):
        write_bytes(tmp_path / "none" / "a.csv", b"")


def test_a_pipe_is_written_to_directly(tmp_path: Path):
    code = (
        "from pathlib import Path; from teni.files import write_text; write_text(Path('/dev/stdout'), 'hi')"
    )
    out, errors = python(code).communicate()
    assert (out, errors) == ("hi", "")
