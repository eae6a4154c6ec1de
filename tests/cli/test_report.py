import json
import shutil
from collections.abc import Callable
from pathlib import Path

from teni.report import build_report
from teni.run import read_run


def test_the_page_is_built_again(teni: Callable, spots: Path):
    (spots / "report.html").write_text("old")
    ended = teni("report", spots)
    assert (ended.code, ended.out, ended.err) == (0, f"{spots / 'report.html'}\n", "")
    assert (spots / "report.html").read_text(encoding="utf-8") == build_report(read_run(spots))


def test_another_file(process: Callable, spots: Path, tmp_path: Path):
    page = tmp_path / "page.html"
    ended = process("report", spots, "--out", page, "--json")
    assert json.loads(ended.out) == {"run": str(spots), "report": str(page)}
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_file_that_exists(teni: Callable, spots: Path, tmp_path: Path):
    page = tmp_path / "page.html"
    page.write_text("mine")
    ended = teni("report", spots, "--out", page)
    assert (ended.code, page.read_text()) == (1, "mine")
    assert "page.html: exists already" in ended.err
    assert teni("report", spots, "--out", page, "--overwrite").code == 0
    assert len(page.read_text(encoding="utf-8")) > 10_000


def test_no_run_there(teni: Callable, tmp_path: Path):
    ended = teni("report", tmp_path)
    assert ended.code == 1
    assert "is not a run folder (no run.json in it); give a folder that teni fit wrote" in ended.err


def test_runs_side_by_side_need_a_file(teni: Callable, spots: Path, tmp_path: Path):
    ended = teni("report", spots, spots)
    assert ended.code == 1
    assert "2 runs side by side belong in no run folder; say where with --out FILE" in ended.err
    page = tmp_path / "runs.html"
    ended = teni("report", spots, spots, "--out", page)
    assert (ended.code, page.exists()) == (1, False)
    assert f"{spots}: given twice; give each run folder once" in ended.err
    other = shutil.copytree(spots, tmp_path / "other")
    ended = teni("report", spots, other, "--out", page, "--json")
    assert json.loads(ended.out) == {"runs": [str(spots), str(other)], "report": str(page)}
    assert "Runs side by side" in page.read_text(encoding="utf-8")
