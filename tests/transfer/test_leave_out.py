"""The closed form against refits: every subject really left out, every missing row really removed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from teni.transfer.leave_out import decompose, factorize, solve, subject_blocks


def plain_ridge(gram, labels, train, lam):
    """Solve the definition: only the training rows, no closed form."""
    alpha = np.zeros((len(gram), labels.shape[1]))
    alpha[train] = np.linalg.solve(gram[np.ix_(train, train)] + lam * np.eye(train.sum()), labels[train])
    return alpha


def case(seed, images, subjects, mirror, gap):
    rng = np.random.default_rng(seed)
    flags = 2 if mirror else 1
    features = rng.normal(size=(flags, images, 7))
    # The mirror image of a mirror image is the image: concatenating both orders makes the kernel symmetric.
    rows = np.concatenate([features, features[::-1]], axis=2) if mirror else features
    flat = rows.reshape(flags * images, -1)
    gram = flat @ flat.T
    groups = rng.integers(0, subjects, images)
    labels = rng.normal(size=(flags, images, 2))
    known = rng.random((flags, images)) >= gap
    return gram, groups, labels, known


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    images=st.integers(4, 14),
    subjects=st.integers(2, 5),
    mirror=st.booleans(),
    gap=st.sampled_from([0.0, 0.2, 0.5]),
    lam=st.sampled_from([0.1, 1.0, 30.0]),
)
def test_closed_form_equals_refits(seed, images, subjects, mirror, gap, lam):
    gram, groups, labels, known = case(seed, images, subjects, mirror, gap)
    flags = len(labels)
    same, cross = gram[:images, :images], gram[:images, images:] if mirror else None
    eigen = decompose(same.copy(), cross)
    got = solve(eigen, subject_blocks(eigen, groups, lam), labels, known, lam)

    flat_labels, flat_known = labels.reshape(-1, 2), known.reshape(-1)
    alpha = plain_ridge(gram, flat_labels, flat_known, lam)
    np.testing.assert_allclose(got.alpha.reshape(-1, 2), alpha, atol=1e-8)

    everyone = np.tile(groups, flags)
    expected = np.zeros(flat_labels.shape)
    for subject in np.unique(groups):
        rest = plain_ridge(gram, flat_labels, flat_known & (everyone != subject), lam)
        expected[everyone == subject] = (gram @ rest)[everyone == subject]
    np.testing.assert_allclose(got.left_out.reshape(-1, 2), expected, atol=1e-7)


def test_one_subject_left_out_by_hand():
    # Two images with kernel [[1, .5], [.5, 1]], lambda 1: leaving out image 0 predicts .5 * y1 / 2.
    eigen = decompose(np.array([[1.0, 0.5], [0.5, 1.0]]), None)
    got = solve(
        eigen,
        subject_blocks(eigen, np.array([0, 1]), 1.0),
        np.array([[[4.0], [8.0]]]),
        np.ones((1, 2), bool),
        1.0,
    )
    assert got.left_out.ravel() == pytest.approx([0.5 * 8 / 2, 0.5 * 4 / 2])


@pytest.mark.parametrize("mirror", [False, True])
def test_factors_for_one_lambda_solve_like_eigenvectors(mirror):
    rng = np.random.default_rng(3)
    x, z = rng.normal(size=(2, 9, 5))
    even, odd = x @ x.T, z @ z.T
    same, cross = (even + odd, even - odd) if mirror else (even, None)
    groups = np.repeat(np.arange(3), 3)
    flags = 2 if mirror else 1
    labels = rng.normal(size=(flags, 9, 2))
    known = rng.random((flags, 9)) < 0.8
    found = []
    for decomposed in (decompose(same, cross), factorize(same, cross, 0.3)):
        blocks = subject_blocks(decomposed, groups, 0.3)
        found.append(solve(decomposed, blocks, labels, known, 0.3))
    np.testing.assert_allclose(found[0].alpha, found[1].alpha, atol=1e-9)
    np.testing.assert_allclose(found[0].left_out, found[1].left_out, atol=1e-9)
