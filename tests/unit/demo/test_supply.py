"""Promises of supply: stock is never negative, its value is in the ledger, and every movement has its document."""

from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.demo.calendar import Month, business_day, is_business_day
from pipelines.demo.finance import ledger
from pipelines.demo.finance.chart_of_accounts import COMPANY_CURRENCY
from pipelines.demo.scales import SCALES
from pipelines.demo.shapes import SHAPES
from pipelines.demo.supply import catalogue, movements, suppliers, supply
from pipelines.demo.supply.shipping import MOST_PARTS, OPEN_DEMAND, Shipping
from pipelines.demo.supply.stock import COMPANY_OF_SITE, STOCK, Stock
from pipelines.demo.world import World

MONTHS = 15  # two Januaries: standard prices change twice
RETURNED = {"line": pl.Int64, "material": pl.Int64, "site": pl.Int32, "day": pl.Int32, "quantity": pl.Int64}
COST = {"FERT": (500000, 320000), "HAWA": (501000, 310000)}


@dataclass
class Lived:
    """A company that has bought, made and shipped, with what was wanted of it."""

    world: World
    demand: list[pl.DataFrame] = field(default_factory=list)
    shipments: list[pl.DataFrame] = field(default_factory=list)
    returned: list[pl.DataFrame] = field(default_factory=list)
    receipts: list[pl.DataFrame] = field(default_factory=list)
    month_ends: list[tuple[pl.DataFrame, pl.DataFrame]] = field(default_factory=list)

    def rows(self, table: str) -> pl.DataFrame:
        return pl.concat(self.world.emitted[f"sap/{table}"], how="vertical_relaxed")

    def latest(self, table: str) -> pl.DataFrame:
        rows = self.rows(table).sort("_on", maintain_order=True)
        return rows.unique(SHAPES[f"sap/{table}"].key, keep="last", maintain_order=True)


def _wanted(world: World, first: int) -> pl.DataFrame:
    rng = world.rng("test demand")
    goods = world.state["product"].filter(
        pl.col("list_price").is_not_null() & (pl.col("launched") <= world.month.first)
    )
    count = 260
    place = rng.choice(goods.height, count, p=(goods["popularity"] / goods["popularity"].sum()).to_numpy())
    unit = goods["price_unit"].to_numpy()[place]
    wish = goods["median_quantity"].to_numpy()[place] * rng.lognormal(0, 0.9, count) / unit
    day = business_day(world.month.first + rng.integers(0, 45, count))
    return pl.DataFrame({
        "line": np.arange(first, first + count), "material": goods["material"].to_numpy()[place],
        "site": rng.choice([1500, 1600, 2500, 3500], count).astype(np.int32), "due_day": day,
        "quantity": np.maximum(np.rint(wish), 1).astype(np.int64) * unit,
    })  # fmt: skip


def _sell(world: World, sent: pl.DataFrame, lines: pl.DataFrame, sign: int) -> None:
    """What deliveries do with what was shipped (or came back): the movement, and its cost."""
    if sent.height == 0:
        return
    kinds = world.state["product"].select("material", "kind")
    rows = sent.join(lines.select("line", "material"), on="line").join(kinds, on="material").sort("day", "site", "line")
    rows = rows.with_columns(
        pl.struct("day", "site").rle_id().cast(pl.Int64).alias("doc"),
        pl.lit("601" if sign > 0 else "653").alias("movement"),
    )
    movements.post(
        world,
        rows.select("doc", "day", "movement", "material", "site", pl.col("quantity", "value") * -sign),
    )
    company = pl.col("site").replace_strict(COMPANY_OF_SITE, return_dtype=pl.Int32)
    currency = company.replace_strict(COMPANY_CURRENCY, return_dtype=pl.String).alias("currency")
    headers = rows.unique("doc", keep="first", maintain_order=True).select(
        "doc", company.alias("company"), pl.lit("WL").alias("kind"), pl.col("day").alias("posted"),
        pl.col("day").alias("document_date"), currency,
    )  # fmt: skip
    accounts = [{kind: pair[side] for kind, pair in COST.items()} for side in (0, 1)]
    sides = [
        rows.select(
            "doc",
            pl.col("kind").replace_strict(accounts[side], return_dtype=pl.Int64).alias("account"),
            (pl.col("value") * (sign if side == 0 else -sign)).alias("amount"),
        )
        for side in (0, 1)
    ]  # fmt: skip
    ledger.post(world, headers, pl.concat(sides))


