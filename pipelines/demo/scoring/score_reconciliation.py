"""What quality.reconciliation found, beside what is wrong in the books: which faults it names, and which it names for nothing."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.demo.calendar import as_date
from pipelines.demo.scoring.score_customer_master import CHECK as CUSTOMER_MASTER
from pipelines.demo.scoring.score_customer_master import Differences
from pipelines.demo.scoring.score_explanations import MANY, Names, Records, explanations, extracted, names
from pipelines.demo.scoring.score_marts import has_mart
from pipelines.demo.scoring.score_truth import NotJudged, share, skip, truth_table
from pipelines.home import Home
from pipelines.warehouse import ask

EXAMPLES = 10
AWAITED_DAYS = 21
"""So long an order may follow the deal that it came of (order_follows_days of the models)."""


def judge_reconciliation(
    home: Home, truth: Path, faults: pl.DataFrame, drops: pl.DataFrame, as_of: int | None, skipped: NotJudged
) -> dict[str, Any] | None:
    """Compare the documents that checks name with the faults that books alone show.

    A fault is found when a check names its document; an order has `AWAITED_DAYS` to follow its deal, and a deal whose row the
    door refused is not there to be named. A document that is named is explained when all parts of its name are values of one
    record that `explanations` gives, or of one that CRM and ERP tell otherwise; likewise when this holds for a document that
    it came of (`_kin`). An attribute of a customer is explained when the truth names it and one of the records.
    ``recall`` is the share of the faults that are found, ``precision`` that of the documents that are explained.
    """
    if not has_mart(home, "quality", "reconciliation"):
        skip(skipped, "reconciliation", "the version has no quality.reconciliation")
        return None
    query = "select check_name, documents from quality.reconciliation where status = 'break' and documents is not null"
    named = sorted({(check, name) for check, text in ask(home, query, limit=MANY).rows for name in text.split(", ")})
    deals = _of_crm(truth, as_of)
    due = [*_booked(faults), *_seen(deals, faults, as_of, skipped), *_twice(home, truth, as_of)]
    reports = Records(names(name.split("/")) for _, name in named)
    found = [(kind, what, reports.any_within(values)) for kind, what, values in due]
    known = (values for _, _, values, _ in deals)
    explained = Records([*(values for _, _, values in due), *known, *explanations(home, truth, faults, drops, as_of)])
    differences = Differences(truth, faults, as_of)
    kin = _kin(home)

    def is_explained(check: str, name: str) -> bool:
        if check == CUSTOMER_MASTER:
            return differences.explain(name)
        return any(explained.any_around(names(other.split("/"))) for other in (name, *kin[check].get(name, ())))

    judged = [(check, name, is_explained(check, name)) for check, name in named]
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


def _kin(home: Home) -> dict[str, dict[str, set[str]]]:
    """By check and document, the documents that have to do with it.

    A deal goes with its quotes and their orders as they were delivered, a movement of goods without its delivery with the
    delivery that it names.
    """
    kin: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    of_deals, of_goods = kin["won_deals_equal_orders"], kin["deliveries_equal_goods_issues"]
    extracts = home.root / "demo" / "extracts"
    deals = extracted(extracts, "salesforce", "Quote", "QuoteNumber", "OpportunityId")
    deal_of = {row[0]: row[1] for row in deals}
    for order, quote in extracted(extracts, "sap", "VBAK", "VBELN", "IHREZ"):
        group = {quote, order.lstrip("0"), deal_of.get(quote, quote)}
        for name in group:
            of_deals[name] |= group - {name}
    if has_mart(home, "core", "fct_stock_movement"):
        query = """
            select
                concat_ws('/', movement.document_number, movement.fiscal_year),
                split_part(said.delivery_line_source_id, '/', 1)
            from core.fct_stock_movement as movement
            inner join conformed.stock_movement as said using (source_system, source_id)
            where said.delivery_line_source_id is not null
                and not exists (from core.fct_delivery_line where delivery_line_key = movement.delivery_line_key and is_issued)
                and not exists (from core.fct_return_line where return_line_key = movement.delivery_line_key)
        """
        for document, delivery in ask(home, query, limit=MANY).rows:
            of_goods[document].add(delivery)
    return kin


def _booked(faults: pl.DataFrame) -> list[tuple[str, str, Names]]:
    """The rows whose fault no contract can see."""
    rows = faults.filter(pl.col("caught_by") == "reconciliation").select("kind", "system", "table_name", "key").rows()
    return [(kind, f"{system}.{table} {key}", names(key.split("/"))) for kind, system, table, key in rows]


def _of_crm(truth: Path, as_of: int | None) -> list[tuple[str, str, Names, int]]:
    """The deals of which the CRM tells otherwise than the ERP, and since when."""
    rows = _until(truth_table(truth, "crm_erp_break"), "day", as_of)
    if rows.is_empty():
        return []
    return [(kind, deal, names([deal]), day) for deal, kind, day in rows.select("opportunity_id", "kind", "day").rows()]


def _seen(
    deals: list[tuple[str, str, Names, int]], faults: pl.DataFrame, as_of: int | None, skipped: NotJudged
) -> list[tuple[str, str, Names]]:
    """Those of the deals that a check can name today."""
    refused = set(
        faults.filter(pl.col("table_name") == "Opportunity", pl.col("caught_by") == "contract")["key"].to_list()
    )
    there = [row for row in deals if row[1] not in refused]
    due = [row[:3] for row in there if as_of is None or row[3] + AWAITED_DAYS <= as_of]
    if len(there) < len(deals):
        skip(
            skipped, "reconciliation", f"{len(deals) - len(there):,} deals that differ have a row that the door refused"
        )
    if len(due) < len(there):
        skip(
            skipped,
            "reconciliation",
            f"{len(there) - len(due):,} deals that differ were won in the last {AWAITED_DAYS} days: their orders may follow",
        )
    return due


def _twice(home: Home, truth: Path, as_of: int | None) -> list[tuple[str, str, Names]]:
    """The supplier invoices that were posted twice, by the name of the second entry as far as the books have it."""
    rows = _until(truth_table(truth, "double_posting"), "posted_again", as_of)
    if rows.is_empty():
        return []
    known = ask(
        home,
        "select company_code, reference_number, posting_date, document_number, fiscal_year from core.fct_journal_entry "
        "inner join core.dim_company using (company_key) where reference_number is not null",
        limit=MANY,
    ).rows
    entries = {(str(company), str(reference), day): (number, year) for company, reference, day, number, year in known}
    found = []
    for company, reference, again in rows.select("company", "reference", "posted_again").rows():
        entry = entries.get((str(company), reference, as_date(again)))
        parts = [str(company), *map(str, entry)] if entry else [str(company), reference]
        found.append(("double_posting", f"{company} {reference}", names(parts)))
    return found


def _until(rows: pl.DataFrame | None, day: str, as_of: int | None) -> pl.DataFrame:
    if rows is None:
        return pl.DataFrame()
    return rows if as_of is None else rows.filter(pl.col(day) <= as_of)


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
