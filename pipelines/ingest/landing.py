"""The log: immutable Parquet batches by system and table, and what they add up to."""

import shutil
from pathlib import Path

from pipelines.home import Home
from pipelines.quality.contract import TableContract, duckdb_type
from pipelines.state import Batch, State
from pipelines.warehouse import literal, quoted

LOG_COLUMNS = {
    "_op": "varchar",
    "_row_hash": "bigint",
    "_row_number": "bigint",
    "_batch_id": "integer",
    "_extracted_at": "timestamp",
}


def batch_file(system: str, table: str, batch_id: int) -> str:
    """Return the path of a batch, relative to the landing folder."""
    return f"{system}/{table}/{batch_id:08d}.parquet"


def sweep(home: Home, state: State, system: str, table: str) -> None:
    """Remove what a killed ingest of this table left behind; the caller holds the landing lock."""
    for batch_id in state.abandon_open_batches(system, table):
        for room in (home.landing, home.quarantine):
            file = room / batch_file(system, table, batch_id)
            file.unlink(missing_ok=True)
            file.with_suffix(".tmp").unlink(missing_ok=True)
    for leftover in home.work.iterdir():
        if leftover.is_dir():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink()


def read_batches(files: list[Path]) -> str:
    """Return the relation of all rows of some batches; columns that one of them lacks are null there."""
    names = ", ".join(literal(file) for file in files)
    return f"read_parquet([{names}], union_by_name = true)"


def _files(home: Home, batches: list[Batch]) -> list[Path]:
    """Return the files of some batches, each once: batches that were admitted together share one."""
    return [home.landing / file for file in dict.fromkeys(batch.file for batch in batches if batch.file)]


def current_rows(home: Home, batches: list[Batch], contract: TableContract, only: str = "true") -> str | None:
    """Return the query of the records alive at the end of some batches: key columns and ``_row_hash``.

    ``only`` is an SQL condition on the key that limits the work. None when there is no row in the log.
    """
    files = _files(home, batches)
    if not files:
        return None
    key = ", ".join(quoted(column) for column in contract.key)
    place = "(_batch_id, _row_number)"
    return f"""
        select {key}, max_by(_row_hash, {place}) as _row_hash
        from {read_batches(files)}
        where {only}
        group by {key}
        having max_by(_op, {place}) = 'upsert'
    """


def raw_view(home: Home, batches: list[Batch], contract: TableContract) -> str:
    """Return the query behind a raw table: the rows of ``batches`` with at least the columns of the contract."""
    declared = {name: duckdb_type(kind) for name, kind in contract.columns.items()} | LOG_COLUMNS
    columns = ", ".join(f"cast(null as {kind}) as {quoted(name)}" for name, kind in declared.items())
    empty = f"select {columns} where false"
    files = _files(home, batches)
    if not files:
        return empty
    rows = f"select * from {read_batches(files)}"
    if all(batch.contract == contract.fingerprint for batch in batches if batch.file):
        return rows
    return f"{rows} union all by name {empty}"
