"""``teni report``: the page of a run, built again, or of several side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from teni.cli.options import AsJson


def report(
    run: Annotated[
        list[Path],
        typer.Argument(
            metavar="RUN...", help="Run folders, as teni fit writes them; several are put side by side."
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            help="The HTML file to write; otherwise report.html in the run folder. Needed for several runs."
        ),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace --out if it exists.")] = False,
    seed: Annotated[
        int, typer.Option(help="Taken by every command; nothing is random in this one.", min=0)
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Build the report of a run again from what is in its folder, or put runs side by side; print where it is."""
    del seed
    from teni.cli.output import check_output_file, result, result_json
    from teni.errors import TeniError
    from teni.files import write_text
    from teni.report import build_comparison, build_report
    from teni.run import read_run

    if len(run) > 1 and out is None:
        raise TeniError(f"{len(run)} runs side by side belong in no run folder; say where with --out FILE")
    check_output_file(out, overwrite)
    opened = [read_run(each) for each in run]
    file = run[0] / "report.html" if out is None else out
    write_text(file, build_report(opened[0]) if len(opened) == 1 else build_comparison(opened))
    if as_json:
        result_json({"run": run[0], "report": file} if len(run) == 1 else {"runs": run, "report": file})
    else:
        result(str(file))
