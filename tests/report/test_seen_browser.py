"""The gallery as a reader meets it: alone, and inside the report of a run."""

import numpy as np
import pytest

from spot_run import save_spot_run
from teni.report import build_report
from teni.run import read_run
from teni.visualize import Pictured, Seen
from teni.visualize.folder import save_seen
from teni.visualize.fooling import AscentSettings

pytestmark = pytest.mark.browser


def seen(*units: str, told: str = "") -> Seen:
    random = np.random.default_rng(0)
    return Seen(
        tuple(Pictured(unit, 0.999951, random.random((9, 9, 1), np.float32), told=told) for unit in units)
    )


@pytest.fixture
def open_page(browser):
    """Open a page, and make sure afterwards that it said nothing on the console and asked for nothing."""
    said, asked = [], []
    page = browser.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))

    def opened(file):
        page.goto(file.as_uri())
        return page

    yield opened
    page.close()
    assert said == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "about:"))] == []


def test_choose_and_enlarge_inside_the_report(open_page, tmp_path):
    run = save_spot_run(tmp_path / "run")
    home = run / "figures" / "seen"
    how = {"model": "run", "settings": AscentSettings(), "seed": 0}
    save_seen(home, seen("0", "1", "2"), method="activation", layer="conv1", **how)
    save_seen(home, seen("cat", told="99.995%"), method="fool", layer=None, **how)
    (run / "report.html").write_text(build_report(read_run(run)))
    page = open_page(run / "report.html")
    page.get_by_text("Choose method, layer and unit").click()
    gallery = page.frame_locator("iframe.gallery")
    gallery.get_by_text("4 pictures", exact=True).wait_for()
    gallery.locator("#method").select_option("fool")
    gallery.get_by_text("1 picture", exact=True).wait_for()
    gallery.locator("section:visible .open").click()
    large = gallery.locator("dialog[open]")
    large.get_by_text("fool, unit cat: 99.995%").wait_for()
    assert large.locator("img").evaluate("image => image.naturalWidth") == 9
