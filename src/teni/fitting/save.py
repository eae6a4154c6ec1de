"""Write a run folder, whole or not at all."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import keras

from teni.card import card_markdown
from teni.files import explained, output_folder
from teni.run import Run, write_run
from teni.suspects import find_suspects, suspects_csv


def save_run(
    out: Path,
    model: keras.Model,
    run: Run,
    *,
    report: Callable[[Run], str],
    overwrite: bool = False,
    more: Mapping[str, str] | None = None,
) -> Run:
    """Write the run, its model and its report into a temporary folder, and rename that.

    Args:
        out: the folder to make.
        model: what the fit handed over.
        run: all else that the fit produced.
        report: what turns a run into a page.
        overwrite: whether a run folder of that name is replaced.
        more: further text files, name and content, e.g. a submission.

    Returns:
        The run, with its path.

    Raises:
        TeniError: the folder exists, the disk is full, or writing is not permitted.
    """
    with output_folder(out, overwrite) as folder:
        with explained(folder / "model.keras", full_only=True):
            model.save(folder / "model.keras")
        written = write_run(folder, run)
        (folder / "suspects.csv").write_text(suspects_csv(written, find_suspects(written)), encoding="utf-8")
        (folder / "card.md").write_text(card_markdown(written), encoding="utf-8")
        for name, content in (more or {}).items():
            (folder / name).write_text(content, encoding="utf-8")
        (folder / "report.html").write_text(report(written), encoding="utf-8")
    return replace(written, path=out)
