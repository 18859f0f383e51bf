"""What every kind of source delivers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import duckdb


@dataclass(frozen=True)
class UnreadableRow:
    """A row that has no columns to check: its place, its text as far as it is known, and what is wrong with it."""

    line: int
    text: str
    problem: str


@dataclass(frozen=True)
class Extract:
    """One delivery of one table, before anything has been decided about its rows.

    ``origin`` names it for people, ``extracted_at`` is the instant (UTC, without a zone) whose state it tells,
    ``checksum`` identifies its content, and ``stamp`` the state in which it was found: as
    long as that is the same, the content need not be read again. ``write`` puts its rows into a Parquet file in
    the order of the source and returns the rows that could not be read. Columns of that file: the declared ones in their
    types, columns that the contract does not know as text, ``_row_hash`` (bigint over the values as they came) and
    ``_uncast`` (names of the columns whose text does not fit the type, else null) with ``_raw`` (the row as JSON then).
    ``lines_of`` says for rows (their ascending numbers from 0 in that file, the number of its rows, and the rows that could not
    be read) on which line of the source each begins.
    """

    origin: str
    extracted_at: datetime
    checksum: str
    stamp: str
    extra_columns: list[str]
    write: Callable[[duckdb.DuckDBPyConnection, Path], list[UnreadableRow]] = field(repr=False)
    lines_of: Callable[[list[int], int, list[UnreadableRow]], list[int]] = field(repr=False)


class Seen(NamedTuple):
    """What is remembered of a delivery that was read before."""

    stamp: str
    checksum: str


@dataclass(frozen=True)
class Skipped:
    """A delivery that is in the log already, or that says nothing: a remark, and no work."""

    origin: str
    checksum: str
    remark: str
