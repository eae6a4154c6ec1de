"""Which taps and sizes are proposed, and what is said where none fits."""

import pytest

from blobs import tiny_network
from teni.backbones import backbone
from teni.errors import TeniError
from teni.features import View
from teni.fitting import choose_views


def test_named_taps_at_the_size_of_the_images():
    assert choose_views(tiny_network(), (16, 20), ["p1", "r1"]) == (
        View((16, 20), "p1"),
        View((16, 20), "r1"),
    )


def test_every_tap_at_every_size():
    views = choose_views(tiny_network(), (16, 20), ["p1", "r1"], [(16, 20), (32, 40)])
    assert [str(view) for view in views] == ["p1 at 20x16", "r1 at 20x16", "p1 at 40x32", "r1 at 40x32"]


def test_sizes_to_choose_from_begin_with_the_images_own():
    assert [view.size for view in choose_views(tiny_network(), (17, 21), ["p1"], None)] == [
        (17, 21), (26, 32), (34, 42),
    ]  # fmt: skip


def test_taps_are_proposed():
    taps = [view.tap for view in choose_views(tiny_network(), (16, 20))]
    assert "p1" in taps
    assert "flat" not in taps


def test_a_network_without_maps_is_tapped_at_its_end():
    network = backbone("facial-cnn-1", size=(16, 20))
    assert choose_views(network, (16, 20)) == (View((16, 20), "hidden1"),)


def test_a_tap_that_is_not_there():
    with pytest.raises(TeniError, match="tiny has no layer 'p9'; did you mean p1"):
        choose_views(tiny_network(), (16, 20), ["p9"])


def test_a_tap_that_another_size_does_not_have():
    with pytest.raises(TeniError, match="layer 'flat' of tiny cannot be used as a tap"):
        choose_views(tiny_network(), (16, 20), ["flat"], [(24, 30)])


def test_no_pixels():
    with pytest.raises(TeniError, match="size 20x0: expected at least one pixel each way"):
        choose_views(tiny_network(), (16, 20), ["p1"], [(0, 20)])