def _live(months: int) -> Lived:
    world = World(seed=1, scale=SCALES["tiny"])
    catalogue.found(world)
    suppliers.found(world)
    supply.found(world)
    lived = Lived(world)
    for index in range(months):
        world.month = Month(index)
        catalogue.live(world)
        suppliers.live(world)
        wanted = _wanted(world, 1 + 1000 * index)
        back = pl.concat([*lived.shipments[-1:]]) if lived.shipments else None
        returned = pl.DataFrame(
            schema={
                **dict.fromkeys(("line", "material"), pl.Int64),
                "site": pl.Int32,
                "day": pl.Int32,
                "quantity": pl.Int64,
            }
        )
        if back is not None:
            some = (
                back.unique("line", keep="first", maintain_order=True).head(5).join(pl.concat(lived.demand), on="line")
            )
            returned = some.select(
                pl.col("line") + 10**9,
                "material",
                "site",
                pl.Series("day", world.month.days[[0, 3, 9, 20, -1]]),
                "quantity",
            )
        shipments, receipts = supply.live(world, wanted, returned)
        lived.demand.append(wanted)
        lived.shipments.append(shipments)
        lived.returned.append(returned)
        lived.receipts.append(receipts)
        _sell(world, shipments, pl.concat(lived.demand), 1)
        _sell(world, receipts, returned, -1)
        lived.month_ends.append((world.state["stock"], world.state["balance"]))
    return lived


@cache
def _lived() -> Lived:
    return _live(MONTHS)


@pytest.fixture
def lived() -> Lived:
    return _lived()


def test_stock_is_never_negative_in_quantity_or_value(lived: Lived) -> None:
    assert lived.rows("MARD")["LABST"].min() >= 0
    assert lived.rows("MBEW")["SALK3"].min() >= 0
    assert lived.rows("MBEW").filter((pl.col("LBKUM") == 0) & (pl.col("SALK3") != 0)).height == 0


def test_stock_on_hand_is_the_sum_of_all_movements(lived: Lived) -> None:
    moved = lived.rows("MATDOC").group_by("MATNR", "WERKS").agg(pl.col("STOCK_QTY").sum())
    both = lived.world.state["stock"].join(moved, left_on=["material", "site"], right_on=["MATNR", "WERKS"], how="full")
    assert both["material"].null_count() == 0
    assert (both["quantity"] == both["STOCK_QTY"].fill_null(0)).all()


def test_stock_value_is_movements_and_revaluations(lived: Lived) -> None:
    signed = pl.when(pl.col("SHKZG") == "S").then(pl.col("DMBTR")).otherwise(-pl.col("DMBTR"))
    moved = lived.rows("MATDOC").group_by("MATNR", "WERKS").agg(signed.sum().alias("moved"))
    revalued = lived.rows("ACDOCA").filter((pl.col("BLART") == "PR") & pl.col("MATNR").is_not_null())
    revalued = revalued.group_by("MATNR", "WERKS").agg(pl.col("HSL").sum().alias("revalued"))
    keys = {"left_on": ["material", "site"], "right_on": ["MATNR", "WERKS"], "how": "left"}
    both = lived.world.state["stock"].join(moved, **keys).join(revalued, **keys)
    assert (both["value"] == both["moved"].fill_null(0) + both["revalued"].fill_null(0)).all()


def test_stock_value_is_in_the_ledger_at_every_month_end(lived: Lived) -> None:
    kinds = lived.world.state["product"].select(
        "material", pl.col("kind").replace_strict({"ROH": 300000, "HAWA": 310000, "FERT": 320000})
    )
    company = pl.col("site").replace_strict(COMPANY_OF_SITE, return_dtype=pl.Int32).alias("company")
    for stock, balance in lived.month_ends:
        there = (
            stock.join(kinds, on="material")
            .group_by(company, pl.col("kind").cast(pl.Int64).alias("account"))
            .agg(pl.col("value").sum())
        )
        booked = balance.filter(pl.col("account").is_in([300000, 310000, 320000]))
        booked = booked.group_by("company", "account").agg((pl.col("debit") - pl.col("credit")).sum().alias("booked"))
        both = there.join(booked, on=["company", "account"], how="full", coalesce=True).fill_null(0)
        assert (both["value"] == both["booked"]).all()


