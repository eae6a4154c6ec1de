import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from spot_run import pixels_lit, write_table
from teni.errors import TeniError

PROGRAM = "from teni.cli import main; main()"


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    import numpy as np

    return write_table(tmp_path / "test.csv", pixels_lit(np.array([[[70, 30], [20, 40]]])))


def test_help_imports_nothing_heavy():
    """What takes a second to import must wait for the command that needs it."""
    heavy = ("numpy", "pandas", "keras", "jax", "h5py", "scipy", "sklearn", "PIL", "rich", "plotly", "jinja2")
    code = f"import sys, teni.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_lists_every_command(teni: Callable):
    ended = teni("--help")
    assert ended.code == 0
    for name in ("demo", "fit", "predict", "evaluate", "report", "weights"):
        assert f"\n  {name} " in ended.out
    assert "Exit status: 0 done" in ended.out


@pytest.mark.parametrize("command", ["demo", "fit", "predict", "evaluate", "report"])
def test_every_command_has_help_and_the_common_options(teni: Callable, command: str):
    ended = teni(command, "-h")
    assert ended.code == 0
    assert "--json" in ended.out
    assert "--seed" in ended.out


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["predict"],
        ["predict", "runs", "faces", "--nonsense"],
        ["evaluate", "a", "b", "--seed", "x"],
    ],
)
def test_wrong_arguments_end_with_two(teni: Callable, words: list[str]):
    ended = teni(*words)
    assert ended.code == 2
    assert ended.out == ""
    assert "Error: " in ended.err


def test_a_failure_is_one_sentence_and_one(process: Callable):
    ended = process("predict", "nowhere", "faces.csv")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "Error: nowhere: no such folder; give a folder that teni fit wrote\n"


def test_control_characters_of_a_name_do_not_reach_the_terminal(teni: Callable):
    ended = teni("report", "no\x1b[2Jwhere")
    assert (ended.code, ended.err.count("\n")) == (1, 1)
    assert r"no\x1b[2Jwhere" in ended.err


def test_a_bug_is_not_dressed_up_as_an_error(teni: Callable, monkeypatch: pytest.MonkeyPatch):
    def broken(_: Path) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("teni.run.read_run", broken)
    with pytest.raises(ZeroDivisionError):
        teni("report", "runs")


def test_a_sentence_of_several_lines_is_told_on_one(teni: Callable, monkeypatch: pytest.MonkeyPatch):
    def broken(_: Path) -> None:
        raise TeniError("one\ntwo")

    monkeypatch.setattr("teni.run.read_run", broken)
    assert teni("report", "runs").err == "Error: one two\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_the_end_that_a_scheduler_sends(number: signal.Signals):
    code = (
        "import sys, time, teni.run\n"
        "def slow(path):\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(60)\n"
        "teni.run.read_run = slow\n"
        "sys.argv = ['teni', 'report', 'runs']\n" + PROGRAM
    )
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code], stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == "Interrupted; nothing half-written is left under the name that was asked for.\n"


def test_nobody_reads_the_result(spots: Path, faces: Path):
    reading, writing = os.pipe()
    os.close(reading)
    words = [sys.executable, "-c", PROGRAM, "predict", str(spots), str(faces)]
    done = subprocess.run(words, stdout=writing, stderr=subprocess.PIPE, text=True, check=False, timeout=120)
    os.close(writing)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_the_result_goes_to_a_full_disk(spots: Path, faces: Path):
    words = [sys.executable, "-c", PROGRAM, "predict", str(spots), str(faces)]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=120)
    assert done.returncode == 1
    assert "Error: standard output: the disk is full; free some space or give another place\n" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
