"""Leads: those that become accounts, the many that never do, and the campaigns that they came by."""

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.calendar import business_day, is_business_day
from pipelines.demo.crm.campaigns import PROGRAMME, SOURCES, TRADE_SHOW, emit_members
from pipelines.demo.crm.crm_ids import salesforce_ids
from pipelines.demo.crm.crm_staff import DAY, drawn, users
from pipelines.demo.crm.lifelines import begin, due, founded
from pipelines.demo.crm.prospects import SOURCE_SHARE, first_opportunities
from pipelines.demo.crm.prospects import SOURCES as OTHER_SOURCES
from pipelines.demo.crm.selling import cues
from pipelines.demo.customers import company_names, person_names
from pipelines.demo.customers.geography import COUNTRIES, by_country, draw_addresses, draw_countries, fill_patterns
from pipelines.demo.drawing import weighted
from pipelines.demo.world import World

DEAD_ENDS_A_LEAD = 2.5
"""Leads that never convert, for each that does."""
CAMPAIGN_SHARE = 0.45
DAYS_AFTER_CAMPAIGN = 25
OPEN, WORKING, NURTURING, UNQUALIFIED, CONVERTED, SPAM = range(6)
STATUSES = (
    "Open - Not Contacted", "Working - Contacted", "Nurturing", "Closed - Not Converted", "Closed - Converted",
    "Open - Not Contacted",
)  # fmt: skip
"""By place; SPAM is deleted before anybody looks at it."""
_AFTER_OFFICE = 18 * 3600 + 60
"""Accounts are opened until 18 o'clock; that their lead is converted is seen right after."""
_COMPANIES = [country.company for country in COUNTRIES]
_CODES = [country.code for country in COUNTRIES]
_ABOUT = pl.Schema({
    "party": pl.Int64, "company": pl.Int64, "FirstName": pl.String, "LastName": pl.String, "Company": pl.String,
    "Email": pl.String, "Phone": pl.String, "City": pl.String, "PostalCode": pl.String, "CountryCode": pl.String,
    "Industry": pl.String, "day": pl.Int32, "converts": pl.Int32,
})  # fmt: skip
_CONVERTED_LEAD = pl.Schema(
    {"party": pl.Int64, "lead_source": pl.String, "campaign_id": pl.String, "member_id": pl.String}
)


def found(world: World) -> None:
    """Enter the leads of parties that are not customers of the CRM when the history begins."""
    world.state["converted_lead"] = _CONVERTED_LEAD.to_frame()
    first = world.month.first
    party = world.state["party"].filter((pl.col("lead_day") < first) & (pl.col("account_day") >= first))
    _enter(world, world.founding_rng("leads"), _of_parties(world, party))
    _emit(world, founded(world, "lead").filter("is_latest"), on=first)


def live(world: World) -> None:
    """Enter new leads, and emit what becomes of those there are."""
    rng = world.rng("leads")
    first, last = world.month.first, world.month.last
    party = world.state["party"].filter(pl.col("lead_day").is_between(first, last))
    dead_ends = _strangers(world, rng, int(rng.poisson(DEAD_ENDS_A_LEAD * (party.height + 0.2))))
    _enter(world, rng, pl.concat([_of_parties(world, party), dead_ends]))
    happened = due(world, "lead")
    _emit(world, happened, on=None)
    cues(world, happened.filter((pl.col("status") <= NURTURING) & ~pl.col("is_handover")).select(
        pl.lit("lead").alias("topic"), pl.lit(None, pl.String).alias("what_id"), pl.col("Id").alias("who_id"), "owner_id", "at",
        pl.col("status").alias("step"),
    ))  # fmt: skip


def _of_parties(world: World, party: pl.DataFrame) -> pl.DataFrame:
    """The leads of ``party``, _ABOUT: what one knows of them before they have an account."""
    known = world.state["party_profile"].drop("kind", "country", "name")
    frame = party.join(known, on="party", how="left", maintain_order="left").sort("lead_day", "party")
    dialling = frame["country"].replace_strict(
        _CODES, [country.dialling for country in COUNTRIES], return_dtype=pl.String
    )
    return frame.select(
        "party", pl.col("company").cast(pl.Int64), pl.col("contact_first").alias("FirstName"),
        pl.col("contact_last").alias("LastName"), pl.col("name").alias("Company"), pl.col("email").alias("Email"),
        pl.concat_str(dialling.alias("dialling"), "area", "phone", separator=" ", ignore_nulls=True).alias("Phone"),
        pl.col("city").alias("City"), pl.col("postcode").alias("PostalCode"), pl.col("country").alias("CountryCode"),
        pl.col("industry").alias("Industry"), pl.col("lead_day").alias("day"), pl.col("account_day").alias("converts"),
    ).cast(_ABOUT)  # fmt: skip


