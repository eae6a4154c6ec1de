import json

import numpy as np
import pytest
from PIL import Image

from spot_run import save_spot_run
from teni.report import build_report
from teni.report.seen import seen_sheets
from teni.run import read_run


@pytest.fixture
def run_folder(tmp_path):
    return save_spot_run(tmp_path / "run")


def show(run_folder, name="activation-conv1", **about):
    folder = run_folder / "figures" / "seen" / name
    folder.mkdir(parents=True)
    told = {
        "method": "activation",
        "layer": "conv1",
        "notes": ["One <b>note</b>."],
        "units": [{}, {}],
    } | about
    (folder / "seen.json").write_text(json.dumps(told))
    Image.fromarray(np.zeros((20, 3000, 3), np.uint8)).save(folder / "sheet.png")
    return folder


def test_sheets_are_in_the_report_with_a_link_to_the_gallery(run_folder):
    show(run_folder)
    run = read_run(run_folder)
    (sheet,) = seen_sheets(run)
    assert (sheet["title"], sheet["many"]) == ("activation of conv1", 2)
    page = build_report(run)
    assert 'href="figures/seen/gallery.html"' in page
    assert "One &lt;b&gt;note&lt;/b&gt;." in page


def test_the_gallery_is_inside_as_a_page_of_its_own_unless_it_is_too_large(run_folder, monkeypatch):
    gallery = show(run_folder).parent / "gallery.html"
    assert "<iframe" not in build_report(read_run(run_folder))
    gallery.write_text('<p title="a">&amp;</p>')
    page = build_report(read_run(run_folder))
    assert 'sandbox="allow-scripts"' in page
    assert 'srcdoc="&lt;p title=&#34;a&#34;&gt;&amp;amp;&lt;/p&gt;"' in page
    monkeypatch.setattr("teni.report.seen._MOST_EMBEDDED", 5)
    assert "<iframe" not in build_report(read_run(run_folder))


def test_a_run_that_was_not_looked_into_has_no_such_section(run_folder):
    assert 'id="seen"' not in build_report(read_run(run_folder))


@pytest.mark.parametrize("damage", ["sheet", "json", "about"])
def test_a_damaged_picture_does_not_cost_the_report(run_folder, damage):
    folder = show(run_folder)
    if damage == "sheet":
        (folder / "sheet.png").write_bytes(b"no picture")
    else:
        (folder / "seen.json").write_text("{" if damage == "json" else '{"method": 1}')
    assert seen_sheets(read_run(run_folder)) == []
