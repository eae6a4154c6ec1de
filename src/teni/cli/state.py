"""Where a training keeps its state until the run folder is whole."""

from pathlib import Path

from teni.errors import TeniError


def training_state(out: Path, resume: bool, strategy: str) -> Path | None:
    """Name the folder beside the run folder in which a training keeps its state after every epoch.

    Args:
        out: the run folder to make.
        resume: whether to go on with what is there.
        strategy: as it was named.

    Returns:
        The folder; None where nothing is trained.

    Raises:
        TeniError: there is something to resume and nobody asked for it, or the other way round.

    >>> training_state(Path("runs/fit"), False, "ridge") is None
    True
    """
    from teni.compare import is_solved

    if is_solved(strategy):
        if resume:
            raise TeniError(
                f"--resume: {strategy} is solved, not trained, so there is nothing to resume; leave it out"
            )
        return None
    state = out.with_name(f"{out.name}.training")
    if resume and not state.is_dir():
        raise TeniError(f"--resume: {state} does not exist, so nothing can be resumed; leave it out")
    if state.is_dir() and not resume:
        raise TeniError(
            f"{state}: holds a training that was interrupted; go on with --resume, or remove it to start anew"
        )
    return state
