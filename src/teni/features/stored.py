"""Features from a store, which asks the network for what it lacks."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teni.backbones import Backbone
from teni.errors import TeniError
from teni.features.extract import forward_pass
from teni.features.fingerprint import image_names, network_fingerprint, projection_fingerprint
from teni.features.network import View, by_size, feature_network
from teni.features.projection import Projection
from teni.features.segment import Key, Names
from teni.features.some import Some
from teni.features.source import EXTRACTED, Projections
from teni.features.store import FeatureStore
from teni.features.stream import BLOCK
from teni.progress import OnProgress, Progress

Images = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass
class Counts:
    """How many features of one image at one view were taken from a store, and how many extracted.

    Args:
        taken: from the store.
        extracted: by the network; they were added to the store.
        problem: why they could not be added; None where they could.
    """

    taken: int = 0
    extracted: int = 0
    problem: str | None = None


@dataclass(frozen=True, eq=False)
class Stored:
    """Features from a store; what it lacks is extracted, added, and read from there like the rest.

    So a first fit has the numbers of a second one. Where the store cannot be written to, the network alone is asked.

    Args:
        store: where features are kept.
        counts: what was taken so far.
    """

    store: FeatureStore
    counts: Counts = field(default_factory=Counts)

    def projections(
        self, backbone: Backbone, images: Images, views: Sequence[View]
    ) -> dict[View, Projection]:
        """Look projections up, find and keep those that are not there; see `Source`."""
        network, sample = network_fingerprint(backbone), _joined(image_names(images))
        found = {view: self.store.projection(network, view, sample) for view in views}
        new = EXTRACTED.projections(backbone, images, [view for view, each in found.items() if each is None])
        for view, projection in new.items():
            try:
                self.store.add_projection(network, view, sample, projection)
            except TeniError as error:
                self.counts.problem = str(error)
        return {view: each or new[view] for view, each in found.items()}

    def features(
        self,
        backbone: Backbone,
        images: Images,
        projections: Projections,
        *,
        mirror: bool,
        on_progress: OnProgress,
    ) -> dict[View, Floats]:
        """Complete the store and read from it; see `Source`."""
        try:
            names, keys = self.complete(backbone, images, projections, mirror=mirror, on_progress=on_progress)
        except _NotWrittenError as error:
            self.counts.problem = str(error)
            self.counts.extracted += len(images) * len(projections)
            return EXTRACTED.features(backbone, images, projections, mirror=mirror, on_progress=on_progress)
        return {view: self.store.read(key, names, 2 if mirror else 1) for view, key in keys.items()}

    def blocks(
        self,
        backbone: Backbone,
        images: Images,
        projections: Projections,
        *,
        mirror: bool,
        on_progress: OnProgress,
    ) -> Iterator[dict[View, Floats]]:
        """Complete the store and read from it block after block; see `Source`."""
        try:
            names, keys = self.complete(backbone, images, projections, mirror=mirror, on_progress=on_progress)
        except _NotWrittenError as error:
            self.counts.problem = str(error)
            self.counts.extracted += len(images) * len(projections)
            yield from EXTRACTED.blocks(backbone, images, projections, mirror=mirror, on_progress=on_progress)
            return
        found = {view: self.store.find(key, names, 2 if mirror else 1) for view, key in keys.items()}
        for start in range(0, len(names), BLOCK):
            stop = min(start + BLOCK, len(names))
            yield {view: each.read(start, stop) for view, each in found.items()}

    def complete(
        self,
        backbone: Backbone,
        images: Images,
        projections: Projections,
        *,
        mirror: bool,
        on_progress: OnProgress,
    ) -> tuple[Names, dict[View, Key]]:
        """Extract what the store lacks, batch by batch: the images may be memory-mapped and larger than memory.

        Args:
            backbone: the network.
            images: ``uint8 (N, H, W, C)``.
            projections: of each view that is asked for.
            mirror: whether to take the mirror images' features too.
            on_progress: told how many images are done.

        Returns:
            The names of the images, and what each view's features are found by.

        Raises:
            TeniError: the store is damaged or cannot be written to.
        """
        names, network, flags = image_names(images), network_fingerprint(backbone), 2 if mirror else 1
        keys = {view: Key(network, view, projection_fingerprint(each)) for view, each in projections.items()}
        taken = extracted = 0
        for group in by_size(list(projections)):
            lacking: dict[bytes, list[View]] = {}
            for view in group:
                missing = np.flatnonzero(self.store.missing(keys[view], names, flags))
                taken += len(names) - len(missing)
                extracted += len(missing)
                if len(missing):
                    lacking.setdefault(missing.tobytes(), []).append(view)
            for rows, views in lacking.items():
                some = Some(images, np.frombuffer(rows, np.intp))
                self._fill(
                    backbone,
                    some,
                    names[some.rows],
                    {v: projections[v] for v in views},
                    keys,
                    flags,
                    on_progress,
                )
        self.counts.taken += taken
        self.counts.extracted += extracted
        return names, keys

    def _fill(
        self,
        backbone: Backbone,
        images: "Some",
        names: Names,
        projections: Projections,
        keys: Mapping[View, Key],
        flags: int,
        on_progress: OnProgress,
    ) -> None:
        views = list(projections)
        network: Any = feature_network(backbone, images.shape[1:], views, projections)
        shapes = [tuple(output.shape[1:]) for output in network.outputs]
        try:
            with ExitStack() as stack:
                writers = [
                    stack.enter_context(self.store.adding(keys[view], names, flags, shape))
                    for view, shape in zip(views, shapes, strict=True)
                ]
                done = 0
                for batch in forward_pass(network, mirror=flags == 2)(images):
                    for writer, features in zip(writers, batch, strict=True):
                        writer.add(features)
                    done += batch[0].shape[1]
                    on_progress(Progress("features", done, len(images)))
        except TeniError as error:
            raise _NotWrittenError(str(error)) from error


class _NotWrittenError(TeniError):
    """The store could not be added to."""


def _joined(names: Names) -> str:
    """Name several images, in their order, as one."""
    return hashlib.sha256(names.tobytes()).hexdigest()
