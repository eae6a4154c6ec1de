"""Names without the folders in which somebody keeps files, for what may leave the machine or must stay short."""

import re
from collections.abc import Sequence


def base_name(path: str) -> str:
    r"""Return a path's last part, of any system.

    Args:
        path: or a name without folders, which is returned as it is.

    >>> base_name("/home/me/nets/face.keras"), base_name(r"C:\nets\face.keras"), base_name("mobilenet")
    ('face.keras', 'face.keras', 'mobilenet')
    """
    return re.split(r"[\\/]", path.rstrip("\\/"))[-1]


def without_folders(networks: str) -> str:
    """Name a network, or the several of an ensemble, of files only the name.

    Args:
        networks: several are joined by " + ".

    >>> without_folders("nets/face.keras + mobilenet")
    'face.keras + mobilenet'
    """
    return " + ".join(base_name(each) for each in networks.split(" + "))


def if_distinct(short: Sequence[str], whole: Sequence[str]) -> list[str]:
    """Return short names, unless two of them would be the same.

    Args:
        short: a short form of each name.
        whole: the names, all different.

    >>> if_distinct(["a", "b"], ["x/a", "x/b"]), if_distinct(["a", "a"], ["x/a", "y/a"])
    (['a', 'b'], ['x/a', 'y/a'])
    """
    return list(short if len(set(short)) == len(short) else whole)
