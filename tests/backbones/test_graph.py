"""Dependencies in a network, worked out by hand, and names that do not remember what was built before."""

import keras
from hypothesis import given
from hypothesis import strategies as st

from teni.backbones.graph import consumers, dependants, parents, renumbered, settle_names


def diamond() -> keras.Model:
    """Draw a -> b, a -> c, b + c -> d, d -> e."""
    a = keras.Input((2,), name="a")
    b = keras.layers.Dense(2, name="b")(a)
    c = keras.layers.Dense(2, name="c")(a)
    d = keras.layers.Add(name="d")([b, c])
    return keras.Model(a, keras.layers.ReLU(name="e")(d))


def test_parents_and_consumers() -> None:
    model = diamond()
    assert [each.name for each in parents(model.get_layer("d"))] == ["b", "c"]
    assert {name: sorted(each.name for each in taken) for name, taken in consumers(model).items()} == {
        "a": ["b", "c"],
        "b": ["d"],
        "c": ["d"],
        "d": ["e"],
        "e": [],
    }


def test_what_depends_on_a_branch_is_all_that_follows_it() -> None:
    assert dependants(diamond(), ["c"]) == {"c": "c", "d": "c", "e": "c"}


def test_a_root_that_depends_on_another_is_told_by_the_first() -> None:
    assert dependants(diamond(), ["d", "b"]) == {"b": "b", "d": "b", "e": "b"}


def test_a_plain_sum_is_part_of_the_graph() -> None:
    x = keras.Input((2,), name="x")
    h = keras.layers.Dense(2, name="h")(x)
    model = keras.Model(x, keras.layers.ReLU(name="y")(x + h))
    assert list(dependants(model, ["h"]))[-1] == "y"
    assert len(dependants(model, ["h"])) == 3


def test_renumbering_keeps_the_order_of_the_numbers_and_leaves_given_names() -> None:
    names = ["batch_normalization_12", "conv2d_9", "conv2d_10", "conv_dw_1", "block_2_add", "conv2d_204"]
    assert renumbered(names) == {
        "batch_normalization_12": "batch_normalization",
        "conv2d_9": "conv2d",
        "conv2d_10": "conv2d_1",
        "conv2d_204": "conv2d_2",
    }


@given(st.lists(st.integers(0, 500), min_size=1, max_size=9, unique=True))
def test_renumbering_twice_changes_nothing(numbers: list[int]) -> None:
    names = [f"conv2d_{number}" if number else "conv2d" for number in numbers]
    once = renumbered(names)
    assert len(set(once.values())) == len(names)
    assert all(name == new for name, new in renumbered(once.values()).items())


def test_two_networks_of_one_make_have_the_same_names_and_can_be_saved() -> None:
    def build() -> keras.Model:
        x = keras.Input((2,))
        h = keras.layers.Dense(2)(x)
        model = keras.Model(x, keras.layers.Add()([keras.layers.ReLU()(h), h]))
        settle_names(model)
        return model

    first, second = build(), build()
    names = [layer.name for layer in first.layers]
    assert names == ["input_layer", "dense", "re_lu", "add"]
    assert [layer.name for layer in second.layers] == names
    again = keras.Model.from_config(second.get_config())
    assert [layer.name for layer in again.layers] == names
