"""Documents that a clerk or a monthly job enters without goods or partners, collected before they go to the ledger."""

from collections.abc import Sequence

import polars as pl

from pipelines.demo.finance import ledger
from pipelines.demo.finance.chart_of_accounts import COMPANY_CURRENCY
from pipelines.demo.world import World

Line = tuple[int, int, str | None]
"""Account, amount in minor units of the company's currency (debit positive), cost centre."""

_HEADERS = {
    "doc": pl.Int64, "company": pl.Int32, "kind": pl.String, "posted": pl.Int32, "document_date": pl.Int32, "currency": pl.String,
    "reference": pl.String, "text": pl.String, "source_type": pl.String,
}  # fmt: skip
_LINES = {"doc": pl.Int64, "account": pl.Int64, "amount": pl.Int64, "cost_center": pl.String}


class ManualPostings:
    """Documents in the currency of their company, a few hundred a month at most."""

    def __init__(self) -> None:
        self._headers: list[tuple[object, ...]] = []
        self._lines: list[tuple[object, ...]] = []

    def add(self, company: int, kind: str, day: int, text: str, reference: str | None, lines: Sequence[Line]) -> None:
        """Add a document; lines without an amount are left out, and a document without lines too."""
        doc = len(self._headers) + 1
        real = [(doc, account, amount, center) for account, amount, center in lines if amount]
        if real:
            self._headers.append((doc, company, kind, day, day, COMPANY_CURRENCY[company], reference, text, "BKPF"))
            self._lines += real

    def post(self, world: World) -> None:
        """Post everything; raises ConcordError if a document does not balance."""
        if not self._headers:
            return
        headers = pl.DataFrame(self._headers, schema=_HEADERS, orient="row")
        ledger.post(world, headers, pl.DataFrame(self._lines, schema=_LINES, orient="row"))
