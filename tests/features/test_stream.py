import numpy as np
import pytest

from blobs import blobs, tiny_network
from teni.errors import TeniError
from teni.features import EXTRACTED, Projection, Stored, View, open_store, stored, stream
from teni.features.store import FeatureStore
from teni.progress import silent

VIEWS = (View((16, 20), "r1"), View((8, 10), "p1"))
WHOLE = {view: Projection(None, 1.0) for view in VIEWS}


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(stream, "BLOCK", 4)
    monkeypatch.setattr(stored, "BLOCK", 4)


def joined(blocks):
    blocks = list(blocks)
    sizes = [len(block[VIEWS[0]][0]) for block in blocks]
    return sizes, {view: np.concatenate([block[view] for block in blocks], axis=1) for view in VIEWS}


@pytest.mark.parametrize("mirror", [False, True])
def test_blocks_are_the_features_one_after_the_other(mirror):
    images, network = blobs(10, 5).images, tiny_network()
    asked = {"mirror": mirror, "on_progress": silent}
    wanted = EXTRACTED.features(network, images, WHOLE, **asked)
    sizes, found = joined(EXTRACTED.blocks(network, images, WHOLE, **asked))
    assert sizes == [4, 4, 2]
    for view in VIEWS:
        np.testing.assert_allclose(found[view], wanted[view], atol=1e-5)


def test_a_store_gives_blocks_of_what_it_holds(tmp_path):
    images, network = blobs(10, 5).images, tiny_network()
    kept = Stored(open_store(tmp_path / "store", "single"))
    asked = {"mirror": True, "on_progress": silent}
    sizes, found = joined(kept.blocks(network, images, WHOLE, **asked))
    assert sizes == [4, 4, 2]
    assert (kept.counts.taken, kept.counts.extracted) == (0, 20)
    again = kept.features(network, images, WHOLE, **asked)
    assert kept.counts.extracted == 20
    for view in VIEWS:
        np.testing.assert_array_equal(found[view], again[view])


def test_a_store_that_cannot_be_written_to_is_left_alone(tmp_path, monkeypatch):
    images, network = blobs(10, 5).images, tiny_network()
    kept = Stored(open_store(tmp_path / "store"))

    def full(*args, **kwargs):
        raise TeniError("the disk is full")

    monkeypatch.setattr(FeatureStore, "adding", full)
    sizes, _ = joined(kept.blocks(network, images, WHOLE, mirror=False, on_progress=silent))
    assert sizes == [4, 4, 2]
    assert kept.counts.problem == "the disk is full"
