"""From pairs to clusters: connected components, cut where they hang together by too little; a steward's word goes first.

Plain components glue strangers: one wrong pair is enough. So a larger component is put together again from its heaviest pair on,
and two groups join only when enough of the pairs between them match (agglomerative clustering with a bound on the share of links).
A steward's yes joins whole clusters, after that. What becomes of a component depends on its own pairs alone, so a change needs only the components that it touches.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

Pair = tuple[str, str]
Edge = tuple[str, str, float]
"""left id, right id, match weight in bits."""

SMALL = 3
"""Components of so many records are never cut: two pairs hold three records together."""
DENSE = 0.4
"""Share of the possible pairs between two groups of records that must match for the groups to be one: a pair that matches among
four possible ones does not glue two couples together."""
REVIEW_RATE = 0.01
"""Pairs that are sent to review at the most, as a share of the records: they touch at most twice as many."""
FORCED = float("inf")


@dataclass(frozen=True)
class Review:
    """A pair that a person should look at, and why: ``uncertain``, ``cut`` (it matched, its clusters differ) or ``contradicted``."""

    left_id: str
    right_id: str
    match_weight: float
    reason: str


@dataclass(frozen=True)
class Clusters:
    """``cluster_of``: for every record the smallest id of its cluster; ``review``: the most telling pairs first."""

    cluster_of: dict[str, str] = field(default_factory=dict)
    review: list[Review] = field(default_factory=list)


class _Groups:
    """Disjoint sets of records; the smallest id stands for a set. Sets with records that are ``apart`` are never joined."""

    def __init__(self, ids: Iterable[str], apart: Iterable[Pair] = ()) -> None:
        self.parent = {name: name for name in ids}
        self.barred: dict[str, set[str]] = defaultdict(set)
        for left, right in apart:
            if left in self.parent and right in self.parent:
                self.barred[left].add(right)
                self.barred[right].add(left)

    def find(self, name: str) -> str:
        parent = self.parent
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    def are_barred(self, one: str, two: str) -> bool:
        """Whether the sets that ``one`` and ``two`` stand for must not become one."""
        return bool(self.barred) and two in self.barred.get(one, ())

    def join(self, left: str, right: str) -> None:
        """Make one set of two, unless that is barred."""
        one, two = sorted((self.find(left), self.find(right)))
        if one == two or self.are_barred(one, two):
            return
        self.parent[two] = one
        for other in self.barred.pop(two, ()):
            self.barred[other].discard(two)
            self.barred[other].add(one)
            self.barred[one].add(other)


def _ordered(one: str, two: str) -> Pair:
    return (one, two) if one < two else (two, one)


def cluster(
    ids: Iterable[str],
    pairs: Iterable[Edge],
    *,
    match_weight: float,
    review_weight: float,
    forced_same: Collection[Pair] = (),
    forced_apart: Collection[Pair] = (),
    review_limit: int | None = None,
) -> Clusters:
    """Put every one of ``ids`` into a cluster. Neither the order of ids nor that of pairs matters.

    ``pairs``: scored pairs; ids that are not among ``ids`` are left out. Pairs from ``match_weight`` on join, those from
    ``review_weight`` on are for review. ``forced_same`` and ``forced_apart``: pairs about which a steward has said yes or no;
    a no also keeps apart what the rest would join, and where two yes contradict a no the no wins and the pair goes to review.
    ``review_limit``: how many pairs go to review; default: one in a hundred records, five at least.
    """
    groups = _Groups(ids)
    known = groups.parent
    apart = {_ordered(*pair) for pair in forced_apart if pair[0] in known and pair[1] in known}
    same = {_ordered(*pair) for pair in forced_same if pair[0] in known and pair[1] in known} - apart
    weights: dict[Pair, float] = {}
    for left, right, weight in pairs:
        pair = _ordered(left, right)
        if weight >= review_weight and left in known and right in known and pair not in apart:
            weights[pair] = max(weight, weights.get(pair, weight))
    strong = {pair: weight for pair, weight in weights.items() if weight >= match_weight}
    for left, right in strong:
        groups.join(left, right)
    cluster_of = _with_yes(_cut(groups, strong, apart), strong, same, apart)
    weights |= dict.fromkeys(same, FORCED)
    closed = {_ordered(cluster_of[left], cluster_of[right]) for left, right in apart}
    review = _review(weights, strong, cluster_of, closed)
    limit = max(5, int(len(known) * REVIEW_RATE)) if review_limit is None else review_limit
    return Clusters(cluster_of, review[:limit])


def _cut(groups: _Groups, strong: Mapping[Pair, float], apart: Collection[Pair]) -> dict[str, str]:
    """Return the cluster of every record: small and complete components as they are, others joined anew from the heaviest pair."""
    members: dict[str, list[str]] = defaultdict(list)
    for name in groups.parent:
        members[groups.find(name)].append(name)
    edges: dict[str, list[tuple[float, Pair]]] = defaultdict(list)
    for pair, weight in strong.items():
        edges[groups.find(pair[0])].append((weight, pair))
    torn = {groups.find(left) for left, right in apart if groups.find(left) == groups.find(right)}
    cluster_of: dict[str, str] = {}
    for root, names in members.items():
        possible = len(names) * (len(names) - 1) / 2
        if root not in torn and (len(names) <= SMALL or len(edges[root]) == possible):
            cluster_of |= dict.fromkeys(names, root)
        else:
            cluster_of |= _joined_by_density(names, edges[root], apart)
    return cluster_of


def _joined_by_density(names: list[str], edges: list[tuple[float, Pair]], apart: Collection[Pair]) -> dict[str, str]:
    """Join records from the heaviest pair on; groups only when enough of the pairs between them match and none is forced apart."""
    groups = _Groups(names, apart)
    size = dict.fromkeys(names, 1)
    matching: dict[str, dict[str, int]] = {name: {} for name in names}
    for _, (left, right) in edges:
        matching[left][right] = matching[right][left] = 1
    for _, (left, right) in sorted(edges, key=lambda edge: (-edge[0], edge[1])):
        one, two = sorted((groups.find(left), groups.find(right)))
        if one == two or groups.are_barred(one, two) or matching[one].get(two, 0) < DENSE * size[one] * size[two]:
            continue
        groups.join(one, two)
        size[one] += size.pop(two)
        for other, count in matching.pop(two).items():
            matching[other].pop(two, None)
            if other != one:
                matching[one][other] = matching[other][one] = matching[one].get(other, 0) + count
    return {name: groups.find(name) for name in names}


def _with_yes(
    cluster_of: dict[str, str], strong: Mapping[Pair, float], same: Collection[Pair], apart: Collection[Pair]
) -> dict[str, str]:
    """Join the clusters that a steward's yes connects.

    The records of a yes become one piece first, then everything follows that was in one cluster with any of them, the heaviest
    pair first: so a yes never tears records apart, unless a no stands in the way.
    """
    touched = {cluster_of[name] for pair in same for name in pair}
    groups = _Groups((name for name, root in cluster_of.items() if root in touched), apart)
    for left, right in sorted(same):
        groups.join(left, right)
    inside = [
        (-weight, pair)
        for pair, weight in strong.items()
        if cluster_of[pair[0]] in touched and cluster_of[pair[0]] == cluster_of[pair[1]]
    ]
    for _, (left, right) in sorted(inside):
        groups.join(left, right)
    return cluster_of | {name: groups.find(name) for name in groups.parent}


def _review(
    weights: Mapping[Pair, float], strong: Mapping[Pair, float], cluster_of: Mapping[str, str], closed: Collection[Pair]
) -> list[Review]:
    """Pairs whose clusters differ, the heaviest of any two clusters; none of two clusters that a steward has kept apart."""
    best: dict[Pair, tuple[float, Pair]] = {}
    for pair, weight in weights.items():
        one, two = _ordered(cluster_of[pair[0]], cluster_of[pair[1]])
        if one == two or ((one, two) in closed and weight < FORCED):
            continue
        found = best.get((one, two))
        if found is None or (-weight, pair) < (-found[0], found[1]):
            best[one, two] = (weight, pair)
    ranked = sorted(best.values(), key=lambda item: (-item[0], item[1]))
    return [Review(*pair, weight, _reason(pair, weight, strong)) for weight, pair in ranked]


def _reason(pair: Pair, weight: float, strong: Mapping[Pair, float]) -> str:
    if weight == FORCED:
        return "contradicted"
    return "cut" if pair in strong else "uncertain"


def affected(changed: Iterable[str], before: Iterable[Edge], after: Iterable[Edge], *, match_weight: float) -> set[str]:
    """Return every record whose cluster may be another one after ``changed`` records (new, altered or gone) were scored anew.

    ``before`` and ``after``: the pairs of all records, then and now, steward's yes included. Clustering these records alone, with
    the pairs among them, gives what clustering all gives.
    """
    near: dict[str, set[str]] = defaultdict(set)
    for edges in (before, after):
        for left, right, weight in edges:
            if weight >= match_weight:
                near[left].add(right)
                near[right].add(left)
    found = set(changed)
    waiting = list(found)
    while waiting:
        new = near[waiting.pop()] - found
        found |= new
        waiting.extend(new)
    return found
