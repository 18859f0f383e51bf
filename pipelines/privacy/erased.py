"""Which rows of a raw table belong to erased persons, and what is left of such a row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb

from pipelines.privacy.record import Key
from pipelines.privacy.tags import RawTable
from pipelines.warehouse import literal, quoted

KEYS = "erased_key"


@dataclass(frozen=True)
class Erased:
    """The erased persons: the tags of the raw tables, and the values by which rows belong to a person, by erasure."""

    tables: Sequence[RawTable] = ()
    keys: Sequence[tuple[int, Key]] = ()

    def table(self, system: str, name: str) -> RawTable | None:
        """Return the tags of a raw table that rows of erased persons may come to, or None."""
        if not any(key[0] == system for _, key in self.keys):
            return None
        return next((table for table in self.tables if (table.system, table.name) == (system, name)), None)

    def tell(self, connection: duckdb.DuckDBPyConnection, system: str) -> None:
        """Create ``erased_key`` (erasure_id, reference, value) in ``connection``, with the keys of one system."""
        tell_keys(connection, ((number, key) for number, key in self.keys if key[0] == system))


def tell_keys(connection: duckdb.DuckDBPyConnection, keys: Iterable[tuple[int, Key]]) -> None:
    """Create ``erased_key`` in ``connection`` out of these keys."""
    rows = [(number, reference, value) for number, (_, reference, value) in keys]
    connection.execute(
        f"create or replace temporary table {KEYS} (erasure_id integer, reference varchar, value varchar)"
    )
    connection.execute(
        f"insert into {KEYS} select unnest($1), unnest($2), unnest($3)",
        [[row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]],
    )


def normal(expression: str) -> str:
    """Return the SQL that brings a key to the one spelling in which keys are compared; blank is null."""
    return f"nullif(lower(trim(cast({expression} as varchar))), '')"


def belongs(table: RawTable) -> str:
    """Return the condition of the rows of a table that belong to an erased person, by ``erased_key``."""
    conditions = (
        f"{normal(expression)} in (select value from {KEYS} where reference = {literal(reference)})"
        for expression, reference in table.links
    )
    return f"coalesce({' or '.join(conditions)}, false)"


def personal_in(table: RawTable, columns: Iterable[str], declared: Iterable[str]) -> list[str]:
    """Return which of the ``columns`` of a row are personal: what is tagged, and what no contract knows (not ``declared``)."""
    tagged, known = {name.casefold() for name in table.personal}, set(declared)
    return [name for name in columns if not name.startswith("_") and (name.casefold() in tagged or name not in known)]


def cleaned(rows: str, personal: Sequence[str], condition: str) -> str:
    """Return the query of all rows of the query ``rows``, in which those that meet the condition have nothing personal."""
    if not personal:
        return rows
    values = ", ".join(f"case when _is_erased then null else {quoted(name)} end as {quoted(name)}" for name in personal)
    return f"select * exclude (_is_erased) replace ({values}) from (select *, {condition} as _is_erased from ({rows}))"


def names_a_key(text: str) -> str:
    """Return the condition that a text that is no row names an erased key: anywhere when it is long, else as a word."""
    plain = f"regexp_replace(lower({text}), '[^0-9a-z]', '', 'g')"
    long = f"length(value) >= 6 and contains({plain}, regexp_replace(value, '[^0-9a-z]', '', 'g'))"
    word = f"regexp_matches(lower({text}), '(^|[^0-9a-z])' || regexp_escape(value) || '([^0-9a-z]|$)')"
    return f"coalesce((select bool_or(({long}) or {word}) from {KEYS}), false)"
