"""The journal of supply: a month's movements of goods and the ledger documents that follow from them, posted at once."""

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from pipelines.demo.finance import ledger
from pipelines.demo.finance.accounts import PRICE_DIFFERENCES, STOCK_ACCOUNT
from pipelines.demo.lookup import looked_up, with_schema
from pipelines.demo.supply import movements
from pipelines.demo.supply.movements import CURRENCY_OF_SITE
from pipelines.demo.supply.stock import COMPANY_OF_SITE
from pipelines.demo.world import World

MOVE = pl.Schema({
    "doc": pl.Int64, "day": pl.Int32, "movement": pl.String, "material": pl.Int64, "site": pl.Int32, "quantity": pl.Int64,
    "value": pl.Int64, "counter": pl.Int64, "currency": pl.String, "amount": pl.Int64, "local": pl.Int64, "lifnr": pl.Int64,
    "ebeln": pl.Int64, "ebelp": pl.Int64, "aufnr": pl.Int64, "to_site": pl.Int32, "reverses": pl.Int64,
})  # fmt: skip
"""A line of goods that moved. quantity and value (company currency) are signed.

counter: the account against stock; null where the document's other lines are. If the counter account carries another amount than
the stock: currency, amount and local of it, signed as the stock; the rest is a price difference.
"""
HEADER = pl.Schema({
    "doc": pl.Int64, "company": pl.Int32, "kind": pl.String, "posted": pl.Int32, "document_date": pl.Int32, "currency": pl.String,
    "reference": pl.String, "text": pl.String, "source_type": pl.String, "source_number": pl.String, "reverses": pl.Int64,
})  # fmt: skip
LINE = pl.Schema({
    "doc": pl.Int64, "account": pl.Int64, "amount": pl.Int64, "local": pl.Int64, "group": pl.Int64, "koart": pl.String,
    "lifnr": pl.Int64, "material": pl.Int64, "site": pl.Int32, "quantity": pl.Int64, "partner_company": pl.Int32,
})  # fmt: skip

KIND_OF_MOVEMENT = {
    "101": "WE", "102": "WE", "122": "WE", "261": "WA", "301": "WA", "551": "WA", "561": "WA", "643": "WL",
}  # fmt: skip
TEXT_OF_MOVEMENT = {
    "101": "Goods receipt", "102": "Goods receipt reversal", "122": "Return to supplier", "261": "Goods issue for order",
    "301": "Stock transfer", "551": "Scrapping", "561": "Opening stock", "643": "Intercompany goods issue",
}  # fmt: skip


@dataclass
class Journal:
    """Documents of a month, before they have numbers; ``doc`` counts them."""

    next_doc: int = 0
    moves: list[pl.DataFrame] = field(default_factory=list)
    headers: list[pl.DataFrame] = field(default_factory=list)
    lines: list[pl.DataFrame] = field(default_factory=list)

    def documents(self, rows: pl.DataFrame, by: list[str]) -> pl.DataFrame:
        """``rows`` sorted by ``by`` with a column doc: rows that agree in ``by`` are one document."""
        rows = rows.sort(by, maintain_order=True)
        is_new = np.zeros(rows.height, dtype=np.bool_)
        is_new[:1] = True
        for name in by:
            is_new[1:] |= np.diff(rows[name].to_numpy()) != 0
        documents = np.cumsum(is_new) + (self.next_doc - 1)
        self.next_doc += int(is_new.sum())
        return rows.with_columns(pl.Series("doc", documents))

    def move(self, rows: pl.DataFrame) -> None:
        """Take in lines of goods that moved, with the columns of MOVE that apply."""
        if rows.height:
            self.moves.append(with_schema(rows, MOVE))

    def enter(self, headers: pl.DataFrame, lines: pl.DataFrame) -> None:
        """Take in documents that move no goods, with the columns of HEADER and LINE that apply."""
        if headers.height:
            self.headers.append(with_schema(headers, HEADER))
            self.lines.append(with_schema(lines, LINE))

    def post(self, world: World) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Number and post everything; gives the material documents (doc, mblnr) and the ledger's (doc, belnr, gjahr)."""
        moves = pl.concat(self.moves) if self.moves else pl.DataFrame(schema=MOVE)
        moves = moves.sort("day", "doc", maintain_order=True)
        numbers = movements.post(world, moves.drop("counter", "currency", "amount", "local"))
        headers = [_goods_headers(moves, numbers), *self.headers]
        lines = [_goods_lines(world, moves), *self.lines]
        entries = pl.concat(headers).sort("posted", "doc")
        return numbers, ledger.post(world, entries, pl.concat(lines))


def _goods_headers(moves: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    heads = moves.unique("doc", keep="first", maintain_order=True).join(
        numbers, on="doc", how="left", maintain_order="left"
    )
    company = looked_up("site", COMPANY_OF_SITE, pl.Int32)
    own = looked_up("site", CURRENCY_OF_SITE, pl.String)
    number = pl.col("mblnr").cast(pl.String)
    return with_schema(heads.select(
        "doc", company.alias("company"),
        looked_up("movement", KIND_OF_MOVEMENT, pl.String).alias("kind"),
        pl.col("day").alias("posted"), pl.col("day").alias("document_date"), pl.coalesce("currency", own).alias("currency"),
        pl.coalesce(pl.col("ebeln").cast(pl.String), pl.col("aufnr").cast(pl.String), number).alias("reference"),
        looked_up("movement", TEXT_OF_MOVEMENT, pl.String).alias("text"),
        pl.lit("MKPF").alias("source_type"), number.alias("source_number"), "reverses",
    ), HEADER)  # fmt: skip


def _goods_lines(world: World, moves: pl.DataFrame) -> pl.DataFrame:
    kinds = world.state["product"].select("material", "kind")
    moves = moves.join(kinds, on="material", how="left", maintain_order="left").with_columns(
        pl.coalesce("amount", "value").alias("amount"), pl.coalesce("local", "value").alias("local")
    )
    stock = moves.select(
        "doc", looked_up("kind", STOCK_ACCOUNT, pl.Int64).alias("account"), "amount",
        pl.col("value").alias("local"), "material", "site", "quantity",
    )  # fmt: skip
    against = moves.filter(pl.col("counter").is_not_null())
    ordered = against.filter(pl.col("ebeln").is_not_null()).select(
        "doc",
        pl.col("counter").alias("account"),
        -pl.col("amount"),
        -pl.col("local"),
        "lifnr",
        "material",
        "site",
        "quantity",
    )
    other = against.filter(pl.col("ebeln").is_null())
    other = other.group_by("doc", "counter", maintain_order=True).agg(-pl.col("amount").sum(), -pl.col("local").sum())
    off = pl.col("local") - pl.col("value")
    difference = moves.filter(off != 0).group_by("doc", maintain_order=True).agg(off.sum().alias("local"))
    return pl.concat([
        with_schema(stock, LINE),
        with_schema(ordered, LINE),
        with_schema(other.rename({"counter": "account"}), LINE),
        with_schema(difference.with_columns(pl.lit(PRICE_DIFFERENCES).alias("account"), pl.lit(0).alias("amount")), LINE),
    ])  # fmt: skip
