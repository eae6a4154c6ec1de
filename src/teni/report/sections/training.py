"""Losses of everything that was trained, epoch by epoch."""

import pandas as pd

from teni.card import names_without_paths
from teni.report.charts import COLOURS, DASHES, Axis, Lines, Series
from teni.report.section import Section
from teni.report.words import Text
from teni.report.words import training as words
from teni.run import Run, split_curves

MOST_TIMES = 1e4  # how far above the lowest loss the chart reaches


def section(run: Run) -> Section | None:
    """Gather the curves of a run, or of everything that was trained in its comparison; None without any."""
    file = run.path / "comparison_curves.csv"
    curves = pd.read_csv(file) if file.is_file() else run.curves
    if "model" in curves:
        names = names_without_paths(curves["model"].astype(str).unique().tolist(), run)
        curves = curves.assign(model=curves["model"].astype(str).map(names.__getitem__))
    return section_of(curves)


def section_of(curves: pd.DataFrame) -> Section | None:
    """Gather curves.

    Args:
        curves: columns `teni.training.CURVES`, and ``model`` where there are several.
    """
    chart = losses_chart(curves)
    if chart is None:
        return None
    return Section(
        "training", words.NAV, words.TITLE, {"rows": _summary(curves), "words": words}, {"losses": chart}
    )


def losses_chart(curves: pd.DataFrame) -> Lines | None:
    """Draw the losses of every epoch, training solid, validation dashed; None without any."""
    series: list[Series] = []
    values: list[float] = []
    for place, (name, rows) in enumerate(split_curves(curves)):
        for column, part, solid in (
            ("loss", words.TRAINING, True),
            ("validation_loss", words.VALIDATION, False),
        ):
            known = rows[rows[column].notna() & (rows[column] > 0)]
            if not len(known):
                continue
            epochs, losses = known["epoch"].tolist(), known[column].tolist()
            values += losses
            series.append(
                Series(
                    words.line(name, part),
                    _broken(epochs, epochs),
                    _broken(losses, epochs),
                    COLOURS[place % len(COLOURS)],
                    "line",
                    0 if solid else 1 + place // len(COLOURS) % (DASHES - 1),
                    {"group": name, "labels": [words.line(name, part)]},
                )
            )
    if not series:
        return None
    low = min(values)
    high = min(max(values), MOST_TIMES * low)  # one loss that diverged must not flatten all others
    up = Axis(words.LOSS, "log", ends=(0.8 * low, 1.25 * high), switch=True)
    return Lines(Axis(words.EPOCH), up, series, "", 4, tools=True)


def _summary(curves: pd.DataFrame) -> list[tuple[Text | str, ...]]:
    found: list[tuple[Text | str, ...]] = []
    for name, rows in split_curves(curves):
        losses = rows["loss"].dropna()
        known = rows.dropna(subset=["validation_loss"])
        kept, epochs = known["validation_loss"].to_numpy(float), known["epoch"].to_numpy(int)
        best = int(kept.argmin()) if len(kept) else None
        found.append((
            name or "–",
            f"{rows['epoch'].to_numpy(int).max()}",
            _loss(None if losses.empty else losses.iloc[0]),
            _loss(None if losses.empty else losses.iloc[-1]),
            _loss(None if best is None else float(kept[best])),
            "–" if best is None else f"{epochs[best]}",
        ))  # fmt: skip
    return found


def _loss(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"


def _broken(values: list[float], epochs: list[float]) -> list[float | None]:
    """List values, with a gap where epochs begin anew: specialists are trained one after the other."""
    found: list[float | None] = []
    before = 0.0
    for value, epoch in zip(values, epochs, strict=True):
        found += [None, value] if epoch <= before else [value]
        before = epoch
    return found
