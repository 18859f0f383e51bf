"""Matching inside the warehouse: what the Python models of models/conformed do for customers and contacts, each in one call.

Every function takes the connection of the build and relations, and returns a relation on the same connection.
"""

from typing import Any

import duckdb
import pyarrow as pa

from pipelines.identity.blocking import LARGEST_BLOCK, RULES, met_anew
from pipelines.identity.clustering import cluster
from pipelines.identity.comparisons import COMPARISONS
from pipelines.identity.model import Model
from pipelines.identity.standardise import standardise

Relation = duckdb.DuckDBPyRelation
Session = Any
"""What dbt gives a Python model: a wrapper around a connection."""

FEWEST_RECORDS = 50
"""From so many records on a build learns its own weights; before it uses those that are shipped."""
SHIPPED_PRIOR = 0.005
"""Probability that two records are the same where nothing was learned: one record in four has a twin among a hundred."""


def standard(session: Session, matchable: Relation, changed: Relation | None) -> Relation:
    """Return the matchable records (records.COLUMNS) in one spelling; with ``changed`` (id) only those."""
    connection = _connection(session)
    _give(connection, "matchable", matchable)
    only = ""
    if changed is not None:
        _give(connection, "changed", changed)
        only = "where id in (select id from changed)"
    connection.execute(f"create or replace temp table to_standardise as select * from matchable {only}")
    standardise(connection, "to_standardise", "standardised")
    return _taken(connection, "standardised")


def parameters(session: Session, kept: Relation, standard_records: Relation, *, may_learn: bool) -> Relation:
    """Return the model as one row: number, parameters (JSON).

    The kept one; else one learned now, where a build may learn and there are records enough; else the shipped one, number 0.
    """
    connection = _connection(session)
    row = kept.fetchone()
    if row is not None:
        return _one_model(connection, int(row[0]), str(row[1]))
    (count,) = standard_records.aggregate("count(*)").fetchall()[0]
    if not may_learn or count < FEWEST_RECORDS:
        return _one_model(connection, 0, "")
    from pipelines.identity.training import train

    _give(connection, "to_learn", standard_records)
    learned = train(connection, "to_learn")
    return _one_model(connection, 1, learned.to_json())


def to_compare(session: Session, standard_records: Relation, model: Relation, changed: Relation) -> Relation:
    """Return the ids of the records that are to be compared anew.

    They are the ``changed`` ones (id, block_keys that they had before), and all that share a key which has become too common to
    be of use, or is not any more.
    """
    connection = _connection(session)
    if not changed.limit(1).fetchall():
        return changed.project("id")
    _give(connection, "with_keys", standard_records.project("id, block_keys"))
    _give(connection, "changed_keys", changed)
    met_anew(connection, "with_keys", "changed_keys", _model(model).largest_blocks, "to_meet")
    return _taken(connection, "to_meet")


def pairs(session: Session, standard_records: Relation, model: Relation, changed: Relation | None) -> Relation:
    """Return the pairs that may be one customer, scored; with ``changed`` (id) only those with one of these records."""
    connection = _connection(session)
    (count,) = standard_records.aggregate("count(*)").fetchall()[0]
    news = None if changed is None else changed.aggregate("count(*)").fetchall()[0][0]
    if count < 2 or news == 0:
        weights = ", ".join(
            f"cast(null as double) as {comparison.name.replace(' ', '_')}_weight" for comparison in COMPARISONS
        )
        return connection.sql(
            "select '' as left_id, '' as right_id, cast(null as double) as match_weight, "
            f"cast(null as double) as match_probability, {weights} where false"
        )
    from pipelines.identity.scoring import score

    _give(connection, "to_compare", standard_records)
    if changed is not None:
        _give(connection, "changed_records", changed)
    score(
        connection,
        "to_compare",
        _model(model),
        into="scored",
        changed=None if changed is None else "changed_records",
    )
    return _taken(connection, "scored")


