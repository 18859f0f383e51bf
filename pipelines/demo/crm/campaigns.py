"""Marketing campaigns: planned for each year, run, paid for, and answered by the contacts they are sent to."""

from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import polars as pl

from pipelines.demo.calendar import business_day, day_number
from pipelines.demo.crm.crm_ids import salesforce_ids
from pipelines.demo.crm.crm_staff import DAY, drawn, users
from pipelines.demo.crm.lifelines import begin, due, founded
from pipelines.demo.demand import DEMAND
from pipelines.demo.scales import Scale
from pipelines.demo.world import World

TRADE_SHOW, EMAIL, WEBINAR, PROMOTION, PROGRAMME = "Trade Show", "Email", "Webinar", "Promotion", "Marketing Programme"
SOURCES = {TRADE_SHOW: "Trade Show", EMAIL: "Email", WEBINAR: "Webinar", PROMOTION: "Email"}
"""LeadSource of who comes by a campaign of the type."""


@dataclass(frozen=True)
class Manner:
    """How campaigns of a type are done.

    ``lead_days``: from planning to start. ``budget``: EUR in a company of 200 000 order lines. ``audience``: share of the
    contacts. ``response``: share that answers, ``delay`` days later on average.
    """

    lead_days: int
    budget: int
    audience: float
    response: float
    delay: float


MANNERS = {
    TRADE_SHOW: Manner(110, 38_000, 0.05, 0.42, 1.5),
    EMAIL: Manner(25, 1_900, 0.12, 0.07, 3.0),
    WEBINAR: Manner(45, 3_600, 0.06, 0.30, 0.8),
    PROMOTION: Manner(60, 9_500, 0.32, 0.12, 6.0),
    PROGRAMME: Manner(45, 0, 0.0, 0.0, 0.0),
}
_HOME = {1000: ("EUR", 1.0, "EMEA"), 2000: ("USD", 0.6, "Americas"), 3000: ("GBP", 0.4, "UK")}
_SHOWS = (
    (1000, "Hannover fair", 4, 20, 5), (1000, "Automation days Stuttgart", 10, 6, 4), (1000, "Drives forum Nürnberg", 11, 24, 3),
    (2000, "Process expo Chicago", 9, 14, 4), (3000, "Engineering show Birmingham", 6, 2, 3),
)  # fmt: skip
_MAIL_MONTHS = {1000: (1, 2, 3, 4, 5, 6, 7, 9, 10, 11), 2000: (2, 4, 6, 8, 10, 12), 3000: (1, 3, 5, 7, 9, 11)}
_WEBINAR_MONTHS = {1000: (2, 5, 9, 11), 2000: (3, 6, 10), 3000: (4, 9)}
_SUBJECTS = (
    "Predictive maintenance", "Energy-saving drives", "Sensors with IO-Link", "Seals for food plants", "Hose safety",
    "Couplings without play", "Spare parts in 24 hours", "Pump selection", "Valves for hydrogen", "Right bearings, longer runs",
)  # fmt: skip
_PROMOTED = {"01800": "Tools", "01600": "Sensors", "01500": "Drives"}
_PAYMENTS = (0.3, 0.5, 0.2)
"""Shares of the cost invoiced at the start, after the end, and some weeks later."""
_REMEMBERED_DAYS = 120

CAMPAIGN = pl.Schema({
    "number": pl.Int64, "campaign_id": pl.String, "company": pl.Int32, "type": pl.String, "name": pl.String, "start": pl.Int32,
    "end": pl.Int32, "currency": pl.String, "budget": pl.Int64, "cost": pl.Int64, "parent_id": pl.String, "planned": pl.Int32,
})  # fmt: skip
RESPONSE = pl.Schema({
    "party": pl.Int64, "contact_id": pl.String, "campaign_id": pl.String, "lead_source": pl.String, "day": pl.Int32,
})  # fmt: skip
COST = pl.Schema({"company": pl.Int32, "posted": pl.Int32, "amount": pl.Int64, "campaign_id": pl.String})


