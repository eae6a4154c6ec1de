"""The page as somebody meets it: a picture, a box, the camera; in two languages, by keyboard, and quiet."""

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from served import SPOTS, encoded, spotted
from spot_run import NAMES

pytestmark = pytest.mark.browser

Open = Callable[..., Any]
PROGRAM = [sys.executable, "-c", "from teni.cli import main; main()"]
CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
TOKEN = "0123456789abcdef"
BOX = "['x', 'y', 'w', 'h'].map((each) => Number(document.getElementById('box-' + each).value))"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Start Debian's chromium with a camera that it makes up."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("needs chromium: apt-get install chromium")
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install playwright")
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=program, args=["--no-sandbox", *CAMERA])
        yield started
        started.close()


@pytest.fixture(scope="module")
def address(spots: Path) -> Iterator[str]:
    """Start the service, with a token, in a process of its own."""
    words = [*PROGRAM, "serve", spots, "--port", "0", "--json", "--token", TOKEN]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    yield json.loads(process.stdout.readline())["url"]
    process.terminate()
    process.communicate(timeout=30)


@pytest.fixture
def show(browser: Any, address: str) -> Iterator[Open]:
    """Open the page, and make sure afterwards that it said nothing on the console and asked nobody else."""
    said: list[str] = []
    asked: list[str] = []
    contexts: list[Any] = []

    def show_page(language: str = "en-US", scheme: str = "light", width: int = 1280) -> Any:
        context = browser.new_context(
            locale=language,
            color_scheme=scheme,
            viewport={"width": width, "height": 900},
            permissions=["camera"],
            extra_http_headers={"Authorization": f"Bearer {TOKEN}"},
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        page.locator("#model", has_text="spots").wait_for()
        return page

    yield show_page
    for context in contexts:
        context.close()
    assert said == []
    assert [url for url in asked if not url.startswith((address, "blob:", "data:"))] == []


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    (tmp_path / "spots.png").write_bytes(encoded(spotted()))
    return tmp_path / "spots.png"


def numbers(page: Any) -> np.ndarray:
    page.locator("#table tbody tr").first.wait_for()
    rows = [row.locator("td").all_text_contents() for row in page.locator("#table tbody tr").all()]
    return np.array(rows, float)


def test_a_picture_a_box_and_a_table(show: Open, picture: Path, tmp_path: Path):
    page = show()
    assert page.locator("#download").is_disabled()
    page.set_input_files("#files", picture)
    found = numbers(page)
    np.testing.assert_allclose(found[:, :2], SPOTS, atol=0.1)
    assert (found[:, 2] > 0).all()
    frame = page.locator("#canvas").bounding_box()
    scale = frame["width"] / 200
    page.mouse.move(frame["x"] + SPOTS[0, 0] * scale, frame["y"] + SPOTS[0, 1] * scale)
    assert page.locator("#name").text_content() == NAMES[0].replace("_", " ")
    page.mouse.move(frame["x"] + 20 * scale, frame["y"] + 20 * scale)
    page.mouse.down()
    page.mouse.move(frame["x"] + 100 * scale, frame["y"] + 80 * scale)
    page.mouse.move(frame["x"] + 170 * scale, frame["y"] + 140 * scale)
    with page.expect_response("**/predict*") as answered:
        page.mouse.up()
    assert answered.value.ok
    assert page.evaluate(BOX) == [20, 20, 150, 120]
    page.wait_for_function(
        f"Number(document.querySelector('#table td:nth-child(4)').textContent) < {found[0, 2]}"
    )
    np.testing.assert_allclose(numbers(page)[:, :2], SPOTS, atol=0.3)
    with page.expect_download() as download:
        page.locator("#download").click()
    with Path(download.value.path()).open() as file:
        (row,) = csv.DictReader(file)
    assert row["id"] == "spots.png"
    assert abs(float(row["left_spot_x"]) - SPOTS[0, 0]) < 0.3
    assert float(row["right_spot_radius"]) > 0


def test_the_box_by_keyboard(show: Open, picture: Path):
    page = show()
    page.set_input_files("#files", picture)
    numbers(page)
    page.locator("#canvas").focus()
    page.keyboard.press("Enter")
    assert page.evaluate(BOX) == [44, 24, 112, 112]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowDown")
    assert page.evaluate(BOX) == [46, 22, 112, 114]
    page.keyboard.press("Escape")
    assert page.evaluate(BOX) == [0, 0, 200, 160]
    page.locator("#box-w").fill("150")
    with page.expect_response("**/predict*") as answered:
        page.keyboard.press("Tab")
    assert answered.value.ok
    assert page.evaluate(BOX) == [0, 0, 150, 160]


def test_the_camera_live(show: Open):
    page = show()
    answers: list[int] = []
    page.on(
        "response", lambda response: answers.append(response.status) if "/predict" in response.url else None
    )
    page.locator("#camera").click()
    numbers(page)
    page.wait_for_function("document.getElementById('camera').getAttribute('aria-pressed') === 'true'")
    while len(answers) < 3:
        page.wait_for_timeout(50)
    page.locator("#camera").click()
    assert page.locator("#camera").get_attribute("aria-pressed") == "false"
    page.wait_for_timeout(300)
    many = len(answers)
    page.wait_for_timeout(300)
    assert len(answers) == many
    assert set(answers) == {200}


@pytest.mark.parametrize(("language", "scheme", "width"), [("ja-JP", "dark", 390), ("en-US", "light", 1280)])
def test_languages_and_themes(show: Open, picture: Path, language: str, scheme: str, width: int):
    page = show(language, scheme, width)
    page.set_input_files("#files", picture)
    numbers(page)
    assert page.locator("html").get_attribute("lang") == language[:2]
    assert (
        page.locator("#camera").text_content() == {"ja": "カメラを使う", "en": "Use the camera"}[language[:2]]
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, paper[4:-1].split(","))) > 384) == (scheme == "light")
    page.locator("#japanese" if language == "en-US" else "#english").click()
    assert (
        page.locator("#camera").text_content() == {"ja": "Use the camera", "en": "カメラを使う"}[language[:2]]
    )


