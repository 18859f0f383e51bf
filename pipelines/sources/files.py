"""Files in a folder: CSV and Parquet, whole tables or changes."""

import codecs
import csv
import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from pipelines.errors import ExtractError
from pipelines.quality.contract import TableContract, duckdb_type
from pipelines.settings import FilesSource
from pipelines.sources.extract import Extract, Seen, Skipped, UnreadableRow
from pipelines.warehouse import literal, parquet_columns, quoted

LONGEST_LINE = 2_000_000
_CHUNK = 1 << 20


def extracts(
    source: FilesSource, contract: TableContract, known: dict[str, str], seen: Mapping[str, Seen]
) -> Iterator[Extract | Skipped]:
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
        is_parquet = path.suffix.lower() == ".parquet"
        try:
            stamp = _stamp(path)
            before = seen.get(origin)
            checksum = (
                before.checksum if before and before.stamp == stamp else _checksum(path, limit_lines=not is_parquet)
            )
            if checksum in known:
                twin = known[checksum]
                said = "the same file as before" if twin == origin else f"a duplicate of {twin}"
                yield Skipped(origin, checksum, f"{origin} is {said}: nothing to take in")
                continue
            known[checksum] = origin
            yield (_parquet if is_parquet else _csv)(path, Seen(stamp, checksum), origin, contract)
        except OSError as error:
            raise ExtractError(
                f"{path.name} cannot be read: {error.strerror or error}.", hint="Check its permissions and its disk."
            ) from error


def _stamp(path: Path) -> str:
    """Tell the state of a file without reading it: any writing, renaming or copying of it changes its change time."""
    found = path.stat()
    return f"{found.st_size}-{found.st_mtime_ns}-{found.st_ctime_ns}-{found.st_ino}"


def _extracted_at(path: Path) -> datetime:
    """Tell which state a file tells: that of the day in its name (2026-10-31 or 20261031), else of its last change; UTC."""
    for digits in re.findall(r"(?<!\d)(\d{4}-\d{2}-\d{2}|\d{8})(?!\d)", path.stem):
        with suppress(ValueError):
            return datetime.fromisoformat(digits)
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(tzinfo=None)


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


def _csv(path: Path, found: Seen, origin: str, contract: TableContract) -> Extract:
    names = _header(path, contract)
    _check_columns(path, names, contract)

    def write(connection: duckdb.DuckDBPyConnection, target: Path) -> list[UnreadableRow]:
        rows = _csv_relation(path, names, contract)
        _copy(connection, rows, path, names, contract, target)
        return _rejected_rows(connection, path)

    def lines_of(rows: list[int], count: int, unreadable: list[UnreadableRow]) -> list[int]:
        return _lines_of(path, contract, rows, count, {row.line for row in unreadable})

    extra = [name for name in names if name not in contract.columns]
    return Extract(origin, _extracted_at(path), found.checksum, found.stamp, extra, write, lines_of)


def _parquet(path: Path, found: Seen, origin: str, contract: TableContract) -> Extract:
    try:
        names = parquet_columns(path)
    except duckdb.Error as error:
        raise ExtractError(f"{path.name} is not a Parquet file.", hint="Deliver it again.") from error
    _check_columns(path, names, contract)
    as_text = ", ".join(f"cast({quoted(name)} as varchar) as {quoted(name)}" for name in names)

    def write(connection: duckdb.DuckDBPyConnection, target: Path) -> list[UnreadableRow]:
        _copy(connection, f"(select {as_text} from read_parquet({literal(path)}))", path, names, contract, target)
        return []

    def lines_of(rows: list[int], count: int, unreadable: list[UnreadableRow]) -> list[int]:
        del count, unreadable
        return [row + 1 for row in rows]

    extra = [name for name in names if name not in contract.columns]
    return Extract(origin, _extracted_at(path), found.checksum, found.stamp, extra, write, lines_of)


def _header(path: Path, contract: TableContract) -> list[str]:
    encoding = "utf-8-sig" if contract.encoding == "utf-8" else contract.encoding
    try:
        with path.open(encoding=encoding, newline="") as handle:
            return next(csv.reader(handle, delimiter=contract.delimiter), [])
    except UnicodeError as error:
        raise _encoding_error(path, contract) from error
    except csv.Error as error:
        raise ExtractError(
            f"{path.name}: the header cannot be read: {error}.", hint="A quote in it is never closed. Deliver it again."
        ) from error


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
    # Each value with its length before it: no two different rows give the same text.
    fields = (f"coalesce(strlen({quoted(name)}) || ':' || {quoted(name)}, '-')" for name in hashed)
    text = f"concat_ws(',', {shape}, {', '.join(fields)})"
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
                hint="A quote is not closed, or line endings are mixed. Nothing of the file was taken in.",
            )
        rows.append(UnreadableRow(int(line), str(text).strip(), f"{kind.lower()}: {str(message).splitlines()[0]}"))
    return rows


def _lines_of(path: Path, contract: TableContract, rows: list[int], count: int, rejected: set[int]) -> list[int]:
    """Return the line on which each of ``rows`` begins: counted where a row is a line, looked for where it is not."""
    with path.open("rb") as handle:
        newlines = sum(chunk.count(b"\n") for chunk in iter(lambda: handle.read(_CHUNK), b""))
        handle.seek(-1, 2)
        newlines += handle.read() != b"\n"
    if newlines == count + 1:
        return [row + 2 for row in rows]
    wanted, lines, number = set(rows), [], -1
    encoding = "utf-8-sig" if contract.encoding == "utf-8" else contract.encoding
    with path.open(encoding=encoding, errors="replace", newline="") as text:
        reader = csv.reader(text, delimiter=contract.delimiter)
        next(reader)
        for fields in reader:
            start = reader.line_num - sum(field.count("\n") for field in fields)
            if not fields or start in rejected:
                continue
            number += 1
            if number in wanted:
                lines.append(start)
    return lines
