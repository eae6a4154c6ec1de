"""``teni export``: the model of a run for other runtimes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from teni.data import Dataset
    from teni.export import Exported
    from teni.run import Run


def export(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder, as teni fit writes it.")],
    format: Annotated[str, typer.Option(help="onnx, litert, saved-model or openvino.")] = "onnx",
    out: Annotated[
        Path | None, typer.Option(help="The folder to make; otherwise RUN-FORMAT beside the run folder.")
    ] = None,
    precision: Annotated[
        str, typer.Option(help="float32, or float16 or int8 for smaller files; the cost is measured.")
    ] = "float32",
    data: Annotated[
        Path | None, typer.Option(help="Labelled data to calibrate and measure with: best those of the fit.")
    ] = None,
    subjects: Annotated[Path | None, typer.Option(help="CSV with the subject of each row of --data.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an export of that name.")] = False,
    seed: Annotated[int, typer.Option(help="Of the draw of images where --data has many.", min=0)] = 0,
    max_unpacked_mb: Annotated[int, typer.Option(help="The most a zip may unpack to, in MB.", min=1)] = 2048,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
) -> None:
    """Write the model of a run for another runtime, with its preprocessing, its card and a script to run it.

    The exported model is compared with the model on real images of the run first; if they differ, nothing is written.
    """
    if subjects is not None and data is None:
        raise typer.BadParameter("it speaks of data; give them with --data", param_hint="--subjects")
    from teni.cli.output import progress_printer, result, result_json
    from teni.export import export as run_export
    from teni.export.folder import MARKER
    from teni.export.formats import require
    from teni.files import check_output_folder
    from teni.run import read_run

    require(format, precision)
    named = run if run.name not in ("", "..") else run.resolve()  # "." and ".." have no name to stand beside
    folder = named.with_name(f"{run.resolve().name}-{format}") if out is None else out
    check_output_folder(folder, overwrite, marker=MARKER)
    opened = read_run(run)
    with progress_printer() as on_progress:
        exported = run_export(
            opened,
            folder,
            format=format,
            precision=precision,
            data=None if data is None else _read(opened, data, subjects, max_unpacked_mb),
            overwrite=overwrite,
            seed=seed,
            on_progress=on_progress,
        )
    if as_json:
        result_json({"run": run, "export": folder, **exported.as_dict()})
    else:
        result(_told(opened, exported))


def _read(run: Run, data: Path, subjects: Path | None, max_unpacked_mb: int) -> Dataset:
    from teni.cli.inputs import options_like
    from teni.data import load

    channels = int(run.examples.images.shape[-1])
    return load(
        data,
        subjects=subjects,
        mirrored=False,
        max_unpacked_mb=max_unpacked_mb,
        pictures=options_like(run.task, channels),
    )


def _told(run: Run, exported: Exported) -> str:
    from teni.task import words

    spoken, checked, sizes = words(run.task), exported.checked, exported.megabytes
    lines = [
        f"{exported.folder}: {exported.format}, {exported.precision}, {sizes[exported.precision]:.1f} MB",
        f"    differs from the model by {checked.largest:.1g}{spoken.unit} at most, on {checked.images} images",
    ]
    if exported.cost is not None:
        before, after = (spoken.error(exported.cost[name], digits=3) for name in ("before", "after"))
        lines += [
            f"    {spoken.title} {before} in float32 ({sizes['float32']:.1f} MB), {after} in {exported.precision}",
            f"    measured on {exported.cost['measured_on']}",
        ]
    return "\n".join([*lines, f"    try it: python {exported.folder / 'predict.py'} PICTURE"])
