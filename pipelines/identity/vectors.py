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
from pipelines.identity.rarity import Rarity, write_rarity
from pipelines.warehouse import quoted


@dataclass(frozen=True)
class Records:
    """Standardised records with an ordinal (1 …, by id): the tables ``table`` and ``rarity`` (rarity.write_rarity)."""

    table: str
    rarity: str
    count: int

    def drop(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Drop the tables."""
        connection.execute(f"drop view if exists {self.table}")
        for name in (f"{self.table}_order", self.rarity):
            connection.execute(f"drop table if exists {name}")


def prepare(connection: duckdb.DuckDBPyConnection, table: str, rarity: Rarity | None) -> Records:
    """Number the records of the standardised ``table``; ``rarity`` is the model's."""
    for macro in MACROS:
        connection.execute(macro)
    name = "__records"
    connection.execute(
        f"create or replace temp table {name}_order as select id, row_number() over (order by id) as ordinal from {quoted(table)}"
    )
    connection.execute(
        f"create or replace temp view {name} as select * from {quoted(table)} join {name}_order using (id)"
    )
    (count,) = connection.execute(f"select count(*) from {name}_order").fetchone() or (0,)
    write_rarity(connection, rarity, "__rarity")
    return Records(name, "__rarity", int(count))


def _weighed(records: Records, pairs: str) -> str:
    """SQL of the records that take part in ``pairs``, with the weights of their words.

    A word's weight is ln(1 + n/f) / ln(1 + n): n different names (streets), f of them with the word. ``name_rarity`` is the sum;
    1 means that by its words a name is as rare as one among all of them.
    """

    def share(field: str) -> str:
        alone = f"(select count / total from {records.rarity} where field = '{field}' and word is null)"
        known = f"cast(coalesce(of_{field}.count / of_{field}.total, {alone}) as float)"
        return f"case when {field} is not null then {known} end as {field}_share"

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
        select ordinal, field,
            list(ln(1 + known.total / coalesce(told.count, known.count)) / ln(1 + known.total) order by place) as weights
        from words
        join (from {records.rarity} where word is null) as known using (field)
        left join {records.rarity} as told on told.field = words.field and told.word = words.word
        group by ordinal, field
    )
    select
        taking_part.* exclude (id, block_keys),
        list_transform(of_name.weights, w -> cast(w as float)) as name_weights,
        cast(list_sum(of_name.weights) as float) as name_rarity,
        list_transform(of_street.weights, w -> cast(w / list_sum(of_street.weights) as float)) as street_weights,
        {share("given_name")},
        {share("surname")}
    from taking_part
    left join {records.rarity} as of_given_name on of_given_name.field = 'given_name' and of_given_name.word = given_name
    left join {records.rarity} as of_surname on of_surname.field = 'surname' and of_surname.word = surname
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
