"""The columns of a record, and reading files of records into them."""

from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb

from pipelines.errors import ConcordError
from pipelines.warehouse import literal, quoted

COLUMNS = (
    "id", "name", "given_name", "surname", "street", "city", "postcode", "region", "country", "email", "phone", "tax_id",
    "domain", "date_of_birth", "latitude", "longitude", "organisation", "source_system",
)  # fmt: skip
"""What a record can say. Only ``id`` is needed; all are texts, empty ones mean that nothing is known.

``organisation`` names, by whatever key, the organisation that a person is met in.
"""


def file_query(path: Path) -> str:
    """Return a query for all columns of a CSV or Parquet file, those of a CSV as texts.

    Raises ConcordError when the file is not there or has another ending.
    """
    if not path.is_file():
        raise ConcordError(f"{path} is not there.", hint="Name a CSV or Parquet file.")
    if path.suffix.lower() in {".parquet", ".pq"}:
        return f"select * from read_parquet({literal(path)})"
    if path.suffix.lower() in {".csv", ".tsv", ".txt", ".gz"}:
        return f"select * from read_csv({literal(path)}, all_varchar = true, header = true, sample_size = 20000)"
    raise ConcordError(f"{path.name} is neither CSV nor Parquet.", hint="The ending says it: .csv or .parquet.")


def column_names(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[str, str]:
    """Return the columns of a file, by their names in small letters. Raises ConcordError when it cannot be read or is empty."""
    query = file_query(path)
    if path.stat().st_size == 0:
        raise ConcordError(f"{path.name} is empty.", hint="A file needs at least a line with the names of its columns.")
    try:
        described = connection.execute(f"describe {query}").fetchall()
    except duckdb.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise ConcordError(
            f"{path.name} cannot be read: {reason}", hint="Is it CSV with a header, or Parquet?"
        ) from error
    return {str(row[0]).strip().lower(): str(row[0]) for row in described}


def read_records(
    connection: duckdb.DuckDBPyConnection,
    paths: Sequence[Path],
    into: str,
    *,
    note: Callable[[str], None] = lambda _: None,
) -> int:
    """Read files into the table ``into`` with every one of COLUMNS, as texts; returns the number of records.

    ``source_system`` is the file's name without ending where the file has no such column. ``note`` is told what is ignored.
    Raises ConcordError when a file has no id, no rows, or ids that another row has too.
    """
    connection.execute(
        f"create or replace temp table {quoted(into)} ({', '.join(f'{name} varchar' for name in COLUMNS)})"
    )
    for path in paths:
        _append(connection, path, into, note)
    _refuse_repeated_ids(connection, into)
    (count,) = connection.execute(f"select count(*) from {quoted(into)}").fetchone() or (0,)
    return int(count)


def _append(connection: duckdb.DuckDBPyConnection, path: Path, into: str, note: Callable[[str], None]) -> None:
    found = column_names(connection, path)
    if "id" not in found:
        listed = ", ".join(found.values())
        raise ConcordError(
            f"{path.name} has no column id; it has {listed}.", hint="Every record needs an id of its own."
        )
    unknown = [name for key, name in found.items() if key not in COLUMNS]
    if unknown:
        note(f"{path.name}: ignored {', '.join(unknown)}; known are {', '.join(COLUMNS)}.")
    values = [
        f"nullif(trim(cast({quoted(found[name])} as varchar)), '')" if name in found else "null" for name in COLUMNS
    ]
    if "source_system" not in found:
        values[-1] = literal(path.stem)
    try:
        connection.execute(f"insert into {quoted(into)} select {', '.join(values)} from ({file_query(path)})")
    except duckdb.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise ConcordError(
            f"{path.name} cannot be read: {reason}", hint="Is it CSV with a header, or Parquet?"
        ) from error
    rows, empty = connection.execute(
        f"select count(*), count(*) filter (where nullif(trim(cast({quoted(found['id'])} as varchar)), '') is null)"
        f" from ({file_query(path)})"
    ).fetchone() or (0, 0)
    if rows == 0:
        raise ConcordError(f"{path.name} has no records.", hint="Below the names of the columns there has to be a row.")
    if empty:
        raise ConcordError(
            f"{path.name} has {empty:,} rows without an id.", hint="Every record needs an id of its own."
        )


def _refuse_repeated_ids(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    repeated = connection.execute(
        f"select id, string_agg(distinct source_system, ' and ' order by source_system), count(*) over () from {quoted(table)}"
        " group by id having count(*) > 1 order by id limit 3"
    ).fetchall()
    if repeated:
        examples = "; ".join(f"{row[0]} in {row[1]}" for row in repeated)
        raise ConcordError(
            f"{repeated[0][2]:,} ids stand for more than one record: {examples}.",
            hint="Put the name of its file before every id (crm-17, erp-17), there and in the truth.",
        )
