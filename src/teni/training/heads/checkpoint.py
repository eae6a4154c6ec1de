"""The state of a head under training as a file: arrays only, written whole or not at all."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from teni.files import explained, write_bytes

Floats = NDArray[Any]
FILE = "state.npz"


@dataclass(frozen=True, eq=False)
class Kept:
    """What training goes on from.

    Args:
        identity: of the fit that it belongs to.
        curves: ``(epochs, 4)`` learning rate, loss, validation loss and validation error of each epoch so far.
        best: position of the best of them.
        seconds: spent so far.
        state: the arrays after the last epoch.
        best_state: the arrays after the best one.
        over: whether its time ended it: what goes on from it has no more to train.
    """

    identity: str
    curves: NDArray[np.float64]
    best: int
    seconds: float
    state: Sequence[Floats]
    best_state: Sequence[Floats]
    over: bool = False


def identity_of(*parts: object) -> str:
    """Return a SHA-256 of settings and arrays, as hexadecimal text.

    >>> identity_of("a", np.zeros(2)) == identity_of("a", np.zeros(3))
    False
    """
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, np.ndarray):
            digest.update(repr((part.shape, part.dtype.str)).encode())
            digest.update(np.ascontiguousarray(part).data)
        else:
            digest.update(repr(part).encode())
    return digest.hexdigest()


def write_kept(folder: Path, kept: Kept) -> None:
    """Write a state into a folder, which is made if it is not there.

    Raises:
        TeniError: the disk is full, or writing is not permitted.

    >>> import tempfile
    >>> home = Path(tempfile.mkdtemp())
    >>> write_kept(home, Kept("a", np.zeros((1, 4)), 0, 0.5, [np.ones(2)], [np.ones(2)]))
    >>> read_kept(home, "a").seconds
    0.5
    """
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
    same = kept.best == len(kept.curves) - 1
    arrays: dict[str, Floats] = {f"state_{i:03d}": x for i, x in enumerate(kept.state)}
    if not same:
        arrays |= {f"best_{i:03d}": x for i, x in enumerate(kept.best_state)}
    buffer = io.BytesIO()
    np.savez(
        buffer,
        identity=np.array(kept.identity),
        curves=kept.curves,
        best=np.array(kept.best),
        seconds=np.array(kept.seconds),
        over=np.array(kept.over),
        **arrays,  # pyright: ignore[reportArgumentType]
    )
    write_bytes(folder / FILE, buffer.getvalue())


def read_kept(folder: Path, identity: str) -> Kept | None:
    """Read the state of a fit; None where there is none, or only that of another fit.

    Args:
        folder: where `write_kept` wrote.
        identity: of the fit that wants to go on.
    """
    try:
        with np.load(folder / FILE, allow_pickle=False) as file:
            found = {name: file[name] for name in file.files}
    except (FileNotFoundError, BadZipFile, ValueError, EOFError):
        return None
    if str(found.get("identity")) != identity:
        return None
    state = [found[name] for name in sorted(found) if name.startswith("state_")]
    best = [found[name] for name in sorted(found) if name.startswith("best_")]
    place, seconds, over = int(found["best"]), float(found["seconds"]), bool(found["over"])
    return Kept(identity, found["curves"], place, seconds, state, best or state, over)
