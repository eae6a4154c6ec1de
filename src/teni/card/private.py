"""Text that may leave the machine: without the folders in which somebody keeps files."""

import re
from collections.abc import Sequence
from typing import Any

from teni.paths import base_name, if_distinct, without_folders
from teni.run import Run

# Two names at least, from the root or from a drive: /home/me/faces.csv, C:\data\faces.csv, ~/faces.csv.
_ABSOLUTE = re.compile(r"(?<![\w.:/])(?:~|[A-Za-z]:)?(?:[\\/][^\s\\/:;,'\"()]+)+")


def network_name(run: Run, unknown: str = "a pretrained network") -> str:
    """Name the network, or the several of an ensemble, of files only the name.

    Args:
        run: whose ``about`` names it.
        unknown: what to say where it does not.
    """
    return without_folders(str(run.about.get("backbone") or unknown))


def without_paths(text: str, run: Run) -> str:
    """Leave of every path in a text only the name of the file.

    Args:
        text: a sentence, e.g. a note of the fit.
        run: whose arguments say which paths there were, also with spaces in them.

    >>> from teni.run import Run
    >>> import re
    >>> re.sub(_ABSOLUTE, lambda found: base_name(found[0]), "/home/me/w.h5: assumed 96/2 and left/right")
    'w.h5: assumed 96/2 and left/right'
    """
    for path in sorted(_paths(run), key=len, reverse=True):
        text = text.replace(path, base_name(path))
    return _ABSOLUTE.sub(lambda found: base_name(found[0]), text)


def names_without_paths(names: Sequence[str], run: Run) -> dict[str, str]:
    """Leave of the paths in names only the names of the files, unless two would then be called the same.

    Args:
        names: e.g. of strategies with their networks.
        run: whose arguments say which paths there were.

    Returns:
        By name, what is left of it.
    """
    whole = list(dict.fromkeys(names))
    return dict(zip(whole, if_distinct([without_paths(name, run) for name in whole], whole), strict=True))


def _paths(run: Run) -> set[str]:
    # The networks of an ensemble are one text, in which each stands for itself.
    given: list[Any] = [str(run.about.get("backbone")).split(" + "), *run.about.get("arguments", {}).values()]
    flat = [each for value in given for each in (value if isinstance(value, list) else [value])]
    return {each for each in flat if isinstance(each, str) and re.search(r"[\\/]", each)}
