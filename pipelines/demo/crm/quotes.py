"""What is offered in an opportunity: its line items as they change, and the quotes made of them.

A quantity in the CRM is in price units (a hundred screws), so that it multiplies with the price as it does in the ERP.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.calendar import business_day
from pipelines.demo.crm.crm_ids import salesforce_ids
from pipelines.demo.crm.crm_staff import DAY
from pipelines.demo.crm.products_in_crm import entry_ids, product_ids
from pipelines.demo.crm.stages import CLOSING, NEEDS, PROPOSAL, REVISION, Flags, Ints, Journeys
from pipelines.demo.drawing import weighted, weighted_within
from pipelines.demo.supply.catalogue import list_price
from pipelines.demo.world import World

SNAPSHOTS = 3
"""The lines as first entered, as first quoted, as quoted again."""
FIRST_QUOTED, REQUOTED = 1, 2
FAVOURITE_SHARE = 0.6
QUANTITY_SIGMA = 0.85
MOST_LINES = 6
DAYS_OF_VALIDITY = (30, 60, 90)


@dataclass(frozen=True)
class Lines:
    """Line items of new opportunities, in the order of opportunity and position; arrays of lines, or lines × SNAPSHOTS.

    ``opportunity``: row of the opportunity. ``units``: quantity in price units. ``listed`` and ``net``: price of a price unit in
    minor units of ``currency``, before and after discounts. ``present``: whether the line is in the snapshot.
    ``product_id`` and ``entry_id``: Product2 and PricebookEntry.
    """

    opportunity: Ints
    position: Ints
    material: Ints
    price_unit: Ints
    currency: pl.Series
    product_id: pl.Series
    entry_id: pl.Series
    listed: Ints
    units: Ints
    net: Ints
    present: Flags

    @property
    def totals(self) -> Ints:
        """Amount of each line in each snapshot, minor units."""
        return np.where(self.present, self.units * self.net, 0)


def draw_lines(world: World, rng: np.random.Generator, births: pl.DataFrame, goods: pl.DataFrame) -> Lines:
    """Draw the line items of ``births`` (party, currency, discount, lines_mean, segment, created), from ``goods`` on sale.

    Customers favour the two categories that they favour in their orders too. ``goods`` must be sorted by category.
    """
    mean = np.maximum(births["lines_mean"].to_numpy() * 1.08 - 1, 0.2)
    count = np.minimum(1 + rng.poisson(mean), MOST_LINES)
    opportunity = np.repeat(np.arange(births.height), count)
    product = _products(rng, births["party"].to_numpy()[opportunity], goods)
    # Nobody writes a product on two lines of an offer.
    _, kept = np.unique(opportunity * (goods.height + 1) + product, return_index=True)
    kept.sort()
    opportunity, product = opportunity[kept], product[kept]
    size = len(opportunity)
    starts = np.flatnonzero(np.r_[True, opportunity[1:] != opportunity[:-1]]) if size else np.zeros(0, dtype=np.int64)
    position = np.arange(size) - np.repeat(starts, np.diff(np.r_[starts, size])) + 1
    price_unit = goods["price_unit"].to_numpy()[product]
    segment = births["segment"].replace_strict({"A": 2.6, "B": 1.6, "C": 1.0}, return_dtype=pl.Float64).to_numpy()
    median = goods["median_quantity"].to_numpy()[product] * segment[opportunity] / price_unit
    units = np.empty((size, SNAPSHOTS), dtype=np.int64)
    units[:, 0] = np.maximum(1, np.rint(median * rng.lognormal(0, QUANTITY_SIGMA, size)))
    for snapshot, share, drift in ((1, 0.30, 0.02), (2, 0.50, -0.06)):
        changed = rng.random(size) < share
        factor = np.where(changed, rng.lognormal(drift, 0.28, size), 1.0)
        units[:, snapshot] = np.maximum(1, np.rint(units[:, snapshot - 1] * factor))
    first = position == 1
    arrives_late, leaves, leaves_later = rng.random(size), rng.random(size), rng.random(size)
    present = np.ones((size, SNAPSHOTS), dtype=bool)
    present[:, 0] = first | (arrives_late >= 0.12)
    present[:, 1] = first | (leaves >= 0.05) | ~present[:, 0]
    present[:, 2] = first | (present[:, 1] & (leaves_later >= 0.08))
    asked = rng.choice([0.0, 0.0, 0.0, 0.02, 0.03, 0.05], births.height)
    granted = asked + rng.choice([0.0, 0.01, 0.02, 0.03, 0.05], births.height)
    extra = np.stack([np.zeros(births.height), asked, granted], axis=1)[opportunity]
    discount = births["discount"].to_numpy()[opportunity]
    currency = births["currency"][opportunity]
    material = goods["material"].to_numpy()[product]
    listed = np.asarray(list_price(world, material, births["created"].to_numpy()[opportunity], currency)).astype(
        np.int64
    )
    net = np.floor(listed[:, None] * (1 - discount)[:, None] * (1 - extra) + 0.5)
    net = np.maximum(1, net).astype(np.int64)
    return Lines(
        opportunity, position, material, price_unit, currency, product_ids(material), entry_ids(material, currency), listed,
        units, net, present,
    )  # fmt: skip


def _products(rng: np.random.Generator, party: Ints, goods: pl.DataFrame) -> Ints:
    anywhere, at_home = rng.random(len(party)), rng.random(len(party))
    fancy, which = rng.random(len(party)), rng.integers(0, 2, len(party))
    categories = goods["category"].unique().sort()
    category = goods["category"].cast(pl.Enum(categories)).to_physical().to_numpy().astype(np.int64)
    favourite = (party * 7 + which * (3 + party % 4)) % len(categories)
    popularity = goods["popularity"].to_numpy()
    home = weighted_within(at_home, favourite, category, popularity)
    return np.where(fancy < FAVOURITE_SHARE, home, weighted(anywhere, popularity))


def reached(journeys: Journeys) -> Flags:
    """Whether each opportunity gets as far as each snapshot; n × SNAPSHOTS."""
    present = journeys.present
    return np.stack([present[:, NEEDS:PROPOSAL].any(axis=1), present[:, PROPOSAL], present[:, REVISION]], axis=1)


def emit_line_items(world: World, lines: Lines, journeys: Journeys, opportunity_ids: pl.Series) -> pl.Series:
    """Emit OpportunityLineItem: each line when it is entered, when it changes, when it is taken out. Returns the lines' Ids."""
    first_entry = NEEDS + journeys.present[:, NEEDS:PROPOSAL].argmax(axis=1)
    rows = np.arange(len(first_entry))
    at = np.stack([journeys.at[rows, first_entry], journeys.at[:, PROPOSAL], journeys.at[:, REVISION]], axis=1)
    got = reached(journeys)[lines.opportunity]
    at = at[lines.opportunity]
    ids = salesforce_ids("00k", world.numbers("opportunity_line", len(lines.opportunity)))
    size = len(lines.opportunity)
    was_there, units, net = np.zeros(size, dtype=bool), np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    created = np.zeros(size, dtype=np.int64)
    parts: list[tuple[Ints, ...]] = []
    for snapshot in range(SNAPSHOTS):
        # A line that is taken out never comes back, so a line is born once.
        is_there = np.where(got[:, snapshot], lines.present[:, snapshot], was_there)
        differs = (lines.units[:, snapshot] != units) | (lines.net[:, snapshot] != net)
        now = got[:, snapshot] & ((is_there & (~was_there | differs)) | (was_there & ~is_there))
        created = np.where(now & ~was_there, at[:, snapshot], created)
        units = np.where(now & is_there, lines.units[:, snapshot], units)
        net = np.where(now & is_there, lines.net[:, snapshot], net)
        rows = np.flatnonzero(now)
        parts.append(
            (rows, units[rows], net[rows], created[rows], at[rows, snapshot], (~is_there[rows]).astype(np.int64))
        )
        was_there = is_there
    place, units, net, created, stamp, gone = (np.concatenate(column) for column in zip(*parts, strict=True))
    where = pl.Series(place, dtype=pl.UInt32)
    world.emit("salesforce/OpportunityLineItem", _priced(lines, place, units, net).with_columns(
        ids.gather(where).alias("Id"),
        opportunity_ids[lines.opportunity[place]].alias("OpportunityId"),
        pl.Series("SortOrder", lines.position[place]), pl.Series("CreatedDate", created), pl.Series("SystemModstamp", stamp),
        pl.Series("IsDeleted", gone == 1), _extract_day(world, stamp),
    ))  # fmt: skip
    return ids


