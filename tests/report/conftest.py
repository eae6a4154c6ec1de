"""A real browser for the tests that look at the page; without one they skip and say why."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fake_run import make_run
from teni.report import build_report
from teni.run import read_run, write_run


@pytest.fixture(scope="session")
def report_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a run and its report as they come from the disk, and return the report."""
    folder = tmp_path_factory.mktemp("faces")
    write_run(folder, make_run())
    (folder / "report.html").write_text(build_report(read_run(folder)), encoding="utf-8")
    return folder / "report.html"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Start Debian's chromium, for one module only: Playwright keeps an event loop while it runs."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("needs chromium: apt-get install chromium")
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install playwright")
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()
