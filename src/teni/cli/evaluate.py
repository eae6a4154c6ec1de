"""``teni evaluate``: how good a run is on other data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from teni.cli.options import AsJson, KeypointsFile, Lookup, MaxUnpacked, Solution, Subjects


def evaluate(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder, as teni fit writes it.")],
    data: Annotated[Path, typer.Argument(metavar="DATA", help="Labelled data, as for fit.")],
    subjects: Subjects = None,
    keypoints: KeypointsFile = None,
    lookup: Lookup = None,
    solution: Solution = None,
    tta: Annotated[bool, typer.Option("--tta", help="Predict the mirror images too, and average.")] = False,
    seed: Annotated[int, typer.Option(help="Of the bootstrap over subjects.", min=0)] = 0,
    max_unpacked_mb: MaxUnpacked = 2048,
    as_json: AsJson = False,
) -> None:
    """Measure a run on labelled data, with intervals, beside saying the same of every image.

    The keypoints or classes of the data must have the names that the run knows, in any order.
    """
    if (lookup is None) != (solution is None):
        raise typer.BadParameter(
            "a lookup table asks and its solution answers; give both", param_hint="--lookup and --solution"
        )
    if lookup is not None and keypoints is not None:
        raise typer.BadParameter(
            "both say where the keypoints are; give one", param_hint="--keypoints and --lookup"
        )
    import time

    from teni.cli.inputs import options_like
    from teni.cli.measures import measures_text
    from teni.cli.output import progress_printer, result, result_json, say
    from teni.data import load
    from teni.prediction import answered, evaluate_run, image_shape, load_model
    from teni.run import read_run
    from teni.task import as_keypoints

    started = time.perf_counter()
    opened = read_run(run)
    model = load_model(opened)
    dataset = load(
        data,
        keypoints=keypoints,
        subjects=subjects,
        mirrored=False,
        max_unpacked_mb=max_unpacked_mb,
        pictures=options_like(opened.task, image_shape(model)[2]),
    )
    if lookup is not None and solution is not None:
        dataset = answered(
            dataset, as_keypoints(opened.task, "a lookup table"), lookup, solution, max_unpacked_mb
        )
    with progress_printer() as on_progress:
        block, notes = evaluate_run(opened, model, dataset, tta=tta, seed=seed, on_progress=on_progress)
    for note in notes:
        say(note)
    if as_json:
        cost = {"seconds": time.perf_counter() - started}
        result_json({"run": run, "data": data, "tta": tta, "metrics": {"test": block, "cost": cost}})
    else:
        result(measures_text(block, opened.task))
