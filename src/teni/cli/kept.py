"""The feature store of a command: opened before the work, told of after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from teni.compare import Network
    from teni.features import Source, Stored


def kept_features(folder: Path | None) -> Stored | None:
    """Open the store of ``--features``, or make it.

    Args:
        folder: as it was typed; None is no store.

    Raises:
        TeniError: it is no store, or cannot be made.

    >>> kept_features(None) is None
    True
    """
    from teni.features import Stored, open_store

    return None if folder is None else Stored(open_store(folder))


def shared_features(comparing: Path) -> Stored:
    """Make the store that the heads of one comparison share; in single precision, so that it changes no number.

    Args:
        comparing: the folder in which the comparison keeps what it has; it is removed in the end.

    Raises:
        TeniError: the store cannot be made.
    """
    from teni.features import Stored, open_store

    return Stored(open_store(comparing / "features", "single"))


def with_source(networks: Sequence[Network], source: Source) -> list[Network]:
    """Tell all networks of a comparison where features come from.

    Args:
        networks: as they were put together.
        source: where from.
    """
    return [
        replace(
            each, wanted=replace(each.wanted, source=source), trained=replace(each.trained, source=source)
        )
        for each in networks
    ]


def say_kept(stored: Stored) -> dict[str, Any]:
    """Tell what was taken from a store, and give it as plain values.

    Args:
        stored: after the work.
    """
    from teni.cli.output import say

    counts, folder = stored.counts, stored.store.folder
    if counts.problem is not None:
        say(f"Features were extracted, but not added to {folder}: {counts.problem}")
    elif counts.taken or counts.extracted:
        say(
            f"Features of {counts.taken:,} images at a view were taken from {folder}, "
            f"{counts.extracted:,} extracted and added."
        )
    else:
        say(f"No features were asked of {folder}: this strategy takes its own.")
    return {
        "store": str(folder),
        "precision": stored.store.precision,
        "taken": counts.taken,
        "extracted": counts.extracted,
    }
