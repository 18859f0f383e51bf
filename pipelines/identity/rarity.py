"""How rare words and names are.

It is counted once, when a model is trained, and kept in the model: so the score of a pair follows from its two records and the
model alone, whatever other records are there.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from pipelines.warehouse import quoted

FIELDS = ("name", "street", "given_name", "surname")
NEUTRAL_TOTAL, NEUTRAL_COUNT = 10_000, 40
"""What is taken for the number of texts, and of those with a certain word, where nothing was counted."""


@dataclass(frozen=True)
class Rarity:
    """How many texts have a word.

    ``totals``: for every one of FIELDS the number of different texts (of given names and surnames: of records). ``counts``: how
    many of them have a word, for words in two of them at least; any other word counts as one.
    """

    totals: dict[str, int]
    counts: dict[str, dict[str, int]]

    def packed(self) -> dict[str, dict[str, int | str]]:
        """Return a short form for JSON: for every field the total, and the words of every count, with blanks between."""
        content: dict[str, dict[str, int | str]] = {}
        for field in FIELDS:
            words: dict[int, list[str]] = defaultdict(list)
            for word, count in self.counts[field].items():
                words[count].append(word)
            content[field] = {"total": self.totals[field]} | {
                str(count): " ".join(sorted(words[count])) for count in sorted(words)
            }
        return content

    @classmethod
    def unpacked(cls, content: Mapping[str, Mapping[str, int | str]]) -> "Rarity":
        """Read what `packed` made. Raises KeyError or ValueError when it is something else."""
        totals = {field: int(content[field]["total"]) for field in FIELDS}
        counts = {
            field: {
                word: int(key) for key, said in content[field].items() if key != "total" for word in str(said).split()
            }
            for field in FIELDS
        }
        return cls(totals, counts)


def counted(connection: duckdb.DuckDBPyConnection, table: str) -> Rarity:
    """Count the words of the different names and streets, and the given names and surnames, of the standardised ``table``."""
    totals: dict[str, int] = {}
    counts: dict[str, dict[str, int]] = {}
    for field in FIELDS:
        texts = f"select [{field}] as words from {quoted(table)} where {field} is not null"
        if field in ("name", "street"):
            texts = (
                f"select any_value({field}_words) as words from {quoted(table)}"
                f" where {field}_key is not null group by {field}_key"
            )
        (totals[field],) = connection.execute(f"select count(*) from ({texts})").fetchone() or (0,)
        rows = connection.execute(
            f"select word, count(*) from (select unnest(words) as word from ({texts}))"
            " group by word having count(*) > 1 order by word"
        )
        counts[field] = dict(rows.fetchall())
    return Rarity(totals, counts)


def widespread(connection: duckdb.DuckDBPyConnection, rows: str, fewest: int) -> dict[str, set[str]]:
    """Return for every one of FIELDS the words that at least ``fewest`` of the standardised ``rows`` (a query) have."""
    found = {}
    for field in FIELDS:
        words = f"{field}_words" if field in ("name", "street") else f"[{field}]"
        said = connection.execute(
            f"select word from (select id, unnest({words}) as word from ({rows})) where word is not null"
            " group by word having count(distinct id) >= $fewest",
            {"fewest": fewest},
        )
        found[field] = {str(word) for (word,) in said.fetchall()}
    return found


def write_rarity(connection: duckdb.DuckDBPyConnection, rarity: Rarity | None, into: str) -> None:
    """Make the table ``into``: field | word | count | total, with a row of no word for what is in no other row."""
    totals = dict.fromkeys(FIELDS, NEUTRAL_TOTAL) if rarity is None else rarity.totals
    counts = {} if rarity is None else rarity.counts
    rows: list[tuple[str, str | None, int, int]] = [
        (field, None, NEUTRAL_COUNT if rarity is None else 1, max(totals[field], 1)) for field in FIELDS
    ]
    rows += [
        (field, word, count, max(totals[field], 1)) for field in FIELDS for word, count in counts.get(field, {}).items()
    ]
    columns = list(zip(*rows, strict=True))
    types = (pa.string(), pa.string(), pa.int64(), pa.int64())
    arrays = [pa.array(column, type=kind) for column, kind in zip(columns, types, strict=True)]
    connection.register("__counted", pa.Table.from_arrays(arrays, names=["field", "word", "count", "total"]))
    connection.execute(f"create or replace temp table {into} as from __counted")
    connection.unregister("__counted")
