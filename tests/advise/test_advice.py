"""The quadrants, their words and their numbers."""

import pytest

from teni.advise.advice import Advice
from teni.advise.data_size import DataSize
from teni.advise.similarity import Depth, Similarity


def size(gain, low=None, high=None):
    return DataSize(100, 1000, gain, gain if low is None else low, gain if high is None else high)


def depths(*errors, places=None):
    places = places or [(8, 8)] * len(errors)
    return tuple(
        Depth(f"block{i}", at, error) for i, (error, at) in enumerate(zip(errors, places, strict=True))
    )


ALIKE = Similarity(depths(3.0, 2.0, 1.0), 1.0, random_error=2.0)
UNLIKE = Similarity(depths(2.0, 1.0, 2.0), 1.0, random_error=2.0)
USELESS = Similarity(depths(2.0, 1.0, 1.0), 1.0, random_error=1.0)


@pytest.mark.parametrize(
    ("gain", "similarity", "quadrant", "first"),
    [
        (0.2, ALIKE, "few, similar", "kernel"),
        (0.2, UNLIKE, "few, not similar", "kernel"),
        (0.01, ALIKE, "many, similar", "two-phase"),
        (0.01, UNLIKE, "many, not similar", "layerwise"),
        (0.01, USELESS, "many, not similar", "scratch"),
    ],
)
def test_quadrants(gain, similarity, quadrant, first):
    advice = Advice(size(gain), similarity)
    assert (advice.quadrant, advice.recommends[0], advice.sure) == (quadrant, first, True)
    assert quadrant in advice.sentences()[-1]
    assert first in advice.sentences()[-1]


def test_the_words_have_their_numbers():
    said = " ".join(Advice(size(0.123, 0.08, 0.2), UNLIKE).sentences())
    for number in ("100 subjects", "12%", "8% to 20%", "block1", "2.00 times", "50%"):
        assert number in said


def test_near_a_border_nothing_is_sure():
    assert not Advice(size(0.06, 0.01, 0.1), ALIKE).sure
    near = Similarity(depths(2.0, 1.0, 1.09), 1.0, random_error=2.0)
    advice = Advice(size(0.2), near)
    assert not advice.sure
    assert "near its border" in advice.sentences()[-1]


def test_coarse_maps_are_told_apart_from_unlike_tasks():
    coarse = Similarity(depths(2.0, 1.0, 3.0, places=[(24, 24), (12, 12), (3, 3)]), 1.0, random_error=2.0)
    assert coarse.coarse_end
    assert "3 x 3 against 12 x 12 places" in " ".join(Advice(size(0.2), coarse).sentences())
    assert not UNLIKE.coarse_end
    dense = Similarity((Depth("pool", (6, 6), 1.0), Depth("dense", None, 2.0)), 1.0, random_error=2.0)
    assert dense.coarse_end


def test_the_ladder_has_the_last_word():
    advice = Advice(size(0.2), UNLIKE)
    assert advice.agrees(["kernel", "scratch"]).startswith(
        "The ladder agrees: of single strategies kernel was best"
    )
    assert advice.agrees(["specialists:mlp", "layerwise", "ridge"]) == (
        "The ladder does not agree: of single strategies specialists:mlp was best; the best of what the quadrant "
        "recommends, ridge, came out as number 3."
    )
    assert "nothing that the quadrant recommends" in advice.agrees(["scratch"])
    assert "No strategy was compared" in advice.agrees([])


def test_plain_values_for_json():
    import json

    found = json.loads(json.dumps(Advice(size(0.2), UNLIKE).as_dict()))
    assert found["quadrant"] == "few, not similar"
    assert found["evidence"]["last_over_best"] == 2.0
    assert [tap["tap"] for tap in found["evidence"]["taps"]] == ["block0", "block1", "block2"]
