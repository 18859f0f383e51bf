"""What is wrong in the books by the truth, in the words that documents are named with."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

from pipelines.demo.drops import late_rows
from pipelines.demo.mess.fault_kinds import DROPPED, LATE
from pipelines.demo.scoring.score_marts import has_mart
from pipelines.demo.scoring.score_truth import truth_table
from pipelines.demo.shapes import SHAPES
from pipelines.home import Home
from pipelines.warehouse import ask

MANY = 10_000_000
Names = frozenset[str]
"""The values of a record, without the zeros before numbers: a document is named after some of them."""
Rows = Iterable[dict[str, object]]

_MOVED = """
    select document_number, fiscal_year, year(posting_date) as posting_year, product_number, warehouse_code, company_code,
        split_part(delivery_line_source_id, '/', 1) as delivery, split_part(purchase_order_line_source_id, '/', 1) as purchase
    from conformed.stock_movement
"""
_POSTED = """
    select company_code, document_number, fiscal_year, year(posting_date) as posting_year, source_document_number, product_number,
        warehouse_code, company_code || ' to ' || partner_company_code || ' in ' || document_currency as sold,
        partner_company_code || ' to ' || company_code || ' in ' || document_currency as bought
    from conformed.journal_line
"""
_IN_VERSION = (
    ("MATDOC", "stock_movement", _MOVED, "document_number", "fiscal_year"),
    ("MATDOC", "journal_line", _POSTED, "source_document_number", "fiscal_year"),
    ("ACDOCA", "journal_line", _POSTED, "company_code", "fiscal_year", "document_number"),
    ("BKPF", "journal_line", _POSTED, "company_code", "document_number", "fiscal_year"),
)
"""Where the version has the rest of the document of a faulty row: table, mart, query, and what the key begins with."""


class Records:
    """Records by their values, so that those are found that hold all of some values, or nothing but some."""

    def __init__(self, records: Iterable[Names]) -> None:
        self.records = [values for values in records if values]
        self.by_value: dict[str, set[int]] = defaultdict(set)
        for number, values in enumerate(self.records):
            for value in values:
                self.by_value[value].add(number)

    def any_around(self, values: Names) -> bool:
        """Whether a record holds all of ``values``."""
        holders = [self.by_value.get(value, set()) for value in values]
        return bool(holders) and bool(set.intersection(*holders))

    def any_within(self, values: Names) -> bool:
        """Whether a record holds nothing but some of ``values``."""
        numbers = {number for value in values for number in self.by_value.get(value, ())}
        return any(self.records[number] <= values for number in numbers)


def names(texts: Iterable[str]) -> Names:
    """The values that ``texts`` stand for."""
    return frozenset(text.strip().lstrip("0") for text in texts if text.strip().lstrip("0"))


def explanations(
    home: Home, truth: Path, faults: pl.DataFrame, drops: pl.DataFrame, as_of: int | None
) -> Iterator[Names]:
    """Every record that is not in the warehouse as it is in truth, by all values that are known of it.

    These are the rows that a fault which somebody has to notice befell (of a row that never came: the other rows of its
    document), those that the door refused, and those that are late and have not come yet.
    """
    noticed = faults.filter(pl.col("caught_by") != "none")
    for key, *values in noticed.select("key", "true_value", "written_value").rows():
        yield names([*key.split("/"), *(value for value in values if value)])
    true = _true_values(noticed)
    for table, row in _refused(home, drops):
        known = true.get((table, _key_of(table, row)), [])
        yield _of_row(row) | names(known)
    if as_of is not None:
        delivered = truth_table(truth, "fault")
        if delivered is not None:
            awaited = delivered.filter(pl.col("kind") == LATE, pl.col("day") > as_of)
            yield from (names(key.split("/")) for key in awaited["key"].to_list())
    if (home.root / "demo" / "company.json").exists():
        for texts in late_rows(home.root / "demo").values():
            yield from map(_of_row, texts.iter_rows(named=True))
    booked = noticed.filter(pl.col("caught_by") != "contract")
    yield from _dropped_issues(home.root / "demo" / "extracts", booked)
    for table, mart, query, *key in _IN_VERSION:
        yield from _in_version(home, mart, query, _documents(booked, table, *key))


def extracted(
    extracts: Path, system: str, table: str, *columns: str, where: pl.Expr | bool = True
) -> Iterator[tuple[str, ...]]:
    """Columns of the delivered rows ``where`` each of them has a value; nothing where a table was not delivered with them."""
    for file in sorted((extracts / system / table).glob("*.csv")):
        rows = pl.scan_csv(file, infer_schema=False)
        if set(columns) <= set(rows.collect_schema().names()):
            yield from rows.select(columns).filter(where).drop_nulls().unique(maintain_order=True).collect().iter_rows()


def _dropped_issues(extracts: Path, faults: pl.DataFrame) -> Iterator[Names]:
    """The lines of deliveries whose movement never came: the entry of the ledger names the delivery, the quantity its line."""
    dropped = faults.filter(pl.col("table_name") == "MATDOC", pl.col("kind") == DROPPED).select("key", "true_value")
    parts = [(key.split("/"), quantity.lstrip("-")) for key, quantity in dropped.rows()]
    of_goods = (pl.col("AWTYP") == "MKPF") & pl.col("AWKEY").is_in([document for (document, *_), _ in parts])
    deliveries = defaultdict(set)
    for _, document, year, delivery in extracted(
        extracts, "sap", "BKPF", "AWTYP", "AWKEY", "GJAHR", "XBLNR", where=of_goods
    ):
        deliveries[document, year].add(delivery.zfill(10))
    lines = defaultdict(list)
    of_them = pl.col("VBELN").is_in(sorted(set().union(*deliveries.values())))
    for delivery, quantity, *place in extracted(
        extracts, "sap", "LIPS", "VBELN", "LFIMG", "MATNR", "WERKS", where=of_them
    ):
        lines[delivery, quantity].append(place)
    for (document, year, *line), quantity in parts:
        for delivery in deliveries[document, year]:
            for place in lines[delivery, quantity]:
                yield names([document, year, *line, delivery, *place])


def _documents(faults: pl.DataFrame, table: str, *key: str) -> dict[str, list[str]]:
    """The documents of the faulty rows of a table: the parts of their keys, by the column of the warehouse that has them."""
    keys = [text.split("/") for text in faults.filter(pl.col("table_name") == table)["key"].unique().sort().to_list()]
    return {column: [parts[place].lstrip("0") for parts in keys] for place, column in enumerate(key)}


def _in_version(home: Home, mart: str, query: str, documents: dict[str, list[str]]) -> Iterator[Names]:
    """What the version holds of some documents."""
    if not any(documents.values()) or not has_mart(home, "conformed", mart):
        return
    wanted = ", ".join(f"unnest(${column}) as {column}" for column in documents)
    same = " and ".join(f"ltrim(cast(line.{column} as varchar), '0') = wanted.{column}" for column in documents)
    found = ask(
        home,
        f"with wanted as (select distinct {wanted}) {query} as line where exists (from wanted where {same})",
        limit=MANY,
        parameters=dict(documents),
    )
    for row in found.rows:
        yield names(str(value) for value in row if value is not None)


def _true_values(faults: pl.DataFrame) -> dict[tuple[str, str], list[str]]:
    """What a row should have said, by its table and key."""
    found = defaultdict(list)
    for system, table, key, value in faults.select("system", "table_name", "key", "true_value").rows():
        if value:
            found[f"{system}/{table}", key].append(value)
    return dict(found)


def _key_of(table: str, row: dict[str, object]) -> str:
    """The key of a delivered row, as the truth writes it."""
    return "/".join("" if row.get(name) is None else str(row[name]) for name in SHAPES[table].key)


def _refused(home: Home, drops: pl.DataFrame) -> Iterator[tuple[str, dict[str, object]]]:
    """The rows that the door refused, with their tables."""
    for system, table, batch in drops.select("system", "table_name", "batch_id").rows():
        file = home.quarantine / system / table / f"{batch:08d}.parquet"
        if not file.exists():
            continue
        for text in pl.read_parquet(file, columns=["row"])["row"].drop_nulls().unique().to_list():
            try:
                yield f"{system}/{table}", json.loads(text)
            except ValueError:
                continue


def _of_row(row: dict[str, object]) -> Names:
    """The values of a delivered row; a line between two companies is named after the pair too."""
    texts = [str(value) for value in row.values() if value is not None]
    one, other, currency = (row.get(column) for column in ("RBUKRS", "RASSC", "RWCUR"))
    pair = [f"{one} to {other} in {currency}", f"{other} to {one} in {currency}"] if other else []
    return names([*texts, *pair])
