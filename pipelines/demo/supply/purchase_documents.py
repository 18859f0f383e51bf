"""The documents of purchasing: orders (EKKO, EKPO, EKET), receipts, and the history of both (EKBE)."""

import numpy as np
import polars as pl

from pipelines.demo.finance.accounts import CLEARING
from pipelines.demo.finance.rates import CURRENCIES, exchange
from pipelines.demo.lookup import looked_up
from pipelines.demo.supply.journal import Journal
from pipelines.demo.supply.movements import CURRENCY_OF_SITE
from pipelines.demo.supply.purchasing import ITEM, Purchasing, stacked
from pipelines.demo.supply.stock import COMPANY_OF_SITE, Ints
from pipelines.demo.supply.suppliers import INTERCOMPANY_SUPPLIER
from pipelines.demo.world import World

FIRST_ORDER = 4_500_000_001
"""Goods received, invoice not yet."""
MISTAKEN = 0.004
"""Of receipts: posted, reversed and posted again."""

RECEIPT = ("day", "item", "quantity", "amount", "local", "value", "rejected")


def company_of(site: str = "site") -> pl.Expr:
    """The company of a column of sites."""
    return looked_up(site, COMPANY_OF_SITE, pl.Int32)


def currency_name(column: str = "currency") -> pl.Expr:
    """The currency whose place in CURRENCIES is in ``column``."""
    return looked_up(column, dict(enumerate(CURRENCIES)), pl.String)


def numbered(world: World, purchasing: Purchasing) -> pl.DataFrame:
    """Number the month's new orders and emit them; gives all items (ITEM and item), those that were open first.

    What a company orders from a supplier on a day is one order.
    """
    stock = purchasing.stock
    names = ("item", "place", "quantity", "price", "currency", "lifnr", "due_day", "ordered_day")
    rows = stacked(purchasing.new, names)
    place = rows["place"].to_numpy()
    rows = rows.with_columns(
        pl.Series("material", stock.material[place]),
        pl.Series("site", stock.site[place].astype(np.int32)),
        pl.lit(0, dtype=pl.Int64).alias("received"),
        pl.lit(0, dtype=pl.Int64).alias("invoiced"),
    ).with_columns(company_of().alias("company"))
    by = ["ordered_day", "company", "lifnr"]
    rows = rows.sort(*by, "item").with_columns(pl.struct(by).rle_id().cast(pl.Int64).alias("order"))
    numbers = pl.Series(world.numbers("ebeln", rows["order"].n_unique(), first=FIRST_ORDER))
    rows = rows.with_columns(
        numbers.gather(rows["order"]).alias("ebeln"),
        (pl.int_range(1, pl.len() + 1).over("order") * 10).alias("ebelp"),
    )
    _emit_new(world, rows)
    rows = rows.sort("item")
    new = rows.select(pl.col(name).cast(kind) for name, kind in ITEM.items())
    return pl.concat([purchasing.opened, new]).with_row_index("item").with_columns(pl.col("item").cast(pl.Int64))


def _emit_new(world: World, rows: pl.DataFrame) -> None:
    terms = world.state["supplier"].select("lifnr", "terms")
    heads = rows.unique("ebeln", keep="first", maintain_order=True).join(
        terms, on="lifnr", how="left", maintain_order="left"
    )
    heads = heads.with_columns(
        currency_name().alias("currency"),
        looked_up("site", CURRENCY_OF_SITE, pl.String).alias("local_currency"),
    )
    quoted = exchange(
        world.seed, heads["currency"], heads["local_currency"], heads["ordered_day"].cast(pl.Int32)
    ).quoted
    company = pl.col("company").cast(pl.String)
    day = pl.col("ordered_day")
    world.emit(
        "sap/EKKO",
        heads.select(
            pl.col("ebeln").alias("EBELN"), company.alias("BUKRS"), pl.lit("F").alias("BSTYP"), pl.lit("NB").alias("BSART"),
            day.alias("AEDAT"), day.alias("BEDAT"), pl.col("lifnr").alias("LIFNR"), company.alias("EKORG"),
            pl.col("terms").fill_null("Z030").alias("ZTERM"), pl.col("currency").alias("WAERS"), pl.Series("WKURS", quoted),
            pl.lit(None, dtype=pl.String).alias("LOEKZ"), day.cast(pl.Int32).alias("_on"),
        ),
    )  # fmt: skip
    whole = rows.with_columns(
        pl.lit(0, pl.Int64).alias("received"), day.cast(pl.Int32).alias("_on"), pl.lit("C").alias("_op")
    )
    emit_items(
        world, whole.with_columns(pl.lit(value=False).alias("all_received"), pl.lit(value=False).alias("all_invoiced"))
    )
    _emit_schedules(world, whole)