def _extract_day(world: World, at: Ints) -> pl.Series:
    """``_on`` of versions made at the instants ``at``: what was before the history is in its first extract."""
    return pl.Series("_on", np.maximum(at // DAY, world.month.first).astype(np.int32))


def _priced(lines: Lines, place: Ints, units: Ints, net: Ints) -> pl.DataFrame:
    """The columns that line items of opportunities and quotes share, of the lines at ``place``."""
    where = pl.Series(place, dtype=pl.UInt32)
    listed = lines.listed[place]
    discount = np.floor(np.maximum(1 - net / np.maximum(listed, 1), 0) * 10_000 + 0.5).astype(np.int64)
    return pl.DataFrame({
        "Product2Id": lines.product_id.gather(where), "PricebookEntryId": lines.entry_id.gather(where), "Quantity": units,
        "UnitPrice": listed, "Discount": discount, "TotalPrice": units * net, "CurrencyIsoCode": lines.currency.gather(where),
    })  # fmt: skip


@dataclass(frozen=True)
class QuoteChain:
    """For each opportunity the number of its last quote ("" if it has none), and the snapshot that this is made of."""

    number: pl.Series
    snapshot: npt.NDArray[np.int64]


def emit_quotes(
    world: World, rng: np.random.Generator, lines: Lines, line_ids: pl.Series, journeys: Journeys, births: pl.DataFrame
) -> QuoteChain:
    """Emit Quote and QuoteLineItem of ``births`` (opportunity_id, account_id, currency, name).

    One is made with the proposal, a second that supersedes it when the lines are revised.
    """
    quoted, again = journeys.present[:, PROPOSAL], journeys.present[:, REVISION]
    validity = rng.choice(DAYS_OF_VALIDITY, births.height)
    moments = rng.integers(7 * 3600, 17 * 3600, births.height)
    place = np.concatenate([np.flatnonzero(quoted), np.flatnonzero(again)])
    is_second = np.repeat([False, True], [int(quoted.sum()), int(again.sum())])
    if not len(place):
        return QuoteChain(pl.Series([""] * births.height, dtype=pl.String), np.zeros(births.height, dtype=np.int64))
    begun = np.where(is_second, journeys.at[place, REVISION], journeys.at[place, PROPOSAL])
    order = np.argsort(begun, kind="stable")
    place, is_second, begun = place[order], is_second[order], begun[order]
    number = world.numbers("quote", len(place), first=1)
    superseded = ~is_second & again[place]
    ended = np.where(superseded, journeys.at[place, REVISION], journeys.at[place, CLOSING])
    snapshot = np.where(is_second, REQUOTED, FIRST_QUOTED)
    presented = _next_day(begun, moments[place])
    total = amounts(lines, births.height)[place, snapshot]
    where = pl.Series(place, dtype=pl.UInt32)
    frame = births.select("opportunity_id", "account_id", "currency", "name")[where].with_columns(
        pl.Series("number", number), pl.Series("begun", begun), pl.Series("total", total),
        salesforce_ids("0Q0", number).alias("Id"),
        pl.Series("expires", (begun // DAY + validity[place]).astype(np.int32)),
    ).with_columns(pl.format("Q-{}", pl.col("number").cast(pl.String).str.zfill(7)).alias("QuoteNumber"))  # fmt: skip
    count = len(place)
    outcome = np.where(superseded, "Denied", np.where(journeys.won[place], "Accepted", "Denied"))
    seen = presented // DAY < ended // DAY
    rows = np.concatenate([np.arange(count), np.flatnonzero(seen), np.arange(count)])
    at = np.concatenate([begun, presented[seen], ended])
    status = np.concatenate([np.full(count, "Draft"), np.full(int(seen.sum()), "Presented"), outcome])
    world.emit("salesforce/Quote", frame[pl.Series(rows, dtype=pl.UInt32)].select(
        "Id", "QuoteNumber", pl.col("opportunity_id").alias("OpportunityId"), pl.col("account_id").alias("AccountId"),
        pl.col("name").alias("Name"), pl.Series("Status", status, dtype=pl.String), pl.col("expires").alias("ExpirationDate"),
        pl.col("total").alias("TotalPrice"), pl.col("total").alias("GrandTotal"),
        pl.col("currency").alias("CurrencyIsoCode"), pl.col("begun").alias("CreatedDate"),
        pl.Series("SystemModstamp", at), pl.lit(value=False).alias("IsDeleted"), _extract_day(world, at),
    ))  # fmt: skip
    _emit_quote_lines(world, lines, line_ids, place, is_second, begun, frame["Id"])
    last = np.zeros(births.height, dtype=np.int64)
    last[place[~is_second]] = np.flatnonzero(~is_second) + 1
    last[place[is_second]] = np.flatnonzero(is_second) + 1
    numbers = pl.concat([pl.Series([""]), frame["QuoteNumber"]])[last]
    return QuoteChain(numbers, np.where(again, REQUOTED, FIRST_QUOTED))


def _next_day(at: Ints, second: Ints) -> Ints:
    """The business day after each instant ``at``, ``second`` seconds after its midnight."""
    return business_day((at // DAY).astype(np.int32), 1).astype(np.int64) * DAY + second


def amounts(lines: Lines, size: int) -> Ints:
    """What each of ``size`` opportunities is worth in each snapshot, n × SNAPSHOTS: minor units, exact below 2^53."""
    totals = lines.totals
    sums = [np.bincount(lines.opportunity, totals[:, snapshot], minlength=size) for snapshot in range(SNAPSHOTS)]
    return np.stack(sums, axis=1).astype(np.int64)


def _emit_quote_lines(
    world: World, lines: Lines, line_ids: pl.Series, place: Ints, is_second: Flags, begun: Ints, quote_ids: pl.Series
) -> None:
    parts: list[tuple[Ints, ...]] = []
    for second, snapshot in ((False, FIRST_QUOTED), (True, REQUOTED)):
        rows = np.flatnonzero(is_second == second)
        quote = np.full(int(place.max()) + 2, -1, dtype=np.int64)
        quote[place[rows]] = rows
        of = quote[np.minimum(lines.opportunity, len(quote) - 1)]
        mine = np.flatnonzero(lines.present[:, snapshot] & (of >= 0))
        parts.append((mine, of[mine], lines.units[mine, snapshot], lines.net[mine, snapshot]))
    line, of, units, net = (np.concatenate(column) for column in zip(*parts, strict=True))
    at = begun[of]
    world.emit("salesforce/QuoteLineItem", _priced(lines, line, units, net).with_columns(
        salesforce_ids("0QL", world.numbers("quote_line", len(line))).alias("Id"),
        quote_ids[of].alias("QuoteId"),
        line_ids[line].alias("OpportunityLineItemId"),
        pl.Series("CreatedDate", at), pl.Series("SystemModstamp", at), pl.lit(value=False).alias("IsDeleted"),
        _extract_day(world, at),
    ))  # fmt: skip
