"""The rows of deliveries beside the log: which of them say something new, and what is gone from the source."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from pipelines.errors import ExtractError
from pipelines.home import Home
from pipelines.ingest.landing import current_rows
from pipelines.privacy.erased import Erased
from pipelines.quality.contract import TableContract
from pipelines.sources.extract import Extract, UnreadableRow
from pipelines.state import Batch, State
from pipelines.warehouse import literal, quoted

FEW_BYTES = 32_000_000
"""Deliveries are admitted together up to this size, and up to this size they are held in memory."""

SHIFT = 40
IN_PLACE = (1 << SHIFT) - 1
PLACE = f"(_row_number >> {SHIFT})"
"""Which of the deliveries that are admitted together a row is from, counted from 0."""


@dataclass(frozen=True)
class Table:
    """A source table that is being ingested: where it lives, what it promises, and of whom it must say nothing."""

    home: Home
    state: State
    system: str
    name: str
    contract: TableContract
    run_id: int
    erased: Erased = field(default_factory=Erased)


@dataclass(frozen=True)
class Arrival:
    """A delivery that has been read: its rows in a Parquet file in ``work``, and the rows that could not be read."""

    extract: Extract
    rows: Path
    unreadable: list[UnreadableRow]


def receive(connection: duckdb.DuckDBPyConnection, extract: Extract, rows: Path) -> Arrival:
    """Read one delivery into the file ``rows``; ExtractError when it cannot be read."""
    return Arrival(extract, rows, extract.write(connection, rows))


def describe_incoming(
    connection: duckdb.DuckDBPyConnection, arrivals: Sequence[Arrival], contract: TableContract
) -> None:
    """Create ``incoming``: the rows of all deliveries with ``_op`` and a ``_row_number`` that says their place and order."""
    operation = "'upsert'"
    if contract.operation is not None:
        deletes = ", ".join(literal(value) for value in contract.operation.delete)
        column = f"cast({quoted(contract.operation.column)} as varchar)"
        operation = f"case when {column} in ({deletes}) then 'delete' else 'upsert' end"
    files = ", ".join(literal(arrival.rows) for arrival in arrivals)
    rows = f"""
        select * exclude (file_row_number), {operation} as _op,
            (cast(file_index as bigint) << {SHIFT}) + file_row_number as _row_number
        from read_parquet([{files}], union_by_name = true, file_row_number = true)
    """
    if sum(arrival.rows.stat().st_size for arrival in arrivals) <= FEW_BYTES:
        connection.execute(f"create or replace temporary table incoming_row as {rows}")
        rows = "select * from incoming_row"
    connection.execute(f"create or replace temporary view incoming as {rows}")


def find_changes(connection: duckdb.DuckDBPyConnection, table: Table, earlier: list[Batch]) -> None:
    """Create ``unchanged_row`` (row numbers that say nothing new) and ``changed`` (all other rows).

    In a delta, a row says nothing new only when it is the only one of its key: a value that went and came back is two changes.
    """
    contract = table.contract
    key = ", ".join(quoted(column) for column in contract.key)
    # A full extract is compared with everything; a delta only with the records that it names.
    only = "true" if contract.load == "full" else f"({key}) in (select ({key}) from incoming)"
    current = current_rows(table.home, earlier, contract, only)
    connection.execute("create or replace temporary table unchanged_row (row_number bigint)")
    nothing = f"select {key}, _row_hash from incoming where false"
    connection.execute(f"create or replace temporary table alive as {current or nothing}")
    alone = ""
    if contract.load == "delta":
        alone = f"and ({key}) in (select ({key}) from incoming group by {key} having count(*) = 1)"
    if current is not None or contract.operation is not None:
        same = same_key("incoming", contract)
        connection.execute(
            f"""
            insert into unchanged_row
            select _row_number from incoming
            where _op = 'upsert' {alone}
                and exists (select 1 from alive where {same} and incoming._row_hash = alive._row_hash)
            union all
            select _row_number from incoming
            where _op = 'delete' {alone} and not ({keyless(contract)}) and not exists (select 1 from alive where {same})
            """
        )
    connection.execute(
        """
        create or replace temporary view changed as
        select * from incoming where _row_number not in (select row_number from unchanged_row)
        """
    )


def find_repetitions(connection: duckdb.DuckDBPyConnection, contract: TableContract) -> None:
    """Add to ``unchanged_row`` the rows that say nothing new after the deliveries before their own; take their breaches back.

    What a record is before a delivery, the last good row of its key in the deliveries before tells, else the log.
    """
    key = ", ".join(quoted(column) for column in contract.key)
    connection.execute(
        f"""
        insert into unchanged_row
        with named as (
            select {key}, {PLACE} as _place, count(*) as _rows, min(_row_number) as _row_number,
                max_by(struct_pack(op := _op, hash := _row_hash), _row_number)
                    filter (_row_number not in (select row_number from refused)) as _after,
                any_value(_op) as _op, any_value(_row_hash) as _row_hash
            from incoming
            where not ({keyless(contract)})
            group by all
        ),
        told as (
            select *, lag(_after ignore nulls) over (partition by {key} order by _place) as _before from named
        )
        select told._row_number
        from told left join alive on {same_key("told", contract)}
        where told._rows = 1
            and told._row_number not in (select row_number from unchanged_row)
            and case coalesce(told._before.op, case when alive._row_hash is null then 'delete' else 'upsert' end)
                when 'upsert' then told._op = 'upsert' and told._row_hash = coalesce(told._before.hash, alive._row_hash)
                else told._op = 'delete'
            end
        """
    )
    for relation in ("breach", "refused"):
        connection.execute(f"delete from {relation} where row_number in (select row_number from unchanged_row)")


def find_gone(connection: duckdb.DuckDBPyConnection, table: Table, alive_before: int) -> int:
    """Create ``gone`` (keys alive in the log that a full extract does not name) and count it; refuse a suspicious drop.

    A record whose row is there but broken keeps its last good state.
    """
    contract = table.contract
    missing = f"not exists (select 1 from incoming where {same_key('incoming', contract)})"
    connection.execute(f"create or replace temporary table gone as select * from alive where {missing}")
    gone = int(connection.execute("select count(*) from gone").fetchall()[0][0])
    if gone > contract.largest_drop * alive_before:
        raise ExtractError(
            f"{table.system}.{table.name}: the extract would delete {gone:,} of {alive_before:,} records, "
            f"more than the share that is believed ({contract.largest_drop:.0%}).",
            hint="The last good data stay. Deliver a whole extract, or raise largest_drop for this table if it is true.",
        )
    return gone


def keyless(contract: TableContract) -> str:
    """Return the condition of the rows that lack a part of their key."""
    return " or ".join(f"{quoted(name)} is null" for name in contract.key)


def same_key(relation: str, contract: TableContract) -> str:
    """Return the condition by which a row of ``relation`` meets its record in ``alive``."""
    return " and ".join(f"{relation}.{quoted(column)} = alive.{quoted(column)}" for column in contract.key)
