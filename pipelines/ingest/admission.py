"""From deliveries to batches of the log: what breaks its contract is kept apart, the rest is written and counted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import duckdb

from pipelines.commit_points import passed
from pipelines.home import move_into_place
from pipelines.ingest.account import BrokenRule, TableAccount
from pipelines.ingest.incoming import (
    IN_PLACE,
    PLACE,
    SHIFT,
    Arrival,
    Table,
    describe_incoming,
    find_changes,
    find_gone,
    find_repetitions,
    keyless,
    same_key,
)
from pipelines.ingest.landing import batch_file
from pipelines.privacy.erased import belongs, cleaned, names_a_key, personal_in
from pipelines.quality.contract import TableContract
from pipelines.quality.door import ONE_ROW_A_KEY, READABLE, find_breaches
from pipelines.sources.extract import Extract
from pipelines.state import Batch, RuleResult
from pipelines.warehouse import literal, quoted

_FEW_ROWS = 100_000


def admit(
    connection: duckdb.DuckDBPyConnection, table: Table, arrivals: Sequence[Arrival], account: TableAccount
) -> None:
    """Take deliveries into the log, oldest first, and add what happened to ``account``; of a full table exactly one.

    Each becomes a batch of its own, as if it had come alone; their rows share a file, and they count from the moment that
    their rows in the ledger commit, all together with the cursor. Raises ExtractError when a delivery as a whole cannot be
    trusted; nothing is taken in then. The caller holds the landing lock.
    """
    contract, home, state = table.contract, table.home, table.state
    earlier = state.batches(table.system, table.name)
    alive = earlier[-1].rows_alive if earlier else 0
    describe_incoming(connection, arrivals, contract)
    table.erased.tell(connection, table.system)
    find_changes(connection, table, earlier)
    rules = _check(connection, table)
    if len(arrivals) > 1:
        find_repetitions(connection, contract)
    counts = _counts(connection, contract, arrivals)
    bearable = int(state.cursor(table.system, table.name).get("unidentified", counts[0].unidentified * (not earlier)))
    gone = 0
    if contract.load == "full" and earlier:
        gone = find_gone(connection, table, alive)
        unidentified = counts[0].unidentified - bearable
        if gone and unidentified > 0:
            # The record that is missing may be the one whose line or key cannot be read.
            gone = 0
            account.messages.append(
                f"{arrivals[0].extract.origin}: nothing is deleted this time, because {unidentified:,} more rows than before "
                "cannot be told apart: they have no readable line or key"
            )
    lives = _births_and_deaths(connection, table, earlier, counts)
    broken = _broken_rules(connection, rules, arrivals)
    numbers = state.reserve_batches(table.system, table.name, table.run_id, len(arrivals))
    file = batch_file(table.system, table.name, numbers[0])
    if gone or any(count.admitted for count in counts):
        moments = [arrival.extract.extracted_at for arrival in arrivals]
        _write_batch(connection, table, numbers, moments, home.landing / file, has_deletes=bool(gone))
    batches = []
    for place, (number, arrival, count) in enumerate(zip(numbers, arrivals, counts, strict=True)):
        if count.quarantined:
            _write_quarantine(connection, table, number, place, arrival, count)
        births, deaths = lives.get(place, (0, 0))
        alive += births - deaths - gone
        bearable = min(bearable, count.unidentified)
        batches.append(
            Batch(
                batch_id=number,
                system=table.system,
                table_name=table.name,
                load=contract.load,
                origin=arrival.extract.origin,
                checksum=arrival.extract.checksum,
                stamp=arrival.extract.stamp,
                extracted_at=arrival.extract.extracted_at.replace(tzinfo=UTC),
                contract=contract.fingerprint,
                file=file if count.admitted or gone else None,
                rows_read=count.read,
                rows_quarantined=count.quarantined,
                rows_admitted=count.admitted,
                rows_unchanged=count.unchanged,
                rows_deleted=deaths + gone,
                rows_alive=alive,
            )
        )
    cursor = {"origin": arrivals[-1].extract.origin, "unidentified": bearable}
    state.record_batches(list(zip(batches, broken, strict=True)), cursor)
    passed("batch.recorded")
    for batch, results, arrival in zip(batches, broken, arrivals, strict=True):
        _add_up(account, batch, results, arrival.extract)


class _Count(NamedTuple):
    """The rows of one delivery; ``unidentified`` are those that have no readable line or key."""

    incoming: int
    unreadable: int
    refused: int
    unchanged: int
    unidentified: int

    @property
    def read(self) -> int:
        return self.incoming + self.unreadable

    @property
    def quarantined(self) -> int:
        return self.refused + self.unreadable

    @property
    def admitted(self) -> int:
        return self.incoming - self.refused - self.unchanged


def _counts(
    connection: duckdb.DuckDBPyConnection, contract: TableContract, arrivals: Sequence[Arrival]
) -> list[_Count]:
    """Count the rows of each delivery by what becomes of them."""
    found = connection.execute(
        f"""
        select place, sum(incoming), sum(keyless), sum(refused), sum(unchanged) from (
            select {PLACE} as place, count(*) as incoming, count(*) filter ({keyless(contract)}) as keyless,
                0 as refused, 0 as unchanged
            from incoming group by place
            union all
            select row_number >> {SHIFT}, 0, 0, count(*), 0 from refused group by all
            union all
            select row_number >> {SHIFT}, 0, 0, 0, count(*) from unchanged_row group by all
        ) group by place
        """
    ).fetchall()
    counted = {int(place): tuple(map(int, numbers)) for place, *numbers in found}
    counts = []
    for place, arrival in enumerate(arrivals):
        incoming, without_key, refused, unchanged = counted.get(place, (0, 0, 0, 0))
        unreadable = len(arrival.unreadable)
        counts.append(_Count(incoming, unreadable, refused, unchanged, without_key + unreadable))
    return counts


def _check(connection: duckdb.DuckDBPyConnection, table: Table) -> list[RuleResult]:
    """Create ``breach`` (every rule that a changed row breaks, and rows of a full extract that repeat a key) and ``refused``."""
    contract, home = table.contract, table.home
    condition = "true" if contract.operation is None else _upserts_or_keyless(contract)
    rows = "changed"
    if _scalar(connection, "select count(*) from unchanged_row") > _FEW_ROWS:
        # Not to tell the changed rows from the others again for every rule.
        changed = home.work / "changed.parquet"
        connection.execute(f"copy (select * from changed) to {literal(changed)} (format parquet)")
        rows = f"read_parquet({literal(changed)})"
    rules = find_breaches(connection, f"select * from {rows} where {condition}", contract, home.contracts)
    if contract.load == "full":
        rules += _repeated_keys(connection, contract)
    connection.execute(
        "create or replace temporary table refused as select distinct row_number from breach where severity = 'quarantine'"
    )
    return rules


def _broken_rules(
    connection: duckdb.DuckDBPyConnection, rules: list[RuleResult], arrivals: Sequence[Arrival]
) -> list[list[RuleResult]]:
    """Return for each delivery the rules that it breaks, with its count of rows."""
    found = connection.execute(
        f"select row_number >> {SHIFT} as place, rule, count(*) from breach group by place, rule"
    ).fetchall()
    counted = {(int(place), str(rule)): int(count) for place, rule, count in found}
    broken = []
    for place, arrival in enumerate(arrivals):
        counts = [(rule, counted.get((place, rule.rule), 0)) for rule in rules]
        results = [replace(rule, rows_broken=count) for rule, count in counts if count]
        if arrival.unreadable:
            results.append(RuleResult(READABLE, None, "quarantine", len(arrival.unreadable)))
        broken.append(results)
    return broken


def _upserts_or_keyless(contract: TableContract) -> str:
    """Deleted rows need a key and nothing else."""
    assert contract.operation is not None
    deletes = ", ".join(literal(value) for value in contract.operation.delete)
    column = f"cast({quoted(contract.operation.column)} as varchar)"
    return f"(coalesce({column}, '') not in ({deletes}) or {keyless(contract)})"


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


def _births_and_deaths(
    connection: duckdb.DuckDBPyConnection, table: Table, earlier: list[Batch], counts: list[_Count]
) -> dict[int, tuple[int, int]]:
    """Count by delivery the records that its admitted rows bring to life, and those that they delete."""
    if not earlier and table.contract.operation is None and table.contract.load == "full":
        return {0: (counts[0].admitted, 0)}
    key = ", ".join(quoted(column) for column in table.contract.key)
    in_log = f"exists (select 1 from alive where {same_key('last', table.contract)})"
    known = in_log
    if len(counts) > 1:
        known = f"coalesce(lag(_op) over (partition by {key} order by _place) = 'upsert', {in_log})"
    found = connection.execute(
        f"""
        with last as (
            select {key}, {PLACE} as _place, max_by(_op, _row_number) as _op
            from {"changed" if len(counts) == 1 else "incoming"}
            where _row_number not in (select row_number from refused)
            group by all
        ),
        told as (select _place, _op, {known} as _is_known from last)
        select _place, count(*) filter (_op = 'upsert' and not _is_known), count(*) filter (_op = 'delete' and _is_known)
        from told
        group by _place
        """
    ).fetchall()
    return {int(place): (int(births), int(deaths)) for place, births, deaths in found}


def _write_quarantine(
    connection: duckdb.DuckDBPyConnection, table: Table, batch_id: int, place: int, arrival: Arrival, count: _Count
) -> None:
    """Write one row for each rule that a refused row of a delivery breaks: line, rule, column, value, and the row as JSON."""
    origin, unreadable = literal(arrival.extract.origin), arrival.unreadable
    query = f"select row_number from refused where row_number >> {SHIFT} = {place} order by 1"
    refused = [int(row[0]) for row in connection.execute(query).fetchall()]
    lines = arrival.extract.lines_of([number & IN_PLACE for number in refused], count.incoming, unreadable)
    connection.execute("create or replace temporary table place (row_number bigint, line bigint)")
    connection.execute("insert into place select unnest($1), unnest($2)", [refused, lines])
    target = table.home.quarantine / batch_file(table.system, table.name, batch_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_suffix(".tmp")
    columns = ", ".join(f"{literal(name)}, incoming.{quoted(name)}" for name in table.contract.columns)
    tags = table.erased.table(table.system, table.name)
    is_erased = "false" if tags is None else belongs(tags)
    readable = "text" if tags is None else f"case when not {names_a_key('text')} then text end"
    key = ", ".join(f"{literal(name)}, cast(incoming.{quoted(name)} as varchar)" for name in table.contract.key)
    connection.execute("create or replace temporary table unreadable (line bigint, problem varchar, text varchar)")
    if unreadable:
        connection.executemany(
            "insert into unreadable values (?, ?, ?)", [(row.line, row.problem, row.text) for row in unreadable]
        )
    connection.execute(
        f"""
        copy (
            select {batch_id} as batch_id, {literal(table.system)} as system, {literal(table.name)} as table_name,
                {origin} as origin, place.line, breach.rule, breach.column_name,
                case when not incoming._is_erased then breach.value end as value,
                case when incoming._is_erased then cast(json_object({key}) as varchar)
                    else coalesce(incoming._raw, cast(json_object({columns}) as varchar)) end as "row"
            from breach
            inner join place on breach.row_number = place.row_number
            inner join (
                select *, {is_erased} as _is_erased from incoming where _row_number in (select row_number from refused)
            ) as incoming on breach.row_number = incoming._row_number
            where breach.severity = 'quarantine'
            union all
            select {batch_id}, {literal(table.system)}, {literal(table.name)}, {origin}, line,
                {literal(READABLE)}, null, problem, {readable}
            from unreadable
            order by line, rule
        ) to {literal(aside)} (format parquet)
        """
    )
    move_into_place(aside, target)


def _write_batch(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    numbers: Sequence[int],
    moments: Sequence[datetime],
    target: Path,
    *,
    has_deletes: bool,
) -> None:
    """Write the admitted rows, and a tombstone for each record that is gone, aside; then rename the file into place.

    A row of an erased person keeps its hash, so that it says nothing new when it comes again, and nothing personal.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_suffix(".tmp")
    extracted_at = ", ".join(f"timestamp {literal(moment.isoformat(sep=' '))}" for moment in moments)
    refused = _scalar(connection, "select count(*) from refused")
    admitted = "" if refused == 0 else "where _row_number not in (select row_number from refused)"
    rows = f"select * exclude (_uncast, _raw) from changed {admitted}"
    tags = table.erased.table(table.system, table.name)
    if tags is not None:
        columns = [str(row[0]) for row in connection.execute("describe incoming").fetchall()]
        rows = cleaned(rows, personal_in(tags, columns, table.contract.columns), belongs(tags))
    if has_deletes:
        rows += " union all by name select *, 'delete' as _op, 2147483647 as _row_number from gone"
    connection.execute(
        f"""
        copy (
            select * replace (_row_number & {IN_PLACE} as _row_number),
                cast({list(numbers)}[1 + {PLACE}] as integer) as _batch_id, ([{extracted_at}])[1 + {PLACE}] as _extracted_at
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


def _scalar(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(connection.execute(query).fetchall()[0][0])
