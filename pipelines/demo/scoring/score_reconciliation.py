"""What quality.reconciliation found, beside what is wrong in the books: which faults it names, and which it names for nothing."""

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.demo.calendar import as_date
from pipelines.demo.scoring.score_marts import has_mart
from pipelines.demo.scoring.score_truth import NotJudged, share, skip, truth_table
from pipelines.home import Home
from pipelines.warehouse import ask

EXAMPLES = 10
_MANY = 10_000_000
Names = frozenset[str]
"""The values of a record, without the zeros before numbers: a document is named after some of them."""


def judge_reconciliation(
    home: Home, truth: Path, faults: pl.DataFrame, drops: pl.DataFrame, as_of: int | None, skipped: NotJudged
) -> dict[str, Any] | None:
    """Compare the documents that checks name with the faults that books alone show.

    A fault is found when a check names its document. A document that is named is explained when all parts of its name are
    values of one fault, of one row that the door refused, or of one record that CRM and ERP tell otherwise.
    A deal is explained by its orders too.
    ``recall`` is the share of the faults that are found, ``precision`` that of the documents that are explained.
    """
    if not has_mart(home, "quality", "reconciliation"):
        skip(skipped, "reconciliation", "the version has no quality.reconciliation")
        return None
    query = "select check_name, documents from quality.reconciliation where status = 'break' and documents is not null"
    named = sorted({(check, name) for check, text in ask(home, query, limit=_MANY).rows for name in text.split(", ")})
    must = [*_booked(faults), *_of_crm(truth, as_of), *_twice(home, truth, as_of)]
    reports = _Records(_values(name.split("/")) for _, name in named)
    found = [(kind, what, reports.any_within(values)) for kind, what, values in must]
    explained = _Records([*(values for _, _, values in must), *_of_faults(faults), *_refused(home, drops)])
    orders = _orders_of_deals(home)
    judged = [
        (check, name, any(explained.any_around(_values(other.split("/"))) for other in (name, *orders.get(name, ()))))
        for check, name in named
    ]
    kinds = sorted({kind for kind, _, _ in found})
    checks = sorted({check for check, _, _ in judged})
    return {
        **_recall([is_found for _, _, is_found in found]),
        **_precision([is_explained for _, _, is_explained in judged]),
        "by_kind": [{"kind": kind, **_recall([ok for other, _, ok in found if other == kind])} for kind in kinds],
        "by_check": [
            {"check_name": check, **_precision([ok for other, _, ok in judged if other == check])} for check in checks
        ],
        "examples": {
            "missed": [{"kind": kind, "what": what} for kind, what, ok in found if not ok][:EXAMPLES],
            "unexplained": [{"check_name": check, "document": name} for check, name, ok in judged if not ok][:EXAMPLES],
        },
    }


class _Records:
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


def _orders_of_deals(home: Home) -> dict[str, list[str]]:
    """The numbers of the orders that came of deals, where a mart says so."""
    if not has_mart(home, "sales", "won_deal_order"):
        return {}
    query = "select deal_source_id, order_number from sales.won_deal_order where order_number is not null"
    return {deal: text.split(", ") for deal, text in ask(home, query, limit=_MANY).rows}


def _booked(faults: pl.DataFrame) -> list[tuple[str, str, Names]]:
    """The rows whose fault no contract can see."""
    rows = faults.filter(pl.col("caught_by") == "reconciliation").select("kind", "system", "table_name", "key").rows()
    return [(kind, f"{system}.{table} {key}", _values(key.split("/"))) for kind, system, table, key in rows]


def _of_crm(truth: Path, as_of: int | None) -> list[tuple[str, str, Names]]:
    """The deals of which the CRM tells otherwise than the ERP."""
    rows = _until(truth_table(truth, "crm_erp_break"), "day", as_of)
    return [
        (kind, opportunity, _values([opportunity]))
        for opportunity, kind in rows.select("opportunity_id", "kind").rows()
    ]


def _twice(home: Home, truth: Path, as_of: int | None) -> list[tuple[str, str, Names]]:
    """The supplier invoices that were posted twice, by the name of the second entry as far as the books have it."""
    rows = _until(truth_table(truth, "double_posting"), "posted_again", as_of)
    if rows.is_empty():
        return []
    known = ask(
        home,
        "select company_code, reference_number, posting_date, document_number, fiscal_year from core.fct_journal_entry "
        "inner join core.dim_company using (company_key) where reference_number is not null",
        limit=_MANY,
    ).rows
    entries = {(str(company), str(reference), day): (number, year) for company, reference, day, number, year in known}
    found = []
    for company, reference, again in rows.select("company", "reference", "posted_again").rows():
        entry = entries.get((str(company), reference, as_date(again)))
        names = [str(company), *map(str, entry)] if entry else [str(company), reference]
        found.append(("double_posting", f"{company} {reference}", _values(names)))
    return found


def _until(rows: pl.DataFrame | None, day: str, as_of: int | None) -> pl.DataFrame:
    if rows is None:
        return pl.DataFrame()
    return rows if as_of is None else rows.filter(pl.col(day) <= as_of)


def _of_faults(faults: pl.DataFrame) -> list[Names]:
    """What every fault says of its record: its key, and the value as it is and as it was written."""
    rows = faults.select("key", "true_value", "written_value").rows()
    return [_values([*key.split("/"), *(value for value in values if value)]) for key, *values in rows]


def _refused(home: Home, drops: pl.DataFrame) -> list[Names]:
    """The values of the rows that the door refused."""
    found = []
    for system, table, batch in drops.select("system", "table_name", "batch_id").rows():
        file = home.quarantine / system / table / f"{batch:08d}.parquet"
        if not file.exists():
            continue
        for text in pl.read_parquet(file, columns=["row"])["row"].drop_nulls().unique().to_list():
            try:
                row = json.loads(text)
            except ValueError:
                continue
            found.append(_values(str(value) for value in row.values() if value is not None))
    return found


def _values(texts: Iterable[str]) -> Names:
    return frozenset(text.strip().lstrip("0") for text in texts if text.strip().lstrip("0"))


def _recall(found: list[bool]) -> dict[str, Any]:
    caught = sum(found)
    return {"faults": len(found), "found": caught, "missed": len(found) - caught, "recall": share(caught, len(found))}


def _precision(explained: list[bool]) -> dict[str, Any]:
    right = sum(explained)
    return {
        "documents": len(explained),
        "explained": right,
        "unexplained": len(explained) - right,
        "precision": share(right, len(explained)),
    }
