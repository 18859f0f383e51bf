"""Bring the log up to date with the sources, one table after the other."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import cache

import duckdb

from pipelines import sources
from pipelines.errors import ExtractError
from pipelines.ingest.account import TableAccount
from pipelines.ingest.admission import admit
from pipelines.ingest.incoming import FEW_BYTES, Arrival, Table, receive
from pipelines.ingest.landing import sweep
from pipelines.privacy.erased import Erased
from pipelines.quality.contract import TableContract
from pipelines.settings import FilesSource, Settings
from pipelines.sources.extract import Seen, Skipped
from pipelines.state import Batch, State
from pipelines.warehouse import scratch


def ingest_table(
    settings: Settings, state: State, system: str, name: str, run_id: int, erased: Erased | None = None
) -> TableAccount:
    """Take every new delivery of one table into the log and return the account of it.

    Of the rows of ``erased`` persons nothing personal gets past the door.
    A delivery that cannot be trusted leaves the table as it is: its account has the status ``held`` and says why.
    """
    started = time.perf_counter()
    source = settings.sources[system]
    contract = source.tables[name]
    account = TableAccount(system=system, table=name)
    with settings.home.lock("landing"), ExitStack() as stack:
        sweep(settings.home, state, system, name)
        stack.callback(sweep, settings.home, state, system, name)
        earlier = state.batches(system, name)
        account.current = earlier[-1].rows_alive if earlier else 0
        table = Table(settings.home, state, system, name, contract, run_id, erased or Erased())
        limits = settings.warehouse

        @cache
        def desk() -> duckdb.DuckDBPyConnection:
            opened = scratch(memory_limit=limits.memory_limit, threads=limits.threads, folder=settings.home.work)
            return stack.enter_context(closing(opened))

        try:
            for arrivals in _arrivals(source, table, earlier, account, desk):
                admit(desk(), table, arrivals, account)
        except ExtractError as error:
            account.status = "held"
            account.messages.append(str(error))
    account.seconds = round(time.perf_counter() - started, 3)
    return account


def _arrivals(
    source: FilesSource,
    table: Table,
    earlier: list[Batch],
    account: TableAccount,
    desk: Callable[[], duckdb.DuckDBPyConnection],
) -> Iterator[list[Arrival]]:
    """Read what is new and yield it in portions, oldest first; say in the account what is not.

    Raises ExtractError for a delivery that cannot be read, after the ones before it have been yielded.
    """
    contract = table.contract
    last = _still_valid(earlier, contract)
    known = {checksum: batch.origin for checksum, batch in last.items()}
    seen = {batch.origin: Seen(batch.stamp or "", batch.checksum) for batch in earlier}
    portion: list[Arrival] = []
    size = 0
    try:
        for delivery in sources.extracts(source, contract, known, seen):
            if isinstance(delivery, Skipped):
                same = last.get(delivery.checksum)
                if contract.load == "full" and same is not None:
                    account.read += same.rows_read
                    account.quarantined += same.rows_quarantined
                    account.unchanged += same.rows_read - same.rows_quarantined
                if contract.load == "full" or delivery.origin not in seen:
                    if portion:
                        yield portion
                        portion, size = [], 0
                    account.messages.append(delivery.remark)
                continue
            arrival = receive(desk(), delivery, table.home.work / f"incoming-{len(portion)}.parquet")
            portion.append(arrival)
            size += arrival.rows.stat().st_size
            if size > FEW_BYTES:
                yield portion
                portion, size = [], 0
    except ExtractError:
        if portion:
            yield portion
        raise
    if portion:
        yield portion


def _still_valid(earlier: list[Batch], contract: TableContract) -> dict[str, Batch]:
    """Return by checksum the batches that need not be read again.

    Of a full table only the latest counts, and only while the contract is the one that it was checked against: an older
    content that comes back is news. Of a delta every file counts for ever.
    """
    if contract.load == "delta":
        return {batch.checksum: batch for batch in earlier}
    return {batch.checksum: batch for batch in earlier[-1:] if batch.contract == contract.fingerprint}
