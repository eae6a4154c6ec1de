"""CPPNs and their mutations: hand-made graphs, and whatever mutations may make of them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from teni.visualize.fooling import cppn_mutation as change
from teni.visualize.fooling.cppn import Cppn, ancestors, check_cppn, random_cppn
from teni.visualize.fooling.indirect import CppnEncoding

X, Y, DISTANCE, BIAS, OUT, HIDDEN, NEXT = range(7)


def network(links, hidden=0, outputs=1, functions=None):
    """Build a network from (source, target, weight) triples."""
    sources, targets, weights = zip(*links, strict=True) if links else ((), (), ())
    return Cppn(
        outputs,
        np.array(functions or [3] * (outputs + hidden), np.uint8),
        np.array(sources, np.int32),
        np.array(targets, np.int32),
        np.array(weights, np.float32),
    )


def links_of(cppn):
    return list(zip(cppn.sources.tolist(), cppn.targets.tolist(), cppn.weights.tolist(), strict=True))


def test_begins_fully_linked_without_hidden_nodes():
    cppn = random_cppn(3, np.random.default_rng(0))
    assert cppn.nodes == 7
    assert sorted(zip(cppn.sources.tolist(), cppn.targets.tolist(), strict=True)) == [
        (source, target) for source in range(4) for target in range(4, 7)
    ]
    assert np.abs(cppn.weights).max() <= 10
    assert (cppn.functions < 4).all()


def test_ancestors():
    cppn = network([(X, HIDDEN, 1), (HIDDEN, OUT, 1), (Y, NEXT, 1)], hidden=2)
    assert ancestors(cppn, OUT) == {OUT, HIDDEN, X}
    assert ancestors(cppn, NEXT) == {NEXT, Y}
    assert ancestors(cppn, X) == {X}


def test_a_new_node_parts_a_link():
    cppn = network([(X, OUT, 2.5)])
    grown = change.add_node(cppn, np.random.default_rng(0))
    assert links_of(grown) == [(X, HIDDEN, 2.5), (HIDDEN, OUT, 2.5)]
    assert len(grown.functions) == 2
    assert links_of(cppn) == [(X, OUT, 2.5)]


def test_a_removed_node_takes_its_links_along_and_the_others_move_up():
    cppn = network(
        [(X, HIDDEN, 1), (HIDDEN, OUT, 2), (Y, NEXT, 3), (NEXT, OUT, 4)], hidden=2, functions=[3, 0, 1]
    )
    for seed in range(20):  # either of the two
        left = change.remove_node(cppn, np.random.default_rng(seed))
        if left.functions.tolist() == [3, 1]:
            assert links_of(left) == [(Y, HIDDEN, 3), (HIDDEN, OUT, 4)]
        else:
            assert left.functions.tolist() == [3, 0]
            assert links_of(left) == [(X, HIDDEN, 1), (HIDDEN, OUT, 2)]


def test_a_new_link_closes_no_circle_and_doubles_none():
    # Only these are left: what reads an input and is not linked to it, and HIDDEN to OUT.
    chain = [(X, NEXT, 1), (NEXT, HIDDEN, 1), (NEXT, OUT, 1)]
    cppn = network(
        chain + [(node, target, 1) for node in (Y, DISTANCE, BIAS) for target in (4, 5, 6)], hidden=2
    )
    found = set()
    for seed in range(80):
        grown = change.add_link(cppn, np.random.default_rng(seed))
        found |= {link[:2] for link in links_of(grown)} - {link[:2] for link in links_of(cppn)}
    assert found == {(X, OUT), (X, HIDDEN), (HIDDEN, OUT)}


def test_a_full_network_gets_no_link():
    cppn = random_cppn(2, np.random.default_rng(0))
    assert change.add_link(cppn, np.random.default_rng(0)) is cppn


def test_an_empty_network_loses_nothing():
    empty = network([])
    rng = np.random.default_rng(0)
    for mutation in (change.remove_link, change.remove_node, change.add_node):
        assert mutation(empty, rng) is empty


def test_one_link_is_removed():
    cppn = random_cppn(1, np.random.default_rng(0))
    left = change.remove_link(cppn, np.random.default_rng(0))
    assert len(left.weights) == 3
    assert set(links_of(left)) < set(links_of(cppn))


def test_rates_of_weights_and_functions():
    many = network([(X, OUT, 1.0)] * 3000, hidden=3000)
    rng = np.random.default_rng(0)
    moved = change.change_weights(many, rng).weights != many.weights
    assert moved.mean() == pytest.approx(0.1, abs=0.02)
    functions = change.change_functions(many, rng).functions
    assert (functions != 3).mean() == pytest.approx(0.1, abs=0.02)
    assert set(functions.tolist()) == {0, 1, 2, 3}


def test_rates_of_structure():
    rng = np.random.default_rng(0)
    parent = network([(X, OUT, 1.0), (Y, OUT, 1.0), (X, HIDDEN, 1.0), (HIDDEN, OUT, 1.0)], hidden=1)
    grown = [change.mutate_cppn(parent, rng).nodes - parent.nodes for _ in range(2000)]
    assert np.mean(grown) == pytest.approx(0.5 - 0.2, abs=0.06)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([1, 3]), st.integers(1, 40))
def test_mutations_keep_a_network_that_can_be_computed(seed, outputs, generations):
    rng = np.random.default_rng(seed)
    cppn = random_cppn(outputs, rng)
    for _ in range(generations):
        before = links_of(cppn), cppn.functions.tolist()
        child = change.mutate_cppn(cppn, rng)
        assert (links_of(cppn), cppn.functions.tolist()) == before
        check_cppn(child)  # every link between nodes, no circle
        for node in range(child.nodes):
            assert node not in {
                a for s in child.sources[child.targets == node] for a in ancestors(child, int(s))
            }
        pairs = [link[:2] for link in links_of(child)]
        assert len(set(pairs)) == len(pairs)
        assert child.outputs == outputs
        cppn = child


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (network([(HIDDEN, NEXT, 1), (NEXT, HIDDEN, 1)], hidden=2), "circle"),
        (network([(OUT, OUT, 1)]), "circle"),
        (network([(X, 9, 1)]), "no node"),
        (network([(X, Y, 1)]), "no node"),
        (network([(-1, OUT, 1)]), "no node"),
        (network([(X, OUT, 11)]), "too large"),
        (network([(X, OUT, np.nan)]), "too large"),
        (network([(X, OUT, 1)], functions=[4]), "not known"),
        (replace(network([(X, OUT, 1)]), outputs=3), "fewer nodes"),
    ],
)
def test_what_is_no_network_is_refused(broken, told):
    with pytest.raises(ValueError, match=told):
        check_cppn(broken)


def test_round_trip():
    encoding, rng = CppnEncoding((4, 4, 3)), np.random.default_rng(0)
    genomes = encoding.random(5, rng)
    for _ in range(10):
        genomes = encoding.mutate(genomes, rng, 1)
    genomes.append(
        Cppn(3, np.zeros(3, np.uint8), *(np.zeros(0, kind) for kind in (np.int32, np.int32, np.float32)))
    )
    for again, genome in zip(encoding.unpack(encoding.pack(genomes)), genomes, strict=True):
        assert links_of(again) == links_of(genome)
        assert again.functions.tolist() == genome.functions.tolist()


def test_a_damaged_file_is_refused():
    encoding = CppnEncoding((4, 4, 1))
    packed = dict(encoding.pack(encoding.random(2, np.random.default_rng(0))))
    with pytest.raises(ValueError, match="no source, target or weight"):
        encoding.unpack(packed | {"weights": packed["weights"][:-1]})
    with pytest.raises(TypeError):
        encoding.unpack(packed | {"weights": packed["weights"].astype(np.float64)})
