"""From a delivery to a batch of the log: what is new, what breaks its contract, what is gone from the source."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from pipelines.commit_points import passed
from pipelines.errors import ExtractError
from pipelines.home import Home, move_into_place
from pipelines.ingest.account import BrokenRule, TableAccount
from pipelines.ingest.landing import batch_file, current_rows
from pipelines.quality.contract import TableContract
from pipelines.quality.door import ONE_ROW_A_KEY, READABLE, find_breaches
from pipelines.sources.extract import Extract, UnreadableRow
from pipelines.state import Batch, RuleResult, State
from pipelines.warehouse import literal, quoted

_FEW_ROWS = 100_000


@dataclass(frozen=True)
class Table:
    """A source table that is being ingested: where it lives and what it promises."""

    home: Home
    state: State
    system: str
    name: str
    contract: TableContract
    run_id: int


def admit(connection: duckdb.DuckDBPyConnection, table: Table, extract: Extract, account: TableAccount) -> None:
    """Take one delivery into the log, and add what happened to ``account``.

    The batch counts from the moment that its row in the ledger commits, together with the cursor. Raises ExtractError
    when the delivery as a whole cannot be trusted; nothing of it is taken in then. The caller holds the landing lock.
    """
    contract, home = table.contract, table.home
    incoming = home.work / "incoming.parquet"
    unreadable = extract.write(connection, incoming)
    _describe_incoming(connection, incoming, contract)
    earlier = table.state.batches(table.system, table.name)
    alive_before = earlier[-1].rows_alive if earlier else 0
    _find_changes(connection, table, earlier)
    rules = _check(connection, table)
    if unreadable:
        rules.append(RuleResult(READABLE, None, "quarantine", len(unreadable)))
    connection.execute(
        "create or replace temporary table refused as select distinct row_number from breach where severity = 'quarantine'"
    )
    rows_incoming = _count(connection, "incoming")
    read, quarantined = rows_incoming + len(unreadable), _count(connection, "refused") + len(unreadable)
    unidentified = len(unreadable) + _count(connection, f"incoming where {_keyless(contract)}")
    bearable = int(table.state.cursor(table.system, table.name).get("unidentified", unidentified if not earlier else 0))
    gone = 0
    if contract.load == "full" and earlier:
        gone = _gone(connection, table, alive_before)
        if gone and unidentified > bearable:
            # The record that is missing may be the one whose line or key cannot be read.
            gone = 0
            account.messages.append(
                f"{extract.origin}: nothing is deleted this time, because {unidentified - bearable:,} more rows than before "
                "cannot be told apart: they have no readable line or key"
            )
    admitted = _count(connection, "changed where _row_number not in (select row_number from refused)")
    inserted, removed = _births_and_deaths(connection, table, earlier, admitted)
    (batch_id,) = table.state.reserve_batches(table.system, table.name, table.run_id)
    if quarantined:
        _write_quarantine(connection, table, batch_id, extract, rows_incoming, unreadable)
    file = None
    if admitted or gone:
        file = batch_file(table.system, table.name, batch_id)
        _write_batch(connection, batch_id, home.landing / file, has_deletes=bool(gone))
    batch = Batch(
        batch_id=batch_id,
        system=table.system,
        table_name=table.name,
        load=contract.load,
        origin=extract.origin,
        checksum=extract.checksum,
        stamp=extract.stamp,
        contract=contract.fingerprint,
        file=file,
        rows_read=read,
        rows_quarantined=quarantined,
        rows_admitted=admitted,
        rows_unchanged=read - quarantined - admitted,
        rows_deleted=removed + gone,
        rows_alive=alive_before + inserted - removed - gone,
    )
    cursor = {"origin": extract.origin, "unidentified": min(unidentified, bearable)}
    table.state.record_batches([(batch, rules)], cursor)
    passed("batch.recorded")
    _add_up(account, batch, rules, extract)


def _check(connection: duckdb.DuckDBPyConnection, table: Table) -> list[RuleResult]:
    """Create ``breach``: every rule that a changed row breaks, and the rows of a full extract that repeat a key."""
    contract, home = table.contract, table.home
    condition = "true" if contract.operation is None else _upserts_or_keyless(contract)
    rows = "changed"
    if _count(connection, "unchanged_row") > _FEW_ROWS:
        # Not to tell the changed rows from the others again for every rule.
        changed = home.work / "changed.parquet"
        connection.execute(f"copy (select * from changed) to {literal(changed)} (format parquet)")
        rows = f"read_parquet({literal(changed)})"
    rules = find_breaches(connection, f"select * from {rows} where {condition}", contract, home.contracts)
    return rules + (_repeated_keys(connection, contract) if contract.load == "full" else [])


def _describe_incoming(connection: duckdb.DuckDBPyConnection, incoming: Path, contract: TableContract) -> None:
    operation = "'upsert'"
    if contract.operation is not None:
        deletes = ", ".join(literal(value) for value in contract.operation.delete)
        column = f"cast({quoted(contract.operation.column)} as varchar)"
        operation = f"case when {column} in ({deletes}) then 'delete' else 'upsert' end"
    connection.execute(
        f"""
        create or replace temporary view incoming as
        select * exclude (file_row_number), file_row_number as _row_number, {operation} as _op
        from read_parquet({literal(incoming)}, file_row_number = true)
        """
    )


def _find_changes(connection: duckdb.DuckDBPyConnection, table: Table, earlier: list[Batch]) -> None:
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
        same = _same_key("incoming", contract)
        connection.execute(
            f"""
            insert into unchanged_row
            select _row_number from incoming
            where _op = 'upsert' {alone}
                and exists (select 1 from alive where {same} and incoming._row_hash = alive._row_hash)
            union all
            select _row_number from incoming
            where _op = 'delete' {alone} and not ({_keyless(contract)}) and not exists (select 1 from alive where {same})
            """
        )
    connection.execute(
        """
        create or replace temporary view changed as
        select * from incoming where _row_number not in (select row_number from unchanged_row)
        """
    )


def _keyless(contract: TableContract) -> str:
    return " or ".join(f"{quoted(name)} is null" for name in contract.key)


def _same_key(relation: str, contract: TableContract) -> str:
    return " and ".join(f"{relation}.{quoted(column)} = alive.{quoted(column)}" for column in contract.key)


def _upserts_or_keyless(contract: TableContract) -> str:
    """Deleted rows need a key and nothing else."""
    assert contract.operation is not None
    deletes = ", ".join(literal(value) for value in contract.operation.delete)
    column = f"cast({quoted(contract.operation.column)} as varchar)"
    return f"(coalesce({column}, '') not in ({deletes}) or {_keyless(contract)})"


def _repeated_keys(connection: duckdb.DuckDBPyConnection, contract: TableContract) -> list[RuleResult]:
    """Refuse all but the latest of the good rows that share a key in a full extract."""
    key = ", ".join(quoted(column) for column in contract.key)
    good = (
        "select * from incoming where _row_number not in (select row_number from breach where severity = 'quarantine')"
    )
    repeated = f"select ({key}) from ({good}) group by {key} having count(*) > 1"
    if connection.execute(f"select count(*) from ({repeated})").fetchall() == [(0,)]:
        return []
    latest = ", ".join([*(f"{quoted(column)} desc nulls last" for column in contract.latest_by), "_row_number desc"])
    value = f"concat_ws(', ', {key})"
    found = connection.execute(
        f"""
        insert into breach
        select _row_number, $rule, $columns, {value}, 'quarantine'
        from ({good}) where ({key}) in ({repeated})
        qualify row_number() over (partition by {key} order by {latest}) > 1
        """,
        {"rule": ONE_ROW_A_KEY, "columns": ", ".join(contract.key)},
    ).fetchall()
    return [RuleResult(ONE_ROW_A_KEY, ", ".join(contract.key), "quarantine", int(found[0][0]))]


def _gone(connection: duckdb.DuckDBPyConnection, table: Table, alive_before: int) -> int:
    """Create ``gone`` (keys alive in the log that a full extract does not name) and count it; refuse a suspicious drop.

    A record whose row is there but broken keeps its last good state.
    """
    contract = table.contract
    missing = f"not exists (select 1 from incoming where {_same_key('incoming', contract)})"
    connection.execute(f"create or replace temporary table gone as select * from alive where {missing}")
    gone = _count(connection, "gone")
    if gone > contract.largest_drop * alive_before:
        raise ExtractError(
            f"{table.system}.{table.name}: the extract would delete {gone:,} of {alive_before:,} records, "
            f"more than the share that is believed ({contract.largest_drop:.0%}).",
            hint="The last good data stay. Deliver a whole extract, or raise largest_drop for this table if it is true.",
        )
    return gone


def _births_and_deaths(
    connection: duckdb.DuckDBPyConnection, table: Table, earlier: list[Batch], admitted: int
) -> tuple[int, int]:
    """Count the records that the admitted rows bring to life, and those that they delete."""
    if not earlier and table.contract.operation is None and table.contract.load == "full":
        return admitted, 0
    key = ", ".join(quoted(column) for column in table.contract.key)
    known = f"exists (select 1 from alive where {_same_key('last', table.contract)})"
    row = connection.execute(
        f"""
        with last as (
            select {key}, max_by(_op, _row_number) as _op
            from changed where _row_number not in (select row_number from refused)
            group by {key}
        )
        select count(*) filter (_op = 'upsert' and not {known}), count(*) filter (_op = 'delete' and {known}) from last
        """
    ).fetchall()[0]
    return int(row[0]), int(row[1])


def _write_quarantine(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    batch_id: int,
    extract: Extract,
    rows_incoming: int,
    unreadable: list[UnreadableRow],
) -> None:
    """Write one row for each rule that a refused row breaks: place, rule, column, value, and the row as JSON."""
    origin = literal(extract.origin)
    refused = [int(row[0]) for row in connection.execute("select row_number from refused order by 1").fetchall()]
    lines = extract.lines_of(refused, rows_incoming, unreadable)
    connection.execute("create or replace temporary table place (row_number bigint, line bigint)")
    connection.execute("insert into place select unnest($1), unnest($2)", [refused, lines])
    target = table.home.quarantine / batch_file(table.system, table.name, batch_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_suffix(".tmp")
    columns = ", ".join(f"{literal(name)}, incoming.{quoted(name)}" for name in table.contract.columns)
    connection.execute("create or replace temporary table unreadable (line bigint, problem varchar, text varchar)")
    if unreadable:
        connection.executemany(
            "insert into unreadable values (?, ?, ?)", [(row.line, row.problem, row.text) for row in unreadable]
        )
    connection.execute(
        f"""
        copy (
            select {batch_id} as batch_id, {literal(table.system)} as system, {literal(table.name)} as table_name,
                {origin} as origin, place.line, breach.rule, breach.column_name, breach.value,
                coalesce(incoming._raw, cast(json_object({columns}) as varchar)) as "row"
            from breach
            inner join place on breach.row_number = place.row_number
            inner join incoming on breach.row_number = incoming._row_number
            where breach.severity = 'quarantine'
            union all
            select {batch_id}, {literal(table.system)}, {literal(table.name)}, {origin}, line,
                {literal(READABLE)}, null, problem, text
            from unreadable
            order by line, rule
        ) to {literal(aside)} (format parquet)
        """
    )
    move_into_place(aside, target)


def _write_batch(connection: duckdb.DuckDBPyConnection, batch_id: int, target: Path, *, has_deletes: bool) -> None:
    """Write the admitted rows, and a tombstone for each record that is gone, aside; then rename the file into place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_suffix(".tmp")
    extracted_at = datetime.now(UTC).replace(tzinfo=None).isoformat(sep=" ")
    refused = _count(connection, "refused")
    admitted = "" if refused == 0 else "where _row_number not in (select row_number from refused)"
    rows = f"select * exclude (_uncast, _raw) from changed {admitted}"
    if has_deletes:
        rows += " union all by name select *, 'delete' as _op, 2147483647 as _row_number from gone"
    connection.execute(
        f"""
        copy (
            select *, cast({batch_id} as integer) as _batch_id, timestamp {literal(extracted_at)} as _extracted_at
            from ({rows})
        ) to {literal(aside)} (format parquet)
        """
    )
    passed("batch.written")
    move_into_place(aside, target)
    passed("batch.renamed")


def _add_up(account: TableAccount, batch: Batch, rules: list[RuleResult], extract: Extract) -> None:
    account.read += batch.rows_read
    account.quarantined += batch.rows_quarantined
    account.admitted += batch.rows_admitted
    account.unchanged += batch.rows_unchanged
    account.deleted += batch.rows_deleted
    account.current = batch.rows_alive
    if batch.file:
        account.status = "landed"
        account.batches.append(batch.batch_id)
    for rule in rules:
        known = next((found for found in account.rules if found.rule == rule.rule), None)
        if known is not None:
            known.rows += rule.rows_broken
        else:
            account.rules.append(BrokenRule(rule=rule.rule, severity=rule.severity, rows=rule.rows_broken))
    if extract.extra_columns:
        account.messages.append(
            f"{extract.origin} has columns that the contract does not know: {', '.join(extract.extra_columns)}; "
            "they are carried along as text"
        )
    if batch.rows_read == 0:
        account.messages.append(f"{extract.origin} has a header and no rows")


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    return _scalar(connection, f"select count(*) from {relation}")


def _scalar(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(connection.execute(query).fetchall()[0][0])
