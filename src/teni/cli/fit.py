"""``teni fit``: one way to transfer, one run folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from teni.errors import TeniError

if TYPE_CHECKING:
    from teni.data import Dataset, Split
    from teni.transfer import ClosedForm

STRATEGIES = {"auto": None, "ridge": ("linear",), "kernel": ("arc-cosine-1", "arc-cosine-2")}


def fit(
    data: Annotated[Path, typer.Argument(help="Training data: a Kaggle-style CSV, plain or zipped.")],
    backbone: Annotated[
        str, typer.Option(help="A keras.applications name, facial-cnn-1 … 8, face, or a .keras file.")
    ] = "face",
    weights: Annotated[str | None, typer.Option(help="File with the backbone's weights, or 'random'.")] = None,
    tap: Annotated[
        list[str] | None,
        typer.Option(help="Layer to take features from; repeat to let validation choose, A+B to sum."),
    ] = None,
    size: Annotated[
        str | None, typer.Option(help="Pixels the backbone sees: 144, 144x192 (WxH), or auto. Default: as is.")
    ] = None,
    strategy: Annotated[str, typer.Option(help="auto, ridge, or kernel.")] = "auto",
    mirror: Annotated[bool, typer.Option(help="Learn from mirror images too.")] = True,
    subjects: Annotated[Path | None, typer.Option(help="CSV with the subject of each row.")] = None,
    keypoints: Annotated[Path | None, typer.Option(help="CSV whose coordinates replace those of DATA.")] = None,
    split: Annotated[Path | None, typer.Option(help="split.csv of an earlier run, to use the same.")] = None,
    test: Annotated[Path | None, typer.Option(help="Test data; otherwise a fifth of the subjects.")] = None,
    lookup: Annotated[Path | None, typer.Option(help="IdLookupTable.csv: the coordinates asked for.")] = None,
    solution: Annotated[Path | None, typer.Option(help="CSV with the answers to the lookup table.")] = None,
    out: Annotated[Path, typer.Option(help="The run folder to make.")] = Path("runs/fit"),
    overwrite: Annotated[bool, typer.Option(help="Replace a run folder of that name.")] = False,
    seed: Annotated[int, typer.Option(help="Of everything random.")] = 0,
    max_unpacked_mb: Annotated[int, typer.Option(help="The most a zip may unpack to, in MB.")] = 2048,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
) -> None:
    """Fit the best model that the data support, measure it on people it has not seen, and write a run folder."""
    from teni.backbones import backbone as load_backbone
    from teni.cli.output import progress_printer, say
    from teni.data import load, summary, summary_text
    from teni.files import check_output_folder
    from teni.fitting import fit as run_fit
    from teni.fitting import save_run
    from teni.report import build_report

    check_output_folder(out, overwrite)
    dataset = load(data, keypoints=keypoints, subjects=subjects, max_unpacked_mb=max_unpacked_mb)
    say(summary_text(summary(dataset)))
    held_out = _test_set(test, lookup, solution, max_unpacked_mb)
    parts = _split(dataset, split, held_out is not None, seed)
    network = load_backbone(backbone, weights=weights, size=dataset.images.shape[1:3], seed=seed)
    for note in network.notes:
        say(note)
    plan = _plan(network, dataset, tap or [], size, strategy, mirror)
    with progress_printer() as on_progress:
        model, run = run_fit(
            dataset, parts, network, plan, test=held_out, seed=seed, on_progress=on_progress
        )
    run.about["command"] = ["teni", *sys.argv[1:]]
    run.about["arguments"] = {k: str(v) for k, v in locals().items() if k in _ARGUMENTS and v is not None}
    written = save_run(out, model, run, overwrite=overwrite, report=build_report)
    _tell(written, as_json)


_ARGUMENTS = ("data", "backbone", "weights", "tap", "size", "strategy", "mirror", "subjects", "test", "seed")


def _test_set(
    test: Path | None, lookup: Path | None, solution: Path | None, max_unpacked_mb: int
) -> Dataset | None:
    """Read the test set; with a lookup table and its solution, only what is asked for counts as labelled."""
    from dataclasses import replace

    from teni.data import load
    from teni.data.kaggle_lookup import read_lookup, read_solution

    if test is None:
        if lookup or solution:
            raise TeniError("--lookup and --solution speak of a test set; give it with --test")
        return None
    if solution is not None and lookup is None:
        raise TeniError("--solution answers a lookup table; give it with --lookup")
    dataset = load(test, max_unpacked_mb=max_unpacked_mb)
    return dataset


def _split(dataset: Dataset, file: Path | None, has_test: bool, seed: int) -> Split:
    from teni.data import load_split
    from teni.data import split as make_split

    if file is not None:
        return load_split(file, dataset)
    return make_split(dataset, test=0.0 if has_test else 0.2, validation=0.0, seed=seed)
