"""Evolution: rising confidences, the same by seed, going on where it stopped, ending when all are fooled."""

import numpy as np
import pytest

from teni.visualize.fooling.direct import DirectEncoding
from teni.visualize.fooling.evolve import evolve, is_fooled
from teni.visualize.fooling.indirect import CppnEncoding
from teni.visualize.fooling.settings import EvolutionSettings

SHAPE = (6, 5, 3)
ENCODINGS = {"direct": DirectEncoding(SHAPE), "cppn": CppnEncoding(SHAPE)}


def brightness(images):
    """Be confident of red, of green, of blue and of darkness."""
    channels = images.mean(axis=(1, 2), dtype=np.float64) / 300  # never certain
    return np.concatenate([channels, 1 - channels.max(axis=1, keepdims=True)], axis=1)


def states(name, generations, seed=0, start=None, judge=brightness, target=1.0):
    settings = EvolutionSettings(generations, 8, target)
    return list(evolve(ENCODINGS[name], judge, settings, seed=seed, start=start))


@pytest.fixture(params=ENCODINGS)
def name(request):
    return request.param


def test_confidences_rise_and_are_those_of_the_elites(name):
    found = states(name, 30)
    assert [state.generation for state in found] == list(range(31))
    history = np.stack(found[-1].history)
    assert (np.diff(history, axis=0) >= 0).all()
    assert (history[-1] > history[0]).any()
    judged = brightness(ENCODINGS[name].render(found[-1].archive.elites))
    np.testing.assert_array_equal(np.diagonal(judged), found[-1].archive.confidences)
    for state in found:  # what was handed out does not change afterwards
        assert len(state.history) == state.generation + 1
        np.testing.assert_array_equal(state.archive.confidences, state.history[-1])


def test_the_seed_decides(name):
    one, same, other = states(name, 5), states(name, 5), states(name, 5, seed=1)
    np.testing.assert_array_equal(np.stack(one[-1].history), np.stack(same[-1].history))
    assert not np.array_equal(np.stack(one[-1].history), np.stack(other[-1].history))


def test_going_on_equals_never_having_stopped(name):
    whole = states(name, 12)
    rest = states(name, 12, start=whole[4])
    assert [state.generation for state in rest] == list(range(5, 13))
    np.testing.assert_array_equal(np.stack(rest[-1].history), np.stack(whole[-1].history))
    np.testing.assert_array_equal(rest[-1].archive.born, whole[-1].archive.born)


def test_ends_when_all_classes_are_fooled(name):
    found = states(name, 1000, judge=lambda images: np.ones((len(images), 2)), target=1.0)
    assert len(found) == 1
    assert is_fooled(found[0].archive, 1.0).all()
    assert states(name, 1000, start=found[0]) == []


def test_parents_are_drawn_from_the_cells(name):
    asked = []

    def judge(images):
        asked.append(len(images))
        return brightness(images)

    states(name, 3, judge=judge)
    assert asked == [8, 8, 8, 8]  # each generation as a whole
