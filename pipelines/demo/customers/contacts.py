"""Contacts of the CRM: the people at a company whom one writes to; they come, leave, marry, and are entered twice."""

import numpy as np
import polars as pl

from pipelines.demo.crm.crm_ids import salesforce_ids
from pipelines.demo.customers.geography import COUNTRIES
from pipelines.demo.customers.party_birth import country_places
from pipelines.demo.customers.person_names import (
    JOBS,
    LANGUAGE_OF,
    NICKNAMES,
    ascii_name,
    draw_given_names,
    draw_surnames,
)
from pipelines.demo.customers.record_history import DrawDays, changed, drawing_days, office_hours
from pipelines.demo.drawing import Places, weighted
from pipelines.demo.mess.identity import CRM, MESS_SCHEMA
from pipelines.demo.mess.spelling import mistyped, without_umlauts
from pipelines.demo.world import World

MORE_CONTACTS = 0.95
"""Contacts of an account beside the first one, on average."""
MONTHLY_LEAVE_RATE = 0.008
MONTHLY_JOIN_RATE = 0.016  # of the accounts
DUPLICATE_RATE = 0.03
MONTHLY_MERGE_RATE = 0.02
MONTHLY_MARRIAGE_RATE = 0.0004
DELETED_SHARE = 0.35
"""Of those who leave; the others stay in the CRM without a mail address."""
TYPO_RATE, UMLAUT_RATE, NICKNAME_RATE, NO_MAIL_RATE = 0.02, 0.08, 0.06, 0.08

RECORD = pl.Schema({
    "Id": pl.String, "MasterRecordId": pl.String, "AccountId": pl.String, "FirstName": pl.String, "LastName": pl.String,
    "Email": pl.String, "Phone": pl.String, "MobilePhone": pl.String, "Title": pl.String, "Department": pl.String,
    "MailingStreet": pl.String, "MailingCity": pl.String, "MailingPostalCode": pl.String, "MailingCountryCode": pl.String,
    "LeadSource": pl.String, "HasOptedOutOfEmail": pl.Boolean, "OwnerId": pl.String, "CreatedDate": pl.Int64,
    "SystemModstamp": pl.Int64, "IsDeleted": pl.Boolean,
})  # fmt: skip
_OWN = pl.Schema({
    "party": pl.Int64, "true_first": pl.String, "true_last": pl.String, "created_day": pl.Int32, "gone_day": pl.Int32,
    "duplicate_of": pl.String,
})  # fmt: skip


def _people_of(world: World, rng: np.random.Generator, wanted: pl.DataFrame) -> pl.DataFrame:
    """Add true_first and true_last to ``wanted`` (account columns, created_day, is_first): the first contact is the known one."""
    profile = world.state["party_profile"].select(
        "party", "country", "area", "phone", "domain", "contact_first", "contact_last"
    )
    frame = wanted.join(profile, on="party", how="left", maintain_order="left")
    languages = LANGUAGE_OF[country_places(frame["country"])]
    frame = frame.with_columns(given=draw_given_names(rng, languages), sur=draw_surnames(rng, languages))
    return frame.with_columns(
        true_first=pl.when("is_first").then("contact_first").otherwise("given"),
        true_last=pl.when("is_first").then("contact_last").otherwise("sur"),
    )


def _mail(first: str, last: str, style: pl.Expr) -> pl.Expr:
    """The mail address of somebody at the company's domain; every company has its own way of making them."""
    given, sur = ascii_name(pl.col(first)), ascii_name(pl.col(last))
    local = (
        pl.when(style < 60).then(pl.format("{}.{}", given, sur))
        .when(style < 82).then(pl.format("{}.{}", given.str.slice(0, 1), sur))
        .when(style < 92).then(sur)
        .otherwise(given)
    )  # fmt: skip
    return pl.format("{}@{}", local, pl.col("domain"))