@cache
def programme(seed: int, scale: Scale, year: int) -> pl.DataFrame:
    """The campaigns of ``year``, CAMPAIGN: one programme a company with its trade shows, mails, webinars and promotions.

    Budgets and costs are minor units of the company's currency; costs are what will have been spent in the end.
    """
    rng = np.random.default_rng([seed, year, 701])
    plans: list[tuple[int, str, str, int, int, int]] = []  # company, type, name, month, day, days
    for company, (_, _, region) in _HOME.items():
        plans.append((company, PROGRAMME, f"{region} {year}", 1, 1, 365))
    plans += [(company, TRADE_SHOW, f"{name} {year}", month, day, days) for company, name, month, day, days in _SHOWS]
    for company, (_, _, region) in _HOME.items():
        for kind, months, days in ((EMAIL, _MAIL_MONTHS[company], 18), (WEBINAR, _WEBINAR_MONTHS[company], 1)):
            for month in months:
                subject = _SUBJECTS[int(rng.integers(len(_SUBJECTS)))]
                name = f"{kind} {region} {year}-{month:02d} {subject}"
                plans.append((company, kind, name, month, int(rng.integers(3, 20)), days))
        plans += [
            (
                company,
                PROMOTION,
                f"{_PROMOTED[offer.category]} promotion {region} {year}",
                offer.month,
                offer.start,
                offer.days,
            )
            for offer in DEMAND.promotions
        ]
    size = (scale.order_lines / 200_000) ** 0.6
    rows = []
    parents = dict(zip(_HOME, salesforce_ids("701", _numbers(year, len(_HOME))).to_list(), strict=True))
    ids = salesforce_ids("701", _numbers(year, len(plans))).to_list()
    for place, (company, kind, name, month, day, days) in enumerate(plans):
        currency, part, _ = _HOME[company]
        start = day_number(date(year, month, day))
        budget = round(MANNERS[kind].budget * size * part * rng.uniform(0.8, 1.25), -2) * 100
        cost = int(budget * rng.lognormal(0.01, 0.11)) // 100 * 100
        parent = None if kind == PROGRAMME else parents[company]
        planned = int(business_day(np.array([start - MANNERS[kind].lead_days - int(rng.integers(0, 10))]))[0])
        rows.append((year * 1000 + place, ids[place], company, kind, name, start, start + days - 1, currency, int(budget),
                     cost, parent, planned))  # fmt: skip
    table = pl.DataFrame(rows, schema=CAMPAIGN, orient="row")
    whole = table.group_by("company", maintain_order=True).agg(pl.col("budget").sum().alias("whole"))
    table = table.join(whole, on="company", how="left", maintain_order="left")
    return table.with_columns(
        pl.when(pl.col("type") == PROGRAMME).then("whole").otherwise("budget").alias("budget")
    ).drop("whole")


def _numbers(year: int, count: int) -> np.ndarray:
    return year * 1000 + np.arange(count, dtype=np.int64)


def found(world: World) -> None:
    """Plan the campaigns that run or are planned when the history begins."""
    world.state["campaign_response"] = RESPONSE.to_frame()
    world.state["campaign_cost"] = COST.to_frame()
    world.state["campaign"] = CAMPAIGN.to_frame()
    first = world.month.first
    mine = _programmes(world).filter((pl.col("planned") < first) & (pl.col("end") >= first - 30))
    parents = _programmes(world).filter(pl.col("campaign_id").is_in(mine["parent_id"].drop_nulls().implode()))
    mine = pl.concat([parents, mine]).unique("number", keep="first", maintain_order=True).sort("number")
    _begin(world, world.founding_rng("campaigns"), mine)
    _emit(world, founded(world, "campaign_run").filter("is_latest"), on=first)


