"""The methods ``fool``, ``fool-direct`` and ``fool-cppn``: pictures, figure, table, and the answer in words."""

import time

import numpy as np

from teni.visualize.fooling.by_evolution import EncodingName, evolve_fooling
from teni.visualize.fooling.by_gradient import fool
from teni.visualize.fooling.chart import confidence_chart
from teni.visualize.fooling.fooled import Fooled
from teni.visualize.fooling.settings import AscentSettings, EvolutionSettings
from teni.visualize.fooling.told import confidence_table, percent, verdict
from teni.visualize.pictured import Pictured, Seen
from teni.visualize.request import Request

TABLE, FIGURE, ARCHIVE = "confidence.csv", "confidence.svg", "archive.npz"


def fool_by_gradient(request: Request) -> Seen:
    """Fool the model of a request by gradient ascent, see `fool`."""
    settings: AscentSettings = request.settings
    started = time.perf_counter()
    found = fool(
        request.opened, settings, classes=request.units, seed=request.seed, on_progress=request.on_progress
    )
    return _seen(found, f"{len(found.history) - 1:,} steps", time.perf_counter() - started)


def fool_by_pixels(request: Request) -> Seen:
    """Fool the model of a request by evolution of pixels, see `evolve_fooling`."""
    return _by_evolution(request, "direct")


def fool_by_cppn(request: Request) -> Seen:
    """Fool the model of a request by evolution of networks that draw, see `evolve_fooling`."""
    return _by_evolution(request, "cppn")


def _by_evolution(request: Request, encoding: EncodingName) -> Seen:
    settings: EvolutionSettings = request.settings
    started = time.perf_counter()
    found = evolve_fooling(
        request.opened,
        encoding,
        settings,
        classes=request.units,
        seed=request.seed,
        on_progress=request.on_progress,
    )
    told = f"{len(found.history) - 1:,} generations of {settings.population:,} candidates"
    return _seen(found, told, time.perf_counter() - started)


def _seen(found: Fooled, told: str, seconds: float) -> Seen:
    history = list(found.history)
    files = {
        TABLE: confidence_table(found.names, history, found.counted),
        FIGURE: confidence_chart(found.names, history, found.counted),
    }
    if found.archive is not None:
        files[ARCHIVE] = found.archive
    ended = "Stopped by Ctrl-C or SIGTERM" if found.interrupted else "Ended"
    notes = (verdict(found.names, found.confidences), f"{ended} after {told}, {seconds:,.0f} s this time.")
    return Seen(_pictures(found), notes=notes, files=files, interrupted=found.interrupted)


def _pictures(found: Fooled) -> tuple[Pictured, ...]:
    each = zip(found.names, found.confidences.tolist(), found.images, found.since.tolist(), strict=True)
    return tuple(
        Pictured(
            name,
            confidence,
            image.astype(np.float32),
            f"{found.counted} {since:,}",
            "pixels",
            told=percent(confidence),
        )
        for name, confidence, image, since in each
    )
