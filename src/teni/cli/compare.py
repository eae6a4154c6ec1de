"""``teni compare``: every way to transfer on one split, and the winner as a run folder."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
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
    Size,
    Solution,
    SplitFile,
    Subjects,
    TestData,
    TestSubjects,
)
from teni.errors import TeniError

if TYPE_CHECKING:
    from teni.advise import Advice
    from teni.compare import Comparison, Entry, Network, Outcome
    from teni.data import Dataset, Split
    from teni.progress import OnProgress

PARTS = ("test", "validation")


def compare(
    data: Annotated[Path, typer.Argument(help="Training data, as for fit.")],
    backbone: Annotated[
        list[str] | None, typer.Option(help="A network, as for fit; repeatable. Default: face.")
    ] = None,
    weights: Annotated[
        list[str] | None,
        typer.Option(help="A weights file for each --backbone, in order; 'none' where it needs no file."),
    ] = None,
    strategy: Annotated[
        list[str] | None, typer.Option(help="What to compare; repeatable. Default: the whole ladder.")
    ] = None,
    tap: Annotated[
        list[str] | None, typer.Option(help="As for fit; only where a single network is compared.")
    ] = None,
    size: Size = None,
    mirror: Mirror = True,
    pair: Pairs = None,
    subjects: Subjects = None,
    keypoints: KeypointsFile = None,
    split: SplitFile = None,
    test: TestData = None,
    test_subjects: TestSubjects = None,
    lookup: Lookup = None,
    solution: Solution = None,
    seeds: Annotated[int, typer.Option(help="How often what is trained is trained.", min=1)] = 3,
    budget: Annotated[
        str | None,
        typer.Option(help="Time for all together: 90s, 40m, 2h; what trains shares it. Default: as planned."),
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="Of each training. Default: as planned.", min=1)] = None,
    features: Annotated[
        Path | None, typer.Option(help="As for fit. Default: shared within the comparison, then removed.")
    ] = None,
    advice: Annotated[bool, typer.Option(help="Measure the 2x2 table of data and similarity first.")] = True,
    out: Annotated[Path, typer.Option(help="The run folder to make.")] = Path("runs/compare"),
    overwrite: Overwrite = False,
    seed: Annotated[int, typer.Option(help="The first seed.", min=0)] = 0,
    max_unpacked_mb: MaxUnpacked = 2048,
    as_json: AsJson = False,
) -> None:
    """Compare ways to transfer on one split, say which won and by how much, and keep the winner as a run.

    What comes of each strategy is stored at once, in a folder beside the run folder: the same command goes on
    where it was interrupted.
    """
    arguments = {name: value for name, value in locals().items() if value is not None}
    from teni.backbones import backbone as load_backbone
    from teni.cli.inputs import asked_for, divide, submission, test_set
    from teni.cli.kept import kept_features, say_kept, shared_features, with_source
    from teni.cli.measures import headline_text
    from teni.cli.networks import pair_weights, to_compare
    from teni.cli.output import progress_printer, result, result_json, say
    from teni.cli.parse import parse_budget, parse_pairs, parse_sizes
    from teni.compare import LADDER, Plan, comparison_text, fit_winner, is_solved, make_entries
    from teni.compare import compare as run_compare
    from teni.data import load, require_labels, summary, summary_text
    from teni.files import check_output_folder
    from teni.fitting import save_run
    from teni.report import build_report
    from teni.run import draw_curves
    from teni.training import Budget
    from teni.transfer.named import Wanted, check_names

    check_output_folder(out, overwrite)
    check_names(strategy or ())
    kept = kept_features(features)
    sizes, pairs, seconds = parse_sizes(size), parse_pairs(pair or []), parse_budget(budget)
    named = pair_weights(backbone or ["face"], weights or [])
    if tap and len(named) > 1:
        raise TeniError("--tap names layers of one network; compare one network, or leave the taps out")
    with progress_printer() as on_progress:
        dataset = load(
            data,
            keypoints=keypoints,
            subjects=subjects,
            mirror=pairs,
            mirrored=mirror,
            max_unpacked_mb=max_unpacked_mb,
        )
        require_labels(dataset)
        say(summary_text(summary(dataset)))
        held_out = test_set(dataset, test, test_subjects, lookup, solution, max_unpacked_mb)
        asked = asked_for(held_out, dataset, lookup, max_unpacked_mb)
        parts = divide(dataset, split, held_out is not None, 0.2, seed)
        networks: list[Network] = []
        for name, file in named:
            network = load_backbone(name, weights=file, size=dataset.images.shape[1:3], seed=seed)
            for note in network.notes:
                say(note)
            size_given = dataset.images.shape[1:3]
            networks.append(
                to_compare(network, size_given, tap or [], sizes, Wanted((), mirror, epochs=epochs))
            )
        stored = out.with_name(f"{out.name}.comparing")
        networks = with_source(networks, kept or shared_features(stored))
        found = {}
        if advice:
            found = _advise(dataset, parts, networks, seed, on_progress)
        if not all(map(is_solved, strategy or LADDER)):
            networks = [_train_at_best(each, dataset, parts, seed, on_progress) for each in networks]
        entries = make_entries(networks, strategy or LADDER, seed=seed, seeds=seeds)
        plan = Plan(dataset, parts, held_out, entries, Budget(seconds, epochs), stored, seed)
        try:
            comparison = run_compare(plan, on_outcome=_tell, on_progress=on_progress)
            comparison = replace(comparison, advice=_judged(found, comparison))
            model, run = fit_winner(plan, comparison, on_progress=on_progress)
        except KeyboardInterrupt:
            say(f"What was compared so far is kept in {stored}; the same command goes on from there.")
            raise
    if kept is not None:
        run.about["features"] = say_kept(kept)
    run.about["command"] = ["teni", *sys.argv[1:]]
    run.about["arguments"] = {name: _plain(value) for name, value in arguments.items()}
    more = {"comparison.csv": comparison.table().to_csv(index=False)}
    if len(comparison.curves):
        more["comparison_curves.csv"] = comparison.curves.to_csv(index=False)
        drawn = draw_curves(comparison.curves)
        more |= {} if drawn is None else {"comparison_curves.svg": drawn}
    if asked is not None:
        more["submission.csv"] = submission(run, asked)
    saved = save_run(out, model, run, report=build_report, overwrite=overwrite, more=more)
    shutil.rmtree(stored, ignore_errors=True)
    if as_json:
        result_json({"run": saved.path, **comparison.as_dict()})
        return
    lines = [comparison_text(comparison), *comparison.advice.get("sentences", ())]
    lines += [comparison.advice["agrees"]] if comparison.advice else []
    lines.append(
        f"{saved.path}: {comparison.winner.name}, kept; what is solved learned from the validation images too"
    )
    lines += [
        f"{part:>10}: {headline_text(saved.metrics[part], saved.task)}"
        for part in PARTS
        if saved.metrics[part]
    ]
    lines.append(f"    report: {saved.path / 'report.html'}")
    result("\n".join(lines))


def _advise(
    dataset: Dataset, split: Split, networks: Sequence[Network], seed: int, on_progress: OnProgress
) -> dict[str, Advice]:
    """Measure the advice for each network, on the rows that learn: the validation rows are to judge."""
    from teni.advise import measure_advice
    from teni.cli.output import say
    from teni.compare import without_validation
    from teni.progress import within

    found: dict[str, Advice] = {}
    for network in networks:
        measured = measure_advice(
            dataset,
            without_validation(split),
            network.backbone,
            seed=seed,
            mirror=network.wanted.mirror,
            on_progress=within(on_progress, f"{network.backbone.name} advice"),
        )
        if measured is None:
            say("Too few subjects for a learning curve: no advice.")
            return {}
        found[network.backbone.name] = measured
        # The reasons, and whether it was borne out, are part of the result.
        say(f"Advice for {network.backbone.name}: {measured.short}")
    return found


def _train_at_best(
    network: Network, dataset: Dataset, split: Split, seed: int, on_progress: OnProgress
) -> Network:
    """Choose the view for all that is trained once, by the training rows, rather than anew for each."""
    from teni.cli.output import say
    from teni.progress import within
    from teni.transfer.best_view import choose_view
    from teni.transfer.named import Wanted
    from teni.transfer.probe import deepest_near

    wanted = network.trained
    found = choose_view(
        wanted.views,
        wanted.centers,
        dataset,
        split,
        network.backbone,
        seed=seed,
        source=wanted.source,
        on_progress=within(on_progress, f"{network.backbone.name} ridge at each tap"),
    )
    chosen, deep = found.choice, deepest_near(found, wanted.views)
    say(f"{network.backbone.name}: heads are trained at {chosen.views[0]}, layers below {deep}")
    told = Wanted(
        chosen.views, chosen.center is not None, center=chosen.center, deep=deep, epochs=wanted.epochs
    )
    return replace(network, trained=told)


def _judged(advice: dict[str, Advice], comparison: Comparison) -> dict[str, Any]:
    """Say whether the ladder bears out the advice for the winner's network; the others' stand below it."""
    from teni.compare import ENSEMBLE

    if not advice:
        return {}
    alone = next(row for row in comparison.rows if row.strategy != ENSEMBLE)
    own = advice.get(alone.backbone) or next(iter(advice.values()))
    ranking = [row.strategy for row in comparison.rows if row.backbone == alone.backbone]
    by_backbone = {name: each.as_dict() for name, each in advice.items()}
    return {**own.as_dict(), "agrees": own.agrees(ranking), "by_backbone": by_backbone}


def _tell(entry: Entry, outcome: Outcome, was_there: bool) -> None:
    from teni.cli.output import say

    told = "kept from before" if was_there else f"{outcome.cost.seconds:.1f} s"
    failed = "" if outcome.failed is None else f", failed: {outcome.failed}"
    say(f"{entry.name}: {told}{failed}")


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, Path) else value
