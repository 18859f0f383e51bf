"""Which opportunities are born: the first one with each new party, and further ones with customers."""

from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.calendar import HISTORY_END, HISTORY_START, business_day, day_number, is_business_day
from pipelines.demo.crm.crm_ids import salesforce_ids
from pipelines.demo.crm.crm_staff import kept_or_drawn, users
from pipelines.demo.crm.stages import business_days_between, last_business_day
from pipelines.demo.demand import DEMAND
from pipelines.demo.drawing import weighted, weighted_within
from pipelines.demo.world import World

FIRST_OF_PARTY = 10**9
"""The first opportunity with party n has the number FIRST_OF_PARTY + n, so that leads can name it before it is planned."""
OPPORTUNITIES_AN_ORDER = 0.30
SMALL_ORDERS = 100_000
CROWD = 0.4
LONGEST_WAIT = 200
"""Days between account and first order: after a longer wait the opportunity is not born with the account."""
RESPONSE_DAYS, RESPONSE_LIFT, INFLUENCED_SHARE = 90, 1.6, 0.55

TOPICS = (
    "Annual supply", "Spare parts", "Line retrofit", "Plant extension", "Maintenance stock", "Framework agreement",
    "Replacement of old stock", "New line", "Pilot series", "Efficiency project", "Overhaul", "Second site",
)  # fmt: skip
SOURCES = ("Web", "Phone Inquiry", "Partner Referral", "Employee Referral", "Purchased List", "Other")
SOURCE_SHARE = np.array([30.0, 26, 16, 10, 8, 10])

BIRTH = pl.Schema({
    "number": pl.Int64, "opportunity_id": pl.String, "party": pl.Int64, "account_id": pl.String, "contact_id": pl.String,
    "owner_id": pl.String, "created": pl.Int32, "fixed_close": pl.Int32, "order_day": pl.Int32, "is_first": pl.Boolean,
    "campaign_id": pl.String, "lead_source": pl.String,
})  # fmt: skip


@cache
def opportunities_a_level(order_lines: int) -> float:
    """Mean number of opportunities with customers on a day of demand 1.

    Salespeople do not grow with the orders: in a larger company more of them come by themselves. In a small one some 8 % of the
    orders come out of an opportunity.
    """
    orders = order_lines / 3
    wanted: float = OPPORTUNITIES_AN_ORDER * orders * min(1.0, (SMALL_ORDERS / orders) ** CROWD)
    days = np.arange(day_number(HISTORY_START), day_number(HISTORY_END) + 1, dtype=np.int32)
    return wanted / float(DEMAND.level(days).sum())


def first_opportunities(world: World, start: int, end: int) -> pl.DataFrame:
    """The first opportunities with new companies, created from ``start`` to ``end`` (days): BIRTH without owner and contact.

    A company that will buy has one that is won some days before its first order, if there is time for it. A company that never
    buys has one that is lost. Persons have none. Draws nothing, so that leads and selling see the same.
    """
    gap = pl.col("customer_from") - pl.col("account_day")
    cycle = (40 + (pl.col("party") * 37) % 110).cast(pl.Int32)
    created = pl.when(gap > LONGEST_WAIT).then(pl.col("customer_from") - cycle).otherwise("account_day")
    party = world.state["party"].filter(pl.col("kind") == "company").with_columns(created.alias("created"))
    party = party.filter(pl.col("created").is_between(start, end)).sort("created", "party")
    if not party.height:
        return _NO_FIRST
    orders = party["customer_from"].fill_null(0).to_numpy()
    close = np.where(orders > 0, last_business_day(orders - 1 - party["party"].to_numpy() % 4), 0)
    number = party["party"].to_numpy() + FIRST_OF_PARTY
    account = world.state["account"].filter(pl.col("is_principal") & pl.col("party").is_in(party["party"].implode()))
    account = account.unique("party", keep="first", maintain_order=True)
    births = party.select("party", "created", "customer_from").with_columns(
        pl.Series("number", number),
        salesforce_ids("006", number).alias("opportunity_id"),
        pl.Series("fixed_close", close),
        pl.col("customer_from").alias("order_day"),
        pl.lit(value=True).alias("is_first"),
    )
    births = births.join(
        account.select("party", "account_id", "owner_id"), on="party", how="inner", maintain_order="left"
    )
    start_day = births["created"].to_numpy()
    room = business_days_between(business_day(start_day), np.maximum(births["fixed_close"].to_numpy(), start_day))
    return births.filter(pl.col("customer_from").is_null() | (pl.Series(room >= 2) & (pl.col("fixed_close") > 0)))


