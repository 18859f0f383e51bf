"""Records made ready for comparison, and the outcome of every comparison for given pairs, by Splink."""

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
from splink import DuckDBAPI, Linker

from pipelines.identity.comparisons import MACROS, settings
from pipelines.identity.model import Model
from pipelines.warehouse import quoted


@dataclass(frozen=True)
class Records:
    """Standardised records with an ordinal (1 …, by id): the tables ``table`` and ``rarity`` (field | word | weight)."""

    table: str
    rarity: str
    count: int

    def drop(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Drop the tables."""
        connection.execute(f"drop view if exists {self.table}")
        connection.execute(f"drop table if exists {self.table}_order")
        for name in (f"{self.table}_given_name", f"{self.table}_surname", self.rarity):
            connection.execute(f"drop table if exists {name}")


def prepare(connection: duckdb.DuckDBPyConnection, table: str) -> Records:
    """Number the records of the standardised ``table`` and weigh their words.

    A word's weight is ln(1 + n/f): n different names (streets), f of them with the word. Of a whole name it is the sum;
    ``name_rarity`` of 1 means that by its words a name is as rare as one among all of them.
    """
    for macro in MACROS:
        connection.execute(macro)
    name, rarity = "__records", "__rarity"
    connection.execute(
        f"create or replace temp table {name}_order as select id, row_number() over (order by id) as ordinal from {quoted(table)}"
    )
    connection.execute(
        f"create or replace temp view {name} as select * from {quoted(table)} join {name}_order using (id)"
    )
    (count,) = connection.execute(f"select count(*) from {name}_order").fetchone() or (0,)
    connection.execute(
        f"""
        create or replace temp table {rarity} as
        with names as (select 'name' as field, name_key as whole, any_value(name_words) as words
            from {quoted(table)} group by name_key),
        streets as (
            select 'street' as field, street_key as whole, any_value(street_words) as words
            from {quoted(table)} group by street_key
        ),
        texts as (from names union all from streets),
        many as (select field, count(*) as texts from texts group by field)
        select field, word, ln(1 + any_value(many.texts) / count(*)) as weight, ln(1 + any_value(many.texts)) as most
        from (select field, unnest(words) as word from texts)
        join many using (field)
        group by field, word
        """
    )
    for field in ("given_name", "surname"):
        connection.execute(
            f"create or replace temp table {name}_{field} as"
            f" select {field}, cast(count(*) / sum(count(*)) over () as float) as {field}_share"
            f" from {quoted(table)} where {field} is not null group by {field}"
        )
    return Records(name, rarity, int(count))


def _weighed(records: Records, pairs: str) -> str:
    """SQL of the records that take part in ``pairs``, with the weights of their words."""
    return f"""
    with taking_part as (
        select * from {records.table}
        where ordinal in (select join_key_l from {pairs}) or ordinal in (select join_key_r from {pairs})
    ),
    words as (
        select ordinal, 'name' as field, unnest(name_words) as word, generate_subscripts(name_words, 1) as place from taking_part
        union all
        select ordinal, 'street', unnest(street_words), generate_subscripts(street_words, 1) from taking_part
    ),
    weighed as (
        select ordinal, field, list(weight order by place) as weights, sum(weight) as whole, any_value(most) as most
        from words
        join {records.rarity} using (field, word)
        group by ordinal, field
    )
    select
        taking_part.* exclude (id, block_keys),
        list_transform(of_name.weights, w -> cast(w / of_name.most as float)) as name_weights,
        cast(of_name.whole / of_name.most as float) as name_rarity,
        list_transform(of_street.weights, w -> cast(w / of_street.whole as float)) as street_weights,
        given_name_share,
        surname_share
    from taking_part
    left join {records.table}_given_name using (given_name)
    left join {records.table}_surname using (surname)
    left join weighed as of_name on of_name.ordinal = taking_part.ordinal and of_name.field = 'name'
    left join weighed as of_street on of_street.ordinal = taking_part.ordinal and of_street.field = 'street'
    """


@contextmanager
def _silence() -> Iterator[None]:
    """Keep Splink's log off the terminal."""
    logger = logging.getLogger("splink")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before)


def compare(
    connection: duckdb.DuckDBPyConnection, records: Records, pairs: str, model: Model, *, at_least: float | None = None
) -> str:
    """Compare the ``pairs`` (join_key_l | join_key_r | match_key) and return the name of a table of outcomes.

    Columns: ordinal_l, ordinal_r, match_weight, match_probability and for every comparison mw_…, its weight in bits (0 where it
    cannot be compared). ``at_least``: only pairs of this match weight.
    """
    name = f"__compared_{uuid.uuid4().hex[:12]}"
    connection.execute(f"create or replace temp table __weighed as {_weighed(records, pairs)}")
    with _silence():
        api = DuckDBAPI(connection)
        linker = Linker(
            api.register("__weighed"),
            settings(model.prior, model.weights),
            log_level=None,
            validate_settings=False,
        )
        linker.table_management.register_blocked_pairs_for_predict(api.register(pairs))
        predicted = linker.inference.predict(threshold_match_weight=at_least, warning_mode="never")
        columns = ", ".join(f"mw_{name.replace(' ', '_')}" for name in model.weights)
        connection.execute(
            f"create temp table {name} as select ordinal_l, ordinal_r, match_weight, match_probability, {columns}"
            f" from {predicted.physical_name}"
        )
        predicted.drop_table_from_database_and_remove_from_cache()
        api.delete_tables_created_by_splink_from_db()  # type: ignore[no-untyped-call]
    connection.execute("drop table __weighed")
    return name