def test_both_languages_say_the_same_things(show: Open):
    page = show()
    words = page.evaluate(
        "import('/page/words.js').then(({WORDS}) => Object.values(WORDS).map((w) => Object.keys(w)))"
    )
    assert sorted(words[0]) == sorted(words[1])
    marked = page.evaluate(
        "[...document.querySelectorAll('[data-words], [data-label]')].map((e) => e.dataset.words || e.dataset.label)"
    )
    assert set(marked) <= set(words[0])


def test_everything_has_a_name_for_those_who_listen(show: Open):
    page = show()
    nameless = page.evaluate(
        """[...document.querySelectorAll('button, input:not([type=file]), select, canvas, section')]
        .filter((e) => !(e.textContent.trim() || e.labels?.length || e.getAttribute('aria-label')
            || e.getAttribute('aria-labelledby'))).map((e) => e.id)"""
    )
    assert nameless == []
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"


def test_a_file_that_is_no_picture(show: Open, tmp_path: Path):
    page = show()
    (tmp_path / "no.png").write_bytes(b"no picture")
    page.set_input_files("#files", tmp_path / "no.png")
    page.locator("#problem").wait_for()
    assert page.locator("#problem").text_content().startswith("no.png: this browser cannot show it")


def test_what_went_wrong_stays_when_the_next_picture_goes_well(show: Open, picture: Path, tmp_path: Path):
    page = show()
    (tmp_path / "no.png").write_bytes(b"no picture")
    with page.expect_response("**/predict*"):
        page.set_input_files("#files", [tmp_path / "no.png", picture])
    numbers(page)
    page.locator("#problem", has_text="no.png: this browser cannot show it").wait_for()


def test_another_confidence_changes_the_last_frame_of_a_stopped_camera(show: Open):
    page = show()
    page.locator("#camera").click()
    numbers(page)
    page.locator("#camera").click()
    page.wait_for_timeout(300)
    with page.expect_response("**/predict?confidence=0.5") as answered:
        page.locator("#confidence").select_option("0.5")
    assert answered.value.ok


def test_a_token_is_asked_for(browser: Any, address: str, picture: Path):
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    page.locator("#token-form").wait_for()
    page.set_input_files("#files", picture)  # before the token is there
    page.locator("#problem", has_text="a token is needed").wait_for()
    assert "a token is needed" in page.locator("#problem").text_content()
    page.locator("#token").fill(TOKEN)
    page.keyboard.press("Enter")
    page.locator("#model", has_text="spots").wait_for()
    assert page.locator("#token-form").is_hidden()
    np.testing.assert_allclose(numbers(page)[:, :2], SPOTS, atol=0.1)
    context.close()