def test_material_masters_end_as_the_stock_is(lived: Lived) -> None:
    stock = lived.world.state["stock"]
    for table, site, quantity in (("MARD", "WERKS", "LABST"), ("MBEW", "BWKEY", "LBKUM")):
        both = stock.join(lived.latest(table), left_on=["material", "site"], right_on=["MATNR", site], how="full")
        assert both.select((pl.col("quantity") == pl.col(quantity)).all()).item()
    assert (both["value"] == both["SALK3"]).all()


def test_what_is_shipped_of_a_line_is_never_more_than_ordered(lived: Lived) -> None:
    sent = (
        pl.concat(lived.shipments)
        .group_by("line")
        .agg(pl.col("quantity").sum().alias("sent"), pl.len(), pl.col("day").min())
    )
    lines = pl.concat(lived.demand).join(sent, on="line")
    assert lines.height == sent.height
    assert (lines["sent"] <= lines["quantity"]).all()
    assert (lines["day"] >= lines["due_day"]).all()
    assert lines["len"].max() <= MOST_PARTS
    assert is_business_day(pl.concat(lived.shipments)["day"].to_numpy()).all()
    assert pl.concat(lived.shipments)["quantity"].min() > 0


def test_open_lines_are_what_was_not_shipped(lived: Lived) -> None:
    sent = pl.concat(lived.shipments).group_by("line").agg(pl.col("quantity").sum().alias("sent"))
    lines = pl.concat(lived.demand).join(sent, on="line", how="left").with_columns(pl.col("sent").fill_null(0))
    rest = lines.filter(pl.col("sent") < pl.col("quantity")).with_columns(
        (pl.col("quantity") - pl.col("sent")).alias("rest")
    )
    both = rest.join(lived.world.state["open_demand"], on="line", how="full")
    assert (both["rest"] == both["left"]).all()
    assert both["rest"].null_count() == 0


def test_returned_goods_come_in_with_a_value(lived: Lived) -> None:
    returned, receipts = pl.concat(lived.returned), pl.concat(lived.receipts)
    assert receipts.select("line", "site", "quantity").equals(returned.select("line", "site", "quantity"))
    assert receipts["value"].min() > 0


def test_everything_is_a_multiple_of_the_price_unit(lived: Lived) -> None:
    units = lived.world.state["product"].select(pl.col("material").alias("MATNR"), "price_unit")
    for table, quantity in (("MATDOC", "STOCK_QTY"), ("EKPO", "MENGE"), ("MARC", "BSTMI"), ("MARC", "MINBE")):
        rows = lived.rows(table).join(units, on="MATNR", how="left")
        assert rows.select((pl.col(quantity) % pl.col("price_unit") == 0).all()).item(), table


def test_components_issued_are_those_of_the_bill_of_material(lived: Lived) -> None:
    orders = lived.latest("AFKO").filter(pl.col("GSTRI").is_not_null())
    bills = lived.rows("STPO").rename({"MENGE": "pieces"})
    needed = orders.join(bills, on="STLNR").select(
        "AUFNR", pl.col("IDNRK").alias("MATNR"), pl.col("GAMNG") * pl.col("pieces")
    )
    issued = lived.rows("MATDOC").filter(pl.col("BWART") == "261").group_by("AUFNR", "MATNR").agg(pl.col("MENGE").sum())
    both = needed.join(issued, on=["AUFNR", "MATNR"], how="full")
    assert both["GAMNG"].null_count() == 0
    assert (both["GAMNG"] == both["MENGE"]).all()


def test_finished_orders_yield_what_was_not_scrapped(lived: Lived) -> None:
    done = lived.latest("AFKO").filter(pl.col("GETRI").is_not_null())
    made = lived.rows("MATDOC").filter((pl.col("BWART") == "101") & pl.col("AUFNR").is_not_null())
    both = done.join(made, on="AUFNR", how="left")
    assert (both["MENGE"] == both["IGMNG"]).all()
    assert (both["IGMNG"] + both["IASMG"] == both["GAMNG"]).all()
    assert 0.93 < done["IGMNG"].sum() / done["GAMNG"].sum() < 0.995


