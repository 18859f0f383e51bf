"""Files in a folder: CSV and Parquet, whole tables or changes."""

import codecs
import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path

import duckdb

from pipelines.errors import ExtractError
from pipelines.quality.contract import TableContract, duckdb_type
from pipelines.settings import FilesSource
from pipelines.sources.extract import Extract, Skipped, UnreadableRow
from pipelines.warehouse import literal, parquet_columns, quoted

LONGEST_LINE = 2_000_000
_CHUNK = 1 << 20
_FIELD_END = "chr(31)"
_NULL = "chr(1)"


def extracts(source: FilesSource, contract: TableContract, known: dict[str, str]) -> Iterator[Extract | Skipped]:
    """Yield the files of a table: of a full table the newest by name, of a delta table all, in the order of their names.

    Raises ExtractError for a missing file, a header that does not fit, an encoding that does not fit, a line without end.
    """
    paths = sorted(path for path in source.path.glob(contract.file) if path.is_file())
    if not paths:
        where = source.path / contract.file
        raise ExtractError(
            f"{where} is missing." if source.path.is_dir() else f"The folder {source.path} is missing.",
            hint="Check 'path' and 'file' in concord.toml, and that the extract was delivered.",
        )
    for path in paths if contract.load == "delta" else paths[-1:]:
        origin = str(path.relative_to(source.path))
        checksum = _checksum(path, limit_lines=path.suffix.lower() != ".parquet")
        if checksum in known:
            twin = known[checksum]
            said = "the same file as before" if twin == origin else f"a duplicate of {twin}"
            yield Skipped(origin, checksum, f"{origin} is {said}: nothing to take in")
            continue
        known[checksum] = origin
        yield (
            _parquet(path, origin, checksum, contract)
            if path.suffix == ".parquet"
            else _csv(path, origin, checksum, contract)
        )


def _checksum(path: Path, *, limit_lines: bool) -> str:
    """Hash the file, and refuse one with a line so long that it can only be a mistake."""
    digest = hashlib.sha256()
    position, line_start = 0, 0
    with path.open("rb") as handle:
        while chunk := handle.read(_CHUNK):
            digest.update(chunk)
            if limit_lines:
                first = chunk.find(b"\n")
                end = position + (first if first >= 0 else len(chunk))
                if end - line_start > LONGEST_LINE:
                    raise ExtractError(
                        f"{path.name}: the line that starts at byte {line_start:,} is longer than "
                        f"{LONGEST_LINE // 1_000_000} MB.",
                        hint="A quote that is never closed, or content that is not CSV; nothing of the file was taken in.",
                    )
                last = chunk.rfind(b"\n")
                if last >= 0:
                    line_start = position + last + 1
            position += len(chunk)
    if position == 0:
        raise ExtractError(f"{path.name} is empty: it has not even a header.", hint="Deliver it again.")
    return digest.hexdigest()


def _csv(path: Path, origin: str, checksum: str, contract: TableContract) -> Extract:
    names = _header(path, contract)
    _check_columns(path, names, contract)

    def write(connection: duckdb.DuckDBPyConnection, target: Path) -> list[UnreadableRow]:
        rows = _csv_relation(path, names, contract)
        _copy(connection, rows, path, names, contract, target)
        return _rejected_rows(connection, path)

    return Extract(origin, checksum, [name for name in names if name not in contract.columns], write)


def _parquet(path: Path, origin: str, checksum: str, contract: TableContract) -> Extract:
    try:
        names = parquet_columns(path)
    except duckdb.Error as error:
        raise ExtractError(f"{path.name} is not a Parquet file.", hint="Deliver it again.") from error
    _check_columns(path, names, contract)
    as_text = ", ".join(f"cast({quoted(name)} as varchar) as {quoted(name)}" for name in names)

    def write(connection: duckdb.DuckDBPyConnection, target: Path) -> list[UnreadableRow]:
        _copy(connection, f"(select {as_text} from read_parquet({literal(path)}))", path, names, contract, target)
        return []

    return Extract(origin, checksum, [name for name in names if name not in contract.columns], write)


def _header(path: Path, contract: TableContract) -> list[str]:
    encoding = "utf-8-sig" if contract.encoding == "utf-8" else contract.encoding
    try:
        with path.open(encoding=encoding, newline="") as handle:
            return next(csv.reader(handle, delimiter=contract.delimiter), [])
    except UnicodeError as error:
        raise _encoding_error(path, contract) from error


def _encoding_error(path: Path, contract: TableContract) -> ExtractError:
    decoder = codecs.getincrementaldecoder(contract.encoding)()
    line = 0
    with path.open("rb") as handle:
        for line, text in enumerate(handle, start=1):  # noqa: B007
            try:
                decoder.decode(text)
            except UnicodeError:
                break
    return ExtractError(
        f"{path.name}: line {line} is not {contract.encoding}.",
        hint='Set encoding = "latin-1" (or "utf-16") for this table in concord.toml, or have it exported as UTF-8.',
    )