def _strangers(world: World, rng: np.random.Generator, count: int) -> pl.DataFrame:
    """Leads of people and companies that nobody ever hears of again, _ABOUT."""
    if not count:
        return _ABOUT.to_frame()
    countries = draw_countries(rng, count)
    languages = person_names.LANGUAGE_OF[countries]
    parts = company_names.draw_company_names(rng, countries).with_columns(pl.lit(None, pl.String).alias("extra"))
    addresses = draw_addresses(rng, countries)
    phone = fill_patterns(rng, by_country(countries, [country.subscriber for country in COUNTRIES]))
    industry = weighted(rng.random(count), np.array([share for _, share in company_names.INDUSTRIES], dtype=np.float64))
    working = world.month.days[is_business_day(world.month.days)]
    day = np.sort(working[rng.integers(0, len(working), count)])
    box = rng.random(count)
    frame = pl.concat([parts, addresses], how="horizontal").with_columns(
        by_country(countries, [country.domain for country in COUNTRIES]).alias("top_domain"),
        by_country(countries, [country.dialling for country in COUNTRIES]).alias("dialling"),
        by_country(countries, _CODES).alias("CountryCode"), phone.alias("phone"),
        person_names.draw_given_names(rng, languages).alias("FirstName"),
        person_names.draw_surnames(rng, languages).alias("LastName"), pl.Series("box", box),
        pl.Series("domain_style", rng.random(count)),
        pl.Series("company", np.array(_COMPANIES)[countries]), pl.Series("day", day.astype(np.int32)),
        pl.Series([name for name, _ in company_names.INDUSTRIES])[industry].alias("Industry"),
    ).with_columns(company_names.company_name().alias("Company"), company_names.domain_name().alias("domain"))  # fmt: skip
    first, last = person_names.ascii_name(pl.col("FirstName")), person_names.ascii_name(pl.col("LastName"))
    local = pl.when(pl.col("box") < 0.3).then(pl.lit("info")).otherwise(pl.concat_str(first, pl.lit("."), last))
    return frame.select(
        pl.lit(None, pl.Int64).alias("party"), "company", "FirstName", "LastName", "Company",
        pl.when(pl.col("box") < 0.95).then(pl.concat_str(local, pl.lit("@"), "domain")).alias("Email"),
        pl.when(pl.col("box") > 0.2).then(pl.concat_str("dialling", "area", "phone", separator=" ")).alias("Phone"),
        pl.col("city").alias("City"), pl.col("postcode").alias("PostalCode"), "CountryCode", "Industry", "day",
        pl.lit(None, pl.Int32).alias("converts"),
    ).cast(_ABOUT)  # fmt: skip


