"""The demo company's books balance: every document, every open item, every month and every day."""

import itertools

import numpy as np
import polars as pl
import pytest

from pipelines.demo.calendar import Month, business_day, is_business_day
from pipelines.demo.finance import chart_of_accounts, ledger, payables, rates, receivables
from pipelines.demo.finance.chart_of_accounts import COMPANY_CURRENCY
from pipelines.demo.finance.open_items import CUSTOMERS, SUPPLIERS, Side
from pipelines.demo.scales import SCALES
from pipelines.demo.shapes import SHAPES
from pipelines.demo.world import World

MONTHS = 16
SIDES = {"customers": CUSTOMERS, "suppliers": SUPPLIERS}
BOTH_SIDES = pytest.mark.parametrize("side", SIDES.values(), ids=SIDES.keys())


def new_world(index: int = 0, seed: int = 1) -> World:
    return World(seed=seed, scale=SCALES["tiny"], month=Month(index))


def parties() -> pl.DataFrame:
    rng = np.random.default_rng(7)
    count = 60
    company = rng.choice([1000, 2000, 3000], count)
    currency = [
        str(rng.choice(["EUR", "JPY", "USD"])) if number == 1000 else COMPANY_CURRENCY[number]
        for number in company.tolist()
    ]
    style = rng.choice(["prompt", "late", "discount", "short", "disputes"], count)
    return pl.DataFrame(
        {
            "party": np.arange(count),
            "company": company.astype(np.int32),
            "currency": currency,
            "terms": np.where(style == "discount", "Z02D", rng.choice(["Z014", "Z030", "Z045", "Z060"], count)),
            "pay_mean": rng.normal(2, 3, count),
            "pay_sd": rng.uniform(2, 8, count),
            "pay_style": style,
            "gone_day": [Month(5).first if party % 4 == 0 else None for party in range(count)],
        }
    ).cast({"gone_day": pl.Int32})


