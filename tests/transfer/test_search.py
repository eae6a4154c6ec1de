"""What the search takes: the right mirror axis, the view that says something, a sum only where it is worth it."""

import numpy as np
import pytest

from blobs import TASK, blobs
from teni.features import View
from teni.transfer.kernels import KERNELS
from teni.transfer.parts import Inner, inner_products, training_parts
from teni.transfer.search import COARSE, WORTH, Choice, Search, Tried

GOOD, NOISE, PART = View((16, 20), "good"), View((16, 20), "noise"), View((8, 10), "part")


def pixels(data, mirror=True):
    """Take the pixels themselves for features: a linear readout finds the blobs."""
    x = data.images[..., 0].astype(np.float32)
    return np.stack([x, x[:, :, ::-1]] if mirror else [x])


def inner_of(features):
    return inner_products([training_parts(features.copy())])


def search(data, inner, told=None, mirror=True):
    groups = np.unique(data.subjects, return_inverse=True)[1]
    return Search(data.targets, TASK, groups, {mirror: inner}, *([told.append] if told is not None else []))


@pytest.mark.parametrize("integers", [False, True])
def test_the_planted_mirror_axis_is_found(integers):
    data = blobs(80, 40, integers=integers)
    tries = search(data, {(GOOD,): inner_of(pixels(data))})
    choice = tries.run(KERNELS[:1], 1, ("halves", "integers"))
    assert choice.center == ("integers" if integers else "halves")
    right, wrong = sorted((t.best for t in tries.tried), key=float)
    assert wrong > 1.02 * right  # a label that is half a pixel off on either side costs that much


@pytest.mark.parametrize("centers", [("halves", "integers"), ("integers", "halves")])
def test_the_default_axis_stays_without_a_reason(centers):
    data = blobs(80, 40)
    data.targets[..., 0] += np.random.default_rng(0).normal(0, 4, (80, 3))  # half a pixel drowns in this
    choice = search(data, {(GOOD,): inner_of(pixels(data))}).run(KERNELS[:1], 1, centers)
    assert choice.center == centers[0]


def test_the_view_that_says_something_is_chosen_and_noise_is_not_added():
    data = blobs(60, 12)
    noise = np.random.default_rng(1).normal(size=(2, 60, 50)).astype(np.float32)
    told = []
    tries = search(data, {(NOISE,): inner_of(noise), (GOOD,): inner_of(pixels(data))}, told)
    choice = tries.run(KERNELS, 2, ("halves", "integers"))
    assert choice.views == (GOOD,)
    assert [t.stage for t in tries.tried] == ["views", "views", "sums", "kernels", "kernels", "mirror"]
    assert tuple(tries.tried[0].errors) == COARSE
    assert [p.done for p in told] == list(range(1, 7))
    assert (told[-1].step, told[-1].total) == ("choosing", 6)


def test_two_views_that_each_see_half_are_summed():
    data = blobs(80, 40)
    x = pixels(data)
    upper, lower = x.copy(), x.copy()
    upper[:, :, 8:], lower[:, :, :8] = 0, 0
    inner = {(GOOD,): inner_of(upper), (PART,): inner_of(lower)}
    tries = search(data, inner)
    choice = tries.run(KERNELS[:1], 2, ("halves",))
    assert set(choice.views) == {GOOD, PART}
    best = {t.choice.views: t.best for t in tries.tried}
    assert best[choice.views] < (1 - WORTH) * min(best[(GOOD,)], best[(PART,)])
    # The sum is the mean of both views' inner products.
    both = Inner(*(np.mean([getattr(i, name) for i in inner.values()], axis=0) for name in ("same", "cross")))
    alone = search(data, {(GOOD, PART): both})
    alone.run(KERNELS[:1], 1, ("halves",))
    assert alone.tried[0].best == pytest.approx(best[choice.views])


def test_the_simplest_kernel_that_is_as_good_is_taken():
    # Labels that are linear in few features: no richer kernel can do better.
    rng = np.random.default_rng(0)
    features = rng.normal(size=(1, 60, 6)).astype(np.float32)
    data = blobs(60, 20)
    data.targets[:] = 10 + (features[0] @ rng.normal(size=(6, 6))).reshape(60, 3, 2)
    choice = search(data, {(GOOD,): inner_of(features)}, mirror=False).run(KERNELS, 1, (None,))
    assert choice.kernel == "linear"


def test_without_mirror_images():
    data = blobs(40, 10)
    tries = search(data, {(GOOD,): inner_of(pixels(data, mirror=False))}, mirror=False)
    assert tries.run(KERNELS[:1], 1, (None,)) == Choice((GOOD,), "linear", None)
    assert tries.tried[0].best_lam == min(tries.tried[0].errors, key=tries.tried[0].errors.get)


def test_lambda_of_the_lowest_error_and_the_largest_that_is_as_good():
    tried = Tried("views", Choice((GOOD,), "linear", "halves"), {0.01: 1.0, 0.1: 1.009, 1.0: 1.02})
    assert (tried.best, tried.best_lam, tried.largest_good_lam) == (1.0, 0.01, 0.1)
