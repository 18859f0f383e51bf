"""Selling: opportunities are born, go through their stages with their lines and quotes, and become orders."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.demo.calendar import Days, business_day
from pipelines.demo.crm import prospects, quotes
from pipelines.demo.crm.crm_ids import salesforce_ids
from pipelines.demo.crm.crm_staff import DAY
from pipelines.demo.crm.lifelines import begin, due, founded
from pipelines.demo.crm.quotes import Lines
from pipelines.demo.crm.stages import (
    CHURNED,
    CLOSING,
    FORECAST_CODES,
    FORECAST_NAMES,
    LOSS_REASONS,
    LOST,
    NEEDS,
    PROBABILITIES,
    PROPOSAL,
    REVISION,
    STAGES,
    STEPS,
    WON,
    Ints,
    Journeys,
    travel,
)
from pipelines.demo.drawing import Floats
from pipelines.demo.world import World

DAYS_BEFORE = 150
"""An opportunity that is open when the history begins is not older."""
NO_ORDER_SHARE, OTHER_AMOUNT_SHARE, ADJUSTED_SHARE = 0.02, 0.03, 0.08
"""Of the won: those that never become an order; whose order is clearly another; whose order differs in one quantity."""
WIN_LOGIT, LOGIT_NOISE = -1.41, 0.6
_SEGMENT_LOGIT = {"A": 0.25, "B": 0.05, "C": -0.15}
_EUR = {"EUR": 1.0, "USD": 0.92, "GBP": 1.16, "JPY": 0.6}  # roughly, and only to say what is a large deal

PLANNED_ORDER = pl.Schema({
    "opportunity_id": pl.String, "quote_number": pl.String, "party": pl.Int64, "order_day": pl.Int32, "currency": pl.String,
})  # fmt: skip
PLANNED_LINE = pl.Schema({
    "opportunity_id": pl.String, "position": pl.Int64, "material": pl.Int64, "quantity": pl.Int64, "price": pl.Int64,
})  # fmt: skip
_WON_ORDER = pl.Schema([*PLANNED_ORDER.items(), ("closed", pl.Int32()), ("kind", pl.String())])
_WON_LINE = pl.Schema([*PLANNED_LINE.items(), ("closed", pl.Int32())])
_CUE = pl.Schema({
    "topic": pl.String, "what_id": pl.String, "who_id": pl.String, "owner_id": pl.String, "at": pl.Int64, "step": pl.Int64,
})  # fmt: skip


def found(world: World) -> None:
    """Plan the opportunities that are open when the history begins, and emit how they stand."""
    rng = world.founding_rng("selling")
    world.state["planned_order"], world.state["planned_line"] = PLANNED_ORDER.to_frame(), PLANNED_LINE.to_frame()
    world.state["won_order"], world.state["won_line"] = _WON_ORDER.to_frame(), _WON_LINE.to_frame()
    first = world.month.first
    births = pl.concat([
        prospects.new_business(world, rng, first - prospects.LONGEST_WAIT, first - 1).filter(
            (pl.col("fixed_close") >= first) | (pl.col("fixed_close") == 0)
        ),
        prospects.repeat_business(world, rng, first - DAYS_BEFORE, first - 1),
    ])  # fmt: skip
    _plan(world, rng, births, open_on=first)
    _emit(world, founded(world, "opportunity"), on=first)


def live(world: World) -> None:
    """Plan the opportunities born this month, emit what happens this month, and hand over the orders of those that are won."""
    rng = world.rng("selling")
    first, last = world.month.first, world.month.last
    births = pl.concat([
        prospects.new_business(world, rng, first, last), prospects.repeat_business(world, rng, first, last),
    ])  # fmt: skip
    _plan(world, rng, births, open_on=None)
    happened = due(world, "opportunity")
    _emit(world, happened, on=None)
    cues(world, happened.filter(~pl.col("is_deleted") & ~pl.col("is_handover")).select(
        pl.lit("opportunity").alias("topic"), pl.col("Id").alias("what_id"), pl.col("ContactId").alias("who_id"), "owner_id",
        "at", pl.col("stage").alias("step"),
    ))  # fmt: skip
    _hand_over_orders(world)


def cues(world: World, rows: pl.DataFrame) -> None:
    """Remember what happened (topic | what_id | who_id | owner_id | at | step), so that activities can be drawn around it."""
    known = world.state.get("activity_cue", _CUE.to_frame())
    world.state["activity_cue"] = pl.concat([known, rows.select(_CUE.names()).cast(_CUE)])


@dataclass(frozen=True)
class _Plan:
    """What is decided about newborn opportunities; arrays in the order of ``births``."""

    births: pl.DataFrame
    journeys: Journeys
    lines: Lines
    win_probability: Floats
    estimate: Ints
    order_day: Days


def _plan(world: World, rng: np.random.Generator, births: pl.DataFrame, *, open_on: int | None) -> None:
    """Decide everything about ``births``. With ``open_on`` only those are kept that have not ended before that day."""
    about = world.state["party"].select(
        "party", "name", "company", "segment", "currency", "discount", "lines_mean", "gone_day", "customer_from"
    )
    births = births.join(about, on="party", how="left", maintain_order="left")
    if not births.height:
        return
    births = prospects.manned(world, rng, births)
    plan = _decide(world, rng, births)
    kept = np.ones(births.height, dtype=bool) if open_on is None else plan.journeys.closed >= open_on
    plan = _only(plan, kept)
    if not plan.births.height:
        return
    ids = plan.births["opportunity_id"]
    line_ids = quotes.emit_line_items(world, plan.lines, plan.journeys, ids)
    chain = quotes.emit_quotes(world, rng, plan.lines, line_ids, plan.journeys, plan.births)
    _begin(world, plan)
    _plan_orders(world, rng, plan, chain)
    world.record("pipeline", plan.births.select(
        "opportunity_id", "party", pl.Series("win_probability", plan.win_probability), "created",
        pl.Series("closed", plan.journeys.closed), pl.Series("won", plan.journeys.won), "is_first",
    ))  # fmt: skip


def _decide(world: World, rng: np.random.Generator, births: pl.DataFrame) -> _Plan:
    size = births.height
    topic = pl.Series(prospects.TOPICS).gather(rng.integers(0, len(prospects.TOPICS), size))
    births = births.with_columns(pl.format("{} - {}", pl.col("name").fill_null("?"), topic).alias("name"))
    created = births["created"].to_numpy()
    goods = world.state["product"].filter(
        pl.col("list_price").is_not_null()
        & (pl.col("launched") <= int(created.min()))
        & (pl.col("withdrawn").fill_null(2**31 - 1) > world.month.last + 150)
    )
    lines = quotes.draw_lines(world, rng, births, goods.sort("category", "material"))
    worth = quotes.amounts(lines, size)[:, quotes.FIRST_QUOTED]
    in_eur = worth * births["currency"].replace_strict(_EUR, return_dtype=pl.Float64).to_numpy() / 100
    bigness = np.clip(np.log(np.maximum(in_eur, 1) / 3000), -3, 4)
    logit = (
        WIN_LOGIT
        + births["segment"].replace_strict(_SEGMENT_LOGIT, return_dtype=pl.Float64).to_numpy()
        - 0.16 * bigness
    )
    logit = logit + np.where(births["campaign_id"].is_not_null().to_numpy(), 0.25, 0.0)
    logit = logit + np.where((births["lead_source"] == "Partner Referral").to_numpy(), 0.3, 0.0)
    logit = logit + rng.normal(0, LOGIT_NOISE, size)
    win_probability = 1 / (1 + np.exp(-logit))
    is_first = births["is_first"].to_numpy()
    fixed_close = births["fixed_close"].to_numpy()
    won = np.where(is_first, fixed_close > 0, rng.random(size) < win_probability)
    pace = rng.lognormal(0.22, 0.34, size) * np.exp(0.09 * bigness)
    journeys = travel(rng, created, is_first, won, fixed_close, pace)
    lag = rng.choice(7, size, p=[0.22, 0.24, 0.18, 0.13, 0.10, 0.07, 0.06])
    given = births["order_day"].fill_null(0).to_numpy()
    order_day = np.where(given > 0, given, business_day(journeys.closed, lag)).astype(np.int32)
    # Who stops buying before the order would come does not sign.
    lost = journeys.won & (order_day >= births["gone_day"].to_numpy()) & ~is_first
    journeys.won[lost] = False
    journeys.stage[lost, CLOSING] = LOST
    journeys.reason[lost] = CHURNED
    guess = worth * rng.lognormal(0.08, 0.4, size)
    step = 10.0 ** np.maximum(np.floor(np.log10(np.maximum(guess, 1))) - 1, 0)
    estimate = (np.maximum(np.rint(guess / step), 1) * step).astype(np.int64)
    return _Plan(births, journeys, lines, win_probability, estimate, order_day)


def _only(plan: _Plan, kept: np.ndarray) -> _Plan:
    """``plan`` of the opportunities that are ``kept``."""
    if kept.all():
        return plan
    renumbered = np.cumsum(kept) - 1
    old, lines = plan.journeys, plan.lines
    mine = kept[lines.opportunity]
    journeys = Journeys(
        old.present[kept], old.day[kept], old.at[kept], old.stage[kept], old.close_day[kept], old.won[kept],
        old.deleted[kept], old.closed[kept], old.reason[kept],
    )  # fmt: skip
    fewer = Lines(
        renumbered[lines.opportunity[mine]], lines.position[mine], lines.material[mine], lines.price_unit[mine],
        lines.currency.filter(pl.Series(mine)), lines.product_id.filter(pl.Series(mine)),
        lines.entry_id.filter(pl.Series(mine)), lines.listed[mine], lines.units[mine], lines.net[mine], lines.present[mine],
    )  # fmt: skip
    return _Plan(
        plan.births.filter(pl.Series(kept)), journeys, fewer, plan.win_probability[kept], plan.estimate[kept],
        plan.order_day[kept],
    )  # fmt: skip


def _begin(world: World, plan: _Plan) -> None:
    """Plan the versions of the opportunities."""
    births, journeys = plan.births, plan.journeys
    present = journeys.present
    sums = quotes.amounts(plan.lines, births.height)
    got = quotes.reached(journeys)
    entry = np.where(got[:, 0], NEEDS + present[:, NEEDS:PROPOSAL].argmax(axis=1), STEPS)
    steps = np.arange(STEPS)
    amount = np.where(steps >= entry[:, None], sums[:, [0]], plan.estimate[:, None])
    amount = np.where(got[:, [1]] & (steps >= PROPOSAL), sums[:, [1]], amount)
    amount = np.where(got[:, [2]] & (steps >= REVISION), sums[:, [2]], amount)
    row, step = np.nonzero(present)
    stage = journeys.stage[row, step]
    at_end = step == CLOSING
    where = pl.Series(row, dtype=pl.UInt32)
    lost = stage == LOST
    events = pl.DataFrame({
        "number": births["number"].gather(where), "at": journeys.at[row, step],
        "owner_id": births["owner_id"].gather(where), "stage": stage, "amount": amount[row, step],
        "close_day": journeys.close_day[row, step], "is_deleted": at_end & journeys.deleted[row],
        "reason": pl.Series(LOSS_REASONS)[journeys.reason[row]],
    }).with_columns(pl.when(pl.Series(lost)).then("reason").alias("reason"))  # fmt: skip
    kinds = np.array(["Existing Customer - Upgrade", "Existing Customer - Replacement"])
    kind = np.where(births["is_first"].to_numpy(), "New Customer", kinds[births["number"].to_numpy() * 7 // 3 % 2])
    records = births.select(
        "number", pl.col("opportunity_id").alias("Id"), pl.col("account_id").alias("AccountId"),
        pl.col("contact_id").alias("ContactId"), pl.col("name").alias("Name"), pl.col("currency").alias("CurrencyIsoCode"),
        pl.Series("Type", kind), pl.col("lead_source").alias("LeadSource"), pl.col("campaign_id").alias("CampaignId"),
        pl.Series("CreatedDate", journeys.at[np.arange(births.height), present.argmax(axis=1)]),
    )  # fmt: skip
    begin(world, "opportunity", records, events)


_CHANCE = pl.Series("chance", PROBABILITIES, dtype=pl.Int64)


def _emit(world: World, happened: pl.DataFrame, *, on: int | None) -> None:
    """Emit a version of Opportunity for each event, and a row of OpportunityHistory unless it is only handed over.

    ``on``: the day of the extract; of a version only the latest then.
    """
    if not happened.height:
        return
    stage = happened["stage"].cast(pl.UInt32)
    day = (pl.col("at") // DAY).cast(pl.Int32) if on is None else pl.lit(on, pl.Int32)
    happened = happened.with_columns(
        pl.Series(STAGES).gather(stage).alias("StageName"), _CHANCE.gather(stage).alias("Probability"),
        pl.Series(FORECAST_NAMES).gather(stage).alias("ForecastCategoryName"),
        pl.Series(FORECAST_CODES).gather(stage).alias("ForecastCategory"), day.alias("_on"),
    ).with_columns(((pl.col("amount") * pl.col("Probability") + 50) // 100).alias("ExpectedRevenue"))  # fmt: skip
    latest = happened if on is None else happened.filter("is_latest")
    world.emit("salesforce/Opportunity", latest.select(
        "Id", "AccountId", "ContactId", "Name", "StageName", pl.col("amount").alias("Amount"), "CurrencyIsoCode",
        "Probability", "ExpectedRevenue", pl.col("close_day").alias("CloseDate"), "Type", "LeadSource", "CampaignId",
        "ForecastCategoryName", (pl.col("stage") >= WON).alias("IsClosed"), (pl.col("stage") == WON).alias("IsWon"),
        pl.col("reason").alias("Loss_Reason__c"), pl.col("owner_id").alias("OwnerId"), "CreatedDate",
        pl.col("at").alias("SystemModstamp"), pl.col("is_deleted").alias("IsDeleted"), "_on",
    ))  # fmt: skip
    changes = happened.filter(~pl.col("is_handover") & ~pl.col("is_deleted"))
    world.emit("salesforce/OpportunityHistory", changes.select(
        salesforce_ids("008", world.numbers("opportunity_history", changes.height)).alias("Id"),
        pl.col("Id").alias("OpportunityId"), "StageName", pl.col("amount").alias("Amount"), "CurrencyIsoCode",
        "ExpectedRevenue", pl.col("close_day").alias("CloseDate"), "Probability", "ForecastCategory",
        pl.col("owner_id").alias("CreatedById"), pl.col("at").alias("CreatedDate"), pl.col("at").alias("SystemModstamp"),
        pl.lit(value=False).alias("IsDeleted"), "_on",
    ))  # fmt: skip


def _plan_orders(world: World, rng: np.random.Generator, plan: _Plan, chain: quotes.QuoteChain) -> None:
    """Remember what the won opportunities will bring, until they are closed."""
    size, lines = plan.births.height, plan.lines
    draw, factor = (
        rng.random(size),
        np.where(rng.random(size) < 0.5, rng.uniform(0.4, 0.75, size), rng.uniform(1.4, 2.2, size)),
    )
    is_first = plan.births["is_first"].to_numpy()
    differs = draw < OTHER_AMOUNT_SHARE
    adjusted = ~differs & (draw < OTHER_AMOUNT_SHARE + ADJUSTED_SHARE)
    dropped = ~is_first & (draw > 1 - NO_ORDER_SHARE)
    kind = np.where(
        differs, "amount_differs", np.where(adjusted, "quantity_adjusted", np.where(dropped, "no_order", ""))
    )
    won = plan.journeys.won
    orders = plan.births.select("opportunity_id", "party", "currency").with_columns(
        chain.number.alias("quote_number"), pl.Series("order_day", plan.order_day),
        pl.Series("closed", plan.journeys.closed), pl.Series("kind", kind),
    ).filter(pl.Series(won))  # fmt: skip
    snapshot = chain.snapshot[lines.opportunity]
    rows = np.arange(len(lines.opportunity))
    mine = won[lines.opportunity] & lines.present[rows, snapshot]
    units, net = lines.units[rows, snapshot], lines.net[rows, snapshot]
    of = lines.opportunity
    scaled = np.maximum(1, np.rint(units * factor[of])).astype(np.int64)
    scaled = np.where(scaled == units, units + 1, scaled)
    one_more = np.where(units > 3, units - 1, units + 1)
    units = np.where(differs[of], scaled, np.where(adjusted[of] & (lines.position == 1), one_more, units))
    frame = pl.DataFrame({
        "opportunity_id": plan.births["opportunity_id"][of], "position": lines.position,
        "material": lines.material, "quantity": units * lines.price_unit, "price": net, "closed": plan.journeys.closed[of],
    }).filter(pl.Series(mine))  # fmt: skip
    for name, rows_of, schema in (("won_order", orders, _WON_ORDER), ("won_line", frame, _WON_LINE)):
        world.state[name] = pl.concat([world.state[name], rows_of.select(schema.names()).cast(schema)])


def _hand_over_orders(world: World) -> None:
    """Give the orders of opportunities that closed this month to sales, and record where order and opportunity part."""
    is_closed = pl.col("closed") <= world.month.last
    orders, lines = world.state["won_order"], world.state["won_line"]
    world.state["won_order"], world.state["won_line"] = orders.filter(~is_closed), lines.filter(~is_closed)
    orders, lines = orders.filter(is_closed), lines.filter(is_closed)
    is_sold = (pl.col("launched") <= pl.col("order_day")) & (
        pl.col("withdrawn").fill_null(2**31 - 1) > pl.col("order_day")
    )
    product = world.state["product"].lazy().select("material", "launched", "withdrawn")
    lines = (
        lines.lazy()
        .join(
            orders.lazy().select("opportunity_id", "order_day"), on="opportunity_id", how="left", maintain_order="left"
        )
        .join(product, on="material", how="left", maintain_order="left")
        .with_columns(is_sold.alias("is_sold"))
        .collect()
    )
    sold = (
        lines.lazy()
        .group_by("opportunity_id", maintain_order=True)
        .agg(pl.col("is_sold").any().alias("any"), pl.col("is_sold").all().alias("all"))
    )
    buyers = world.state["party"].lazy().select("party", "customer_from", "gone_day")
    buys = (pl.col("customer_from") <= pl.col("order_day")) & (pl.col("order_day") < pl.col("gone_day")) & pl.col("any")
    kind = (
        pl.when(~buys.fill_null(value=False)).then(pl.lit("no_order"))
        .when(~pl.col("all") & (pl.col("kind") != "no_order")).then(pl.lit("product_withdrawn"))
        .otherwise("kind")
    )  # fmt: skip
    orders = (
        orders.lazy()
        .join(sold, on="opportunity_id", how="left", maintain_order="left")
        .join(buyers, on="party", how="left", maintain_order="left")
        .with_columns(kind.alias("kind"))
        .collect()
    )
    world.record(
        "crm_erp_break",
        orders.filter(pl.col("kind") != "").select("opportunity_id", "kind", pl.col("closed").alias("day")),
    )
    orders = orders.filter(pl.col("kind") != "no_order")
    lines = lines.filter("is_sold").join(
        orders.select("opportunity_id"), on="opportunity_id", how="semi", maintain_order="left"
    )
    for name, rows, schema in (("planned_order", orders, PLANNED_ORDER), ("planned_line", lines, PLANNED_LINE)):
        known = world.state.get(name, schema.to_frame())
        world.state[name] = pl.concat([known, rows.select(schema.names()).cast(schema)])
