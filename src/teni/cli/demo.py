"""``teni demo``: the whole road on the embedded faces, in about a minute."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from teni.cli.options import AsJson, Overwrite

if TYPE_CHECKING:
    from teni.data import Dataset
    from teni.run import Run

LEARNED = 360
TESTED = 300


def demo(
    out: Annotated[Path, typer.Option(help="The run folder to make.")] = Path("runs/demo"),
    overwrite: Overwrite = False,
    seed: Annotated[int, typer.Option(help="Of the faces, the split and the fit.", min=0)] = 0,
    write_data: Annotated[
        Path | None,
        typer.Option(
            help="Make a folder with these faces in Kaggle's layout, to practise on: training.csv, subjects.csv, "
            "test.csv, test_subjects.csv; and fit nothing."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Transfer the embedded face backbone to faces of another look, and see whether that beats a fresh start.

    The backbone has learned from faces of the look 'source'. It is given a few hundred faces of the look
    'target', with gaps in their labels, and tested on other people of that look. Beside it stand the mean face
    and the same network trained from scratch, on the same rows and for the same time.
    """
    from teni.backbones import backbone
    from teni.cli.fit import tell_run
    from teni.cli.output import progress_printer, say
    from teni.data import split as make_split
    from teni.data import summary, summary_text
    from teni.files import check_output_folder
    from teni.fitting import choose_views, save_run
    from teni.fitting import fit as run_fit
    from teni.report import build_report
    from teni.training import Budget, TrainingSettings, flips_only
    from teni.transfer import Tuned, closed_form, scratch

    if write_data is not None:
        _write_data(write_data, overwrite, seed, as_json)
        return
    check_output_folder(out, overwrite)
    with progress_printer() as on_progress:
        learned, tested = _faces(seed)
        say(summary_text(summary(learned)))
        parts = make_split(learned, test=0.0, validation=0.15, seed=seed)
        network = backbone("face", size=(96, 96))
        strategy = closed_form("auto", choose_views(network, (96, 96)))
        model, run = run_fit(
            learned, parts, network, strategy, test=tested, seed=seed, on_progress=on_progress
        )
        # The same time; mirrored images are all the change that its few epochs can use.
        control, spent = (
            Tuned(scratch, settings=TrainingSettings(augment=flips_only())),
            run.metrics["cost"]["seconds"],
        )
        _, from_scratch = run_fit(
            learned,
            parts,
            network,
            control,
            test=tested,
            seed=seed,
            budget=Budget(seconds=spent),
            on_progress=on_progress,
        )
    run.about["command"] = ["teni", *sys.argv[1:]]
    run.about["notes"].append(_compared(run, from_scratch))
    run.metrics["scratch"] = {
        "rmse_px": from_scratch.metrics["test"]["rmse_px"],
        "rmse_px_ci95": from_scratch.metrics["test"]["rmse_px_ci95"],
        "seconds": spent,
    }
    tell_run(save_run(out, model, run, report=build_report, overwrite=overwrite), as_json)
    if not as_json:
        say(_compared(run, from_scratch))


def _faces(seed: int) -> tuple[Dataset, Dataset]:
    """Draw the faces to learn from, and those of other people."""
    from teni.data.faces import synthetic_faces

    learned = synthetic_faces(LEARNED, look="target", seed=seed, gaps=True)
    return learned, synthetic_faces(TESTED, look="target", seed=seed + 1_000_003)


def _write_data(out: Path, overwrite: bool, seed: int, as_json: bool) -> None:
    """Write the faces as files that the other commands take."""
    from teni.cli.output import result, result_json
    from teni.data import write_kaggle
    from teni.files import output_folder

    with output_folder(out, overwrite, marker="training.csv") as folder:
        for data, name, people in zip(
            _faces(seed), ("training", "test"), ("subjects", "test_subjects"), strict=True
        ):
            write_kaggle(data, folder / f"{name}.csv", folder / f"{people}.csv")
    if as_json:
        result_json({"data": out})
        return
    files = [str(out / f"{name}.csv") for name in ("training", "subjects", "test", "test_subjects")]
    words = zip(("", "--subjects", "--test", "--test-subjects"), files, strict=True)
    command = ["teni", "fit", *(each for pair in words for each in pair if each)]
    result(
        f"{out}: {LEARNED} faces to learn from, {TESTED} of other people to test on; for example\n"
        f"{shlex.join([*command, '--backbone', 'face', '--out', 'runs/practice'])}"
    )


def _compared(run: Run, scratch: Run) -> str:
    """Say in one sentence what transfer was worth."""
    transfer, fresh = (each.metrics["test"] for each in (run, scratch))
    epochs = scratch.about["choice"]["epochs"]
    return (
        f"On {transfer['images']} faces of people it has not seen: transfer {transfer['rmse_px']:.2f} px, the same "
        f"network from scratch on the same rows in the same time ({epochs} epochs) {fresh['rmse_px']:.2f} px, "
        f"the mean face {transfer['mean_predictor']['rmse_px']:.2f} px."
    )
