"""The archive never loses an elite, and every candidate competes in every cell."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from teni.visualize.fooling.archive import offer


def test_one_candidate_may_hold_several_cells():
    # It is most confident in the first class, and yet takes the second cell too.
    archive = offer(None, ["weak"], np.array([[0.1, 0.1, 0.8]]), 0)
    archive = offer(archive, ["strong", "other"], np.array([[0.6, 0.3, 0.1], [0.2, 0.2, 0.6]]), 1)
    assert archive.elites == ("strong", "strong", "weak")
    assert archive.confidences.tolist() == [0.6, 0.3, 0.8]
    assert archive.born.tolist() == [1, 1, 0]


def test_an_equal_does_not_take_the_cell():
    archive = offer(None, ["first", "second"], np.array([[0.5], [0.5]]), 0)
    assert offer(archive, ["third"], np.array([[0.5]]), 1).elites == ("first",)


confidence = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0])


@settings(max_examples=60, deadline=None)
@given(arrays(np.float64, (6, 4, 3), elements=confidence))
def test_never_loses_an_elite(generations):
    archive, best = None, np.full(3, -1.0)
    for number, candidates in enumerate(generations):
        before = archive
        archive = offer(archive, [(number, i) for i in range(4)], candidates, number)
        best = np.maximum(best, candidates.max(axis=0))
        np.testing.assert_array_equal(archive.confidences, best)
        for cell, (born, place) in enumerate(archive.elites):
            # The elite is the one that had this confidence, and the first that had it.
            assert generations[born, place, cell] == best[cell] == generations[: number + 1, :, cell].max()
            assert archive.born[cell] == born
            if before is not None and before.confidences[cell] == best[cell]:
                assert archive.elites[cell] == before.elites[cell]


def test_the_same_elites_as_pyribs():
    ribs = pytest.importorskip("ribs.archives", reason="pip install ribs")
    rng = np.random.default_rng(0)
    theirs = ribs.CategoricalArchive(solution_dim=1, categories=[range(5)], measures_dtype=int)
    ours = None
    for number in range(20):
        candidates = rng.random((7, 5))
        names = [7 * number + i for i in range(7)]
        ours = offer(ours, names, candidates, number)
        # There a candidate has one cell: it is offered once for each class.
        theirs.add(np.repeat(names, 5)[:, None], candidates.ravel(), np.tile(np.arange(5), 7)[:, None])
    found = theirs.data()
    order = np.argsort(found["measures"][:, 0].astype(int))
    assert found["solution"][order, 0].astype(int).tolist() == list(ours.elites)
    assert found["objective"][order].tolist() == ours.confidences.tolist()