_NO_FIRST = pl.DataFrame(schema={
    "party": pl.Int64, "created": pl.Int32, "customer_from": pl.Int32, "number": pl.Int64, "opportunity_id": pl.String,
    "fixed_close": pl.Int32, "order_day": pl.Int32, "is_first": pl.Boolean, "account_id": pl.String, "owner_id": pl.String,
})  # fmt: skip


def new_business(world: World, rng: np.random.Generator, start: int, end: int) -> pl.DataFrame:
    """BIRTH of the first opportunities from ``start`` to ``end``, with source (that of the party's lead), without contact."""
    births = first_opportunities(world, start, end)
    if not births.height:
        return BIRTH.to_frame()
    lead = world.state.get(
        "converted_lead", pl.DataFrame(schema={"party": pl.Int64, "lead_source": pl.String, "campaign_id": pl.String})
    )
    births = births.join(
        lead.select("party", "lead_source", "campaign_id"), on="party", how="left", maintain_order="left"
    )
    source = pl.Series(SOURCES).gather(weighted(rng.random(births.height), SOURCE_SHARE))
    births = births.with_columns(pl.coalesce("lead_source", source).alias("lead_source"))
    return _complete(births)


def repeat_business(world: World, rng: np.random.Generator, start: int, end: int) -> pl.DataFrame:
    """BIRTH of opportunities with customers, created on business days from ``start`` to ``end``; larger ones have more.

    The owner is the account's; contacts come with `manned`.
    """
    days = np.arange(start, end + 1, dtype=np.int32)
    count = int(rng.poisson(opportunities_a_level(world.scale.order_lines) * float(DEMAND.level(days).sum())))
    uniform, day_draw = rng.random(count), rng.random(count)
    about, fancy = rng.random(count), rng.random(count)
    source = pl.Series(SOURCES).gather(weighted(rng.random(count), SOURCE_SHARE))
    reply = world.state.get("campaign_response")
    customers = world.state["party"].filter(
        (pl.col("kind") == "company") & (pl.col("customer_from") < start) & (pl.col("gone_day") > end + 20)
    )
    account = world.state["account"].filter(
        (pl.col("created_day") < start) & (pl.col("gone_day").fill_null(2**31 - 1) > end)
    )
    account = account.sort("party", pl.col("is_principal").not_(), "account_id")
    customers = customers.join(account.select("party"), on="party", how="semi", maintain_order="left").sort("party")
    if not customers.height or not count:
        return BIRTH.to_frame()
    if reply is not None and reply.height:
        recent = reply.filter(pl.col("day").is_between(start - RESPONSE_DAYS, start - 1))
        recent = recent.unique("party", keep="last", maintain_order=True)
        customers = customers.join(
            recent.select("party", "campaign_id", pl.col("lead_source").alias("reply")),
            on="party",
            how="left",
            maintain_order="left",
        )
    else:
        customers = customers.with_columns(
            pl.lit(None, pl.String).alias("campaign_id"), pl.lit(None, pl.String).alias("reply")
        )
    age = np.maximum(start - customers["customer_from"].to_numpy(), 0) / 365.25
    weight = (customers["weight"].to_numpy() * (1 + customers["growth"].to_numpy()) ** np.minimum(age, 8)) ** 0.8
    weight = weight * np.where(customers["campaign_id"].is_not_null().to_numpy(), RESPONSE_LIFT, 1.0)
    chosen = customers[pl.Series(weighted(uniform, weight), dtype=pl.UInt32)].with_row_index("row")
    # One in eight is entered on another account of the party, where there is one.
    accounts = account["party"].to_numpy()
    share = np.where(account["is_principal"].to_numpy(), 1.0, 0.12)
    place = weighted_within(about, chosen["party"].to_numpy(), accounts, share)
    account = account[pl.Series(place, dtype=pl.UInt32)]
    working = days[is_business_day(days)]
    created = working[weighted(day_draw, DEMAND.level(working))]
    influenced = pl.Series(fancy < INFLUENCED_SHARE)
    births = chosen.select("party", "campaign_id", "reply").with_columns(
        account["account_id"], account["owner_id"], pl.Series("created", created), source.alias("source"),
        pl.lit(0, pl.Int32).alias("fixed_close"), pl.lit(None, pl.Int32).alias("order_day"),
        pl.lit(value=False).alias("is_first"),
    )  # fmt: skip
    births = births.with_columns(
        pl.when(influenced).then("campaign_id").alias("campaign_id"),
        pl.coalesce(pl.when(influenced).then("reply"), "source").alias("lead_source"),
    ).sort("created", maintain_order=True)
    numbers = world.numbers("opportunity", births.height)
    return _complete(
        births.with_columns(pl.Series("number", numbers), salesforce_ids("006", numbers).alias("opportunity_id"))
    )


