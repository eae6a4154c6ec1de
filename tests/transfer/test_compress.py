"""Few components: all of them give the Gram matrix back, fewer keep the variance they say."""

import numpy as np
import pytest

from teni.transfer.compress import affordable_rank, reduce
from teni.transfer.parts import inner_products, other_parts, training_parts


def views(flags, images=12, widths=(30, 50), decay=0.0):
    rng = np.random.default_rng(0)
    made = []
    for width in widths:
        features = rng.normal(size=(flags, images, width)) * np.exp(-decay * np.arange(width))
        made.append(training_parts(features.astype(np.float32)))
    return made


def projected(reduced, given):
    """Bring features to components with the bases, as the saved model does."""
    return [
        np.concatenate([view.parts[i] for view in given], axis=1) @ basis
        for i, basis in enumerate(reduced.bases)
    ]


@pytest.mark.parametrize("flags", [1, 2])
def test_all_components_give_the_gram_matrix(flags):
    given = views(flags)
    inner = inner_products(given)
    reduced = reduce(given, inner, 1000)
    found = inner_products([reduced.components])
    np.testing.assert_allclose(found.same, inner.same, atol=1e-5)
    if flags == 2:
        np.testing.assert_allclose(found.cross, inner.cross, atol=1e-5)
    assert reduced.kept == pytest.approx(1.0)
    for ours, components in zip(projected(reduced, given), reduced.components.parts, strict=True):
        np.testing.assert_allclose(ours, components, atol=1e-4)


@pytest.mark.parametrize("flags", [1, 2])
@pytest.mark.parametrize("rank", [1, 2, 5])
def test_the_variance_that_is_kept(flags, rank):
    given = views(flags, decay=0.2)
    inner = inner_products(given)
    reduced = reduce(given, inner, rank)
    grams = [inner.same] if flags == 1 else [(inner.same + s * inner.cross) / 2 for s in (1, -1)]
    values = np.sort(np.concatenate([np.linalg.eigvalsh(g) for g in grams]))[::-1]
    assert reduced.kept == pytest.approx(values[:rank].sum() / values.sum(), rel=1e-4)
    assert rank <= sum(part.shape[1] for part in reduced.components.parts) <= rank + flags - 1


def test_other_images_come_to_their_components_too():
    # Two directions in all: what the training images say holds for any image in their span.
    rng = np.random.default_rng(2)
    plane = rng.normal(size=(2, 9))
    training, other = ((rng.normal(size=(1, n, 2)) @ plane).astype(np.float32) for n in (8, 3))
    parts = training_parts(training)
    new = other_parts(other, parts)
    reduced = reduce([parts], inner_products([parts]), 2)
    ours = projected(reduced, [new])[0] @ reduced.components.parts[0].T
    np.testing.assert_allclose(ours, inner_products([new], [parts]).same, atol=1e-5)


def test_images_that_are_their_own_mirror_images_keep_an_empty_odd_part():
    features = np.random.default_rng(0).normal(size=(1, 6, 8)).astype(np.float32)
    parts = training_parts(np.concatenate([features, features]))
    inner = inner_products([parts])
    reduced = reduce([parts], inner, 10)
    assert [basis.shape[1] for basis in reduced.bases] == [5, 1]  # five directions between six centred images
    assert not reduced.bases[1].any()
    np.testing.assert_allclose(inner_products([reduced.components]).same, inner.same, atol=1e-5)


@pytest.mark.parametrize("flags", [1, 2])
def test_images_that_do_not_differ(flags):
    parts = training_parts(np.ones((flags, 4, 6), np.float32))
    reduced = reduce([parts], inner_products([parts]), 3)
    assert reduced.kept == 1.0
    assert all(np.isfinite(basis).all() and basis.shape[1] == 1 for basis in reduced.bases)


def test_affordable_rank_by_hand():
    # 1 MB is 250,000 numbers; 2 x 100 x 30 weights leave 244,000; a component costs 900 + 100.
    assert affordable_rank(900, 100, 30, 1.0) == 244
    assert affordable_rank(900, 10_000, 30, 0.001) == 1
