"""Precision, recall and B-cubed equal what counting every pair gives."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.identity.evaluation import clusters_of_pairs, quality

records = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 4), st.sampled_from(["crm", "erp", "shop"])), max_size=14
)


@given(records, st.booleans())
def test_pairs_are_counted_as_by_hand(rows: list[tuple[int, int, str]], is_link: bool) -> None:
    found = {f"r{place}": f"c{row[0]}" for place, row in enumerate(rows)}
    truth = {f"r{place}": f"t{row[1]}" for place, row in enumerate(rows)}
    system = {f"r{place}": row[2] for place, row in enumerate(rows)}
    judged = quality(found, truth, system_of=system.get if is_link else None)
    pairs = [pair for pair in combinations(found, 2) if not is_link or system[pair[0]] != system[pair[1]]]
    claimed = {pair for pair in pairs if found[pair[0]] == found[pair[1]]}
    wanted = {pair for pair in pairs if truth[pair[0]] == truth[pair[1]]}
    right = len(claimed & wanted)
    precision, recall = right / len(claimed) if claimed else 1, right / len(wanted) if wanted else 1
    assert judged.precision == pytest.approx(precision)
    assert judged.recall == pytest.approx(recall)
    assert judged.f1 == pytest.approx(2 * precision * recall / (precision + recall) if precision + recall else 0)


@given(records)
def test_b_cubed_is_the_mean_over_records(rows: list[tuple[int, int, str]]) -> None:
    found = {f"r{place}": f"c{row[0]}" for place, row in enumerate(rows)}
    truth = {f"r{place}": f"t{row[1]}" for place, row in enumerate(rows)}
    judged = quality(found, truth)
    precisions, recalls = [], []
    for name, cluster in found.items():
        mine = {other for other in found if found[other] == cluster}
        true = {other for other in found if truth[other] == truth[name]}
        precisions.append(len(mine & true) / len(mine))
        recalls.append(len(mine & true) / len(true))
    assert judged.bcubed_precision == pytest.approx(sum(precisions) / len(found) if found else 0)
    assert judged.bcubed_recall == pytest.approx(sum(recalls) / len(found) if found else 0)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), max_size=8))
def test_pairs_close_to_clusters(pairs: list[tuple[str, str]]) -> None:
    found = clusters_of_pairs("abcdef", pairs)
    for one, two in combinations("abcdef", 2):
        reached, waiting = {one}, [one]
        while waiting:
            at = waiting.pop()
            new = {right for left, right in pairs if left == at} | {left for left, right in pairs if right == at}
            waiting += new - reached
            reached |= new
        assert (found[one] == found[two]) == (two in reached)
