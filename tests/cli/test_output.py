import io
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from teni.cli.output import check_output_file, plain_lines, progress_printer, result, result_json, say
from teni.errors import TeniError
from teni.progress import Progress


class Terminal(io.StringIO):
    """What takes itself for a terminal."""

    def isatty(self) -> bool:
        return True


def test_results_and_talk_go_two_ways(capsys: pytest.CaptureFixture[str]):
    result("転移\n")
    say("one\ntwo")
    assert capsys.readouterr() == ("転移\n", "one\ntwo\n")


def test_json_of_numbers_of_all_kinds(capsys: pytest.CaptureFixture[str]):
    result_json(
        {"path": Path("runs/a"), "n": np.int64(3), "points": np.array([[1.5]]), "none": None, "é": "é"}
    )
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert json.loads(out) == {"path": "runs/a", "n": 3, "points": [[1.5]], "none": None, "é": "é"}


def test_what_is_not_json():
    with pytest.raises(ValueError, match="JSON"):
        result_json({"a": float("nan")})
    with pytest.raises(TypeError, match="set has no place in JSON"):
        result_json({"a": {1}})


def test_a_line_now_and_then_and_one_at_the_end():
    now, lines = [0.0], list[str]()
    show = plain_lines(lines.append, lambda: now[0])
    for done in range(1, 13):
        show(Progress("features", done * 100, 1200))
        now[0] += 1
    show(Progress("heads", 1, 2))
    show(Progress("features", 1, 2))  # the same step again begins anew
    show(Progress("features", 2, 2))
    assert lines == [
        "features: 600 of 1,200 (5 s)",
        "features: 1,100 of 1,200 (10 s)",
        "features: 1,200 of 1,200 (11 s)",
        "features: 2 of 2",
    ]


def test_plain_lines_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]):
    with progress_printer() as show:
        show(Progress("features", 3, 3))
    assert capsys.readouterr() == ("", "features: 3 of 3\n")


def test_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with progress_printer() as show:
        for done in (1, 2, 3):
            show(Progress("features", done, 3))
        show(Progress("heads", 1, 4))
    shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", terminal.getvalue())
    assert re.search(r"features ━+ 3/3", shown)
    assert re.search(r"heads\s+━.*1/4", shown)
    assert capsys.readouterr().out == ""


def test_bars_of_what_is_done_make_room(monkeypatch: pytest.MonkeyPatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with progress_printer() as show:
        for step in range(20):
            show(Progress(f"step {step}", 1, 1))
        show(Progress("last", 1, 2))
    end = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", terminal.getvalue()).rstrip().split("step ")
    assert [each.split()[0] for each in end[-4:]] == ["16", "17", "18", "19"]
    assert end[-5].split()[0] != "15"  # the end of the drawing before
    assert "last" in end[-1]


def test_a_file_that_may_be_written(tmp_path: Path):
    check_output_file(None, False)
    check_output_file(tmp_path / "new.csv", False)
    check_output_file(Path("/dev/null"), False)
    (tmp_path / "old.csv").touch()
    check_output_file(tmp_path / "old.csv", True)


def test_a_file_that_may_not_be_written(tmp_path: Path):
    (tmp_path / "old.csv").touch()
    with pytest.raises(
        TeniError, match=r"old\.csv: exists already; give another name or replace it with --over"
    ):
        check_output_file(tmp_path / "old.csv", False)
    with pytest.raises(TeniError, match="is a folder; give the name of a file to write"):
        check_output_file(tmp_path, True)
    with pytest.raises(
        TeniError, match=r"a/b\.csv: the folder .*a does not exist; make it or give another one"
    ):
        check_output_file(tmp_path / "a" / "b.csv", False)