def _entered(world: World, rng: np.random.Generator, frame: pl.DataFrame) -> pl.DataFrame:
    """Enter people into the CRM as contacts; ``frame`` as of `_people_of`, with duplicate_of."""
    count = frame.height
    numbers = world.numbers("Contact", count)
    job = weighted(rng.random(count), np.array([share for _, _, share in JOBS], dtype=np.float64))
    draws = rng.random((8, count))
    typo, umlaut = draws[0] < TYPO_RATE * world.mess, draws[1] < UMLAUT_RATE * world.mess
    nickname = draws[2] < NICKNAME_RATE * world.mess
    is_double = pl.col("duplicate_of").is_not_null()
    extension = pl.Series(rng.integers(10, 100, count)).cast(pl.String)
    mobile = pl.Series(rng.integers(1_000_000, 9_999_999, count)).cast(pl.String)
    where, which = pl.Series("_where", rng.random(count)), pl.Series("_which", rng.random(count))
    style = (pl.col("party") * 7919) % 100
    # A second entry was mostly made from another card: another style of address, or none.
    style = pl.when(is_double & pl.Series(draws[3] < 0.4)).then((style + 45) % 100).otherwise(style)
    has_mail = ~pl.Series(draws[4] < NO_MAIL_RATE) & ~(is_double & pl.Series(draws[5] < 0.35))
    short = pl.col("true_first").replace(NICKNAMES)
    initial = pl.col("true_first").str.slice(0, 1) + "."
    created = office_hours(rng, frame["created_day"])
    source = pl.Series(["Web", "Trade Show", "Referral", None, None]).gather(rng.integers(0, 5, count))
    has_address, has_phone = pl.Series(draws[6] < 0.5), pl.Series(draws[7] < 0.75)
    has_mobile = pl.Series(rng.random(count) < 0.55)
    dialling = pl.col("country").replace_strict(
        {country.code: country.dialling for country in COUNTRIES}, return_dtype=pl.String
    )
    phone = pl.format("{} {} {}-{}", dialling, "area", "phone", extension)
    slipped = mistyped("true_last", "_where", "_which") if typo.any() else pl.col("true_last")
    records = frame.with_columns(where, which).with_columns(
        FirstName=pl.when(is_double & pl.Series(draws[3] > 0.5)).then(initial)
        .when(pl.Series(nickname) | is_double).then(short).otherwise("true_first"),
        LastName=pl.when(pl.Series(typo)).then(slipped)
        .when(pl.Series(umlaut)).then(without_umlauts("true_last")).otherwise("true_last"),
    ).select(
        Id=salesforce_ids("003", numbers), MasterRecordId=pl.lit(None, pl.String), AccountId="AccountId", FirstName="FirstName",
        LastName="LastName", Email=pl.when(has_mail).then(_mail("true_first", "true_last", style)),
        Phone=pl.when(has_phone).then(phone),
        MobilePhone=pl.when(has_mobile).then(pl.format("{} 1{} {}", dialling, pl.col("party") % 90 + 10, mobile)),
        Title=pl.Series([title for title, _, _ in JOBS]).gather(job),
        Department=pl.Series([department for _, department, _ in JOBS]).gather(job),
        MailingStreet=pl.when(has_address).then("BillingStreet"), MailingCity=pl.when(has_address).then("BillingCity"),
        MailingPostalCode=pl.when(has_address).then("BillingPostalCode"), MailingCountryCode=pl.when(has_address).then("country"),
        LeadSource=source, HasOptedOutOfEmail=pl.Series(rng.random(count) < 0.04), OwnerId="OwnerId", CreatedDate=created,
        SystemModstamp=created, IsDeleted=pl.lit(value=False), party="party", true_first="true_first", true_last="true_last",
        created_day="created_day", gone_day=pl.lit(None, pl.Int32), duplicate_of="duplicate_of",
    ).cast(pl.Schema({**RECORD, **_OWN}))  # fmt: skip
    _record(world, records)
    return records


def _record(world: World, records: pl.DataFrame) -> None:
    """Write who the contacts are, and how their names are misspelt, into the truth."""
    world.record("contact_identity", records.select(
        source_id="Id", party="party", first_name="true_first", last_name="true_last", duplicate_of="duplicate_of",
        from_day="created_day",
    ))  # fmt: skip
    for field, truth in (("FirstName", "true_first"), ("LastName", "true_last")):
        wrong = records.filter(pl.col(field) != pl.col(truth))
        world.record("identity_mess", wrong.select(
            system=pl.lit(CRM), source_id="Id", field=pl.lit(field), kind=pl.lit("contact"),
            true_value=truth, written_value=field,
        ).select(*MESS_SCHEMA))  # fmt: skip


_ACCOUNT = ("party", "OwnerId", "BillingStreet", "BillingCity", "BillingPostalCode")


