"""``teni features``: what a network says of images, extracted once into a store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from teni.errors import TeniError

if TYPE_CHECKING:
    from teni.features import FeatureStore


def features(
    data: Annotated[Path, typer.Argument(help="Training data, as for fit.")],
    out: Annotated[Path, typer.Option(help="The feature store; what it lacks is added.")],
    backbone: Annotated[str, typer.Option(help="The network, as for fit.")] = "face",
    weights: Annotated[str | None, typer.Option(help="As for fit.")] = None,
    tap: Annotated[list[str] | None, typer.Option(help="As for fit.")] = None,
    size: Annotated[str | None, typer.Option(help="As for fit.")] = None,
    mirror: Annotated[bool, typer.Option(help="Take mirror images' features too.")] = True,
    pair: Annotated[list[str] | None, typer.Option(metavar="A=B", help="As for fit.")] = None,
    subjects: Annotated[Path | None, typer.Option(help="CSV with the subject of each row.")] = None,
    keypoints: Annotated[
        Path | None, typer.Option(help="CSV whose coordinates replace those of DATA.")
    ] = None,
    split: Annotated[Path | None, typer.Option(help="split.csv of a run, as fit will be given it.")] = None,
    test: Annotated[
        bool, typer.Option(help="--no-test: fit will be given a --test and learn from all of DATA.")
    ] = True,
    validation: Annotated[
        float, typer.Option(help="Share of the subjects that is kept to validate on; 0.2 for compare.", min=0)
    ] = 0.0,
    precision: Annotated[
        str | None, typer.Option(help="half or single; a store that is there keeps its own. Default: half.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the split, as for fit.", min=0)] = 0,
    max_unpacked_mb: Annotated[int, typer.Option(help="The most a zip may unpack to, in MB.", min=1)] = 2048,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
) -> None:
    """Extract the features of all images once, for teni fit --features and teni compare --features.

    Which channels of a tap are kept is decided on images that are learned from, so the split is needed here too.
    """
    import numpy as np

    from teni.backbones import backbone as load_backbone
    from teni.cli.inputs import divide
    from teni.cli.networks import views_of
    from teni.cli.output import progress_printer, result, result_json, say
    from teni.cli.parse import parse_pairs, parse_sizes
    from teni.data import PictureOptions, load, summary, summary_text
    from teni.features import Stored
    from teni.transfer.material import spread_rows

    if not validation < 1:
        raise TeniError(f"--validation {validation:g}: expected a share below 1, e.g. 0.2")
    sizes, store = parse_sizes(size), _open(out, precision)
    with progress_printer() as on_progress:
        dataset = load(
            data,
            keypoints=keypoints,
            subjects=subjects,
            mirror=parse_pairs(pair or []),
            mirrored=mirror,
            max_unpacked_mb=max_unpacked_mb,
            pictures=PictureOptions(on_progress=on_progress),
        )
        say(summary_text(summary(dataset)))
        parts = divide(dataset, split, not test, validation, seed)
        learned = np.flatnonzero(parts.parts == "train" if validation else parts.parts != "test")
        network = load_backbone(backbone, weights=weights, size=dataset.images.shape[1:3], seed=seed)
        for note in network.notes:
            say(note)
        views, _ = views_of(network, dataset.images.shape[1:3], tap or [], sizes)
        stored = Stored(store)
        some = dataset.images[learned[spread_rows(len(learned))]]
        projections = stored.projections(network, some, views)
        if stored.counts.problem is not None:
            raise TeniError(stored.counts.problem)
        stored.complete(network, dataset.images, projections, mirror=mirror, on_progress=on_progress)
    size_mb = sum(file.stat().st_size for file in out.rglob("*") if file.is_file()) / 1e6
    counts = stored.counts
    if as_json:
        result_json(
            {
                "store": out,
                "precision": store.precision,
                "images": len(dataset),
                "views": [str(view) for view in views],
                "extracted": counts.extracted,
                "already_there": counts.taken,
                "megabytes": round(size_mb, 1),
            }
        )
    else:
        result(
            f"{out}: {len(dataset):,} images at {len(views)} views, {counts.extracted:,} extracted, "
            f"{counts.taken:,} there before, {size_mb:,.1f} MB"
        )


def _open(out: Path, precision: str | None) -> FeatureStore:
    from teni.features import open_store

    if precision is not None and precision not in ("half", "single"):
        raise TeniError(f"--precision {precision}: expected half or single")
    return open_store(out, precision)  # pyright: ignore
