"""Heads of one comparison share their features: each is extracted once, and no number changes."""

from dataclasses import replace

import pytest

from blobs import blobs, tiny_network
from compare_parts import split_of
from teni.compare import Network, Plan, compare, make_entries
from teni.features import Stored, View, open_store
from teni.training import Budget
from teni.transfer.named import Wanted

VIEWS = (View((16, 20), "r1"), View((16, 20), "p1"), View((24, 30), "p1"))
HEADS = ("ridge", "kernel", "svm")


@pytest.fixture(scope="module")
def data():
    return blobs(60, 15)


def errors(data, wanted, folder):
    entries = make_entries((Network(tiny_network(), wanted, wanted),), HEADS, seed=0, seeds=1)
    plan = Plan(data, split_of(data), None, entries, Budget(), folder, 0)
    return {row.strategy: (row.validation.error, row.test.error) for row in compare(plan).rows}


def test_equal_numbers(data, tmp_path):
    shared = Stored(open_store(tmp_path / "store", "single"))
    alone, together = Wanted(VIEWS), replace(Wanted(VIEWS), source=shared)
    expected = errors(data, alone, tmp_path / "alone")
    assert errors(data, together, tmp_path / "together") == {
        name: pytest.approx(each, rel=1e-5) for name, each in expected.items()
    }
    # 45 images learn, fewer than are enough to screen on: each view's features are extracted once for all heads.
    learned = int((split_of(data).parts == "train").sum())
    assert shared.counts.extracted == learned * len(VIEWS)
    assert shared.counts.taken > 2 * shared.counts.extracted