def emit_items(world: World, rows: pl.DataFrame) -> None:
    """Emit ``rows`` (ITEM with all_received, all_invoiced, _on, _op) as EKPO."""
    about = rows.join(
        world.state["product"].select("material", "unit", "price_unit"),
        on="material",
        how="left",
        maintain_order="left",
    )
    world.emit(
        "sap/EKPO",
        about.select(
            pl.col("ebeln").alias("EBELN"), pl.col("ebelp").alias("EBELP"), pl.col("material").alias("MATNR"),
            pl.col("site").alias("WERKS"), pl.lit("0001").alias("LGORT"), pl.col("quantity").alias("MENGE"),
            pl.col("unit").alias("MEINS"), pl.col("price").alias("NETPR"), pl.col("price_unit").alias("PEINH"),
            (pl.col("quantity") // pl.col("price_unit") * pl.col("price")).alias("NETWR"), pl.col("all_received").alias("ELIKZ"),
            pl.col("all_invoiced").alias("EREKZ"), pl.lit(None, dtype=pl.String).alias("LOEKZ"), "_on", "_op",
        ),
    )  # fmt: skip


def _emit_schedules(world: World, rows: pl.DataFrame) -> None:
    world.emit(
        "sap/EKET",
        rows.select(
            pl.col("ebeln").alias("EBELN"), pl.col("ebelp").alias("EBELP"), pl.lit(1, dtype=pl.Int64).alias("ETENR"),
            pl.col("due_day").alias("EINDT"), pl.col("quantity").alias("MENGE"), pl.col("received").alias("WEMNG"), "_on", "_op",
        ),
    )  # fmt: skip


def receipts(purchasing: Purchasing, items: pl.DataFrame, rng: np.random.Generator, journal: Journal) -> pl.DataFrame:
    """Journal what came in, what went back and what was posted by mistake; gives all its lines.

    The result: doc, day, movement, quantity (signed), amount, local, place in the document (zeile), and the columns of ``items``.
    """
    rows = stacked(purchasing.receipts, RECEIPT)
    day = np.searchsorted(purchasing.stock.days, rows["day"].to_numpy())
    bad_amount, bad_local = purchasing.worth_of(day, rows["item"].to_numpy(), rows["rejected"].to_numpy())
    about = items.select("item", "ebeln", "ebelp", "material", "site", "lifnr", "currency", "price")
    rows = rows.join(about, on="item", how="left", maintain_order="left").with_columns(
        pl.col("day").cast(pl.Int32), pl.Series("bad_amount", bad_amount), pl.Series("bad_local", bad_local)
    )
    came = rows.with_columns(
        pl.col("quantity") + pl.col("rejected"),
        pl.col("amount") + pl.col("bad_amount"),
        pl.col("local") + pl.col("bad_local"),
        pl.col("value") + pl.col("bad_local"),
        pl.lit("101").alias("movement"),
    )
    back = rows.filter(pl.col("rejected") > 0).with_columns(
        -pl.col("rejected").alias("quantity"),
        -pl.col("bad_amount").alias("amount"),
        -pl.col("bad_local").alias("local"),
        -pl.col("bad_local").alias("value"),
        pl.lit("122").alias("movement"),
    )
    by = ["day", "site", "lifnr", "currency"]
    came = came.sort(*by, "item").with_columns(pl.struct(by).rle_id().alias("receipt"))
    is_mistaken = rng.random(came["receipt"].n_unique() if came.height else 0) < MISTAKEN
    twice = came.filter(pl.Series(is_mistaken[came["receipt"].to_numpy()]) & (pl.col("lifnr") != INTERCOMPANY_SUPPLIER))
    first = journal.documents(twice, by)
    minus = [-pl.col(name) for name in ("quantity", "amount", "local", "value")]
    undone = journal.documents(first.rename({"doc": "reverses"}), by).with_columns(
        *minus, pl.lit("102").alias("movement")
    )
    nothing = pl.lit(None, dtype=pl.Int64).alias("reverses")
    parts = [first.with_columns(nothing), undone, journal.documents(came, by).with_columns(nothing)]
    parts.append(journal.documents(back, by).with_columns(nothing))
    names = ("doc", "day", "movement", "item", "quantity", "amount", "local", "value", "reverses", *about.columns[1:])
    lines = pl.concat([part.select(names) for part in parts])
    lines = lines.with_columns(pl.int_range(1, pl.len() + 1).over("doc").alias("zeile"))
    journal.move(
        lines.with_columns(currency_name().alias("currency"), pl.lit(CLEARING, dtype=pl.Int64).alias("counter"))
    )
    return lines


def emit_history(world: World, lines: pl.DataFrame, numbers: pl.DataFrame) -> None:
    """Emit the receipts ``lines`` (of `receipts`) as EKBE, VGABE 1; ``numbers``: doc, mblnr."""
    rows = lines.join(numbers, on="doc", how="left", maintain_order="left")
    goes_in = pl.col("quantity") >= 0
    world.emit(
        "sap/EKBE",
        rows.select(
            pl.col("ebeln").alias("EBELN"), pl.col("ebelp").alias("EBELP"), pl.lit("1").alias("VGABE"),
            pl.lit(world.month.year, dtype=pl.Int32).alias("GJAHR"), pl.col("mblnr").alias("BELNR"),
            pl.col("zeile").alias("BUZEI"),
            pl.lit("E").alias("BEWTP"), pl.col("movement").alias("BWART"), pl.col("day").alias("BUDAT"),
            pl.col("quantity").abs().alias("MENGE"), pl.col("local").abs().alias("DMBTR"), pl.col("amount").abs().alias("WRBTR"),
            currency_name().alias("WAERS"), pl.when(goes_in).then(pl.lit("S")).otherwise(pl.lit("H")).alias("SHKZG"),
            pl.lit(None, dtype=pl.String).alias("XBLNR"), pl.col("day").alias("_on"),
        ),
    )  # fmt: skip


def progress(world: World, items: pl.DataFrame, received: pl.DataFrame, invoiced: pl.DataFrame) -> pl.DataFrame:
    """Emit how items got on in the month (EKPO, EKET), and give ``items`` with new totals received and invoiced.

    ``received``, ``invoiced``: item, day, quantity.
    """
    zero = pl.lit(0, dtype=pl.Int64)
    events = pl.concat([
        received.select("item", "day", pl.col("quantity").alias("came"), zero.alias("billed")),
        invoiced.select("item", "day", zero.alias("came"), pl.col("quantity").alias("billed")),
    ])  # fmt: skip
    days = events.group_by("item", "day").agg(pl.col("came", "billed").sum()).sort("item", "day")
    days = days.join(items, on="item", how="left", maintain_order="left").with_columns(
        (pl.col("received") + pl.col("came").cum_sum().over("item")).alias("received_now"),
        (pl.col("invoiced") + pl.col("billed").cum_sum().over("item")).alias("invoiced_now"),
    )
    quantity = pl.col("quantity")
    days = days.with_columns(
        (pl.col("received_now") >= quantity).alias("all_received"),
        (pl.col("invoiced_now") >= quantity).alias("all_invoiced"),
        (pl.col("received_now") - pl.col("came") >= quantity).alias("was_received"),
        (pl.col("invoiced_now") - pl.col("billed") >= quantity).alias("was_invoiced"),
        pl.col("day").alias("_on"),
        pl.lit("U").alias("_op"),
    )
    is_news = (pl.col("all_received") != pl.col("was_received")) | (pl.col("all_invoiced") != pl.col("was_invoiced"))
    emit_items(world, days.filter(is_news))
    _emit_schedules(world, days.filter(pl.col("came") != 0).with_columns(pl.col("received_now").alias("received")))
    last = days.unique("item", keep="last", maintain_order=True).select("item", "received_now", "invoiced_now")
    return items.join(last, on="item", how="left", maintain_order="left").with_columns(
        pl.coalesce("received_now", "received").alias("received"), pl.coalesce("invoiced_now", "invoiced").alias("invoiced")
    ).drop("received_now", "invoiced_now")  # fmt: skip


def arrivals(purchasing: Purchasing, items: pl.DataFrame) -> pl.DataFrame:
    """What is still to come, as the state ``arrival``."""
    rows: Ints = purchasing.arrival_item
    ordered = items.select("ebeln", "ebelp")[rows]
    return ordered.with_columns(
        pl.Series("day", purchasing.arrival_day.astype(np.int32)), pl.Series("quantity", purchasing.arrival_quantity)
    )
