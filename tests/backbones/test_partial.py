"""Cutting a network above what cannot be used."""

import keras
import pytest

from teni.backbones.partial import cut_below
from teni.errors import TeniError

WHY = "w.h5 does not hold its weights"


def chain_with_branch() -> keras.Model:
    """Draw image -> a -> b -> d (sum) -> e, with a -> c -> d beside it."""
    image = keras.Input((4, 4, 1), name="image")
    a = keras.layers.Conv2D(2, 1, name="a")(image)
    b = keras.layers.Conv2D(2, 1, name="b")(a)
    c = keras.layers.Conv2D(2, 1, name="c")(a)
    d = keras.layers.Add(name="d")([b, c])
    return keras.Model(image, keras.layers.Conv2D(2, 1, name="e")(d), name="net")


def test_nothing_broken_nothing_cut() -> None:
    model = chain_with_branch()
    assert cut_below(model, {}) == (model, {})


def test_the_last_layer_goes_alone() -> None:
    kept, unusable = cut_below(chain_with_branch(), {"e": WHY})
    assert [layer.name for layer in kept.layers][-1] == "d"
    assert unusable == {"e": WHY}


def test_what_depends_on_a_broken_layer_goes_with_it_and_says_so() -> None:
    kept, unusable = cut_below(chain_with_branch(), {"c": WHY, "e": "it burnt"})
    assert [layer.name for layer in kept.layers] == ["image", "a", "b"]
    assert unusable == {"c": WHY, "d": f"it depends on c: {WHY}", "e": "it burnt"}


def test_a_branch_left_without_a_taker_is_named_too() -> None:
    image = keras.Input((4, 4, 1), name="image")
    a = keras.layers.Conv2D(2, 1, name="a")(image)
    b = keras.layers.Conv2D(2, 1, name="b")(a)
    c = keras.layers.Conv2D(2, 1, name="c")(a)
    d = keras.layers.Add(name="d")([b, c])
    kept, unusable = cut_below(keras.Model(image, d), {"d": "it burnt"})
    left = {layer.name for layer in kept.layers}
    assert len(left & {"b", "c"}) == 1
    assert dict(unusable) == {
        "d": "it burnt",
        ({"b", "c"} - left).pop(): "only layers that were cut off take its output",
    }


def test_nothing_left_is_an_error() -> None:
    with pytest.raises(
        TeniError, match=r"net has no layer left to use \(a: w\.h5 does not hold its weights\)"
    ):
        cut_below(chain_with_branch(), {"a": WHY})