def clusters(
    session: Session,
    standard_records: Relation,
    scored: Relation,
    certain: Relation,
    decisions: Relation,
    model: Relation,
) -> Relation:
    """Return what hangs together, and what may.

    Rows of kind ``member`` (id, cluster_id) for ids that some pair names, and of kind ``review`` (id, other_id, match_weight,
    reason) for pairs that a steward should look at. ``certain`` (left_id, right_id): pairs that a system says are one; a
    steward's ``decisions`` (left_id, right_id, verdict) win over them.
    """
    weights = _model(model)
    (records,) = standard_records.aggregate("count(*)").fetchall()[0]
    scored = scored.project("left_id, right_id, match_weight")
    edges = [(str(left), str(right), float(weight)) for left, right, weight in scored.fetchall()]
    merged = [(str(left), str(right)) for left, right in certain.fetchall()]
    said = [(str(left), str(right), str(verdict)) for left, right, verdict in decisions.fetchall()]
    ids = {name for left, right, _ in edges for name in (left, right)}
    ids |= {name for left, right in merged for name in (left, right)}
    ids |= {name for left, right, _ in said for name in (left, right)}
    found = cluster(
        ids,
        edges,
        match_weight=weights.match_weight,
        review_weight=weights.review_weight,
        forced_same=[*merged, *((left, right) for left, right, verdict in said if verdict == "same")],
        forced_apart=[(left, right) for left, right, verdict in said if verdict == "apart"],
        review_limit=max(5, records // 100),
    )
    rows: list[dict[str, Any]] = [
        {"kind": "member", "id": name, "cluster_id": root} for name, root in sorted(found.cluster_of.items())
    ]
    rows += [
        {
            "kind": "review",
            "id": pair.left_id,
            "other_id": pair.right_id,
            "match_weight": pair.match_weight,
            "reason": pair.reason,
        }
        for pair in found.review
    ]
    schema = pa.schema(
        [(name, pa.string()) for name in ("kind", "id", "cluster_id", "other_id", "reason")]
        + [("match_weight", pa.float64())]
    )
    connection = _connection(session)
    connection.register("clustered", pa.Table.from_pylist(rows, schema=schema))
    return connection.sql("select * from clustered")


def _connection(session: Session) -> duckdb.DuckDBPyConnection:
    """Unwrap dbt's session: Splink takes nothing but DuckDB's own connection."""
    while not isinstance(session, duckdb.DuckDBPyConnection):
        session = session._cursor
    return session


def _one_model(connection: duckdb.DuckDBPyConnection, number: int, text: str) -> Relation:
    return connection.sql(
        "select cast($number as integer) as number, $text as parameters", params={"number": number, "text": text}
    )


def _model(relation: Relation) -> Model:
    return model_of(str(relation.project("parameters").fetchall()[0][0]))


def model_of(text: str) -> Model:
    """Return the model that a build has written down: its JSON, or nothing for the shipped one."""
    if text:
        return Model.from_json(text)
    weights = {comparison.name: [(level.m, level.u) for level in comparison.levels] for comparison in COMPARISONS}
    largest = {rule.name: LARGEST_BLOCK for rule in RULES}
    return Model(SHIPPED_PRIOR, weights, largest, is_trained=False, records=0, seed=0)


def _give(connection: duckdb.DuckDBPyConnection, name: str, relation: Relation) -> None:
    """Let SQL know a relation by name: what is in it, for a relation itself would keep its connection open for ever."""
    connection.register(name, relation.to_arrow_table())


def _taken(connection: duckdb.DuckDBPyConnection, table: str) -> Relation:
    """Return what is in a table that another module left behind, and drop it: the build's file keeps only its own tables."""
    content = connection.sql(f"select * from {table}").to_arrow_table()
    connection.execute(f"drop table {table}")
    connection.register(f"taken_{table}", content)
    return connection.sql(f"select * from taken_{table}")
