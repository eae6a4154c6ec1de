"""``teni predict``: where the keypoints of new images are, or which class they show."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from teni.cli.options import AsJson, MaxUnpacked


def predict(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder, as teni fit writes it.")],
    images: Annotated[
        Path,
        typer.Argument(
            metavar="IMAGES",
            help="A Kaggle-style CSV or zip, a picture, a folder of pictures, or of classes.",
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(help="The CSV to write; otherwise it goes to standard output.")
    ] = None,
    tta: Annotated[bool, typer.Option("--tta", help="Predict the mirror images too, and average.")] = False,
    overlay: Annotated[
        Path | None, typer.Option(help="A folder to make, with what is predicted drawn on every image.")
    ] = None,
    lookup: Annotated[
        Path | None, typer.Option(help="IdLookupTable.csv: write a Kaggle submission instead.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace --out and --overlay.")] = False,
    seed: Annotated[
        int, typer.Option(help="Taken by every command; nothing is random in this one.", min=0)
    ] = 0,
    max_unpacked_mb: MaxUnpacked = 2048,
    max_megapixels: Annotated[
        int, typer.Option(help="The most pixels a picture may have, in millions.", min=1, max=178)
    ] = 64,
    as_json: AsJson = False,
) -> None:
    """Predict the keypoints of images, in the pixels of each image as it was given, or their classes.

    The CSV has a row an image: id, then <keypoint>_x and <keypoint>_y of each keypoint; x goes right, y down. For
    classes it is id, the probability of each class, and class, the likeliest.
    """
    if as_json and lookup is not None and out is None:
        raise typer.BadParameter("with --json a submission needs a file; give --out", param_hint="--lookup")
    del seed
    from teni.cli.output import check_output_file, progress_printer, result, result_json, say
    from teni.data.kaggle_lookup import read_lookup
    from teni.files import check_output_folder, write_text
    from teni.prediction import (
        draw_overlays,
        flip_center,
        image_shape,
        load_model,
        predict_given,
        predictions_csv,
        predictions_dicts,
        read_given,
        submission_csv,
    )
    from teni.prediction.overlay import INDEX
    from teni.run import read_run
    from teni.task import as_keypoints

    check_output_file(out, overwrite)
    if overlay is not None:
        check_output_folder(overlay, overwrite, marker=INDEX)
    opened = read_run(run)
    drawn: list[str] = []
    with progress_printer() as on_progress:
        model = load_model(opened)
        given = read_given(
            images,
            image_shape(model),
            opened.task,
            max_unpacked_mb=max_unpacked_mb,
            max_megapixels=max_megapixels,
            on_progress=on_progress,
        )
        for note in given.notes:
            say(note)
        asked = None
        if lookup is not None:
            task = as_keypoints(opened.task, "a Kaggle submission")
            asked = read_lookup(lookup, given.ids, task, max_unpacked_mb)
        predicted = predict_given(opened, model, given, tta=tta, on_progress=on_progress)
        if overlay is not None:
            center = flip_center(opened)
            drawn = draw_overlays(
                overlay,
                given,
                predicted,
                center,
                task=opened.task,
                overwrite=overwrite,
                on_progress=on_progress,
            )
    if asked is None:
        text = predictions_csv(given.ids, predicted, opened.task)
    else:
        text = submission_csv(asked, given, predicted, as_keypoints(opened.task, "a Kaggle submission"))
    if out is not None:
        write_text(out, text)
    if as_json:
        told = {"run": run, "images": len(given), "tta": tta, "out": out, "overlay": overlay}
        result_json(
            told if out else told | {"predictions": predictions_dicts(given.ids, predicted, opened.task)}
        )
    elif out is None:
        result(text)
    else:
        say(f"{len(given):,} images, {text.count(chr(10)) - 1:,} rows: {out}")
    if overlay is not None:
        say(f"{len(drawn):,} pictures: {overlay}")
