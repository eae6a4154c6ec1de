"""The page as a reader meets it: drawn, quiet, self-contained, on any screen and on paper, by keyboard."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fake_run import NAMES, make_run
from teni.report import build_report

pytestmark = pytest.mark.browser

Open = Callable[..., Any]
HOSTILE = "<script>window.hacked=1</script><img src=x onerror=window.hacked=2>\"'}}{{7*7}}"


@pytest.fixture
def show(browser: Any) -> Iterator[Open]:
    """Open a page, and make sure afterwards that it said nothing on the console and asked for nothing."""
    said: list[str] = []
    asked: list[str] = []
    contexts: list[Any] = []

    def show_page(file: Path, width: int = 1280, scheme: str = "light", scripts: bool = True) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        if scripts:
            page.locator("#chart-keypoints .xtick").first.wait_for()
        return page

    yield show_page
    for context in contexts:
        context.close()
    assert said == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in asked if url.startswith("file:")]) == len(contexts)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_draws_everything_quietly(show: Open, report_file: Path, width: int, scheme: str):
    page = show(report_file, width, scheme)
    assert page.locator(".chart").count() == 5
    assert page.locator(".chart .scatterlayer .trace").count() > 20
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")  # nothing to scroll sideways
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    text = page.evaluate("getComputedStyle(document.querySelector('.chart .xtick text')).fill")
    ink = page.evaluate("getComputedStyle(document.body).color")
    assert text == ink
    assert (sum(map(int, paper[4:-1].split(","))) > 384) == (scheme == "light")


def test_follows_the_screen_to_dark_and_to_paper(show: Open, report_file: Path):
    page = show(report_file)
    fill = "getComputedStyle(document.querySelector('.chart .xtick text')).fill"
    light = page.evaluate(fill)
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(fill)
    assert dark != light
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(fill) == "rgb(0, 0, 0)"
    assert page.locator("nav").is_hidden()
    assert page.pdf().startswith(b"%PDF")


def test_every_picture_and_chart_says_what_it_shows(show: Open, report_file: Path):
    page = show(report_file)
    for picture in page.locator("[role=img]").all():
        assert len(picture.get_attribute("aria-label")) > 20
    assert page.locator("img:not([alt])").count() == 0
    assert page.locator("html").get_attribute("lang") == "en"
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    for link in page.locator("nav a").all():
        assert link.get_attribute("href").removeprefix("#") in ids


def test_by_keyboard_alone(show: Open, report_file: Path):
    page = show(report_file)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#data"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("details").first.get_attribute("open") is not None
    page.locator(".zoom").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("dialog").is_visible()
    assert page.locator("dialog svg .point").count() == len(NAMES)
    assert "px" in page.locator("dialog .words").text_content()
    page.keyboard.press("Escape")
    assert page.locator("dialog").is_hidden()
    assert page.evaluate("document.activeElement.className") == "zoom"


def test_a_keypoint_tells_its_name_where_the_pointer_rests(show: Open, report_file: Path):
    page = show(report_file)
    mark = page.locator(".faces .point .hit").first
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    title = page.evaluate(
        "([x, y]) => document.elementFromPoint(x, y).closest('g').querySelector('title').textContent",
        [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2],
    )
    assert title.split(":")[0] in [name.replace("_", " ") for name in NAMES]


def test_without_scripts_the_numbers_are_still_there(show: Open, report_file: Path):
    page = show(report_file, scripts=False)
    assert page.locator("noscript").count() == 5
    page.locator("#keypoints summary").first.click()
    assert page.locator("#keypoints table").first.is_visible()


def test_text_from_the_data_stays_text(show: Open, tmp_path: Path):
    run = make_run([HOSTILE + str(i) for i in range(3)], subject=HOSTILE)
    run.about.update(backbone=HOSTILE, notes=[HOSTILE], command=[HOSTILE], data={HOSTILE: HOSTILE})
    run.about["choice"]["taps"] = [HOSTILE]
    run.about["cost"]["steps"] = {HOSTILE: 1.0}
    run.about["load_report"] = [{HOSTILE: HOSTILE}]
    run.about["versions"] = {HOSTILE: HOSTILE}
    run.history.loc[run.history["taps"] == "conv_pw_5", ["taps", "kernel"]] = HOSTILE
    run.examples.ids[:] = "<b>hi</b>"
    (tmp_path / "report.html").write_text(build_report(run), encoding="utf-8")
    page = show(tmp_path / "report.html")
    assert page.evaluate("window.hacked") is None
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 3
    assert page.locator("figcaption b >> text=hi").count() == 0
    tick = page.locator("#chart-keypoints .ytick text").first.text_content()
    assert tick.startswith("<script>window.hacked=1")
    assert "{{7*7}}" in page.locator("#data .note").text_content()


def test_a_run_that_lacks_all_that_may_be_lacking(show: Open, tmp_path: Path):
    (tmp_path / "report.html").write_text(build_report(make_run(parts=False)), encoding="utf-8")
    page = show(tmp_path / "report.html")
    assert "cross-validated RMSE" in page.locator(".under").text_content()
    assert page.locator("#learning, #agreement, #weights").count() == 0