def _of_new_accounts(world: World, rng: np.random.Generator, accounts: pl.DataFrame, spread: float) -> pl.DataFrame:
    """The contacts of new accounts of companies; all but the first are entered within ``spread`` days before the month."""
    accounts = accounts.filter(~pl.col("IsPersonAccount"))
    principal = accounts["is_principal"].to_numpy()
    count = np.where(principal, 1 + np.minimum(rng.poisson(MORE_CONTACTS, accounts.height), 6), 1)
    place: Places = np.repeat(np.arange(accounts.height), count)
    rank = np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)
    later = np.floor(rng.exponential(max(spread, 1), len(place))).astype(np.int32) * (rank > 0)
    wanted = accounts[place].select(pl.col("Id").alias("AccountId"), *_ACCOUNT, "created_day", "is_principal")
    knows_first = pl.Series(rng.random(len(place)) < 0.6) | pl.col("is_principal")
    wanted = wanted.with_columns(
        is_first=pl.Series(rank == 0) & knows_first,
        created_day=pl.min_horizontal(pl.col("created_day") + pl.Series(later), pl.lit(world.month.first - 1))
        if spread
        else "created_day",
        duplicate_of=pl.lit(None, pl.String),
    )
    return _people_of(world, rng, wanted)


def _again(world: World, records: pl.DataFrame, created_day: pl.Series) -> pl.DataFrame:
    """A second entry of the people of ``records``."""
    accounts = world.state["account_record"].select(pl.col("Id").alias("AccountId"), *_ACCOUNT[1:])
    profile = world.state["party_profile"].select("party", "country", "area", "phone", "domain")
    frame = records.select("party", "AccountId", "true_first", "true_last", duplicate_of="Id").with_columns(
        created_day=created_day
    )
    frame = frame.join(accounts, on="AccountId", how="left", maintain_order="left")
    return frame.join(profile, on="party", how="left", maintain_order="left")


def _emit(world: World, versions: pl.DataFrame, on: str | int, operation: str) -> None:
    day = pl.col(on) if isinstance(on, str) else pl.lit(on)
    rows = versions.select(*RECORD, day.cast(pl.Int32).alias("_on"))
    world.emit("salesforce/Contact", rows, operation=operation)


def _publish(world: World, records: pl.DataFrame) -> None:
    world.state["contact_record"] = records
    world.state["contact"] = records.select(
        contact_id="Id", account_id="AccountId", party="party", first_name="FirstName", last_name="LastName",
        email=pl.col("Email").replace("", None),
        created_day="created_day", gone_day="gone_day",
    )  # fmt: skip


def found(world: World, rng: np.random.Generator) -> None:
    """Enter the contacts that are there before the history: fills contact_record and contact."""
    records = _entered(world, rng, _of_new_accounts(world, rng, world.state["account_record"], 700))
    doubled = records.filter(pl.Series(rng.random(records.height) < DUPLICATE_RATE))
    day = pl.min_horizontal(
        pl.col("created_day") + pl.Series(rng.integers(1, 500, doubled.height)), world.month.first - 1
    )
    doubles = _entered(world, rng, _again(world, doubled, doubled.select(day=day.cast(pl.Int32))["day"]))
    records = pl.concat([records, doubles])
    _emit(world, records, world.month.first, "C")
    _publish(world, records)


