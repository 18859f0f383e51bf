"""Accounts of the CRM: opened, opened twice, brought up to date late or never, merged, handed on, deleted."""

import numpy as np
import polars as pl

from pipelines.demo.calendar import Month
from pipelines.demo.crm import crm_staff
from pipelines.demo.crm.crm_ids import salesforce_ids
from pipelines.demo.customers.record_history import DAY, DrawDays, changed, drawing_days, office_hours
from pipelines.demo.mess.identity import CRM, written_in_crm
from pipelines.demo.world import World

DUPLICATE_RATE = 0.04
TWICE_DUPLICATE_SHARE = 0.15
MONTHLY_MERGE_RATE = 0.02
MONTHLY_DELETION_RATE = 0.001
"""Of the accounts of those who have been gone for a year."""
MONTHLY_COMPLETION_RATE = 0.004
MONTHLY_UPDATE_RATE = 0.35
"""Of the accounts whose party has moved or changed its name, and whose owner will hear of it."""
COLD_AFTER_DAYS = 365
_SOURCES = ("Web", "Trade Show", "Referral", "Phone Inquiry", "Partner", "Purchased List", "Other")

RECORD = pl.Schema({
    "Id": pl.String, "MasterRecordId": pl.String, "Name": pl.String, "Type": pl.String, "ParentId": pl.String,
    "BillingStreet": pl.String, "BillingCity": pl.String, "BillingState": pl.String, "BillingPostalCode": pl.String,
    "BillingCountryCode": pl.String, "Phone": pl.String, "Website": pl.String, "Industry": pl.String,
    "NumberOfEmployees": pl.Int64, "AnnualRevenue": pl.Int64, "CurrencyIsoCode": pl.String, "VAT_Number__c": pl.String,
    "IsPersonAccount": pl.Boolean, "FirstName": pl.String, "LastName": pl.String, "PersonEmail": pl.String,
    "PersonBirthdate": pl.Int32, "AccountSource": pl.String, "OwnerId": pl.String, "CreatedDate": pl.Int64,
    "SystemModstamp": pl.Int64, "IsDeleted": pl.Boolean,
})  # fmt: skip
_OWN = pl.Schema({
    "party": pl.Int64, "is_principal": pl.Boolean, "created_day": pl.Int32, "gone_day": pl.Int32, "is_stale": pl.Boolean
})  # fmt: skip
"""``is_stale``: the address or name is no longer true, and someone will correct it."""


