"""The page as a reader meets it: drawn, quiet, self-contained, on any screen and on paper, by keyboard."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fake_run import NAMES, make_run
from teni.report import build_report

pytestmark = pytest.mark.browser

Open = Callable[..., Any]
HOSTILE = "<script>window.hacked=1</script><img src=x onerror=window.hacked=2>\"'}}{{7*7}}"
SHOWN = "[...document.querySelectorAll('span[lang]')].filter(e => e.offsetParent).map(e => e.lang)"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_draws_everything_quietly(show: Open, full_file: Path, width: int, scheme: str):
    page = show(full_file, width, scheme)
    charts = page.locator(".chart").count()
    assert charts == page.locator(".chart svg[role=img]").count() == 10
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")  # nothing to scroll sideways
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    text = page.evaluate("getComputedStyle(document.querySelector('.chart text.tick')).fill")
    assert text == page.evaluate("getComputedStyle(document.body).color")
    assert (sum(map(int, paper[4:-1].split(","))) > 384) == (scheme == "light")
    inside = """[...document.querySelectorAll('.chart svg[role=img]')].flatMap(svg => {
        const box = svg.getBoundingClientRect();
        return [...svg.querySelectorAll('text')].filter(text => {
            const own = text.getBoundingClientRect();
            return own.left < box.left - 1 || own.right > box.right + 1;
        }).map(text => svg.parentElement.id + ': ' + text.textContent);
    })"""
    assert page.evaluate(inside) == []  # no text is cut at an edge


def test_names_beside_dots_do_not_overlap(show: Open, full_file: Path):
    page = show(full_file)
    boxes = page.evaluate("""[...document.querySelectorAll('#chart-cost text.beside')].map(text => {
        const {left, right, top, bottom} = text.getBoundingClientRect(); return [left, top, right, bottom];
    })""")
    assert len(boxes) == 3
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            assert a[2] <= b[0] or a[0] >= b[2] or a[3] <= b[1] + 2 or a[1] >= b[3] - 2


def test_the_colours_follow_the_system_the_switch_and_paper(show: Open, report_file: Path):
    page = show(report_file)
    fill = "getComputedStyle(document.querySelector('.chart text.tick')).fill"
    light = page.evaluate(fill)
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(fill)
    assert dark != light
    page.select_option("#theme", "light")
    assert page.evaluate(fill) == light
    page.emulate_media(color_scheme="light")
    page.select_option("#theme", "dark")
    assert page.evaluate(fill) == dark
    page.emulate_media(media="print")
    assert page.evaluate(fill) == "rgb(0, 0, 0)"
    assert page.locator("nav").is_hidden()
    assert page.locator(".switches").is_hidden()
    assert page.pdf().startswith(b"%PDF")


def test_charts_fit_the_paper(show: Open, full_file: Path):
    page = show(full_file, width=1280)
    widths = (
        "[...document.querySelectorAll('.chart > svg[role=img]')].map(e => e.getBoundingClientRect().width)"
    )
    assert max(page.evaluate(widths)) > 640
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert max(page.evaluate(widths)) <= 640
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert max(page.evaluate(widths)) > 640


def test_tables_fit_the_paper(show: Open, full_file: Path):
    page = show(full_file, width=658)  # A4 between its margins
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    page.emulate_media(media="print")
    right = "Math.max(...[...document.querySelectorAll('table')].map(e => e.getBoundingClientRect().right))"
    assert page.evaluate(right) <= 658


def test_a_long_word_does_not_widen_a_phone(show: Open, tmp_path: Path):
    run = make_run()
    run.about["notes"] = ["/a/folder/" + "of_a_very_long_name_" * 10 + " is not there"]
    file = tmp_path / "report.html"
    file.write_text(build_report(run), encoding="utf-8")
    assert show(file, 390).evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_both_languages(show: Open, full_file: Path):
    page = show(full_file)
    assert set(page.evaluate(SHOWN)) == {"en"}
    page.get_by_role("button", name="日本語").click()
    assert page.locator("html").get_attribute("lang") == "ja"
    assert set(page.evaluate(SHOWN)) == {"ja"}
    assert "エポック" in page.locator("#chart-losses svg[role=img]").text_content()
    assert "次へ" in page.locator("#every .after").text_content()
    assert "中" in page.locator("#every .count").text_content()
    assert page.locator("#chart-cost").get_attribute("aria-label").startswith("散布図")
    assert page.locator("#every [name=part] option").nth(1).text_content() == "テスト"
    assert page.title().startswith(page.locator(".big").text_content().split()[0])
    page.get_by_role("button", name="English").click()
    assert set(page.evaluate(SHOWN)) == {"en"}
    assert set(show(full_file, language="ja-JP").evaluate(SHOWN)) == {"ja"}


def test_nothing_in_the_way_of_assistive_technology(show: Open, full_file: Path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = show(full_file)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    for _ in range(2):
        found = axe.run(page).response["violations"]
        grave = [each for each in found if each["impact"] in ("serious", "critical")]
        assert [(each["id"], [node["html"][:160] for node in each["nodes"]][:3]) for each in grave] == []
        page.get_by_role("button", name="日本語").click()
        page.select_option("#theme", "dark")


def test_every_picture_and_chart_says_what_it_shows(show: Open, full_file: Path):
    page = show(full_file)
    for picture in page.locator("[role=img]").all():
        assert len(picture.get_attribute("aria-label")) > 20
    assert page.locator("img:not([alt])").count() == 0
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    for link in page.locator("nav a").all():
        assert link.get_attribute("href").removeprefix("#") in ids


def test_by_keyboard_alone(show: Open, report_file: Path):
    page = show(report_file)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.locator("nav a").first.focus()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("details").first.get_attribute("open") is not None
    page.locator("#chart-learning svg[role=img]").focus()
    page.keyboard.press("ArrowRight")
    first = page.locator("#tip").text_content()
    page.keyboard.press("ArrowRight")
    assert "10: 2." in first
    assert page.locator("#tip").text_content() != first
    assert page.locator("#chart-learning output").text_content() == page.locator("#tip").text_content()
    page.keyboard.press("Escape")
    assert page.locator("#tip").is_hidden()
    tile = page.locator("#every .zoom")
    tile.first.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.image") == tile.nth(1).get_attribute("data-image")
    page.keyboard.press("Enter")
    assert page.locator("dialog").is_visible()
    assert page.locator("dialog .point").count() == len(NAMES)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    assert page.locator("dialog").is_hidden()
    # A dialog tells of its closing a moment after it has closed.
    after = tile.nth(2).get_attribute("data-image")
    page.wait_for_function("image => document.activeElement.dataset.image === image", arg=after)


def test_a_chart_is_read_by_the_pointer(show: Open, report_file: Path):
    page = show(report_file)
    dot = page.locator("#chart-keypoints svg[role=img] circle.dot").first
    dot.scroll_into_view_if_needed()
    dot.hover(force=True)
    assert " px (" in page.locator("#tip").text_content()
    page.mouse.move(0, 0)
    assert page.locator("#tip").is_hidden()


def test_the_command_is_copied(show: Open, report_file: Path):
    page = show(report_file)
    page.get_by_role("button", name="Copy the command").click()
    page.get_by_text("Copied", exact=True).wait_for()
    assert page.evaluate("navigator.clipboard.readText()").startswith("teni fit training.zip")


def test_without_scripts_the_numbers_are_still_there(show: Open, report_file: Path):
    page = show(report_file, scripts=False)
    assert page.locator("noscript").count() == 7
    page.locator("#keypoints summary").first.click()
    assert page.locator("#keypoints table").first.is_visible()
    assert set(page.evaluate(SHOWN)) == {"en"}


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
    page.locator("#every .zoom").first.click()
    assert page.evaluate("window.hacked") is None
    assert page.locator("img").count() == 0
    assert page.locator("script:not([type])").count() == 1
    assert page.locator("figcaption b >> text=hi").count() == 0
    assert (
        page.locator("#chart-keypoints text.name").first.text_content().startswith("<script>window.hacked=1")
    )
    assert "{{7*7}}" in page.locator("#data .note").text_content()


def test_a_run_that_lacks_all_that_may_be_lacking(show: Open, tmp_path: Path):
    (tmp_path / "report.html").write_text(build_report(make_run(parts=False)), encoding="utf-8")
    page = show(tmp_path / "report.html")
    assert "cross-validated RMSE" in page.locator(".under").text_content()
    assert page.locator("#learning, #weights, #training").count() == 0
