"""``teni report``: the page of a run, built again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder, as teni fit writes it.")],
    out: Annotated[
        Path | None, typer.Option(help="The HTML file to write; otherwise report.html in the run folder.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace --out if it exists.")] = False,
    seed: Annotated[
        int, typer.Option(help="Taken by every command; nothing is random in this one.", min=0)
    ] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
) -> None:
    """Build the report of a run again from what is in its folder, and print where it is."""
    del seed
    from teni.cli.output import check_output_file, result, result_json
    from teni.files import write_text
    from teni.report import build_report
    from teni.run import read_run

    check_output_file(out, overwrite)
    opened = read_run(run)
    file = run / "report.html" if out is None else out
    write_text(file, build_report(opened))
    if as_json:
        result_json({"run": run, "report": file})
    else:
        result(str(file))
