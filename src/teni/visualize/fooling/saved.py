"""An evolution in a file: written whole or not at all, read without trusting it."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from teni.errors import TeniError
from teni.files import write_bytes
from teni.visualize.fooling.archive import Archive
from teni.visualize.fooling.encoding import Encoding
from teni.visualize.fooling.evolve import Evolved

_OWN = ("about", "confidences", "born", "history")


@dataclass(frozen=True)
class Origin:
    """What an evolution can only go on with.

    Args:
        encoding: ``direct`` or ``cppn``.
        shape: height, width and channels of the pictures.
        classes: names of the classes that have a cell.
        seed: of everything random.
        population: candidates in a generation.
    """

    encoding: str
    shape: tuple[int, int, int]
    classes: tuple[str, ...]
    seed: int
    population: int

    def told(self) -> tuple[tuple[str, str], ...]:
        """Say each part in words, in an order that never changes."""
        height, width, channels = self.shape
        return (
            ("encoding", self.encoding),
            ("pictures", f"{width}x{height}x{channels}"),
            ("seed", str(self.seed)),
            ("population", str(self.population)),
            *((f"class {place}", name) for place, name in enumerate(self.classes)),
        )


def pack_evolved(evolved: Evolved[Any], encoding: Encoding[Any], origin: Origin) -> bytes:
    """Write an evolution as the content of an ``.npz`` file.

    Args:
        evolved: its state.
        encoding: of its genomes.
        origin: what it can only go on with.
    """
    content = io.BytesIO()
    np.savez_compressed(
        content,
        allow_pickle=False,
        about=np.array(origin.told(), np.str_),
        confidences=evolved.archive.confidences,
        born=evolved.archive.born,
        history=np.stack(evolved.history),
        **encoding.pack(evolved.archive.elites),
    )
    return content.getvalue()


def save_evolved(path: Path, evolved: Evolved[Any], encoding: Encoding[Any], origin: Origin) -> None:
    """Write an evolution into a file, which holds the old state or the new one at any time.

    Args:
        path: the file; its folder must exist.
        evolved: the state.
        encoding: of its genomes.
        origin: what it can only go on with.

    Raises:
        TeniError: it cannot be written.
    """
    write_bytes(path, pack_evolved(evolved, encoding, origin))


def load_evolved(path: Path, encoding: Encoding[Any], origin: Origin) -> Evolved[Any]:
    """Read an evolution in order to go on with it.

    Args:
        path: the file.
        encoding: of its genomes.
        origin: what is wanted now; it must be what the file was made with.

    Returns:
        The state.

    Raises:
        TeniError: the file is none of ours, damaged, or of another evolution.
    """
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        _check_origin(path, dict(arrays["about"].tolist()), origin)
        genomes = encoding.unpack({name: each for name, each in arrays.items() if name not in _OWN})
        history, classes = arrays["history"].astype(np.float64, casting="safe"), len(origin.classes)
        confidences, born = arrays["confidences"], arrays["born"]
        if not (len(genomes) == len(confidences) == len(born) == history.shape[1] == classes):
            raise ValueError("there is not one elite for each class")
        if not (np.array_equal(confidences, history[-1]) and np.isfinite(history).all()):
            raise ValueError("its confidences contradict its history")
    except (ValueError, KeyError, IndexError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
        # NumPy's own words would advise to unpickle, which is never done here.
        told = "" if "pickle" in str(error) else f" ({error})"
        raise TeniError(
            f"{path}: no archive of an evolution, or a damaged one{told}; give another file or remove it"
        ) from error
    return Evolved(Archive(tuple(genomes), confidences, born), tuple(history))


def _check_origin(path: Path, found: dict[str, str], origin: Origin) -> None:
    wanted = dict(origin.told())
    for name in [*wanted, *found]:
        if found.get(name) != wanted.get(name):
            raise TeniError(
                f"{path}: is of an evolution with {name} {found.get(name, 'none')}, expected "
                f"{wanted.get(name, 'none')}; go on with the same, or give another file"
            )
