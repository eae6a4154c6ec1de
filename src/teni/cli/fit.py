"""``teni fit``: one way to transfer, one run folder."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from teni.cli.options import (
    AsJson,
    KeypointsFile,
    Lookup,
    MaxUnpacked,
    Mirror,
    Overwrite,
    Pairs,
    Seed,
    Size,
    Solution,
    SplitFile,
    Subjects,
    TestData,
    TestSubjects,
)

if TYPE_CHECKING:
    from teni.backbones import Backbone
    from teni.data import Dataset
    from teni.run import Run
    from teni.transfer.named import Wanted

VALIDATION = 0.15  # share of the subjects that say when to stop, where something is trained


def fit(
    data: Annotated[
        Path,
        typer.Argument(
            help="Training data: a Kaggle-style CSV, a folder with a folder a class, a labels CSV; or a zip."
        ),
    ],
    backbone: Annotated[
        str, typer.Option(help="A keras.applications name, facial-cnn-1 … 8, face, or a .keras file.")
    ] = "face",
    weights: Annotated[
        str | None, typer.Option(help="A file with the backbone's weights, 'random', 'download', or 'none'.")
    ] = None,
    tap: Annotated[
        list[str] | None,
        typer.Option(
            help="Layer to take features from, or 'auto'; repeat it to let validation choose; A+B is a sum."
        ),
    ] = None,
    size: Size = None,
    strategy: Annotated[
        str,
        typer.Option(
            help="auto, ridge, kernel, svm, mlp, freeze-below[:LAYER], two-phase, gradual, layerwise, "
            "probe-then-tune, scratch, or specialists:NAME."
        ),
    ] = "auto",
    mirror: Mirror = True,
    pair: Pairs = None,
    subjects: Subjects = None,
    keypoints: KeypointsFile = None,
    split: SplitFile = None,
    test: TestData = None,
    test_subjects: TestSubjects = None,
    lookup: Lookup = None,
    solution: Solution = None,
    out: Annotated[Path, typer.Option(help="The run folder to make.")] = Path("runs/fit"),
    overwrite: Overwrite = False,
    epochs: Annotated[
        int | None, typer.Option(help="Of what is trained. Default: as the strategy plans.", min=1)
    ] = None,
    rate: Annotated[
        str | None,
        typer.Option(help="Learning rate of what is trained, or find: by a range test. Default: as planned."),
    ] = None,
    budget: Annotated[
        str | None, typer.Option(help="Time for training: 90s, 10m, 1h. Default: as planned.")
    ] = None,
    features: Annotated[
        Path | None, typer.Option(help="A feature store: what fits is taken from it, what it lacks is added.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a training that was interrupted.")
    ] = False,
    tune: Annotated[
        int | None,
        typer.Option(
            help="Search rates, dropout, widths or augmentation by validation, in so many trials.", min=2
        ),
    ] = None,
    seed: Seed = 0,
    max_unpacked_mb: MaxUnpacked = 2048,
    as_json: AsJson = False,
) -> None:
    """Fit the best model that the data support, measure it on people it has not seen, write a run folder."""
    arguments = {name: value for name, value in locals().items() if value is not None}
    from teni.backbones import backbone as load_backbone
    from teni.cli.inputs import asked_for, divide, submission, test_set
    from teni.cli.kept import kept_features, say_kept
    from teni.cli.output import progress_printer, say
    from teni.cli.parse import parse_budget, parse_pairs, parse_sizes
    from teni.cli.state import training_state
    from teni.compare import is_solved
    from teni.data import PictureOptions, load, require_labels, summary, summary_text
    from teni.files import check_output_folder
    from teni.fitting import fit as run_fit
    from teni.fitting import save_run
    from teni.report import build_report
    from teni.training import Budget
    from teni.transfer.named import GROUPS, check_names, strategy_named
    from teni.tuning import Tuning, space_of
    from teni.tuning import tune as run_tune

    check_output_folder(out, overwrite)
    check_names([strategy])
    sizes, pairs, limit = parse_sizes(size), parse_pairs(pair or []), Budget(parse_budget(budget))
    if tune is not None:
        space_of(strategy.removeprefix(GROUPS))  # what cannot be searched is told before the work
    changes = _changes(rate, strategy, tune)
    state = training_state(out, resume, strategy)
    kept = kept_features(features)
    with progress_printer() as on_progress:
        dataset = load(
            data,
            keypoints=keypoints,
            subjects=subjects,
            mirror=pairs,
            mirrored=mirror,
            max_unpacked_mb=max_unpacked_mb,
            pictures=PictureOptions(on_progress=on_progress),
        )
        require_labels(dataset)
        say(summary_text(summary(dataset)))
        held_out = test_set(dataset, test, test_subjects, lookup, solution, max_unpacked_mb)
        asked = asked_for(held_out, dataset, lookup, max_unpacked_mb)
        parts = divide(dataset, split, held_out is not None, 0.0 if is_solved(strategy) else VALIDATION, seed)
        network = load_backbone(backbone, weights=weights, size=dataset.images.shape[1:3], seed=seed)
        told = {*dataset.notes, *parts.notes, *network.notes}
        for note in (*parts.notes, *network.notes):
            say(note)
        wanted = replace(_wanted(network, dataset, tap or [], sizes, mirror), epochs=epochs)
        wanted = wanted if kept is None else replace(wanted, source=kept)
        plan, tuned = strategy_named(strategy, wanted, changes), None
        if tune is not None and state is not None:
            tuning = Tuning(strategy, wanted, dataset, parts, network, limit, seed)
            tuned = run_tune(tuning, trials=tune, folder=state / "tuning", on_progress=on_progress)
            plan = tuned.strategy
        model, run = run_fit(
            dataset,
            parts,
            network,
            plan,
            test=held_out,
            seed=seed,
            budget=limit,
            checkpoints=state,
            on_progress=on_progress,
        )
        for note in run.about["notes"]:
            if note not in told:
                say(note)
    run.about["strategy"] = strategy
    if kept is not None:
        run.about["features"] = say_kept(kept)
    run.about["command"] = ["teni", *sys.argv[1:]]
    run.about["arguments"] = {name: _plain(value) for name, value in arguments.items()}
    more = {} if asked is None else {"submission.csv": submission(run, asked)}
    if tuned is not None:
        run.about["tuned"] = tuned.best
        more["trials.csv"] = tuned.trials.to_csv(index=False)
    saved = save_run(out, model, run, report=build_report, overwrite=overwrite, more=more)
    if state is not None:
        shutil.rmtree(state, ignore_errors=True)
    tell_run(saved, as_json)


def _changes(rate: str | None, strategy: str, tune: int | None) -> dict[str, float | str]:
    """Read what differs from a strategy's usual settings; what it cannot be told is refused before the work.

    Raises:
        TeniError: a rate that is none, for what has none, or beside a search that chooses it.
    """
    from teni.cli.parse import parse_rate
    from teni.compare import is_solved
    from teni.errors import TeniError
    from teni.transfer.named import Wanted, strategy_named

    given = parse_rate(rate)
    if given is None:
        return {}
    if is_solved(strategy):
        raise TeniError(
            f"--rate: {strategy} is solved, not trained, so it has no learning rate; leave it out"
        )
    if tune is not None:
        raise TeniError("--rate: --tune searches the learning rate too; give one of the two")
    changes: dict[str, float | str] = {"learning_rate": given}
    strategy_named(strategy, Wanted(()), changes)
    return changes


def tell_run(run: Run, as_json: bool) -> None:
    """Print the result of a fit: one JSON object, or the few lines that matter.

    Args:
        run: as it was saved.
        as_json: print ``{"run": path, "metrics": {...}}``.
    """
    from teni.cli.measures import headline_text
    from teni.cli.output import result, result_json

    if as_json:
        result_json({"run": run.path, "metrics": run.metrics})
        return
    lines = [f"{run.path}: {run.about['backbone']}, {_chosen(run.about['choice'])}"]
    for part in ("test", "validation"):
        block = run.metrics.get(part)
        if block:
            lines.append(f"{part:>10}: {headline_text(block, run.task)}")
    lines.append(f"    report: {run.path / 'report.html'}")
    result("\n".join(lines))


def _chosen(choice: dict[str, Any]) -> str:
    views = choice.get("views") or [{"tap": tap, "size": choice["size"]} for tap in choice["taps"]]
    several = len({tuple(view["size"]) for view in views}) > 1
    taps = [view["tap"] + (f" at {view['size'][1]}x{view['size'][0]}" if several else "") for view in views]
    return " + ".join(taps) + (f", {choice['kernel']}" if "kernel" in choice else "")


def _wanted(
    backbone: Backbone,
    dataset: Dataset,
    taps: list[str],
    sizes: list[tuple[int, int]] | None,
    mirror: bool,
) -> Wanted:
    """Turn the options into what a strategy is told."""
    from teni.cli.networks import views_of
    from teni.transfer.named import Wanted

    height, width = dataset.images.shape[1:3]
    views, summed = views_of(backbone, (height, width), taps, sizes)
    return Wanted(views, mirror, summed)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Path) else value
