"""A search that is ended early: its state kept beside the pictures to go on from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from teni.cli.output import say


def unfinished(out: Path, method: str, layer: str | None, settings: Any) -> Path | None:
    """Name the file in which a method keeps its state until its pictures are whole.

    Args:
        out: the folder of pictures.
        method: the method's name.
        layer: the layer that was named.
        settings: of the method.

    Returns:
        The file; None where the method keeps no state, or the user has named a file.

    >>> from teni.visualize.fooling import EvolutionSettings
    >>> unfinished(Path("seen"), "fool-cppn", None, EvolutionSettings()).name
    'fool-cppn.unfinished.npz'
    >>> unfinished(Path("seen"), "fool-cppn", None, EvolutionSettings(archive="mine.npz")) is None
    True
    """
    from teni.visualize.folder import folder_name
    from teni.visualize.fooling import EvolutionSettings

    if not isinstance(settings, EvolutionSettings) or settings.archive is not None:
        return None
    return out / f"{folder_name(method, layer)}.unfinished.npz"


def keeping(settings: Any, file: Path | None) -> Any:
    """Have a method keep its state in a file, and say so where it goes on from there.

    Args:
        settings: of the method.
        file: as `unfinished` gives it.

    Returns:
        The settings to run it with.

    >>> keeping("any", None)
    'any'
    """
    if file is None:
        return settings
    if file.exists():
        say(f"{file}: an evolution that was interrupted; it goes on. Remove the file to begin anew.")
    return replace(settings, archive=str(file))