def live(world: World) -> None:
    """Plan new campaigns, run those under way, pay for them, and let contacts answer."""
    rng = world.rng("campaigns")
    first, last = world.month.first, world.month.last
    _begin(world, rng, _programmes(world).filter(pl.col("planned").is_between(first, last)))
    happened = due(world, "campaign_run")
    _emit(world, happened, on=None)
    paid = happened.filter((pl.col("paid") > 0) & ~pl.col("is_handover"))
    world.state["campaign_cost"] = paid.select(
        "company",
        (pl.col("at") // DAY).alias("posted"),
        pl.col("paid").alias("amount"),
        pl.col("Id").alias("campaign_id"),
    ).cast(COST)
    _send(world, rng)


def _programmes(world: World) -> pl.DataFrame:
    return _programmes_around(world.seed, world.scale, world.month.year)


@cache
def _programmes_around(seed: int, scale: Scale, year: int) -> pl.DataFrame:
    return pl.concat([programme(seed, scale, wanted) for wanted in (year - 1, year, year + 1)])


def _begin(world: World, rng: np.random.Generator, new: pl.DataFrame) -> None:
    """Enter ``new`` campaigns, and plan how they become Planned, In Progress and Completed, and what they cost by then."""
    if not new.height:
        return
    world.state["campaign"] = pl.concat([world.state["campaign"], new])
    owner = drawn(users(world, ["marketing"]), new["company"].to_numpy(), rng.random(new.height))
    start, end = new["start"].to_numpy(), new["end"].to_numpy()
    steps = [
        (new["planned"].to_numpy(), "Planned", 9 * 3600, 0.0),
        (business_day(np.maximum(start, new["planned"].to_numpy() + 1)), "In Progress", 8 * 3600, _PAYMENTS[0]),
        (business_day(end + 1, 1), "Completed", 10 * 3600, _PAYMENTS[1]),
        (business_day(end + 21, 3), "Completed", 11 * 3600, _PAYMENTS[2]),
    ]
    cost = new["cost"].to_numpy()
    spent, frames = np.zeros(new.height, dtype=np.int64), []
    for place, (day, status, second, share) in enumerate(steps):
        paid = cost - spent if place == len(steps) - 1 else np.floor(cost * share).astype(np.int64)
        spent = spent + paid
        frames.append(pl.DataFrame({
            "number": new["number"], "at": day.astype(np.int64) * DAY + second, "owner_id": owner,
            "status": pl.Series([status] * new.height), "paid": paid, "spent": spent,
        }))  # fmt: skip
    records = new.select(
        "number", "company", pl.col("campaign_id").alias("Id"), pl.col("name").alias("Name"), pl.col("type").alias("Type"),
        pl.col("start").alias("StartDate"), pl.col("end").alias("EndDate"), pl.col("budget").alias("BudgetedCost"),
        pl.col("currency").alias("CurrencyIsoCode"), pl.col("parent_id").alias("ParentId"),
        (pl.col("planned").cast(pl.Int64) * DAY + 9 * 3600).alias("CreatedDate"),
    )  # fmt: skip
    begin(world, "campaign_run", records, pl.concat(frames).sort("number", "at"))


def _emit(world: World, happened: pl.DataFrame, *, on: int | None) -> None:
    day = (pl.col("at") // DAY).cast(pl.Int32) if on is None else pl.lit(on, pl.Int32)
    world.emit("salesforce/Campaign", happened.select(
        "Id", "Name", "Type", pl.col("status").alias("Status"), "StartDate", "EndDate", "BudgetedCost",
        pl.col("spent").alias("ActualCost"), "CurrencyIsoCode", "ParentId", (pl.col("status") != "Completed").alias("IsActive"),
        pl.col("owner_id").alias("OwnerId"), "CreatedDate", pl.col("at").alias("SystemModstamp"),
        pl.lit(value=False).alias("IsDeleted"), day.alias("_on"),
    ))  # fmt: skip


def _send(world: World, rng: np.random.Generator) -> None:
    """Address the campaigns that start this month to contacts of the same company, and let some of them answer."""
    starting = world.state["campaign"].filter(
        pl.col("start").is_between(world.month.first, world.month.last) & (pl.col("type") != PROGRAMME)
    )
    if not starting.height:
        return
    people = world.state["contact"].filter(
        (pl.col("created_day") < world.month.first) & (pl.col("gone_day").fill_null(2**31 - 1) > world.month.last)
    ).select("contact_id", "party").join(
        world.state["party"].select("party", "company", "gone_day"), on="party", how="left", maintain_order="left"
    ).filter(pl.col("gone_day") > world.month.first)  # fmt: skip
    company = people["company"].to_numpy()
    chosen, which, answers, delays = [], [], [], []
    for place, (home, kind) in enumerate(starting.select("company", "type").iter_rows()):
        manner = MANNERS[kind]
        there = np.flatnonzero(company == home)
        rows = np.flatnonzero(rng.random(len(there)) < manner.audience)
        chosen.append(there[rows])
        which.append(np.full(len(rows), place))
        answers.append(rng.random(len(rows)) < manner.response)
        delays.append(np.floor(rng.exponential(manner.delay, len(rows))))
    if not chosen or not sum(len(rows) for rows in chosen):
        return
    contact, campaign = np.concatenate(chosen), np.concatenate(which)
    answered, delay = np.concatenate(answers), np.concatenate(delays)
    sent = business_day(starting["start"].to_numpy())[campaign]
    opened = (sent + np.maximum(delay, 1)).astype(np.int32)
    seconds = rng.integers(6 * 3600, 20 * 3600, len(contact))
    of = starting.select("campaign_id", "type")[pl.Series(campaign, dtype=pl.UInt32)]
    members = people[pl.Series(contact, dtype=pl.UInt32)].select("contact_id", "party").with_columns(
        of["campaign_id"], of["type"].replace_strict(SOURCES, return_dtype=pl.String).alias("lead_source"),
        salesforce_ids("00v", world.numbers("campaign_member", len(contact))).alias("Id"),
        pl.Series("created_at", sent.astype(np.int64) * DAY + 7 * 3600), pl.Series("day", opened),
        pl.Series("answered", answered), pl.Series("second", seconds),
    )  # fmt: skip
    emit_members(world, members, "ContactId")
    replies = members.filter("answered").select(RESPONSE.names()).cast(RESPONSE).sort("day", maintain_order=True)
    known = world.state["campaign_response"].filter(pl.col("day") >= world.month.first - _REMEMBERED_DAYS)
    world.state["campaign_response"] = pl.concat([known, replies])


def emit_members(world: World, members: pl.DataFrame, who: str) -> None:
    """Emit CampaignMember: Sent at ``created_at``, Responded on ``day`` at ``second`` for those who ``answered``.

    ``members``: Id | campaign_id | contact_id (goes into the column ``who``) | created_at | day | second | answered.
    """
    if not members.height:
        return
    frame = members.select(
        "Id", pl.col("campaign_id").alias("CampaignId"), pl.col("contact_id").alias(who),
        pl.col("created_at").alias("CreatedDate"), "day", "second", "answered",
    )  # fmt: skip
    sent = frame.drop("day", "second", "answered").with_columns(
        pl.lit("Sent").alias("Status"), pl.lit(value=False).alias("HasResponded"),
        pl.col("CreatedDate").alias("SystemModstamp"), (pl.col("CreatedDate") // DAY).cast(pl.Int32).alias("_on"),
        pl.lit(None, pl.Int32).alias("FirstRespondedDate"), pl.lit(value=False).alias("IsDeleted"),
    )  # fmt: skip
    world.emit("salesforce/CampaignMember", sent)
    replied = frame.filter("answered").with_columns(
        pl.lit("Responded").alias("Status"), pl.lit(value=True).alias("HasResponded"),
        pl.max_horizontal(pl.col("day").cast(pl.Int64) * DAY + pl.col("second"), pl.col("CreatedDate") + 60)
        .alias("SystemModstamp"),
        pl.col("day").alias("FirstRespondedDate"), pl.lit(value=False).alias("IsDeleted"), pl.col("day").alias("_on"),
    ).drop("day", "second", "answered")  # fmt: skip
    world.emit("salesforce/CampaignMember", replied)
