"""``teni weights``: what an old weights file holds, and a network of today made of it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

if TYPE_CHECKING:
    import keras

    from teni.weights import Reading, SavedWeights
    from teni.weights.match import Match

app = typer.Typer(help="Look into weights files of every Keras age, and convert them.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="HDF5 of any Keras, .keras, or a TensorFlow.js model.json.")]
Kernels = Annotated[
    str | None,
    typer.Option("--kernels", help="convolution (Theano) or correlation, where the file does not say."),
]
Ordering = Annotated[
    str | None,
    typer.Option("--ordering", help="channels_first or channels_last, where the file does not say."),
]
Statistics = Annotated[
    str | None,
    typer.Option("--statistics", help="deviation (up to Keras 1.0.5) or variance, in batch normalization."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]


@app.command()
def inspect(
    file: File,
    kernels_png: Annotated[
        Path | None, typer.Option("--kernels-png", help="Draw the kernels of the first convolution here.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Tell age, backend, ordering, layers, tensors and sizes; no tensor is read but for the picture."""
    import json

    from teni.weights import read
    from teni.weights.inspect import describe, describe_text, draw_kernels

    saved = read(file)
    drawn = None if kernels_png is None else draw_kernels(saved, kernels_png)
    if as_json:
        picture = {} if drawn is None else {"kernels_png": str(kernels_png), "kernels_drawn": drawn}
        typer.echo(json.dumps(describe(saved) | picture))
        return
    typer.echo(describe_text(saved))
    if drawn is not None:
        typer.echo(f"{drawn} kernels drawn in {kernels_png}")


@app.command()
def convert(
    file: File,
    out: Annotated[Path, typer.Argument(help="The .keras to be written.")],
    architecture: Annotated[
        str | None,
        typer.Option(
            help="What weights alone are for: a name of keras.applications, or a JSON of model.to_json()."
        ),
    ] = None,
    upto: Annotated[str | None, typer.Option(help="Cut the network at this layer.")] = None,
    match: Annotated[
        str, typer.Option(help="Pair the layers of a named network and the file by name, in order, or auto.")
    ] = "auto",
    pair: Annotated[
        list[str] | None,
        typer.Option(metavar="LAYER=FILE'S", help="Pair these layers, and no others. Repeatable."),
    ] = None,
    allow_missing: Annotated[
        list[str] | None,
        typer.Option(help="A layer of the named network that may keep initial values. Repeatable."),
    ] = None,
    kernels: Kernels = None,
    ordering: Ordering = None,
    statistics: Statistics = None,
    probe: Annotated[
        Path | None, typer.Option(help="Labelled faces that decide how the file is to be read.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file if it exists.")] = False,
    seed: Annotated[int, typer.Option(help="Of the check's random input.", min=0)] = 0,
    as_json: Json = False,
) -> None:
    """Make a network of today of an old file, say tensor by tensor what was done, and check its outputs."""
    import json

    from teni.weights import read
    from teni.weights.convert import check_target, save_model
    from teni.weights.convert import convert as carry_over

    check_target(out, overwrite=overwrite)
    pairing = _pairing(match, pair or [])
    saved = read(file)
    saved, network = _architecture(architecture, saved, upto, seed)
    reading = _reading(saved, kernels, ordering, statistics)
    tried: list[dict[str, Any]] = []
    if probe is not None:
        reading, tried = _probe(saved, network, upto, probe)
    done = carry_over(
        saved,
        architecture=network(),
        upto=upto,
        match=pairing,
        allow_missing=allow_missing or (),
        reading=reading,
        seed=seed,
    )
    save_model(done.model, out, overwrite=overwrite)
    result = {
        "out": str(out),
        "built_by": done.builder,
        "reading": {"kernels": done.reading.kernels, "ordering": done.reading.ordering},
        "assumed": list(done.report.assumed),
        "probe": tried,
        "parity": {"difference": done.parity.difference, "largest_output": done.parity.largest},
        "not_checked": done.parity.why_not,
        "report": done.report.as_dict(),
    }
    if as_json:
        typer.echo(json.dumps(result))
        return
    typer.echo(str(done.report))
    for each in tried:
        typer.echo(f"probe: {each['kernels']}, {each['ordering']}: {each['error_px']:.3f} px")
    if done.parity.difference is None:
        typer.echo(f"not checked against the file's own network: {done.parity.why_not}")
    else:
        typer.echo(
            "largest difference from the file's own network, computed in NumPy: "
            f"{done.parity.difference:.2g} (outputs up to {done.parity.largest:.3g})"
        )
    typer.echo(f"written: {out}")


def _reading(
    saved: "SavedWeights", kernels: str | None, ordering: str | None, statistics: str | None
) -> "Reading":
    from typing import get_args

    from teni.weights import choose_reading
    from teni.weights.reading import Kernels as KernelWords
    from teni.weights.reading import Statistics as StatisticWords
    from teni.weights.saved import Ordering as OrderingWords

    for option, value, words in (
        ("--kernels", kernels, get_args(KernelWords)),
        ("--ordering", ordering, get_args(OrderingWords)),
        ("--statistics", statistics, get_args(StatisticWords)),
    ):
        if value is not None and value not in words:
            raise typer.BadParameter(f"must be {' or '.join(words)}; got {value!r}", param_hint=option)
    told: Any = {"kernels": kernels, "ordering": ordering, "statistics": statistics}
    return choose_reading(saved, **told)


def _pairing(match: str, pairs: Sequence[str]) -> "Match":
    if not pairs and match in ("auto", "name", "order"):
        return cast("Match", match)
    if match != "auto":
        said = f"got {match!r}" if not pairs else "with --pair leave it out"
        raise typer.BadParameter(f"must be auto, name or order; {said}", param_hint="--match")
    told: dict[str, str] = {}
    for text in pairs:
        ours, equals, theirs = (part.strip() for part in text.partition("="))
        if not (ours and equals and theirs) or ours in told:
            raise typer.BadParameter(
                f"expected one layer of the network and one of the file, conv1=layer_1; got {text!r}",
                param_hint="--pair",
            )
        told[ours] = theirs
    return told


def _architecture(
    given: str | None, saved: "SavedWeights", upto: str | None, seed: int
) -> "tuple[SavedWeights, Callable[[], keras.Model | None]]":
    """Give the file with the description beside it, if that is as old, and how else the network is made."""
    from teni.weights.architecture import (
        application,
        from_description,
        is_younger,
        read_description,
        with_description,
    )

    if given is None:
        return saved, lambda: None
    described = given.lower().endswith(".json")
    if described and not is_younger(read_description(Path(given)), saved):
        return with_description(saved, Path(given)), lambda: None

    def make() -> "keras.Model":
        import keras

        keras.utils.set_random_seed(seed)
        return (
            from_description(Path(given))
            if described
            else application(given, saved, headless=upto is not None)
        )

    return saved, make


def _probe(
    saved: "SavedWeights", network: "Callable[[], keras.Model | None]", upto: str | None, data: Path
) -> "tuple[Reading, list[dict[str, Any]]]":
    from teni.data import load
    from teni.weights.convert import load_under
    from teni.weights.probe import possible_readings, probe

    tried = probe(
        possible_readings(saved),
        lambda reading: load_under(saved, reading, network(), upto),
        load(data),
    )
    told = [
        {"kernels": each.reading.kernels, "ordering": each.reading.ordering, "error_px": each.error_px}
        for each in tried
    ]
    return tried[0].reading, told
