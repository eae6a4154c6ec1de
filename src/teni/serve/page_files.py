"""The page and what it loads, read once from the package; no path from outside ever names a file."""

from dataclasses import dataclass
from importlib.resources import files

_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
}


@dataclass(frozen=True)
class PageFile:
    """A file of the page.

    Args:
        content: its bytes.
        kind: its Content-Type.
    """

    content: bytes
    kind: str


def page_files() -> dict[str, PageFile]:
    """Read the files of the page, by name.

    >>> page_files()["index.html"].kind
    'text/html; charset=utf-8'
    """
    inside = [entry for entry in files("teni.serve").joinpath("page").iterdir() if entry.is_file()]
    kinds = {entry.name: _TYPES.get(entry.name.rpartition(".")[2]) for entry in inside}
    return {
        entry.name: PageFile(entry.read_bytes(), kind)
        for entry in inside
        if (kind := kinds[entry.name]) is not None
    }
