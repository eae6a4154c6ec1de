"""Features from a store: the same numbers, nothing extracted twice, and never all images at once."""

import numpy as np
import pytest

from blobs import blobs, tiny_network
from teni.errors import TeniError
from teni.features import EXTRACTED, Stored, View, open_store, source
from teni.features import stored as module
from teni.progress import silent

VIEWS = [View((16, 20), "r1"), View((16, 20), "p1"), View((24, 30), "p1")]


class Lazy:
    """Images that are made when they are read, and count how many were read at once."""

    def __init__(self, images: np.ndarray) -> None:
        self._images = images
        self.shape = images.shape
        self.most = 0

    def __len__(self) -> int:
        return len(self._images)

    def __getitem__(self, part) -> np.ndarray:
        found = self._images[part]
        self.most = max(self.most, 1 if found.ndim == 3 else len(found))
        return found


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return blobs(40, 8).images


@pytest.fixture(scope="module")
def projections(images):
    return EXTRACTED.projections(tiny_network(), images[:20], VIEWS)


def ask(given, images, projections, mirror=True):
    return given.features(tiny_network(), images, projections, mirror=mirror, on_progress=silent)


def test_the_numbers_are_those_of_the_network(tmp_path, images, projections):
    stored = Stored(open_store(tmp_path / "store", "single"))
    found = stored.projections(tiny_network(), images[:20], VIEWS)
    for view in VIEWS:
        for given, expected in ((found[view], projections[view]),):
            assert (given.matrix is None) == (expected.matrix is None)
    expected = ask(EXTRACTED, images, projections)
    first, second = (ask(stored, images, projections) for _ in range(2))
    for view in VIEWS:
        np.testing.assert_array_equal(first[view], expected[view])
        np.testing.assert_array_equal(second[view], expected[view])
    assert (stored.counts.extracted, stored.counts.taken) == (120, 120)


def test_only_what_is_missing_is_extracted(tmp_path, images, projections, monkeypatch):
    stored = Stored(open_store(tmp_path / "store", "single"))
    expected = ask(EXTRACTED, images, projections)
    ask(stored, images[5:15], projections)  # some images at all views
    last = {VIEWS[1]: projections[VIEWS[1]]}
    told = []
    found = stored.features(tiny_network(), images, last, mirror=True, on_progress=told.append)
    assert told[-1].total == 30
    np.testing.assert_allclose(found[VIEWS[1]], expected[VIEWS[1]], atol=1e-5)
    monkeypatch.setattr(module, "forward_pass", None)  # from here on the network is not asked
    shuffled = np.random.default_rng(0).permutation(40)
    again = Stored(open_store(tmp_path / "store"))
    np.testing.assert_allclose(
        ask(again, images[shuffled], last)[VIEWS[1]], expected[VIEWS[1]][:, shuffled], atol=1e-5
    )
    np.testing.assert_allclose(
        ask(again, images, last, mirror=False)[VIEWS[1]], expected[VIEWS[1]][:1], atol=1e-5
    )
    assert (again.counts.extracted, again.counts.taken, again.counts.problem) == (0, 80, None)


def test_projections_are_found_once(tmp_path, images, monkeypatch):
    stored = Stored(open_store(tmp_path / "store"))
    first = stored.projections(tiny_network(), images, VIEWS[:2])
    monkeypatch.setattr(source, "extract", None)
    second = stored.projections(tiny_network(), images, VIEWS[:2])
    assert [each.matrix is None for each in first.values()] == [
        each.matrix is None for each in second.values()
    ]


def test_half_precision_is_near(tmp_path, images, projections):
    stored, expected = Stored(open_store(tmp_path / "store")), ask(EXTRACTED, images, projections)
    for view, found in ask(stored, images, projections).items():
        assert np.abs(found - expected[view]).max() <= 2.0**-11 * np.abs(expected[view]).max()


def test_a_store_that_cannot_be_written_to(tmp_path, images, projections, monkeypatch):
    stored = Stored(open_store(tmp_path / "store"))

    def full(*_, **__):
        raise TeniError("store: the disk is full; free some space or give another place")

    monkeypatch.setattr("teni.features.store.new_segment", full)
    monkeypatch.setattr("teni.features.store.output_folder", full)
    expected = ask(EXTRACTED, images, projections)
    assert list(stored.projections(tiny_network(), images, VIEWS)) == VIEWS
    for view, found in ask(stored, images, projections).items():
        np.testing.assert_array_equal(found, expected[view])
    assert stored.counts.problem == "store: the disk is full; free some space or give another place"
    assert (stored.counts.taken, stored.counts.extracted) == (0, len(images) * len(VIEWS))


@pytest.mark.parametrize("begun", [False, True])
def test_images_larger_than_memory_are_read_a_batch_at_a_time(tmp_path, projections, begun: bool):
    """A batch holds 8 images with their mirror images at 96 x 96 pixels, a few hundred of these small ones."""
    images = blobs(2000, 8).images
    lazy, stored = Lazy(images), Stored(open_store(tmp_path / "store", "single"))
    last = {VIEWS[1]: projections[VIEWS[1]]}
    if begun:  # and where every other image is there already
        ask(stored, images[::2], last)
    names, keys = stored.complete(tiny_network(), lazy, last, mirror=True, on_progress=silent)
    assert 0 < lazy.most < 400
    some = [0, 1, 1999]
    np.testing.assert_allclose(
        stored.store.read(keys[VIEWS[1]], names[some], 2),
        ask(EXTRACTED, images[some], last)[VIEWS[1]],
        atol=1e-5,
    )


def test_images_may_be_memory_mapped(tmp_path, images, projections):
    np.save(tmp_path / "images.npy", images)
    mapped = np.load(tmp_path / "images.npy", mmap_mode="r")
    stored, last = Stored(open_store(tmp_path / "store", "single")), {VIEWS[0]: projections[VIEWS[0]]}
    np.testing.assert_array_equal(ask(stored, mapped, last)[VIEWS[0]], ask(EXTRACTED, images, last)[VIEWS[0]])
