"""Options that several commands take, each said once."""

from pathlib import Path
from typing import Annotated

import typer

Subjects = Annotated[Path | None, typer.Option(help="CSV with the subject of each row.")]
KeypointsFile = Annotated[Path | None, typer.Option(help="CSV whose coordinates replace those of DATA.")]
Mirror = Annotated[bool, typer.Option(help="Learn from mirror images too.")]
Pairs = Annotated[
    list[str] | None,
    typer.Option(
        metavar="A=B",
        help="Keypoints that change places in a mirror, where their names do not tell; A=A stays. Repeatable.",
    ),
]
Size = Annotated[
    str | None,
    typer.Option(help="Pixels that the backbone sees: 144, 192x144 (wide x high), or auto. Default: as is."),
]
SplitFile = Annotated[Path | None, typer.Option(help="split.csv of an earlier run, to use the same.")]
TestData = Annotated[Path | None, typer.Option(help="Test data. Default: a fifth of the subjects.")]
TestSubjects = Annotated[
    Path | None, typer.Option(help="CSV with the subject of each test row, for honest intervals.")
]
Lookup = Annotated[Path | None, typer.Option(help="IdLookupTable.csv: the coordinates asked for.")]
Solution = Annotated[Path | None, typer.Option(help="CSV with the answers to the lookup table.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace a folder of that name.")]
Seed = Annotated[int, typer.Option(help="Of everything random.", min=0)]
MaxUnpacked = Annotated[int, typer.Option(help="The most a zip may unpack to, in MB.", min=1)]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")]
