"""``teni ablate``: a network without some of its layers, or with wider or narrower ones, each trained again."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from teni.cli.options import (
    AsJson,
    KeypointsFile,
    MaxUnpacked,
    Mirror,
    Overwrite,
    Pairs,
    Seed,
    SplitFile,
    Subjects,
    TestData,
    TestSubjects,
)
from teni.errors import TeniError

if TYPE_CHECKING:
    from teni.backbones import Backbone, Edit
    from teni.compare import Comparison, Entry, Outcome
    from teni.transfer.named import Wanted


def ablate(
    data: Annotated[Path, typer.Argument(help="Training data, as for fit.")],
    backbone: Annotated[str, typer.Option(help="The network, as for fit; its weights are drawn anew.")],
    without: Annotated[
        list[str] | None,
        typer.Option(
            help="Layers to leave out together, A or A,B; repeatable. Default: each that is trained, in turn."
        ),
    ] = None,
    width: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LAYER=FACTOR", help="Make layers wider or narrower, A=0.5 or A=2,B=2; repeatable."
        ),
    ] = None,
    subjects: Subjects = None,
    keypoints: KeypointsFile = None,
    mirror: Mirror = True,
    pair: Pairs = None,
    split: SplitFile = None,
    test: TestData = None,
    test_subjects: TestSubjects = None,
    seeds: Annotated[int, typer.Option(help="How often each network is trained.", min=1)] = 1,
    epochs: Annotated[int | None, typer.Option(help="Of each training.", min=1)] = None,
    budget: Annotated[str | None, typer.Option(help="Time for all together: 90s, 40m, 2h.")] = None,
    out: Annotated[Path, typer.Option(help="The folder to make.")] = Path("runs/ablate"),
    overwrite: Overwrite = False,
    seed: Seed = 0,
    max_unpacked_mb: MaxUnpacked = 2048,
    as_json: AsJson = False,
) -> None:
    """Take layers out of a network or change their width, train each network again, and put them in one table.

    What a layer is worth is the error that the network makes without it, beside that of the whole network on the
    same people. Interrupted, the same command goes on where it stopped.
    """
    import json
    import shutil
    from dataclasses import replace

    from teni.backbones import backbone as load_backbone
    from teni.cli.inputs import divide, test_set
    from teni.cli.output import progress_printer, result, result_json, say
    from teni.cli.parse import parse_budget, parse_pairs
    from teni.compare import Network, Plan, comparison_text, make_entries
    from teni.compare import compare as run_compare
    from teni.data import load, require_labels, summary, summary_text
    from teni.files import check_output_folder, output_folder
    from teni.training import Budget

    check_output_folder(out, overwrite, marker="ablation.json")
    seconds, pairs = parse_budget(budget), parse_pairs(pair or [])
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
        held_out = test_set(dataset, test, test_subjects, None, None, max_unpacked_mb)
        parts = divide(dataset, split, held_out is not None, 0.2, seed)
        height, width_px = dataset.images.shape[1:3]
        whole = load_backbone(backbone, weights="random", size=(height, width_px), seed=seed)
        variants = _variants(whole, _edits(whole, without or [], width or []), seed)
        told = [replace(_at_the_end(each, (height, width_px), epochs), mirror=mirror) for each in variants]
        networks = [Network(each, wanted, wanted) for each, wanted in zip(variants, told, strict=True)]
        entries = make_entries(networks, ["scratch"], seed=seed, seeds=seeds)
        stored = out.with_name(f"{out.name}.comparing")
        plan = Plan(dataset, parts, held_out, entries, Budget(seconds, epochs), stored, seed)
        try:
            found = run_compare(
                plan,
                against=(variants[0].name, "scratch"),
                on_outcome=_tell,
                on_progress=on_progress,
            )
        except KeyboardInterrupt:
            say(f"What was trained so far is kept in {stored}; the same command goes on from there.")
            raise
    written = {"command": ["teni", *sys.argv[1:]], "networks": _rows(found), "failed": found.failed}
    with output_folder(out, overwrite, marker="ablation.json") as folder:
        found.table().to_csv(folder / "ablation.csv", index=False)
        found.curves.to_csv(folder / "curves.csv", index=False)
        (folder / "ablation.json").write_text(json.dumps(written, indent=2), encoding="utf-8")
    shutil.rmtree(stored, ignore_errors=True)
    if as_json:
        result_json({"folder": out, "networks": written["networks"], "failed": found.failed})
        return
    measured = any(row.backbone == variants[0].name for row in found.rows)
    lines = [comparison_text(found, beside="the whole network" if measured else "the best")]
    lines += [f"{name}: failed: {why}" for name, why in found.failed.items()]
    result("\n".join([*lines, f"{out}: ablation.csv, curves.csv"]))


def _tell(entry: Entry, outcome: Outcome, was_there: bool) -> None:
    from teni.cli.output import say

    done = "done" if outcome.failed is None else f"failed: {outcome.failed}"
    say(f"{entry.backbone}, seed {entry.seed}{' (from before)' if was_there else ''}: {done}")


def parse_widths(text: str) -> dict[str, float]:
    """Read ``--width``: factors on the filters or units of layers.

    Args:
        text: as it was typed.

    Raises:
        TeniError: it is no list of layers with factors.

    >>> parse_widths("conv1=0.5,hidden1=2")
    {'conv1': 0.5, 'hidden1': 2.0}
    """
    widths: dict[str, float] = {}
    for part in text.split(","):
        name, _, factor = (each.strip() for each in part.partition("="))
        try:
            widths[name] = float(factor)
        except ValueError:
            name = ""
        if not name:
            raise TeniError(f"--width {text}: expected layers with factors, e.g. --width conv1=0.5,conv2=2")
    return widths


def _edits(whole: Backbone, without: Sequence[str], width: Sequence[str]) -> list[Edit]:
    from teni.backbones import Edit, trained_layers

    edits = [Edit(tuple(name.strip() for name in text.split(","))) for text in without]
    edits += [Edit((), parse_widths(text)) for text in width]
    return edits or [Edit((name,)) for name in trained_layers(whole)]


def _variants(whole: Backbone, edits: Sequence[Edit], seed: int) -> list[Backbone]:
    """Build every network now: one that does not fit together is told before the first is trained."""
    from dataclasses import replace

    from teni.backbones import Edit, edited

    found = [edited(whole, edit, seed=seed) for edit in (Edit(), *edits)]
    names = [f"{whole.name} {edit}" for edit in (Edit(), *edits)]
    return [replace(network, name=name) for network, name in zip(found, names, strict=True)]


def _at_the_end(network: Backbone, size: tuple[int, int], epochs: int | None) -> Wanted:
    from teni.cli.networks import views_of
    from teni.transfer.named import Wanted

    return Wanted(views_of(network, size, [network.model.operations[-1].name], [])[0], epochs=epochs)


def _rows(found: Comparison) -> list[dict[str, object]]:
    return [
        {key: value for key, value in row.items() if key not in ("strategy", "notes")}
        for row in found.as_dict()["strategies"]
    ]