def _check_columns(path: Path, names: list[str], contract: TableContract) -> None:
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ExtractError(f"{path.name}: the header names {', '.join(repeated)} twice.", hint="Rename one of them.")
    reserved = [name for name in names if name.startswith("_") or not name]
    if reserved:
        raise ExtractError(
            f"{path.name}: the header has a column called '{reserved[0]}'.",
            hint="Names must not be empty or start with an underscore, which marks the log's own columns.",
        )
    missing = [name for name in contract.columns if name not in names]
    if not missing:
        return
    if len(names) == 1 and len(contract.columns) > 1:
        candidates = [mark for mark in ";,\t|" if mark != contract.delimiter and mark in names[0]]
        if candidates:
            raise ExtractError(
                f"{path.name}: the header is one column with the delimiter '{contract.delimiter}'.",
                hint=f"It looks delimited by {candidates[0]!r}: set delimiter for this table in concord.toml.",
            )
    raise ExtractError(
        f"{path.name}: column {', '.join(missing)} is missing from the header ({', '.join(names[:12])}).",
        hint="The last good data stay. Deliver it again with the column, or remove the column from the contract.",
    )


def _csv_relation(path: Path, names: list[str], contract: TableContract) -> str:
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    nulls = ", ".join(literal(value) for value in contract.null_values)
    return (
        f"read_csv({literal(path)}, auto_detect = false, header = true, delim = {literal(contract.delimiter)}, "
        f"quote = '\"', escape = '\"', encoding = {literal(contract.encoding)}, columns = {{{columns}}}, "
        f"nullstr = [{nulls}], max_line_size = {LONGEST_LINE + 1}, store_rejects = true, rejects_limit = 0)"
    )


def _copy(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    path: Path,
    names: list[str],
    contract: TableContract,
    target: Path,
) -> None:
    """Write the rows in their types; what does not fit its type becomes null and is named in ``_uncast``."""
    values, misfits = [], []
    for name, declared in contract.columns.items():
        column, wanted = quoted(name), duckdb_type(declared)
        if wanted == "varchar":
            values.append(column)
            continue
        cast = f"try_cast(trim({column}) as {wanted})"
        values.append(f"{cast} as {column}")
        misfits.append(f"case when {cast} is null and trim({column}) <> '' then {literal(name)} end")
    extra = [name for name in names if name not in contract.columns]
    values += [quoted(name) for name in extra]
    hashed = [*contract.columns, *sorted(extra)]
    shape = literal(",".join([*contract.columns.values(), *sorted(extra)]))
    text = f"concat_ws({_FIELD_END}, {shape}, {', '.join(f'coalesce({quoted(name)}, {_NULL})' for name in hashed)})"
    uncast = f"nullif(concat_ws(', ', {', '.join(misfits)}), '')" if misfits else "cast(null as varchar)"
    raw = ", ".join(f"{literal(name)}, {quoted(name)}" for name in names)
    query = f"""
        select {", ".join(values)},
            cast(md5_number_lower({text}) >> 1 as bigint) as _row_hash,
            {uncast} as _uncast,
            case when {uncast} is not null then cast(json_object({raw}) as varchar) end as _raw
        from {rows}
    """
    try:
        connection.execute(f"copy ({query}) to {literal(target)} (format parquet)")
    except duckdb.Error as error:
        if "unicode" in str(error).lower() or "encod" in str(error).lower():
            raise _encoding_error(path, contract) from error
        reason = str(error).splitlines()[0]
        raise ExtractError(f"{path.name} cannot be read: {reason}", hint="Nothing of the file was taken in.") from error


def _rejected_rows(connection: duckdb.DuckDBPyConnection, path: Path) -> list[UnreadableRow]:
    """Return the lines that DuckDB could not split into columns; ExtractError when what follows them is lost too."""
    found = connection.execute(
        """
        select line, any_value(csv_line), min(cast(error_type as varchar)), min(error_message)
        from reject_errors
        where scan_id = (select max(scan_id) from reject_errors)
        group by line order by line
        """
    ).fetchall()
    connection.execute("drop table reject_errors")
    connection.execute("drop table reject_scans")
    rows = []
    for line, text, kind, message in found:
        if kind in {"UNQUOTED VALUE", "INVALID STATE", "LINE SIZE OVER MAXIMUM"}:
            raise ExtractError(
                f"{path.name}: the value that starts at line {line} never ends: {str(message).splitlines()[0]}",
                hint="A quote is not closed. Nothing of the file was taken in, because the lines after it cannot be told.",
            )
        rows.append(UnreadableRow(int(line), str(text).strip(), f"{kind.lower()}: {str(message).splitlines()[0]}"))
    return rows