def billed(world: World, side: Side, count: int) -> pl.DataFrame:
    """Post this month's invoices of one side, as billing and purchasing do."""
    rng = world.rng(f"invoices {side.ledger}")
    month = world.month
    sign = 1 if side is CUSTOMERS else -1
    chosen = parties()[rng.integers(0, 60, count)].drop("pay_mean", "pay_sd", "pay_style", "gone_day")
    amount = np.floor(rng.lognormal(11, 1.2, count)).astype(np.int64)
    if side is CUSTOMERS:
        amount = np.where(rng.random(count) < 0.08, -amount // 2, amount)
    posted = np.minimum(business_day(rng.integers(month.first, month.last + 1, count)), month.last)
    invoices = chosen.with_columns(
        pl.Series("amount", amount),
        pl.Series("posted", posted.astype(np.int32)),
        pl.Series("is_disputed", rng.random(count) < 0.01),
        pl.int_range(pl.len()).alias("doc"),
        (pl.col("party") + 100_001).alias(side.partner),
    ).with_columns(reference=(pl.col("doc") + 1000 * month.index).cast(pl.String))
    foreign = pl.Series([COMPANY_CURRENCY[number] for number in invoices["company"].to_list()])
    invoices = invoices.with_columns(_company_currency=foreign, _group_currency=pl.lit("EUR"))
    for into, target in (("local", "_company_currency"), ("group", "_group_currency")):
        invoices = rates.convert(world.seed, invoices, "amount", "currency", target, "posted", into)
    headers = invoices.select(
        "doc",
        "company",
        "posted",
        "currency",
        "reference",
        kind=pl.lit(side.invoice_kind),
        document_date="posted",
    )
    owed = invoices.select("doc", side.partner, account=pl.lit(side.account), **_times(sign))
    other = invoices.select(
        "doc",
        pl.lit(None, pl.Int64).alias(side.partner),
        account=pl.lit(800_000 if sign > 0 else 191_100),
        **_times(-sign),
    )
    posted_as = ledger.post(world, headers, pl.concat([owed, other]))
    return invoices.join(posted_as, on="doc", maintain_order="left")


def _times(sign: int) -> dict[str, pl.Expr]:
    return {name: sign * pl.col(name) for name in ("amount", "local", "group")}


def live(months: int) -> World:
    world = new_world()
    world.state["party"] = parties()
    for index in range(months):
        world.month = Month(index)
        payables.live(world, billed(world, SUPPLIERS, 40))
        receivables.live(world, billed(world, CUSTOMERS, 160))
        ledger.close(world)
    return world


@pytest.fixture(scope="module")
def books() -> World:
    return live(MONTHS)


def emitted(world: World, table: str) -> pl.DataFrame:
    return pl.concat(world.emitted[f"sap/{table}"])


def alive(world: World, side: Side) -> pl.DataFrame:
    versions = emitted(world, side.open_table)
    key = list(SHAPES[f"sap/{side.open_table}"].key)
    gone = versions.filter(pl.col("_op") == "D")
    return versions.filter(pl.col("_op") == "C").join(gone, on=key, how="anti")


SIGN = pl.when(pl.col("SHKZG") == "S").then(1).otherwise(-1)


def test_numbers_rise_without_gaps_in_each_company_and_range(books: World) -> None:
    bkpf = emitted(books, "BKPF").with_columns(pl.col("BELNR").sort().over("BUKRS", "GJAHR", "BLART").alias("sorted"))
    assert bkpf.select(pl.struct("BUKRS", "GJAHR", "BELNR").n_unique()).item() == bkpf.height
    payments = bkpf.filter(pl.col("BLART") == "DZ").group_by("BUKRS", "GJAHR").agg(
        (pl.col("BELNR").max() - pl.col("BELNR").min() + 1 - pl.len()).alias("gaps")
    )  # fmt: skip
    assert payments["gaps"].to_list() == [0] * payments.height


# Open items


def test_every_document_balances_in_three_currencies(books: World) -> None:
    sums = emitted(books, "ACDOCA").group_by("RBUKRS", "GJAHR", "BELNR").agg(pl.col("WSL", "HSL", "KSL").sum())
    assert sums.height == emitted(books, "BKPF").height
    assert sums.select(pl.col("WSL", "HSL", "KSL").abs().sum()).row(0) == (0, 0, 0)


@BOTH_SIDES
def test_open_items_are_the_control_account_at_the_end_of_every_day(books: World, side: Side) -> None:
    versions = emitted(books, side.open_table)
    key = list(SHAPES[f"sap/{side.open_table}"].key)
    opened = versions.filter(pl.col("_op") == "C").with_columns(worth=SIGN * pl.col("DMBTR"))
    closed = versions.filter(pl.col("_op") == "D").select(*key, "_on")
    closed = closed.join(opened.select(*key, "worth"), on=key).with_columns(worth=-pl.col("worth"))
    assert closed.height == versions.height - opened.height
    items = pl.concat([frame.select("BUKRS", "_on", "worth") for frame in (opened, closed)])
    control = emitted(books, "ACDOCA").filter(pl.col("RACCT") == side.account)
    control = control.select(
        pl.col("RBUKRS").alias("BUKRS"), pl.col("BUDAT").alias("_on"), -pl.col("HSL").alias("worth")
    )
    daily = pl.concat([items, control]).group_by("BUKRS", "_on").agg(pl.col("worth").sum())
    assert daily.filter(pl.col("worth") != 0).height == 0
    assert daily.height > 300


@BOTH_SIDES
def test_open_items_of_the_truth_are_the_balance_of_the_truth_every_month(books: World, side: Side) -> None:
    items = pl.concat(books.truth["open_item_balance"]).filter(pl.col("ledger") == side.ledger)
    items = (
        items.group_by("company", "year", "period")
        .agg(pl.col("local", "group").sum())
        .sort("company", "year", "period")
    )
    control = pl.concat(books.truth["balance"]).filter(pl.col("account") == side.account)
    control = control.select("company", "year", "period", "closing", "closing_group").sort("company", "year", "period")
    assert items.rows() == control.rows()
    assert items.height == 3 * MONTHS


@BOTH_SIDES
def test_every_line_of_the_control_account_is_either_open_or_cleared(books: World, side: Side) -> None:
    partner = side.partner.upper()
    columns = ["BUKRS", partner, "GJAHR", "BELNR", "BUZEI"]
    money = [(SIGN * pl.col("WRBTR")).alias("WSL"), (SIGN * pl.col("DMBTR")).alias("HSL")]
    open_rows = alive(books, side)
    found = pl.concat([frame.select(*columns, *money) for frame in (open_rows, emitted(books, side.cleared_table))])
    control = emitted(books, "ACDOCA").filter(pl.col("RACCT") == side.account)
    control = control.rename({"RBUKRS": "BUKRS", "DOCLN": "BUZEI"}).select(*columns, "WSL", "HSL")
    assert found.sort(columns).rows() == control.sort(columns).rows()
    assert open_rows.height == books.state[side.state].height


@BOTH_SIDES
def test_cleared_items_of_a_document_sum_to_it(books: World, side: Side) -> None:
    cleared = emitted(books, side.cleared_table)
    by_document = cleared.group_by("BUKRS", "AUGBL", "AUGDT").agg(
        (SIGN * pl.col("WRBTR")).sum().alias("amount"), (SIGN * pl.col("DMBTR")).sum().alias("local")
    )
    assert by_document.select(pl.col("amount", "local").abs().sum()).row(0) == (0, 0)


def test_customers_pay_as_their_terms_and_ways_say(books: World) -> None:
    behaviour = pl.concat(books.truth["payment_behaviour"])
    assert set(behaviour["kind"]) == {"prompt", "early", "late", "short", "disputed", "written_off"}
    delays = behaviour.filter(pl.col("kind") == "late")["delay_days"]
    assert delays.mean() > delays.median()
    paid = emitted(books, "BSAD").filter((pl.col("BLART") == "RV") & (pl.col("SHKZG") == "S"))
    assert is_business_day(paid["AUGDT"].to_numpy()).all()
    planned = behaviour.join(paid, left_on="reference", right_on="XBLNR")
    assert planned.height == paid.height
    assert (planned["pay_day"] == planned["AUGDT"]).all()


def test_what_is_not_paid_refers_to_its_invoice_and_is_paid_or_written_off_later(books: World) -> None:
    rests = emitted(books, "BSID").filter((pl.col("_op") == "C") & (pl.col("BLART") == "DZ"))
    assert rests.height > 5
    cleared = emitted(books, "BSAD").select("BUKRS", REBZG="BELNR", REBZJ="GJAHR", cleared_by="AUGBL")
    invoices = rests.join(cleared, on=["BUKRS", "REBZG", "REBZJ"])
    assert (invoices["cleared_by"] == invoices["BELNR"]).all()
    assert invoices.height == rests.height
    worth = emitted(books, "ACDOCA").select(
        "WSL", "HSL", "KSL", BUKRS="RBUKRS", GJAHR="GJAHR", BELNR="BELNR", BUZEI="DOCLN"
    )
    own = rests.join(worth, on=["BUKRS", "GJAHR", "BELNR", "BUZEI"])
    invoiced = worth.filter(pl.col("BUZEI") == 1).rename({"BELNR": "REBZG", "GJAHR": "REBZJ"})
    both = own.join(invoiced, on=["BUKRS", "REBZG", "REBZJ"], suffix="_invoice")
    share = pl.col("WSL") / pl.col("WSL_invoice")
    for value in ("HSL", "KSL"):
        assert both.select(((pl.col(f"{value}_invoice") * share - pl.col(value)).abs() <= 1).all()).item()
    assert emitted(books, "BKPF").filter(pl.col("BLART") == "AB").height > 2


def test_discount_is_two_percent_of_what_takes_it(books: World) -> None:
    acdoca = emitted(books, "ACDOCA")
    granted = acdoca.filter(pl.col("RACCT") == 808_000)
    received = acdoca.filter(pl.col("RACCT") == 580_000)
    assert granted.height > 20
    assert received.height > 5
    assert (granted["DRCRK"] == "S").all()
    assert (received["DRCRK"] == "H").all()


def test_exchange_differences_are_only_where_currencies_differ(books: World) -> None:
    fx = emitted(books, "ACDOCA").filter(pl.col("RACCT").is_in([700_000, 701_000]))
    assert (fx["WSL"] == 0).all()
    assert fx.filter((pl.col("RWCUR") == "EUR") & (pl.col("RHCUR") == "EUR")).height == 0
    assert fx.filter((pl.col("RWCUR") == pl.col("RHCUR")) & (pl.col("HSL") != 0)).height == 0
    assert fx.filter(pl.col("RWCUR") == "JPY").height > 5


def test_yen_are_stored_shifted_by_two_decimals(books: World) -> None:
    yen = emitted(books, "BSID").filter((pl.col("WAERS") == "JPY") & (pl.col("_op") == "C"))[:1]
    rendered = SHAPES["sap/BSID"].render(yen)
    assert rendered["WRBTR"][0] == f"{yen['WRBTR'][0] / 100:.2f}"


def test_cancelled_invoice_is_cleared_by_its_cancellation() -> None:
    world = new_world()
    world.state["party"] = parties()
    invoices = billed(world, CUSTOMERS, 1).with_columns(
        amount=pl.lit(500, pl.Int64),
        posted=pl.lit(Month(0).first, pl.Int32),
        cancel_day=pl.lit(Month(0).first + 2, pl.Int32),
    )
    receivables.live(world, invoices.with_columns(cancel_belnr=pl.lit(90_000_777, pl.Int64)))
    assert world.state["open_item"].height == 0
    assert emitted(world, "BSAD").select("BELNR", "SHKZG", "AUGBL").rows() == [
        (invoices["belnr"][0], "S", 90_000_777),
        (90_000_777, "H", 90_000_777),
    ]
    assert emitted(world, "BSID").select("_op", "_on").rows() == [("C", Month(0).first), ("D", Month(0).first + 2)]


# Balances


def test_trial_balance_rolls_forward_and_carries_the_result_of_a_year(books: World) -> None:
    months = [frame.sort("company", "account") for frame in books.truth["balance"]]
    for before, after in itertools.pairwise(months):
        assert (after["opening"] + after["debit"] - after["credit"] == after["closing"]).all()
        both = after.join(before, on=["company", "account"], how="left", suffix="_before").fill_null(0)
        is_result = pl.col("account") >= 500_000
        if after["period"][0] > 1:
            assert (both["opening"] == both["closing_before"]).all()
            continue
        assert both.filter(is_result)["opening"].to_list() == [0] * both.filter(is_result).height
        result = before.filter(is_result).group_by("company").agg(pl.col("closing").sum()).sort("company")
        retained = both.filter(pl.col("account") == 90_000).sort("company")
        assert (retained["opening"] - retained["closing_before"]).to_list() == result["closing"].to_list()
    for month in months:
        sums = month.group_by("company").agg(pl.col("opening", "closing", "closing_group").sum())
        assert sums.select(pl.col("opening", "closing", "closing_group").abs().sum()).row(0) == (0, 0, 0)


def test_balances_are_what_the_ledger_lines_sum_to(books: World) -> None:
    lines = emitted(books, "ACDOCA").filter(pl.col("RACCT") < 500_000)
    lines = lines.group_by("RBUKRS", "RACCT").agg(pl.col("HSL", "KSL").sum()).sort("RBUKRS", "RACCT")
    last = books.truth["balance"][-1].filter((pl.col("account") < 500_000) & (pl.col("account") != 90_000))
    assert last.select("company", "account", "closing", "closing_group").rows() == lines.rows()


def test_books_of_a_seed_are_the_same_whenever_they_are_kept(books: World) -> None:
    again = live(4)
    for table, frames in again.emitted.items():
        first = pl.concat(frames)
        assert first.equals(pl.concat(books.emitted[table])[: first.height]), table


def test_chart_names_every_account_that_is_posted_to(books: World) -> None:
    world = new_world()
    chart_of_accounts.found(world)
    known = emitted(world, "SKB1").select("BUKRS", "SAKNR")
    posted = emitted(books, "ACDOCA").select(pl.col("RBUKRS").alias("BUKRS"), pl.col("RACCT").alias("SAKNR")).unique()
    assert posted.join(known.cast(posted.schema), on=["BUKRS", "SAKNR"], how="anti").height == 0
