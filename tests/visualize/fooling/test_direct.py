"""The direct encoding: noise, the halved rate, whole grey values, and a file."""

import numpy as np
import pytest

from teni.visualize.fooling.direct import DirectEncoding, mutation_rate

SHAPE = (20, 30, 3)
direct = DirectEncoding(SHAPE)


def test_the_rate_is_halved_every_thousand_generations():
    rates = [mutation_rate(generation) for generation in (1, 999, 1000, 1999, 2000, 5000)]
    assert rates == [0.1, 0.1, 0.05, 0.05, 0.025, 0.1 / 32]


def test_begins_with_uniform_noise():
    genomes = direct.random(3, np.random.default_rng(0))
    pixels = np.stack(genomes)
    assert pixels.shape == (3, *SHAPE)
    counts, _ = np.histogram(pixels, 10, (0, 1))
    assert counts.min() > 0.8 * pixels.size / 10
    assert not np.array_equal(genomes[0], genomes[1])


@pytest.mark.parametrize(("generation", "rate"), [(1, 0.1), (1000, 0.05), (3000, 0.0125)])
def test_mutates_each_pixel_at_the_rate_of_the_generation(generation, rate):
    parents = direct.random(4, np.random.default_rng(0))
    before = [parent.copy() for parent in parents]
    children = direct.mutate(parents, np.random.default_rng(1), generation)
    moved = np.mean([child != parent for child, parent in zip(children, parents, strict=True)])
    assert moved == pytest.approx(rate, rel=0.25)
    for parent, then in zip(parents, before, strict=True):
        np.testing.assert_array_equal(parent, then)


def test_renders_whole_grey_values():
    genome = np.linspace(0, 1, 6, dtype=np.float32).reshape(1, 2, 3)
    pictures = DirectEncoding((1, 2, 3)).render([genome, 1 - genome])
    assert pictures.dtype == np.uint8
    assert pictures.tolist() == [
        [[[0, 51, 102], [153, 204, 255]]],
        [[[255, 204, 153], [102, 51, 0]]],
    ]


def test_round_trip():
    genomes = direct.random(2, np.random.default_rng(0))
    for again, genome in zip(direct.unpack(direct.pack(genomes)), genomes, strict=True):
        np.testing.assert_array_equal(again, genome)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((2, 5, 5, 1), np.float32),
        np.zeros((2, *SHAPE), np.float64),
        np.full((2, *SHAPE), 1.5, np.float32),
        np.full((2, *SHAPE), np.nan, np.float32),
    ],
)
def test_what_is_no_picture_is_refused(pixels):
    with pytest.raises(ValueError, match="pixels are"):
        direct.unpack({"pixels": pixels})