def _opened(
    world: World, rng: np.random.Generator, openings: pl.DataFrame, old: pl.DataFrame, first: int
) -> pl.DataFrame:
    """Open the accounts of ``openings`` (party | created_day | is_duplicate), numbered from ``first``, and emit them.

    ``old``: former addresses (party | old_street …) of parties whose move the CRM has missed.
    """
    parties = world.state["party"].select(
        "party", "company", "currency", "industry", "weight", "customer_from", "segment", "gone_day"
    )
    count = openings.height
    frame = openings.join(parties, on="party", how="left", maintain_order="left")
    frame = frame.join(world.state["party_profile"], on="party", how="left", maintain_order="left")
    frame = frame.join(old, on="party", how="left", maintain_order="left")
    numbers = np.arange(first, first + count, dtype=np.int64)
    frame = frame.with_columns(
        source_id=salesforce_ids("001", numbers), has_old_address=pl.col("old_street").is_not_null()
    )
    written, blemishes = written_in_crm(rng, frame, world.mess)
    world.record("identity_mess", blemishes)
    world.record("identity", frame.select(
        system=pl.lit(CRM), source_table=pl.lit("Account"), source_id="source_id", party="party", kind="kind",
        role=pl.when("is_duplicate").then(pl.lit("duplicate")).otherwise(pl.lit("principal")), from_day="created_day",
    ))  # fmt: skip
    staff = crm_staff.users(world, ["sales_rep"])
    owners = crm_staff.drawn(staff, frame["company"].to_numpy(), rng.random(count))
    knows_size = rng.random(count) < 0.6
    employees = np.ceil(np.exp(2.8 + 0.75 * np.log(frame["weight"].to_numpy()) + rng.standard_normal(count)))
    revenue = np.round(employees * 1.7e5 * np.exp(0.4 * rng.standard_normal(count)) / 1e4) * 1_000_000
    size = pl.DataFrame({"employees": employees, "revenue": revenue, "knows_size": knows_size}).with_columns(
        pl.col("employees", "revenue").cast(pl.Int64)
    )
    revenue_units = pl.when(pl.col("currency") == "JPY").then(pl.col("revenue") * 8 // 5).otherwise("revenue")
    is_company = pl.col("kind") == "company"
    is_customer = pl.col("customer_from") < pl.col("created_day")
    is_former = pl.col("gone_day") + COLD_AFTER_DAYS <= pl.col("created_day").clip(lower_bound=world.month.first)
    created = office_hours(rng, frame["created_day"])
    source = pl.Series(_SOURCES).gather(rng.integers(0, len(_SOURCES), count))
    has_source = pl.Series(rng.random(count) < 0.7)
    records = written.with_columns(size).select(
        Id="source_id", MasterRecordId=pl.lit(None, pl.String), Name="name",
        Type=pl.when(is_former & pl.col("customer_from").is_not_null()).then(pl.lit("Former Customer"))
        .when(is_customer).then(pl.lit("Customer")).otherwise(pl.lit("Prospect")),
        ParentId=pl.lit(None, pl.String), BillingStreet="street", BillingCity="city", BillingState="region",
        BillingPostalCode="postcode", BillingCountryCode="country", Phone="phone", Website="website", Industry="industry",
        NumberOfEmployees=pl.when(is_company & pl.col("knows_size")).then("employees"),
        AnnualRevenue=pl.when(is_company & pl.col("knows_size")).then(revenue_units),
        CurrencyIsoCode="currency", VAT_Number__c="vat", IsPersonAccount=~is_company, FirstName="first_name",
        LastName="last_name", PersonEmail=pl.when(~is_company).then("email"), PersonBirthdate="birth_day",
        AccountSource=pl.when(has_source).then(source), OwnerId=owners, CreatedDate=created, SystemModstamp=created,
        IsDeleted=pl.lit(value=False), party="party", is_principal=~pl.col("is_duplicate"), created_day="created_day",
        gone_day=pl.lit(None, pl.Int32), is_stale=pl.lit(value=False),
    )  # fmt: skip
    return records.cast(pl.Schema({**RECORD, **_OWN}))


def _with_parents(records: pl.DataFrame, known: pl.DataFrame, profile: pl.DataFrame) -> pl.DataFrame:
    """Fill ParentId of subsidiaries whose parent has an account, opened no later."""
    is_mine = pl.col("party").is_in(records["party"].implode())
    related = profile.filter(is_mine & (pl.col("lookalike") == "subsidiary")).select("party", "related")
    if not related.height:
        return records
    everyone = pl.concat([known, records]) if known.height else records
    parents = everyone.filter("is_principal").select(
        pl.col("party").alias("related"), pl.col("Id").alias("parent"), pl.col("created_day").alias("parent_day")
    )
    found = records.select("party", "created_day").join(related, on="party", how="left", maintain_order="left")
    found = found.join(parents, on="related", how="left", maintain_order="left")
    parent = found.select(parent=pl.when(pl.col("parent_day") <= pl.col("created_day")).then("parent"))["parent"]
    return records.with_columns(ParentId=pl.when("is_principal").then(parent))


def _emit(world: World, versions: pl.DataFrame, on: str | int, operation: str) -> None:
    day = pl.col(on) if isinstance(on, str) else pl.lit(on)
    rows = versions.select(*RECORD, day.cast(pl.Int32).alias("_on"))
    world.emit("salesforce/Account", rows, operation=operation)


def _publish(world: World, records: pl.DataFrame) -> None:
    world.state["account_record"] = records
    world.state["account"] = records.select(
        pl.col("Id").alias("account_id"),
        "party",
        "is_principal",
        "created_day",
        "gone_day",
        pl.col("OwnerId").alias("owner_id"),
    )


def found(world: World, rng: np.random.Generator, old: pl.DataFrame) -> None:
    """Open the accounts that are there before the history, duplicates among them: fills account_record and account."""
    parties = world.state["party"].filter(pl.col("account_day") < world.month.first)
    principals = parties.select("party", pl.col("account_day").alias("created_day"), is_duplicate=pl.lit(value=False))
    draws = rng.random((2, parties.height))
    doubled = parties.filter(pl.Series(draws[0] < DUPLICATE_RATE))
    again = doubled.filter(pl.Series(draws[1][draws[0] < DUPLICATE_RATE] < TWICE_DUPLICATE_SHARE))
    doubles = pl.concat([doubled, again])
    later = rng.random(doubles.height)
    doubles = doubles.select(
        "party",
        created_day=pl.col("account_day")
        + (pl.Series(later) * (world.month.first - 1 - pl.col("account_day"))).floor().cast(pl.Int32),
        is_duplicate=pl.lit(value=True),
    )
    openings = pl.concat([principals, doubles]).sort("created_day", maintain_order=True)
    first = int(world.numbers("Account", openings.height)[0]) if openings.height else 1
    records = _opened(world, rng, openings, old, first)
    records = _with_parents(records, records.clear(), world.state["party_profile"])
    _emit(world, records, world.month.first, "C")
    _publish(world, records)


def _new(world: World, rng: np.random.Generator, known: pl.DataFrame, some_day: DrawDays) -> pl.DataFrame:
    """Accounts opened this month: of the parties whose day it is, and a few more of parties that have one."""
    parties = world.state["party"].filter(pl.col("account_day").is_between(world.month.first, world.month.last))
    principals = parties.select("party", pl.col("account_day").alias("created_day"), is_duplicate=pl.lit(value=False))
    alive = known.filter(pl.col("is_principal") & pl.col("gone_day").is_null())
    doubles = int(rng.binomial(parties.height, DUPLICATE_RATE * (1 + TWICE_DUPLICATE_SHARE)))
    place = rng.integers(0, max(alive.height, 1), doubles)
    again = alive[place if alive.height else []].select("party")
    again = again.with_columns(created_day=some_day(again.height), is_duplicate=pl.lit(value=True))
    openings = pl.concat([principals, again.unique("party", maintain_order=True)]).sort(
        "created_day", maintain_order=True
    )
    if not openings.height:
        return known.clear()
    numbers = world.numbers("Account", openings.height)
    nothing = pl.DataFrame(schema={"party": pl.Int64, **dict.fromkeys(OLD_ADDRESS, pl.String)})
    records = _opened(world, rng, openings, nothing, int(numbers[0]) if len(numbers) else 1)
    return _with_parents(records, known, world.state["party_profile"])


OLD_ADDRESS = ("old_street", "old_house", "old_city", "old_postcode", "old_region")


def live(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Live through a month of accounts; gives those that were merged: loser | winner | day."""
    month = world.month
    known = world.state["account_record"]
    some_day = drawing_days(rng, month)
    new = _new(world, rng, known, some_day)
    _emit(world, new, "created_day", "C")
    records = pl.concat([known, new], rechunk=True)

    alive = known.filter(pl.col("gone_day").is_null())
    changes = [_first_orders(world, records), *_handed_on(world, alive), _gone_cold(world, rng, alive)]
    changes.append(_brought_up_to_date(world, rng, alive, some_day))
    incomplete = alive.filter(pl.col("Phone").is_null() & ~pl.col("IsPersonAccount"))
    changes.append(
        _completed(
            world, incomplete.filter(pl.Series(rng.random(incomplete.height) < 12 * MONTHLY_COMPLETION_RATE)), some_day
        )
    )

    merged = _merged(rng, alive, some_day)
    gone = alive.join(
        world.state["party"].filter(pl.col("gone_day") < month.first - 365),
        on="party",
        how="semi",
        maintain_order="left",
    )
    deleted = gone.filter(pl.Series(rng.random(gone.height) < MONTHLY_DELETION_RATE))
    changes = [change for change in changes if change.height]
    if merged.height or deleted.height:
        is_merged = pl.col("Id").is_in(pl.concat([merged["loser"], merged["winner"]]).implode())
        deleted = deleted.filter(~is_merged)
        end = pl.concat([
            merged.select(Id="loser", day="day", MasterRecordId="winner"),
            deleted.select("Id", day=some_day(deleted.height), MasterRecordId=pl.lit(None, pl.String)),
        ])  # fmt: skip
        end = end.with_columns(IsDeleted=pl.lit(value=True), gone_day="day")
        is_over = pl.col("Id").is_in(end["Id"].implode())
        changes = [*(change.filter(~is_over) for change in changes), end]
    versions, records = changed(records, "Id", changes, rng)
    _emit(world, versions, "day", "U")
    _publish(world, records)
    return merged


def _first_orders(world: World, records: pl.DataFrame) -> pl.DataFrame:
    """Prospects become customers on the day of their first order."""
    first = world.state["party"].filter(pl.col("customer_from").is_between(world.month.first, world.month.last))
    if not first.height:
        return first
    mine = records.filter(pl.col("is_principal") & pl.col("gone_day").is_null())
    found = mine.join(first.select("party", "customer_from"), on="party", how="inner", maintain_order="left")
    found = found.filter(pl.col("customer_from") > pl.col("created_day"))
    return found.select("Id", day="customer_from", Type=pl.lit("Customer"))


def _handed_on(world: World, alive: pl.DataFrame) -> list[pl.DataFrame]:
    """Accounts of users who left go to their successors, on the day after."""
    left = crm_staff.leavers(world)
    if not left.height:
        return []
    found = alive.join(left, left_on="OwnerId", right_on="owner_id", how="inner", maintain_order="left")
    return [found.select("Id", day=(pl.col("left_at") // DAY).cast(pl.Int32), OwnerId="successor_id")]


def _gone_cold(world: World, rng: np.random.Generator, alive: pl.DataFrame) -> pl.DataFrame:
    """Accounts of customers who have not bought for a year are called former, most of them."""
    cold_day = pl.col("gone_day") + COLD_AFTER_DAYS
    cold = world.state["party"].filter(
        cold_day.is_between(max(world.month.first, Month(0).first + 1), world.month.last) & pl.col("customer_from").is_not_null()
    ).select("party", day=cold_day)  # fmt: skip
    if not cold.height:
        return cold
    found = alive.filter("is_principal").join(cold, on="party", how="inner", maintain_order="left")
    found = found.filter(pl.Series(rng.random(found.height) < 0.7))
    return found.select("Id", "day", Type=pl.lit("Former Customer"))


def _brought_up_to_date(
    world: World, rng: np.random.Generator, alive: pl.DataFrame, some_day: DrawDays
) -> pl.DataFrame:
    """Accounts whose party moved or changed its name some time ago, and whose owner has heard of it."""
    stale = alive.filter("is_stale")
    stale = stale.filter(pl.Series(rng.random(stale.height) < MONTHLY_UPDATE_RATE))
    if not stale.height:
        return stale
    frame = stale.select("Id", "party").join(
        world.state["party_profile"], on="party", how="left", maintain_order="left"
    )
    frame = frame.with_columns(
        source_id="Id", is_duplicate=pl.lit(value=False), has_old_address=pl.lit(value=False),
        **{name: pl.lit(None, pl.String) for name in OLD_ADDRESS},
    )  # fmt: skip
    written, blemishes = written_in_crm(rng, frame, world.mess / 2)
    world.record(
        "identity_mess", blemishes.filter(pl.col("field").is_in(["name", "street", "city", "postcode", "last_name"]))
    )
    return written.select(
        "Id", day=some_day(written.height), Name="name", BillingStreet="street", BillingCity="city", BillingState="region",
        BillingPostalCode="postcode", LastName="last_name", is_stale=pl.lit(value=False),
    )  # fmt: skip


def _completed(world: World, incomplete: pl.DataFrame, some_day: DrawDays) -> pl.DataFrame:
    """Accounts without a telephone number that someone fills in."""
    if not incomplete.height:
        return incomplete
    frame = incomplete.select("Id", "party").join(
        world.state["party_profile"].select("party", "country", "area", "phone"),
        on="party",
        how="left",
        maintain_order="left",
    )
    return frame.select("Id", day=some_day(frame.height), Phone=pl.format("{} {}", "area", "phone"))


def _merged(rng: np.random.Generator, alive: pl.DataFrame, some_day: DrawDays) -> pl.DataFrame:
    """Duplicates that someone finds and merges into the principal account: loser | winner | day."""
    doubles = alive.filter(~pl.col("is_principal"))
    doubles = doubles.filter(pl.Series(rng.random(doubles.height) < MONTHLY_MERGE_RATE))
    if not doubles.height:
        return pl.DataFrame(schema={"loser": pl.String, "winner": pl.String, "day": pl.Int32})
    winners = alive.filter("is_principal").select("party", winner="Id")
    pairs = doubles.select("party", loser="Id").join(winners, on="party", how="inner", maintain_order="left")
    return pairs.select("loser", "winner").with_columns(day=some_day(pairs.height))
