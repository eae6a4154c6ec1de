import keras
import numpy as np
import pytest

from teni.errors import TeniError
from teni.visualize import open_network, part
from teni.visualize.units import best_units, parse_units, responses

NAMES = ("left_eye_center_x", "left_eye_center_y", "nose_tip_x")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0:2", (0, 1)),
        ("2", (2,)),
        ("1:", (1, 2)),
        (":2", (0, 1)),
        ("2,0,2", (2, 0)),
        ("nose_tip_x, 0", (2, 0)),
    ],
)
def test_places(text, found):
    assert parse_units(text, NAMES, "head") == found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("3", "head has 3 units, 0 to 2; '3' is none of them"),
        ("0:4", "head has 3 units, 0 to 2; '0:4' is none of them"),
        ("2:1", "head '2:1' holds no unit; the lower number comes first, the end is left out"),
        ("nose_x", "head has no unit 'nose_x'; did you mean nose_tip_x?"),
        ("-1", "head has no unit '-1'; give numbers, ranges such as 0:12, or names"),
        ("", "has no unit ''"),
        ("1:2:3", "has no unit '1:2:3'"),
        ("²", "has no unit '²'"),
    ],
)
def test_what_is_no_unit_is_told(text, told):
    with pytest.raises(TeniError, match=told.replace("?", r"\?")):
        parse_units(text, NAMES, "head")


def test_responses_are_the_largest_values_of_each_map_whatever_the_batch(network, given):
    piece = part(open_network(network), "relu1")
    images = np.repeat(given.images, 4, axis=0)[:19]
    found = responses(piece, images)
    by_hand = keras.ops.convert_to_numpy(piece.model(images.astype(np.float32))).max(axis=(1, 2))
    np.testing.assert_allclose(found, by_hand, rtol=1e-5, atol=1e-6)
    assert best_units(found, 2) == tuple(np.argsort(-by_hand.mean(0))[:2])