def _complete(births: pl.DataFrame) -> pl.DataFrame:
    return births.with_columns(pl.lit(None, pl.String).alias("contact_id")).select(BIRTH.names()).cast(BIRTH)


def manned(world: World, rng: np.random.Generator, births: pl.DataFrame) -> pl.DataFrame:
    """``births`` with an owner (the account's, if he or she sells still) and a contact of the account, if it has one."""
    owner_draw, contact_draw = rng.random(births.height), rng.random(births.height)
    staff = users(world, ["sales_rep", "sales_manager"])
    owner = kept_or_drawn(staff, births["owner_id"], births["company"].to_numpy(), owner_draw)
    return births.with_columns(
        owner.alias("owner_id"),
        contacts_of(world, births["account_id"], contact_draw, births["created"].to_numpy()).alias("contact_id"),
    )


def contacts_of(
    world: World, accounts: pl.Series, uniform: npt.NDArray[np.float64], days: npt.NDArray[np.integer]
) -> pl.Series:
    """For each of ``accounts`` the Id of one of its contacts who is there on its one of ``days`` (null: nobody is)."""
    if not len(accounts):
        return pl.Series([], dtype=pl.String)
    is_old = pl.col("created_day") < world.month.first
    both = (
        world.state["contact"]
        .lazy()
        .filter(
            pl.col("account_id").is_in(accounts.implode())
            & (pl.col("created_day") <= world.month.last)
            & (pl.col("gone_day").fill_null(2**31 - 1) > world.month.last)
        )
        .select("account_id", "contact_id", "created_day", is_old.alias("is_old"))
        # Somebody who is new this month may come later than what happens: only where there is nobody else.
        .filter(pl.col("is_old") | ~pl.col("is_old").any().over("account_id"))
        .sort("account_id", "contact_id")
        .with_columns(place=pl.col("account_id").rle_id().cast(pl.Int64))
        .collect()
    )
    known = both.select(pl.col("account_id").unique(maintain_order=True)).with_row_index("place")
    wanted = pl.DataFrame({"account_id": accounts}).join(known, on="account_id", how="left", maintain_order="left")
    groups = both["place"].to_numpy()
    place = weighted_within(
        uniform, wanted["place"].cast(pl.Int64).fill_null(-1).to_numpy(), groups, np.ones(len(groups))
    )
    ids = pl.concat([both["contact_id"], pl.Series([None], dtype=pl.String)])
    created = np.append(both["created_day"].to_numpy(), 2**31 - 1)
    place = np.where((place < 0) | (created[place] > days), len(groups), place)
    return ids[place]
