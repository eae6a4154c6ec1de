"""Every control of the page is used: the grid of images, the large image, suspects, and the chart of losses."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

Open = Callable[..., Any]


def errors(page: Any) -> list[float]:
    return [float(text.split()[0]) for text in page.locator("#every figcaption b").all_text_contents()]


def images(page: Any) -> list[str]:
    return page.locator("#every .zoom").evaluate_all("tiles => tiles.map(tile => tile.dataset.image)")


def test_all_images_the_worst_first_page_by_page(show: Open, full_file: Path):
    page = show(full_file)
    count, slider = page.locator("#every .count"), page.locator("#every .position")
    assert count.text_content() == "1 to 24 of 140"
    first = errors(page)
    assert first == sorted(first, reverse=True)
    page.locator("#every canvas[data-drawn]").nth(23).wait_for()
    page.locator("#every .after").click()
    assert count.text_content() == "25 to 48 of 140"
    assert max(errors(page)) <= min(first)
    page.locator("#every .before").click()
    assert errors(page) == first
    assert page.locator("#every .before").is_disabled()
    slider.fill("139")
    assert count.text_content() == "140 to 140 of 140"
    assert page.locator("#every .after").is_disabled()
    assert slider.get_attribute("aria-valuetext") == "140 to 140 of 140"


def test_images_are_chosen_by_part_subject_keypoint_and_suspicion(show: Open, full_file: Path):
    page = show(full_file)
    count = page.locator("#every .count")
    page.select_option("#every [name=part]", "test")
    assert count.text_content() == "1 to 24 of 70"
    page.select_option("#every [name=subject]", "person_03")
    assert count.text_content() == "1 to 4 of 4"
    page.select_option("#every [name=subject]", "")
    before = images(page)
    page.select_option("#every [name=keypoint]", "10")  # the nose of image 6 was planted
    assert images(page) != before
    assert page.locator("#every figcaption").first.text_content().split(" · ")[1].startswith("6")
    page.select_option("#every [name=keypoint]", "")
    page.locator("#every [name=suspects]").check()
    assert page.locator("#every .suspicion").count() >= 3
    page.locator("#every [name=suspects]").uncheck()


def test_truth_and_prediction_are_toggled(show: Open, full_file: Path):
    page = show(full_file)
    rings, crosses, links = (
        page.locator(f"#every .faces {what}") for what in ("[href='#ring']", "[href='#cross']", ".link")
    )
    assert rings.count() > 100
    page.locator("#every [name=truth]").uncheck()
    assert (rings.count(), links.count()) == (0, 0)
    assert crosses.count() > 100
    page.locator("#every [name=predicted]").uncheck()
    assert crosses.count() == 0
    page.locator("#every [name=truth]").check()
    assert rings.count() > 100


def test_a_keypoint_tells_its_name_where_the_pointer_rests(show: Open, full_file: Path):
    page = show(full_file)
    mark = page.locator("#every .hit").first
    mark.scroll_into_view_if_needed()
    mark.hover(force=True)
    assert (
        " off" in page.locator("#tip").text_content() or "not labelled" in page.locator("#tip").text_content()
    )


def test_an_image_large_with_all_its_points(show: Open, full_file: Path):
    page = show(full_file)
    page.locator("#every .zoom").first.click()
    dialog = page.locator("dialog")
    assert dialog.locator("tbody tr").count() == 15
    assert dialog.locator(".before").is_disabled()
    who = dialog.locator(".words p").text_content()
    dialog.locator(".after").click()
    assert dialog.locator(".words p").text_content() != who
    dialog.locator("tbody tr").first.hover()
    assert dialog.locator(".point.lit").count() == 1
    dialog.locator(".before").click()
    assert dialog.locator(".words p").text_content() == who
    page.keyboard.press("End")
    dialog.get_by_role("button", name="Close").click()
    assert dialog.is_hidden()


def test_leafing_turns_the_page_behind(show: Open, full_file: Path):
    page = show(full_file)
    page.locator("#every .zoom").last.click()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    assert page.locator("#every .count").text_content() == "25 to 48 of 140"
    # A dialog tells of its closing a moment after it has closed.
    page.wait_for_function("image => document.activeElement.dataset.image === image", arg=images(page)[0])


def test_the_images_of_a_subject_from_the_table(show: Open, full_file: Path):
    page = show(full_file)
    page.locator("#subjects summary").click()
    button = page.locator("#subjects [data-subject]").first
    button.click()
    assert page.locator("#every [name=subject]").input_value() == button.get_attribute("data-subject")
    assert page.locator("#every .zoom").count() <= 8


def test_suspects_are_shown_and_taken_away(show: Open, full_file: Path, tmp_path: Path):
    page = show(full_file)
    kinds = " ".join(page.locator("#suspected .suspicion").all_text_contents())
    for kind in ("left and right swapped", "all points shifted", "a point far off: nose tip"):
        assert kind in kinds
    assert page.locator("#suspected .blamed").count() > 2
    with page.expect_download() as download:
        page.get_by_role("button", name="Download suspects.csv").click()
    assert download.value.suggested_filename == "suspects.csv"
    download.value.save_as(tmp_path / "suspects.csv")
    with (tmp_path / "suspects.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {"swapped", "shifted", "far"} <= {row["kind"] for row in rows}
    page.locator("#suspects summary").click()
    assert page.locator("#suspects table").is_visible()


def ticks(page: Any) -> list[str]:
    return page.locator("#chart-losses text.tick").all_text_contents()


def test_losses_zoom_by_buttons_keys_and_dragging(show: Open, full_file: Path):
    page = show(full_file)
    whole = ticks(page)
    for name in ("zoom_in", "zoom_out"):
        page.locator(f"#chart-losses [data-zoom={name}]").click()
        assert ticks(page) != whole or name == "zoom_out"
    page.locator("#chart-losses [data-zoom=zoom_all]").click()
    assert ticks(page) == whole
    page.locator("#chart-losses svg[role=img]").focus()
    page.keyboard.press("+")
    assert ticks(page) != whole
    page.keyboard.press("0")
    assert ticks(page) == whole
    page.locator("#chart-losses svg[role=img]").scroll_into_view_if_needed()
    box = page.locator("#chart-losses svg[role=img]").bounding_box()
    page.mouse.move(box["x"] + 150, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 400, box["y"] + 200)
    page.mouse.up()
    assert ticks(page) != whole


def test_losses_logarithmic_or_not_and_models_on_and_off(show: Open, full_file: Path):
    page = show(full_file)
    lines = page.locator("#chart-losses svg.drawing path.line")
    assert lines.count() == 6
    logarithmic = ticks(page)
    page.locator("#chart-losses [name=logarithmic]").uncheck()
    assert ticks(page) != logarithmic
    assert lines.count() == 6
    page.get_by_label("two-phase", exact=True).uncheck()
    assert lines.count() == 4
    page.locator("#chart-losses .all").click()  # what is hidden comes back
    assert lines.count() == 6
    page.locator("#chart-losses .all").click()
    assert lines.count() == 0