def live(world: World, rng: np.random.Generator, merged: pl.DataFrame) -> None:
    """Live through a month of contacts; ``merged`` are this month's mergers of accounts, as `crm_accounts.live` gives them."""
    month = world.month
    known, accounts = world.state["contact_record"], world.state["account_record"]
    some_day = drawing_days(rng, month)

    first = _of_new_accounts(world, rng, accounts.filter(pl.col("created_day") >= month.first), 0)
    buying = world.state["party"].filter(pl.col("gone_day") > month.last)
    settled = accounts.filter(
        (pl.col("created_day") < month.first) & pl.col("gone_day").is_null() & ~pl.col("IsPersonAccount")
    )
    settled = settled.join(buying, on="party", how="semi", maintain_order="left")
    joining = settled.filter(pl.Series(rng.random(settled.height) < MONTHLY_JOIN_RATE))
    wanted = joining.select(pl.col("Id").alias("AccountId"), *_ACCOUNT).with_columns(
        created_day=some_day(joining.height), is_first=pl.lit(value=False), duplicate_of=pl.lit(None, pl.String)
    )
    closed = pl.concat([merged["loser"], accounts.filter(pl.col("gone_day") <= month.last)["Id"]])
    is_alive = pl.col("gone_day").is_null() & ~pl.col("IsDeleted") & ~pl.col("AccountId").is_in(closed.implode())
    alive = known.filter(is_alive)
    doubles = int(rng.binomial(first.height + joining.height, DUPLICATE_RATE))
    place = rng.integers(0, max(alive.height, 1), doubles)
    doubled = alive[place if alive.height else []].unique("Id", maintain_order=True)
    columns = [
        "AccountId",
        *_ACCOUNT,
        "created_day",
        "duplicate_of",
        "true_first",
        "true_last",
        "country",
        "area",
        "phone",
        "domain",
    ]
    frames = [first] if first.height else []
    if wanted.height:
        frames.append(_people_of(world, rng, wanted))
    if doubled.height:
        frames.append(_again(world, doubled, some_day(doubled.height)))
    new = known.clear()
    if frames:
        entering = pl.concat([frame.select(columns) for frame in frames]).sort("created_day", maintain_order=True)
        new = _entered(world, rng, entering)
        _emit(world, new, "created_day", "C")

    changes, ends = _leaving(rng, alive, some_day), _merging(rng, alive, some_day)
    ends = ends.filter(~pl.col("Id").is_in(changes["Id"].implode()))
    is_over = pl.col("Id").is_in(pl.concat([changes["Id"], ends["Id"]]).implode())
    married = alive.filter(rng.random(alive.height) < MONTHLY_MARRIAGE_RATE).filter(~is_over)
    moved = known.filter(pl.col("gone_day").is_null()).select("Id", loser="AccountId").join(
        merged, on="loser", how="inner", maintain_order="left"
    ).select("Id", "day", AccountId="winner")  # fmt: skip
    owners = accounts.select(pl.col("Id").alias("AccountId"), new_owner="OwnerId")
    handed = alive.select("Id", "AccountId", "OwnerId").join(owners, on="AccountId", how="left", maintain_order="left")
    handed = handed.filter((pl.col("new_owner") != pl.col("OwnerId")) & ~is_over)
    handed = handed.select("Id", day=some_day(handed.height), OwnerId="new_owner")
    versions, now = changed(known, "Id", [changes, ends, _marrying(world, rng, married, some_day), moved, handed], rng)
    _emit(world, versions, "day", "U")
    _publish(world, pl.concat([now, new], rechunk=True))


def _leaving(rng: np.random.Generator, alive: pl.DataFrame, some_day: DrawDays) -> pl.DataFrame:
    """People who leave their company: some are deleted, the others keep their entry without a mail address."""
    leaving = alive.filter(pl.Series(rng.random(alive.height) < MONTHLY_LEAVE_RATE))
    is_deleted = pl.Series(rng.random(leaving.height) < DELETED_SHARE)
    day = some_day(leaving.height)
    return leaving.select(
        "Id", day=day, gone_day=day, IsDeleted=is_deleted, Email=pl.when(~is_deleted).then(pl.lit("")),
        Title=pl.when(~is_deleted).then(pl.lit("left the company")), HasOptedOutOfEmail=pl.lit(value=True),
    )  # fmt: skip


def _merging(rng: np.random.Generator, alive: pl.DataFrame, some_day: DrawDays) -> pl.DataFrame:
    """Second entries that someone merges into the first one."""
    doubles = alive.filter(pl.col("duplicate_of").is_in(alive["Id"].implode()))
    doubles = doubles.filter(pl.Series(rng.random(doubles.height) < MONTHLY_MERGE_RATE))
    day = some_day(doubles.height)
    return doubles.select("Id", day=day, gone_day=day, MasterRecordId="duplicate_of", IsDeleted=pl.lit(value=True))


def _marrying(world: World, rng: np.random.Generator, married: pl.DataFrame, some_day: DrawDays) -> pl.DataFrame:
    """People who take another surname, and with it another mail address."""
    if not married.height:
        return married
    profile = world.state["party_profile"].select("party", "country", "domain")
    frame = married.select("Id", "party", "true_first").join(profile, on="party", how="left", maintain_order="left")
    frame = frame.with_columns(LastName=draw_surnames(rng, LANGUAGE_OF[country_places(frame["country"])]))
    return frame.select(
        "Id", "LastName", day=some_day(frame.height), true_last="LastName",
        Email=_mail("true_first", "LastName", (pl.col("party") * 7919) % 100),
    )  # fmt: skip
