"""``teni visualize``: pictures of what a network sees."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from teni.cli.options import AsJson, Seed
from teni.errors import TeniError

if TYPE_CHECKING:
    from teni.prediction import Given
    from teni.progress import OnProgress
    from teni.visualize import Method, Opened, Request, Seen

MANY_UNITS = 64  # from here on --all is preceded by an estimate of its time


def visualize(
    model: Annotated[
        str | None,
        typer.Argument(
            metavar="MODEL",
            help="A run folder, a .keras or HDF5 file of any Keras, or the name of a network.",
            show_default=False,
        ),
    ] = None,
    method: Annotated[
        str, typer.Option(help="How to look; 'list' tells all methods and their settings.")
    ] = "activation",
    layer: Annotated[
        str | None, typer.Option(help="The layer, also of a nested network. Default: the output.")
    ] = None,
    units: Annotated[
        str | None, typer.Option(help="Numbers, ranges from:to, or names: 0:12 or 3,7 or nose_tip_x.")
    ] = None,
    best: Annotated[
        int | None, typer.Option(min=1, help="The so many units that respond most to the images of --data.")
    ] = None,
    all_units: Annotated[bool, typer.Option("--all", help="All units of the layer.")] = False,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data", "--image", help="Images: a picture, a folder of pictures, a Kaggle-style CSV or zip."
        ),
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="A setting of the method, NAME=VALUE; repeat it.")
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option(help="For a network's name: a file with its weights, 'random', or 'download'."),
    ] = None,
    size: Annotated[
        str | None,
        typer.Option(help="Pixels of the image, where the model leaves them open: 128 or 160x128."),
    ] = None,
    values: Annotated[
        str | None, typer.Option(help="What the network takes of black and white, e.g. 0:1, -1:1 or 0:255.")
    ] = None,
    names: Annotated[
        Path | None, typer.Option(help="A text file with the names of the outputs, one a line, in order.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The folder of pictures. Default: seen/, in a run its figures/seen/.")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace earlier pictures of this method and layer.")
    ] = False,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Show what a network sees: pictures, a sheet, the arrays, and a gallery page over all that was made so far."""
    import time
    from dataclasses import replace

    from teni.cli.output import INTERRUPTED, progress_printer, result, result_json, say
    from teni.cli.unfinished import keeping, unfinished
    from teni.cli.visualize_methods import find_method, listed, methods
    from teni.visualize import Request, find_layer, open_model, part
    from teni.visualize.folder import check_folder, json_unit, save_seen
    from teni.visualize.gallery import GALLERY
    from teni.visualize.settings import parse_settings
    from teni.visualize.units import best_units, responses

    table = methods()
    if method == "list":
        result(listed(table))
        return
    if model is None:
        raise typer.BadParameter("say what to look into; only --method list needs none", param_hint="MODEL")
    row = find_method(table, method)
    chosen = parse_settings(row.settings, settings or [])
    if sum((units is not None, best is not None, all_units)) > 1:
        raise typer.BadParameter("say which units one way", param_hint="--units, --best and --all")
    if best is not None and data is None:
        raise typer.BadParameter("needs images to respond to; give --data", param_hint="--best")
    if row.images == "needed" and data is None:
        raise typer.BadParameter(f"{method} looks at images; give --data", param_hint="--method")
    folder = _folder(model, out)
    with progress_printer() as on_progress:
        opened = open_model(
            model, weights=weights, size=_size(size), values=_values(values), names=_names(names), seed=seed
        )
        for note in opened.notes:
            say(note)
        found = None if layer is None else find_layer(opened, layer)
        kept = unfinished(folder, method, found, chosen)
        overwrite |= kept is not None and kept.exists()  # what stands there is of the search that goes on
        check_folder(folder, method, found, overwrite)
        places = _units(row, opened, found, units, all_units)
        given = _given(data, opened, on_progress)
        if best is not None and given is not None and row.units != "none":
            piece = part(opened, found if row.units == "layer" else None)
            places = best_units(responses(piece, given.images, on_progress), best)
        request = Request(opened, found, places, chosen, given, seed, on_progress)
        if all_units and row.by_unit and len(places) >= MANY_UNITS:
            say(estimate(row, request, time.perf_counter))
        seen = row.run(replace(request, settings=keeping(chosen, kept)))
        for note in seen.notes:
            say(note)
        paths = save_seen(
            folder,
            seen,
            method=method,
            layer=found,
            model=model,
            settings=chosen,
            seed=seed,
            overwrite=overwrite,
        )
        if kept is not None and not seen.interrupted:
            kept.unlink(missing_ok=True)
    _renew_report(model, folder)
    if as_json:
        rows = [
            {"unit": json_unit(each.unit), "score": each.score, "picture": path, "note": each.note}
            for each, path in zip(seen.pictures, paths, strict=True)
        ]
        result_json({"units": rows, "method": method, "layer": seen.layer, "gallery": folder / GALLERY})
    else:
        result(_rows(seen, paths))
        say(f"{len(paths):,} picture{'' if len(paths) == 1 else 's'}; all so far: {folder / GALLERY}")
    if seen.interrupted:
        if kept is not None:
            say(f"The same command goes on from here; to begin anew, remove {kept}.")
        raise typer.Exit(INTERRUPTED)


