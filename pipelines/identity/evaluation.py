"""How good clusters are beside the truth: precision, recall and F1 of pairs, and B-cubed of records (Bagga & Baldwin 1998)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

Pair = tuple[str, str]


@dataclass(frozen=True)
class Quality:
    """Shares between 0 and 1. Nothing found is precise, and nothing to be found is complete."""

    precision: float
    recall: float
    f1: float
    bcubed_precision: float
    bcubed_recall: float
    bcubed_f1: float


def f_one(precision: float, recall: float) -> float:
    """Return the harmonic mean of precision and recall."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _pairs_within(groups: Iterable[Counter[str | None]]) -> int:
    """Count the pairs within groups, given how many records of each system a group has; only pairs across systems count."""
    pairs = 0
    for group in groups:
        whole = sum(group.values())
        pairs += (whole * whole - sum(many * many for many in group.values())) // 2
    return pairs


def quality(
    found: Mapping[str, str],
    truth: Mapping[str, str],
    *,
    system_of: Callable[[str], str | None] | None = None,
    true_pairs: set[Pair] | None = None,
) -> Quality:
    """Compare clusters with the truth: both say the cluster of every record.

    ``system_of``: when given, only pairs of records of different systems count (of pairs, not of B-cubed). ``true_pairs``: when
    the truth was told in pairs, these are the pairs to be found instead of all pairs within true clusters.
    """
    kind = system_of or (lambda name: name)
    of_found: dict[str, Counter[str | None]] = defaultdict(Counter)
    of_truth: dict[str, Counter[str | None]] = defaultdict(Counter)
    of_both: dict[Pair, Counter[str | None]] = defaultdict(Counter)
    sizes_found, sizes_truth, sizes_both = (
        Counter(found.values()),
        Counter(map(truth.__getitem__, found)),
        Counter[Pair](),
    )
    for name, cluster in found.items():
        of_found[cluster][kind(name)] += 1
        of_truth[truth[name]][kind(name)] += 1
        of_both[cluster, truth[name]][kind(name)] += 1
        sizes_both[cluster, truth[name]] += 1
    claimed = _pairs_within(of_found.values())
    if true_pairs is None:
        right, wanted = _pairs_within(of_both.values()), _pairs_within(of_truth.values())
    else:
        right, wanted = sum(found[left] == found[right_id] for left, right_id in true_pairs), len(true_pairs)
    precision, recall = right / claimed if claimed else 1.0, right / wanted if wanted else 1.0
    records = len(found) or 1
    b_precision = sum(many * many / sizes_found[cluster] for (cluster, _), many in sizes_both.items()) / records
    b_recall = sum(many * many / sizes_truth[true] for (_, true), many in sizes_both.items()) / records
    return Quality(precision, recall, f_one(precision, recall), b_precision, b_recall, f_one(b_precision, b_recall))


def clusters_of_pairs(ids: Iterable[str], pairs: Iterable[Pair]) -> dict[str, str]:
    """Return the clusters that pairs make when what is the same as the same is the same."""
    parent = {name: name for name in ids}

    def find(name: str) -> str:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for left, right in pairs:
        one, two = sorted((find(left), find(right)))
        parent[two] = one
    return {name: find(name) for name in parent}
