"""What is left of names when folders go."""

from hypothesis import given
from hypothesis import strategies as st

from teni.paths import base_name, if_distinct, without_folders

PARTS = st.lists(st.text("ab .", min_size=1).filter(lambda part: part.strip(" .")), min_size=1, max_size=4)


@given(PARTS, st.sampled_from("/\\"))
def test_the_last_part_is_left_of_a_path(parts, between):
    assert base_name(between.join(parts)) == parts[-1]
    assert base_name(between.join(parts) + between) == parts[-1]


def test_each_network_of_several_stands_for_itself():
    assert without_folders("/a/b.keras + c\\d.h5 + face") == "b.keras + d.h5 + face"


def test_names_that_would_be_one_stay_whole():
    assert if_distinct(["net", "net"], ["a/net", "b/net"]) == ["a/net", "b/net"]
    assert if_distinct([], []) == []
