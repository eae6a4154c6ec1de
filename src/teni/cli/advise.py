"""``teni advise``: which quadrant of the 2x2 table of data and similarity this is, by measurement."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from teni.cli.options import AsJson, KeypointsFile, MaxUnpacked, Mirror, Pairs, Seed, Subjects
from teni.errors import TeniError


def advise(
    data: Annotated[Path, typer.Argument(help="Training data, as for fit.")],
    backbone: Annotated[str, typer.Option(help="The network, as for fit.")] = "face",
    weights: Annotated[str | None, typer.Option(help="As for fit.")] = None,
    subjects: Subjects = None,
    keypoints: KeypointsFile = None,
    mirror: Mirror = True,
    pair: Pairs = None,
    split: Annotated[
        Path | None, typer.Option(help="split.csv of a run, so that its test rows stay unseen.")
    ] = None,
    seed: Seed = 0,
    max_unpacked_mb: MaxUnpacked = 2048,
    as_json: AsJson = False,
) -> None:
    """Measure whether the data are few or many and like or unlike what the network knows; say what to try."""
    from teni.advise import measure_advice
    from teni.backbones import backbone as load_backbone
    from teni.cli.inputs import divide
    from teni.cli.output import progress_printer, result, result_json, say
    from teni.cli.parse import parse_pairs
    from teni.data import load, require_labels, summary, summary_text

    with progress_printer() as on_progress:
        dataset = load(
            data,
            keypoints=keypoints,
            subjects=subjects,
            mirror=parse_pairs(pair or []),
            mirrored=mirror,
            max_unpacked_mb=max_unpacked_mb,
        )
        require_labels(dataset)
        say(summary_text(summary(dataset)))
        parts = divide(dataset, split, split is None, 0.0, seed)
        network = load_backbone(backbone, weights=weights, size=dataset.images.shape[1:3], seed=seed)
        found = measure_advice(dataset, parts, network, seed=seed, mirror=mirror, on_progress=on_progress)
    if found is None:
        raise TeniError(
            f"{data}: too few subjects for a learning curve, so nothing says whether the data are few; "
            "expected at least a handful that can be left out in turn"
        )
    if as_json:
        result_json({"backbone": network.name, "advice": found.as_dict()})
    else:
        result("\n".join(found.sentences()))