def test_order_history_is_what_was_received(lived: Lived) -> None:
    history = lived.rows("EKBE").filter(pl.col("VGABE") == "1")
    moved = lived.rows("MATDOC").filter(pl.col("EBELN").is_not_null() & pl.col("BWART").is_in(["101", "102", "122"]))
    both = history.join(moved, left_on=["BELNR", "GJAHR", "BUZEI"], right_on=["MBLNR", "MJAHR", "ZEILE"], how="full")
    assert both["BELNR"].null_count() == both["MBLNR"].null_count() == 0
    for column in ("EBELN", "EBELP", "MENGE", "BWART"):
        assert (both[column] == both[f"{column}_right"]).all(), column


def test_purchase_items_know_what_has_come(lived: Lived) -> None:
    signed = pl.when(pl.col("SHKZG") == "S").then(pl.col("MENGE")).otherwise(-pl.col("MENGE"))
    came = lived.rows("EKBE").filter(pl.col("VGABE") == "1").group_by("EBELN", "EBELP").agg(signed.sum().alias("came"))
    schedule = (
        lived.latest("EKET").join(came, on=["EBELN", "EBELP"], how="left").with_columns(pl.col("came").fill_null(0))
    )
    assert (schedule["WEMNG"] == schedule["came"]).all()
    items = lived.latest("EKPO").join(schedule.select("EBELN", "EBELP", "came"), on=["EBELN", "EBELP"])
    assert (items["came"] <= items["MENGE"]).all()
    assert ((items["came"] == items["MENGE"]) == items["ELIKZ"]).all()


def test_goods_received_and_not_invoiced_are_the_clearing_account(lived: Lived) -> None:
    company = pl.col("site").replace_strict(COMPANY_OF_SITE, return_dtype=pl.Int32).alias("company")
    awaited = lived.world.state["awaited_invoice"].group_by(company).agg(pl.col("local").sum())
    cleared = (
        lived.rows("ACDOCA")
        .filter(pl.col("RACCT") == 191100)
        .group_by(pl.col("RBUKRS").alias("company"))
        .agg(pl.col("HSL").sum())
    )
    both = cleared.join(awaited, on="company", how="left").fill_null(0)
    assert (both["HSL"] == -both["local"]).all()


def test_intercompany_receivable_is_what_is_owed_awaited_and_under_way(lived: Lived) -> None:
    state = lived.world.state
    balance = (
        state["balance"].filter(pl.col("account") == 140100).select((pl.col("debit") - pl.col("credit")).sum()).item()
    )
    own = pl.col("lifnr") == suppliers.INTERCOMPANY_SUPPLIER
    under_way = state["arrival"].join(state["purchase_item"].drop("quantity"), on=["ebeln", "ebelp"]).filter(own)
    expected = (
        state["intercompany_open"]["amount"].sum()
        + state["awaited_invoice"].filter(own)["amount"].sum()
        + under_way.select((pl.col("quantity") * pl.col("price")).sum()).item()
    )
    assert balance == expected > 0


@pytest.mark.parametrize(
    "table", ["MARA", "MARC", "MARD", "MBEW", "EKKO", "EKPO", "EKET", "AFKO", "AFPO", "LFA1", "STPO", "MAKT"]
)
def test_a_row_is_created_first_and_changes_once_a_day_at_most(lived: Lived, table: str) -> None:
    key = SHAPES[f"sap/{table}"].key
    rows = lived.rows(table).sort("_on", maintain_order=True)
    assert not rows.select(pl.struct(*key, "_on").is_duplicated().any()).item()
    assert (rows.unique(key, keep="first")["_op"] == "C").all()
    assert (rows["_op"] == "C").sum() == rows.unique(key).height


def test_state_is_tables_and_a_second_life_is_the_same() -> None:
    first, second = _live(3), _live(3)
    assert all(isinstance(table, pl.DataFrame) for table in first.world.state.values())
    assert first.world.emitted.keys() == second.world.emitted.keys()
    for table in first.world.emitted:
        assert first.rows(table.partition("/")[2]).equals(second.rows(table.partition("/")[2])), table


