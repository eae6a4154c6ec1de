"""A real browser for the tests that look at the page; without one they skip and say why."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from compared_run import ADVICE, LADDER, compared, curves, pictured
from fake_run import make_run
from teni.report import build_report
from teni.run import read_run, write_run

Open = Callable[..., Any]


@pytest.fixture(scope="session")
def report_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a run and its report as they come from the disk, and return the report."""
    folder = tmp_path_factory.mktemp("faces")
    write_run(folder, make_run())
    (folder / "report.html").write_text(build_report(read_run(folder)), encoding="utf-8")
    return folder / "report.html"


@pytest.fixture(scope="session")
def full_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the report of a comparison with everything in it: pictures, suspects, losses, advice."""
    folder = tmp_path_factory.mktemp("full")
    told = compared(*LADDER, advice=ADVICE, failed={"net svm (seed 0)": "no tap"}).about["comparison"]
    run = pictured()
    run.about["comparison"] = told
    curves("mlp", "two-phase", "scratch").to_csv(folder / "comparison_curves.csv", index=False)
    (folder / "report.html").write_text(build_report(replace(run, path=folder)), encoding="utf-8")
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


@pytest.fixture
def show(browser: Any) -> Iterator[Open]:
    """Open a page, and make sure afterwards that it said nothing on the console and asked for nothing."""
    said: list[str] = []
    asked: list[str] = []
    contexts: list[Any] = []

    def show_page(
        file: Path, width: int = 1280, scheme: str = "light", scripts: bool = True, language: str = "en-GB"
    ) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=scripts,
            locale=language,
            permissions=["clipboard-read", "clipboard-write"],
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        if scripts:
            page.locator("html[data-drawn]").wait_for()
        return page

    yield show_page
    for context in contexts:
        context.close()
    assert said == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert len([url for url in asked if url.startswith("file:")]) == len(contexts)
