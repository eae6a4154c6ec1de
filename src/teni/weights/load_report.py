"""What happened to every tensor when a file was loaded into a network."""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, Literal

Action = Literal[
    "loaded",
    "transposed",
    "kernel-flipped",
    "rows-permuted",
    "merged",
    "rescaled",
    "squared",
    "composed",
    "skipped",
    "missing",
]


@dataclass(frozen=True)
class LoadRow:
    """One tensor: the layer and tensor it belongs to, its shape in the file, what was done, and why.

    >>> LoadRow("conv1", "conv1/kernel:0", (3, 3, 3, 8), "loaded", "same shape").action
    'loaded'
    """

    layer: str
    tensor: str
    shape: tuple[int, ...]
    action: Action
    why: str


@dataclass(frozen=True)
class LoadReport:
    """Every tensor of a file and of the network it went into; printing it gives a table.

    Args:
        source: path of the file.
        rows: one for each tensor of the file, and for each that the network has and the file has not.
        assumed: one sentence for each thing that neither the file nor the caller said of how it is to be read.

    >>> print(LoadReport("w.h5", (LoadRow("conv1", "bias", (8,), "loaded", "same shape"),)))
    w.h5: 1 loaded
    layer  tensor  shape  action  why
    conv1  bias    (8,)   loaded  same shape
    """

    source: str
    rows: tuple[LoadRow, ...]
    assumed: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many tensors each action befell."""
        return dict(Counter(row.action for row in self.rows))

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain values for JSON.

        >>> LoadReport("w.h5", ()).as_dict()
        {'source': 'w.h5', 'counts': {}, 'assumed': [], 'rows': []}
        """
        rows = [asdict(row) for row in self.rows]
        return {"source": self.source, "counts": self.counts, "assumed": list(self.assumed), "rows": rows}

    def __str__(self) -> str:
        """Lay the rows out as a table under one line of counts, and what was assumed below."""
        told = ", ".join(f"{count} {action}" for action, count in self.counts.items()) or "nothing to load"
        cells = [("layer", "tensor", "shape", "action", "why")]
        cells += [(row.layer, row.tensor, str(row.shape), row.action, row.why) for row in self.rows]
        widths = [max(len(row[column]) for row in cells) for column in range(5)]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in cells]
        return "\n".join([f"{self.source}: {told}", *lines, *(f"assumed: {each}" for each in self.assumed)])
