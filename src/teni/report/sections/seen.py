"""What was looked at in the model: sheets and gallery of `teni visualize`."""

from teni.report.section import Section
from teni.report.seen import GALLERY, seen_gallery, seen_sheets
from teni.report.words import seen as words
from teni.run import Run


def section(run: Run) -> Section | None:
    """Gather the sheets and the gallery; None where nothing was looked at."""
    sheets = seen_sheets(run)
    if not sheets:
        return None
    told = [{**sheet, "name": words.sheet(sheet["title"], sheet["many"])} for sheet in sheets]
    values = {"sheets": told, "gallery": GALLERY, "page": seen_gallery(run), "words": words}
    return Section("seen", words.NAV, words.TITLE, values)
