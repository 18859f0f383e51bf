"""Scores of pairs: all against all, or what is new and changed against what is there."""

import duckdb

from pipelines.identity.blocking import candidate_pairs
from pipelines.identity.comparisons import COMPARISONS
from pipelines.identity.model import Model
from pipelines.identity.vectors import compare, prepare
from pipelines.warehouse import quoted


def weight_columns() -> list[str]:
    """Return the names of the columns with the weight of each field, in bits: ``name_weight`` and so on."""
    return [f"{comparison.name.replace(' ', '_')}_weight" for comparison in COMPARISONS]


def score(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    model: Model,
    *,
    into: str = "identity_pairs",
    changed: str | None = None,
    link: bool = False,
    at_least: float | None = None,
) -> duckdb.DuckDBPyRelation:
    """Score pairs of the standardised ``table`` and write those that weigh enough into ``into``; returns its relation.

    Columns: left_id < right_id, match_weight (log2 of the odds that the two are the same, prior included), match_probability,
    and the weight of every field in bits (null: it could not be compared). ``changed``: a relation with a column id; only
    pairs with one of these are made, in time that follows their number. ``link``: only pairs across source systems.
    ``at_least``: the least match weight; default: the model's review weight, below which nothing is of use.
    """
    least = model.review_weight if at_least is None else at_least
    records = prepare(connection, table, model.rarity)
    if changed is not None:
        connection.execute(
            f"create or replace temp table __changed as select ordinal from {records.table}_order"
            f" where id in (select cast(id as varchar) from {quoted(changed)})"
        )
    touched = "__changed" if changed is not None else None
    candidate_pairs(connection, records.table, model.largest_blocks, "__candidates", link=link, changed=touched)
    compared = compare(connection, records, "__candidates", model, at_least=least)
    fields = ", ".join(
        f"cast({_weight(comparison.name) if comparison.name in model.weights else 'null'} as double) as {column}"
        for comparison, column in zip(COMPARISONS, weight_columns(), strict=True)
    )
    connection.execute(
        f"""
        create or replace table {quoted(into)} as
        select l.id as left_id, r.id as right_id, match_weight, match_probability, {fields}
        from {compared}
        join {records.table}_order as l on l.ordinal = ordinal_l
        join {records.table}_order as r on r.ordinal = ordinal_r
        order by left_id, right_id
        """
    )
    connection.execute(f"drop table {compared}")
    connection.execute("drop table __candidates")
    connection.execute("drop table if exists __changed")
    records.drop(connection)
    return connection.table(quoted(into))


def _weight(name: str) -> str:
    return f"nullif(mw_{name.replace(' ', '_')}, 0)"
