"""Properties of clusters."""

import random
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.identity.clustering import Edge, affected, cluster
from pipelines.identity.evaluation import clusters_of_pairs

IDS = [f"r{number:02d}" for number in range(14)]
BOUNDS = {"match_weight": 2.0, "review_weight": -3.0}
pairs = st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)).filter(lambda pair: pair[0] != pair[1])
edges = st.dictionaries(
    pairs.map(lambda pair: (min(pair), max(pair))), st.integers(-4, 20).map(float), max_size=30
).map(lambda weights: [(*pair, weight) for pair, weight in weights.items()])


@given(edges, st.sets(pairs, max_size=3), st.sets(pairs, max_size=3), st.randoms())
def test_order_does_not_matter(
    scored: list[Edge], same: set[tuple[str, str]], apart: set[tuple[str, str]], shuffle: random.Random
) -> None:
    first = cluster(IDS, scored, forced_same=sorted(same), forced_apart=sorted(apart), **BOUNDS)
    ids, mixed = shuffle.sample(IDS, len(IDS)), shuffle.sample(scored, len(scored))
    turned = [(right, left, weight) for left, right, weight in mixed]
    again = cluster(ids, turned, forced_same=[pair[::-1] for pair in same], forced_apart=apart, **BOUNDS)
    assert first.cluster_of == again.cluster_of
    assert first.review == again.review


@given(edges, st.sets(pairs, max_size=4), st.sets(pairs, max_size=4))
def test_a_steward_wins(scored: list[Edge], same: set[tuple[str, str]], apart: set[tuple[str, str]]) -> None:
    found = cluster(IDS, scored, forced_same=same, forced_apart=apart, **BOUNDS)
    assert all(found.cluster_of[one] != found.cluster_of[two] for one, two in apart)
    asked = {(pair.left_id, pair.right_id) for pair in found.review}
    assert not asked & {(min(pair), max(pair)) for pair in apart}
    if not apart:
        assert all(found.cluster_of[one] == found.cluster_of[two] for one, two in same)
        assert not any(pair.reason == "contradicted" for pair in found.review)


@given(edges, st.sets(pairs, max_size=5), st.sets(pairs, max_size=3))
def test_a_yes_holds_unless_a_no_bars_it(
    scored: list[Edge], same: set[tuple[str, str]], apart: set[tuple[str, str]]
) -> None:
    found = cluster(IDS, scored, forced_same=same, forced_apart=apart, **BOUNDS).cluster_of
    said = clusters_of_pairs(IDS, same)
    contradicted = {said[one] for one, two in apart if said[one] == said[two]}
    assert all(found[one] == found[two] for one, two in same if said[one] not in contradicted)


@given(edges, st.sets(pairs, max_size=4), pairs)
def test_one_more_yes_tears_nothing_apart(
    scored: list[Edge], same: set[tuple[str, str]], more: tuple[str, str]
) -> None:
    before = cluster(IDS, scored, forced_same=same, **BOUNDS).cluster_of
    after = cluster(IDS, scored, forced_same={*same, more}, **BOUNDS).cluster_of
    assert all(after[name] == after[root] for name, root in before.items())


def test_a_yes_keeps_a_record_with_its_duplicates() -> None:
    duplicates = [f"c{number}" for number in range(6)]
    scored = [(one, two, 12.0) for one in duplicates for two in duplicates if one < two]
    scored += [("a", name, 9.0) for name in duplicates[:3]]
    found = cluster(["a", "b", *duplicates], scored, forced_same=[("a", "b")], **BOUNDS).cluster_of
    assert set(found.values()) == {"a"}


@given(edges)
def test_every_record_is_in_the_cluster_of_its_smallest_id(scored: list[Edge]) -> None:
    found = cluster(IDS, scored, **BOUNDS).cluster_of
    assert set(found) == set(IDS)
    for root in set(found.values()):
        assert root == min(name for name in IDS if found[name] == root)


def test_a_weak_bridge_does_not_glue_strangers() -> None:
    one, two = ["a1", "a2", "a3"], ["b1", "b2", "b3"]
    inside = [(left, right, 15.0) for group in (one, two) for left in group for right in group if left < right]
    found = cluster(one + two, [*inside, ("a3", "b1", 3.0)], **BOUNDS)
    assert len({found.cluster_of[name] for name in one}) == 1
    assert found.cluster_of["a1"] != found.cluster_of["b1"]
    assert [(pair.left_id, pair.right_id, pair.reason) for pair in found.review] == [("a3", "b1", "cut")]


def test_a_hub_does_not_hold_everybody_together() -> None:
    """A phone that a hundred companies share makes a star, and a star is not a company."""
    spokes = [f"s{number:03d}" for number in range(100)]
    found = cluster(
        ["hub", *spokes], [("hub", spoke, 4.0 + number / 100) for number, spoke in enumerate(spokes)], **BOUNDS
    )
    sizes = {}
    for root in found.cluster_of.values():
        sizes[root] = sizes.get(root, 0) + 1
    assert max(sizes.values()) <= 3


def test_a_chain_is_cut() -> None:
    chain = [f"c{number:02d}" for number in range(12)]
    found = cluster(chain, [(one, two, 5.0) for one, two in pairwise(chain)], **BOUNDS)
    assert len(set(found.cluster_of.values())) >= 4


def test_review_is_short() -> None:
    ids = [f"{number:04d}" for number in range(1000)]
    uncertain = [(one, two, 0.0) for one, two in zip(ids[::2], ids[1::2], strict=True)]
    assert len(cluster(ids, uncertain, **BOUNDS).review) == 10


@settings(max_examples=60)
@given(edges, edges, st.sets(st.sampled_from(IDS), max_size=3))
def test_clustering_what_is_affected_equals_clustering_all(
    before: list[Edge], news: list[Edge], changed: set[str]
) -> None:
    kept = [edge for edge in before if not changed & set(edge[:2])]
    after = kept + [edge for edge in news if changed & set(edge[:2])]
    was, whole = cluster(IDS, before, **BOUNDS).cluster_of, cluster(IDS, after, **BOUNDS).cluster_of
    touched = affected(changed, before, after, match_weight=BOUNDS["match_weight"])
    part = cluster(touched, [edge for edge in after if {edge[0], edge[1]} <= touched], **BOUNDS).cluster_of
    assert was | part == whole