def _enter(world: World, rng: np.random.Generator, about: pl.DataFrame) -> None:
    """Plan the lives of new leads, and emit those that came by a campaign as its members."""
    count = about.height
    numbers = world.numbers("lead", count)
    owner = drawn(users(world, ["sales_rep", "sales_manager"]), about["company"].to_numpy(), rng.random(count))
    source = pl.Series(OTHER_SOURCES).gather(pl.Series(weighted(rng.random(count), SOURCE_SHARE), dtype=pl.UInt32))
    rating = pl.Series(["Hot", "Warm", "Cold"]).gather(
        pl.Series(weighted(rng.random(count), np.array([0.2, 0.45, 0.35])), dtype=pl.UInt32)
    )
    by_campaign, which = rng.random(count), rng.random(count)
    seconds = rng.integers(7 * 3600, 16 * 3600, count)
    records = about.drop("company", "day", "converts").with_columns(
        pl.Series("number", numbers), salesforce_ids("00Q", numbers).alias("Id"), rating.alias("Rating"),
        pl.Series("CreatedDate", about["day"].to_numpy().astype(np.int64) * DAY + seconds),
        _campaigns(world, about, by_campaign, which).alias("campaign_id"),
    )  # fmt: skip
    kinds = world.state["campaign"].select(
        "campaign_id", pl.col("type").replace_strict(SOURCES, default="Other", return_dtype=pl.String).alias("by")
    )
    records = records.join(kinds, on="campaign_id", how="left", maintain_order="left")
    records = records.with_columns(pl.coalesce("by", source).alias("LeadSource")).drop("by")
    events = _lives(rng, about, records["CreatedDate"].to_numpy())
    events = events.with_columns(
        records["number"].gather(events["row"]).alias("number"), owner.gather(events["row"]).alias("owner_id")
    ).select("number", "at", "owner_id", "status")
    came = records.filter(pl.col("campaign_id").is_not_null())
    members = came.select(
        salesforce_ids("00v", world.numbers("campaign_member", came.height)).alias("Id"), "campaign_id", "party",
        pl.col("Id").alias("contact_id"), pl.col("CreatedDate").alias("created_at"),
        (pl.col("CreatedDate") // DAY).cast(pl.Int32).alias("day"),
        (pl.col("CreatedDate") % DAY + 60).alias("second"), pl.lit(value=True).alias("answered"),
    )  # fmt: skip
    emit_members(world, members.drop("party"), "LeadId")
    converting = records.filter(pl.col("party").is_not_null()).join(
        members.select("party", pl.col("Id").alias("member_id")), on="party", how="left", maintain_order="left"
    ).select("party", pl.col("LeadSource").alias("lead_source"), "campaign_id", "member_id")  # fmt: skip
    world.state["converted_lead"] = pl.concat([world.state["converted_lead"], converting])
    begin(world, "lead", records, events)


def _campaigns(
    world: World, about: pl.DataFrame, draw: npt.NDArray[np.float64], which: npt.NDArray[np.float64]
) -> pl.Series:
    """The campaign that each lead came by: one of its company that runs, or has just ended; null for most."""
    running = world.state["campaign"].filter(
        (pl.col("type") != PROGRAMME)
        & (pl.col("end") >= world.month.first - DAYS_AFTER_CAMPAIGN)
        & (pl.col("start") <= world.month.last)
    ).with_columns(pl.when(pl.col("type") == TRADE_SHOW).then(4.0).otherwise(1.0).alias("pull"))  # fmt: skip
    company, day = about["company"].to_numpy()[:, None], about["day"].to_numpy()[:, None]
    start, end = running["start"].to_numpy(), running["end"].to_numpy()
    pull = running["pull"].to_numpy() * (running["company"].to_numpy() == company)
    pull = pull * ((start <= day) & (day <= end + DAYS_AFTER_CAMPAIGN))
    total = np.cumsum(pull, axis=1)
    ids = pl.concat([running["campaign_id"], pl.Series([None], dtype=pl.String)])
    if not running.height:
        return ids.gather(pl.Series(np.zeros(about.height), dtype=pl.UInt32))
    place = (total <= (which * total[:, -1])[:, None]).sum(axis=1)
    has_one = (draw < CAMPAIGN_SHARE) & (total[:, -1] > 0)
    return ids.gather(
        pl.Series(np.where(has_one, np.minimum(place, running.height - 1), running.height), dtype=pl.UInt32)
    )


def _lives(rng: np.random.Generator, about: pl.DataFrame, created: npt.NDArray[np.int64]) -> pl.DataFrame:
    """The events of the leads ``about``: row | at | status, sorted by row and ``at``."""
    count = about.height
    fate, contact, nurture = rng.random(count), rng.random(count), rng.random(count)
    waits = np.ceil(rng.gamma(1.3, np.array([2.2, 14.0, 28.0]), (count, 3))).astype(np.int64)
    seconds = rng.integers(7 * 3600, 17 * 3600, (count, 3))
    day = about["day"].to_numpy()
    converts = about["converts"].fill_null(0).to_numpy()
    is_spam = (converts == 0) & (fate < 0.02)
    is_ignored = (converts == 0) & (contact < 0.12)
    waits[is_ignored, 2] += 45
    steps = [
        (WORKING, np.ones(count, dtype=bool) & ~is_ignored & ~is_spam),
        (NURTURING, (nurture < np.where(converts > 0, 0.25, 0.45)) & ~is_ignored & ~is_spam),
        (UNQUALIFIED, (converts == 0) & ~is_spam & ~((nurture < 0.15) & ~is_ignored)),
    ]
    rows, at, status = [np.arange(count)], [created], [np.zeros(count, dtype=np.int64)]
    passed = np.zeros(count, dtype=np.int64)
    base = business_day(day)
    for place, (step, wanted) in enumerate(steps):
        passed = passed + np.where(wanted, waits[:, place], 0)
        moment = business_day(base, passed).astype(np.int64) * DAY + seconds[:, place]
        # Who converts does so on the day of the account, whatever else was planned.
        takes = wanted & ((converts == 0) | (moment // DAY < converts))
        rows.append(np.flatnonzero(takes))
        at.append(moment[takes])
        status.append(np.full(int(takes.sum()), step))
    spam, buys = np.flatnonzero(is_spam), np.flatnonzero(converts > 0)
    rows += [spam, buys]
    gone = business_day(base[spam], 1).astype(np.int64) * DAY + 9 * 3600
    won = np.maximum(converts[buys].astype(np.int64) * DAY + _AFTER_OFFICE, created[buys] + 60)
    at += [gone, won]
    status += [np.full(len(spam), SPAM), np.full(len(buys), CONVERTED)]
    return pl.DataFrame({
        "row": pl.Series(np.concatenate(rows), dtype=pl.UInt32), "at": np.concatenate(at), "status": np.concatenate(status),
    }).sort("row", "at")  # fmt: skip


def _emit(world: World, happened: pl.DataFrame, *, on: int | None) -> None:
    """Emit a version of Lead for each event; who converts gets the Ids of account, contact and opportunity."""
    if not happened.height:
        return
    is_converted = pl.col("status") == CONVERTED
    happened = happened.join(
        _accounts(world, happened.filter(is_converted)["party"]), on="party", how="left", maintain_order="left"
    ).with_columns((pl.col("at") // DAY).cast(pl.Int32).alias("day"))
    day = pl.col("day") if on is None else pl.lit(on, pl.Int32)
    is_same_day = pl.col("created") == pl.col("day")
    world.emit("salesforce/Lead", happened.select(
        "Id", "FirstName", "LastName", "Company", "Email", "Phone", "City", "PostalCode", "CountryCode",
        pl.Series(STATUSES).gather(happened["status"].cast(pl.UInt32)).alias("Status"), "LeadSource", "Rating", "Industry",
        pl.col("owner_id").alias("OwnerId"), is_converted.alias("IsConverted"),
        pl.when(is_converted).then("day").alias("ConvertedDate"),
        pl.when(is_converted).then("account_id").alias("ConvertedAccountId"),
        pl.when(is_converted & (pl.col("created_day") <= pl.col("day"))).then("contact_id").alias("ConvertedContactId"),
        pl.when(is_converted & is_same_day).then("opportunity_id").alias("ConvertedOpportunityId"),
        "CreatedDate", pl.col("at").alias("SystemModstamp"), (pl.col("status") == SPAM).alias("IsDeleted"), day.alias("_on"),
    ))  # fmt: skip
    if on is None:
        _move_members(world, happened.filter(is_converted & ~pl.col("is_handover")))


_NO_ACCOUNT = pl.DataFrame(schema={
    "party": pl.Int64, "account_id": pl.String, "contact_id": pl.String, "created_day": pl.Int32, "opportunity_id": pl.String,
    "created": pl.Int32,
})  # fmt: skip


def _accounts(world: World, parties: pl.Series) -> pl.DataFrame:
    """What the leads of ``parties`` become: party | account_id | contact_id | opportunity_id | created (its day)."""
    if not len(parties):
        return _NO_ACCOUNT
    accounts = world.state["account"].filter(pl.col("is_principal") & pl.col("party").is_in(parties.implode()))
    accounts = accounts.unique("party", keep="first", maintain_order=True).select("party", "account_id")
    contacts = world.state["contact"].filter(pl.col("account_id").is_in(accounts["account_id"].implode()))
    contacts = contacts.sort("created_day", "contact_id").unique("account_id", keep="first", maintain_order=True)
    born = first_opportunities(world, world.month.first, world.month.last).select("party", "opportunity_id", "created")
    return accounts.join(
        contacts.select("account_id", "contact_id", "created_day"), on="account_id", how="left", maintain_order="left"
    ).join(born, on="party", how="left", maintain_order="left")


def _move_members(world: World, converted: pl.DataFrame) -> None:
    """A campaign's member that converts is a contact from then on."""
    is_there = pl.col("created_day") <= pl.col("day")
    moved = converted.filter(is_there & pl.col("contact_id").is_not_null() & pl.col("campaign_id").is_not_null())
    if not moved.height:
        return
    moved = moved.join(
        world.state["converted_lead"].select("party", "member_id"), on="party", how="left", maintain_order="left"
    )
    world.emit("salesforce/CampaignMember", moved.select(
        pl.col("member_id").alias("Id"), pl.col("campaign_id").alias("CampaignId"), pl.col("Id").alias("LeadId"),
        pl.col("contact_id").alias("ContactId"), pl.lit("Responded").alias("Status"), pl.lit(value=True).alias("HasResponded"),
        (pl.col("CreatedDate") // DAY).cast(pl.Int32).alias("FirstRespondedDate"), "CreatedDate",
        pl.col("at").alias("SystemModstamp"), pl.lit(value=False).alias("IsDeleted"), pl.col("day").alias("_on"),
    ))  # fmt: skip