def estimate(row: Method, request: Request, clock: Callable[[], float]) -> str:
    """Say how long all units will take, from how long one and then three of them take.

    The difference leaves out what is done once, such as compiling.

    Args:
        row: the method.
        request: with all units.
        clock: the time in seconds.

    Returns:
        One sentence.
    """
    from dataclasses import replace

    from teni.progress import silent

    took: list[float] = []
    for many in (1, 3):
        start = clock()
        row.run(replace(request, units=request.units[:many], on_progress=silent))
        took.append(clock() - start)
    each = max(0.0, (took[1] - took[0]) / 2)
    seconds = took[0] + each * (len(request.units) - 1)
    told = (
        f"{seconds:.0f} s"
        if seconds < 90
        else f"{seconds / 60:.0f} min"
        if seconds < 5400
        else f"{seconds / 3600:.1f} h"
    )
    return f"All {len(request.units):,} units will take about {told}."


def _rows(seen: Seen, paths: list[Path]) -> str:
    wide = max((len(each.unit) for each in seen.pictures), default=0)
    long = max((len(each.score_told) for each in seen.pictures), default=0)
    return "\n".join(
        f"{each.unit:>{wide}}  {each.score_told:>{long}}  {path}"
        for each, path in zip(seen.pictures, paths, strict=True)
    )


def _folder(model: str, out: Path | None) -> Path:
    if out is not None:
        return out
    run = Path(model)
    return run / "figures" / "seen" if (run / "run.json").is_file() else Path("seen")


def _renew_report(model: str, folder: Path) -> None:
    """Show new pictures in the report of a run, if they are in the run folder."""
    run = Path(model)
    if folder == run / "figures" / "seen":
        from teni.files import write_text
        from teni.report import build_report
        from teni.run import read_run

        write_text(run / "report.html", build_report(read_run(run)))


def _size(text: str | None) -> tuple[int, int] | None:
    from teni.cli.parse import parse_sizes

    if text is None:
        return None
    sizes = parse_sizes(text)
    if not sizes:
        raise TeniError(f"--size {text}: expected pixels, e.g. 128, or wide x high, e.g. 160x128")
    return sizes[0]


def _values(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    try:
        low, high = (float(word) for word in text.split(":"))
    except ValueError:
        low = high = 0.0
    if not low < high:
        raise TeniError(f"--values {text}: expected what black and white become, e.g. 0:1, -1:1 or 0:255")
    return low, high


def _names(file: Path | None) -> tuple[str, ...]:
    if file is None:
        return ()
    if not file.is_file():
        raise TeniError(f"{file}: no such file; give a text file with the names of the outputs, one a line")
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise TeniError(f"{file}: is no UTF-8 text; give the names of the outputs, one a line") from error
    return tuple(line.strip() for line in lines if line.strip())


def _given(data: Path | None, opened: Opened, on_progress: OnProgress) -> Given | None:
    from teni.cli.output import say
    from teni.prediction import read_given

    if data is None:
        return None
    given = read_given(data, opened.shape, on_progress=on_progress)
    for note in given.notes:
        say(note)
    return given


def _units(
    row: Method, opened: Opened, layer: str | None, units: str | None, all_units: bool
) -> tuple[int, ...]:
    """Choose units as the user said; without a word the first few, or all where there are few."""
    from teni.visualize import part
    from teni.visualize.units import parse_units

    if row.units == "none":
        return ()
    piece = part(opened, layer if row.units == "layer" else None)
    if units is not None:
        return parse_units(units, piece.names, f"{opened.name}, layer {piece.layer}:")
    many = len(piece.names)
    return tuple(range(many if all_units else min(many, row.default_units)))