def test_list_prices_rise_each_year_and_follow_the_currency(lived: Lived) -> None:
    world = lived.world
    materials = world.state["product"].filter(pl.col("list_price").is_not_null())["material"].to_numpy()
    old, new = Month(0).first, Month(26).first
    euro_then, euro_now, yen = (
        catalogue.list_price(world, materials, np.full(len(materials), day), pl.Series([currency] * len(materials)))
        for day, currency in ((old, "EUR"), (new, "EUR"), (new, "JPY"))
    )
    assert (euro_now > euro_then).all()
    assert (yen > euro_now).all()
    with pytest.raises(KeyError):
        catalogue.list_price(world, np.array([1]), np.array([old]), pl.Series(["EUR"]))


def test_names_of_products_are_unique_and_fit_the_field() -> None:
    world = World(seed=3, scale=SCALES["large"])
    catalogue.found(world)
    product = world.state["product"]
    for name in ("name_en", "name_de"):
        assert product[name].n_unique() == product.height
        assert product[name].str.len_chars().max() <= 40
    assert product["material"].n_unique() == product.height


@settings(max_examples=60, deadline=None)
@given(
    stock=st.lists(st.integers(0, 30), min_size=2, max_size=2),
    lines=st.lists(st.tuples(st.integers(0, 1), st.integers(0, 4), st.integers(1, 12)), min_size=1, max_size=12),
    arrives=st.lists(st.tuples(st.integers(0, 1), st.integers(0, 4), st.integers(1, 15)), max_size=6),
)
def test_goods_go_to_the_lines_due_first(
    stock: list[int], lines: list[tuple[int, int, int]], arrives: list[tuple[int, int, int]]
) -> None:
    days = np.arange(19_723, 19_728, dtype=np.int32)  # from a New Year's Day on: four business days
    days = days[is_business_day(days)]
    frame = pl.DataFrame({
        "material": [1, 2], "site": [1500, 1500], "quantity": stock, "value": [10 * each for each in stock], "price": [10, 10],
        "mean": [0.0, 0.0], "lump": [1.0, 1.0], "safety": [0, 0], "reorder": [0, 0], "lot": [1, 1],
    }).cast(STOCK).with_columns(pl.lit("FERT").alias("kind"), pl.lit(1, dtype=pl.Int64).alias("price_unit"))  # fmt: skip
    due = [int(days[min(day, len(days) - 1)]) for _, day, _ in lines]
    rows = [(row, line[0] + 1, 1500, due[row], line[2], line[2], 0) for row, line in enumerate(lines)]
    wanted = pl.DataFrame(rows, schema=OPEN_DEMAND, orient="row")
    goods = Stock(frame, days)
    shipping = Shipping(goods, wanted)
    shipped = {}
    for day in range(len(days)):
        shipping.ship(day)
        assert (goods.free >= 0).all()
        for place, when, quantity in arrives:
            if when == day:
                goods.receive(np.array([place]), np.array([quantity]), np.array([10 * quantity]))
        goods.close(day)
    sent = shipping.shipments()
    for place in (0, 1):
        ordered = wanted.filter(pl.col("material") == place + 1).sort("due_day", "line")
        got = ordered.join(
            sent.group_by("line").agg(pl.col("quantity").sum().alias("got"), pl.col("day").max(), pl.len()),
            on="line",
            how="left",
        )
        part = (got["got"].fill_null(0) / got["quantity"]).to_list()
        # Nothing for a line before those due earlier are complete, and whole lines unless a part is worth it.
        assert all(earlier == 1 or later == 0 for earlier, later in pairwise(part))
        shipped[place] = int(got["got"].fill_null(0).sum())
        assert (got["len"].fill_null(0) <= MOST_PARTS).all()
        assert (got.filter(pl.col("day").is_not_null()).select((pl.col("day") >= pl.col("due_day")).all())).item()
    assert sum(shipped.values()) == sum(stock) + sum(q for _, day, q in arrives if day < len(days)) - int(
        goods.quantity.sum()
    )
    assert shipping.still_open()["left"].sum() == wanted["quantity"].sum() - sum(shipped.values())
