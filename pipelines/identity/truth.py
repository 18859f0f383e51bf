"""Reading what is true about records: a file that says the cluster of each, or the pairs that are the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.errors import ConcordError
from pipelines.identity.evaluation import clusters_of_pairs
from pipelines.identity.records import column_names, file_query
from pipelines.warehouse import quoted


@dataclass(frozen=True)
class Truth:
    """``cluster_of``: the true cluster of every record, a record that the file does not name is one of its own.

    ``pairs``: the pairs as they were told, when the file has pairs.
    """

    cluster_of: dict[str, str]
    pairs: set[tuple[str, str]] | None

    def is_across(self, systems: Mapping[str, str | None]) -> bool:
        """Whether there are several systems and no two records of one system are the same."""
        if len(set(systems.values())) < 2:
            return False
        if self.pairs is not None:
            return all(systems[left] != systems[right] for left, right in self.pairs)
        found = {(systems[name], cluster) for name, cluster in self.cluster_of.items()}
        return len(found) == len(self.cluster_of)


def read_truth(connection: duckdb.DuckDBPyConnection, path: Path, ids: set[str]) -> Truth:
    """Read a file with id and cluster, or with left_id and right_id.

    Raises ConcordError when it has neither, is empty, or names records that are not among ``ids``.
    """
    found = column_names(connection, path)
    for one, two in (("id", "cluster"), ("left_id", "right_id")):
        if one in found and two in found:
            break
    else:
        raise ConcordError(
            f"{path.name} says nothing about what is the same; it has {', '.join(found.values())}.",
            hint="It needs the columns id and cluster, or left_id and right_id.",
        )
    rows = connection.execute(
        f"select trim(cast({quoted(found[one])} as varchar)), trim(cast({quoted(found[two])} as varchar))"
        f" from ({file_query(path)})"
    ).fetchall()
    if not rows:
        raise ConcordError(f"{path.name} has no rows.", hint="Without a truth there is nothing to compare with.")
    named = {row[0] for row in rows} | ({row[1] for row in rows} if one == "left_id" else set())
    unknown = sorted(str(name) for name in named - ids)
    if unknown:
        raise ConcordError(
            f"{len(unknown):,} of the {len(named):,} ids in {path.name} are no records: {', '.join(unknown[:3])}.",
            hint="Are the ids written alike, with the same zeros and prefixes?",
        )
    if one == "left_id":
        pairs = {(min(row), max(row)) for row in rows if row[0] != row[1]}
        return Truth(clusters_of_pairs(ids, pairs), pairs)
    told = dict(rows)
    if len(told) < len(set(rows)):
        raise ConcordError(f"{path.name} puts a record into two clusters.", hint="Every id may have one cluster only.")
    return Truth({name: f"told {told[name]}" if told.get(name) is not None else f"alone {name}" for name in ids}, None)
