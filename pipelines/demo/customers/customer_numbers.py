"""Customer numbers of the ERP: sold-tos and ship-tos with their addresses, blocks and deletion flags."""

import numpy as np
import polars as pl

from pipelines.demo.customers.crm_accounts import OLD_ADDRESS
from pipelines.demo.customers.geography import draw_addresses
from pipelines.demo.customers.party_birth import country_places
from pipelines.demo.customers.record_history import DrawDays, changed, drawing_days
from pipelines.demo.drawing import Places
from pipelines.demo.mess.identity import ERP, written_in_erp
from pipelines.demo.world import World

FIRST_KUNNR, FIRST_ADDRESS = 100_001, 20_001
RECEIVABLES = 140_000
SECOND_SOLD_TO = {"A": 0.22, "B": 0.08, "C": 0.025}
"""Share of the companies of a segment with a further sold-to: half of them branches, the others entered twice."""
SHIP_TOS = {"A": 1.3, "B": 0.35, "C": 0.08}
"""Ship-tos at other addresses, on average."""
MONTHLY_SHIP_TO_RATE = 0.0015
MONTHLY_CLOSING_RATE = 0.002
MONTHLY_UPDATE_RATE = 0.30
BLOCKED_AFTER_DAYS, FLAGGED_AFTER_DAYS = 270, 700
MONTHLY_BLOCK_RATE, MONTHLY_FLAG_RATE = 0.12, 0.08
ORDER_BLOCK = "01"
_SECTORS = {
    "Machinery": "MACH", "Manufacturing": "MANU", "Automotive": "AUTO", "Construction": "CONS", "Engineering": "ENGI",
    "Chemicals": "CHEM", "Food & Beverage": "FOOD", "Energy": "ENRG", "Transportation": "TRAN", "Utilities": "UTIL",
}  # fmt: skip
_DESTINATIONS = (
    "Werk 2",
    "Lager",
    "Logistikzentrum",
    "Plant 2",
    "Warehouse",
    "Baustelle",
    "Central Stores",
    "Werk Süd",
)
_ADDRESS = ("street", "house", "city", "postcode", "region")

RECORD = pl.Schema({
    "kunnr": pl.Int64, "adrnr": pl.Int64, "party": pl.Int64, "company": pl.Int32, "role": pl.String, "name1": pl.String,
    "name2": pl.String, "country": pl.String, "city": pl.String, "postcode": pl.String, "region": pl.String,
    "street": pl.String, "house": pl.String, "line": pl.String, "phone": pl.String, "vat": pl.String, "tax_number": pl.String,
    "is_person": pl.Boolean, "sector": pl.String, "email": pl.String, "terms": pl.String, "from_day": pl.Int32,
    "block": pl.String, "is_flagged": pl.Boolean, "is_at_party": pl.Boolean, "is_stale": pl.Boolean,
})  # fmt: skip
"""Columns of the state customer_record. ``is_at_party``: at the address of the party, not of a site of its own; ``is_stale``: the
name or address is no longer true, and someone will correct it."""
NUMBER = pl.Schema({
    "kunnr": pl.Int64, "party": pl.Int64, "role": pl.String, "sold_to": pl.Int64, "from_day": pl.Int32, "until_day": pl.Int32,
    "share": pl.Float64,
})  # fmt: skip

_NUMBERED = ("party", "rank", "role", "is_branch", "from_day", "share", "kunnr", "sold_to")


def _planned(world: World, rng: np.random.Generator, parties: pl.DataFrame, *, spread: bool) -> pl.DataFrame:
    """The numbers that new customers get: party | rank | role | is_branch | from_day | share, the first sold-to first.

    ``spread``: further ones came over the years until now; otherwise with the first one.
    """
    count = parties.height
    is_company = (parties["kind"] == "company").to_numpy()
    segment = parties["segment"]
    second = segment.replace_strict(SECOND_SOLD_TO, return_dtype=pl.Float64).to_numpy()
    more = segment.replace_strict(SHIP_TOS, return_dtype=pl.Float64).to_numpy()
    sold_tos = 1 + (rng.random(count) < second * is_company) * (1 + (rng.random(count) < 0.15))
    ship_tos = np.minimum(rng.poisson(more * is_company), 6)
    many = sold_tos + ship_tos
    place: Places = np.repeat(np.arange(count), many)
    rank = np.arange(len(place)) - np.repeat(np.cumsum(many) - many, many)
    is_sold_to = rank < sold_tos[place]
    main = rng.uniform(0.55, 0.85, count)
    sold_share = np.where(
        rank == 0, np.where(sold_tos == 1, 1.0, main)[place], ((1 - main) / np.maximum(sold_tos - 1, 1))[place]
    )
    ship_share = rng.uniform(0.3, 0.8, count)[place] / np.maximum(ship_tos, 1)[place]
    since = parties["customer_from"].to_numpy()[place]
    ago = np.maximum(world.month.first - 1 - since, 0) if spread else np.zeros(len(place))
    later = np.floor(rng.random(len(place)) * ago).astype(np.int32) * (rank > 0)
    return (
        parties[place]
        .select("party")
        .with_columns(
            rank=pl.Series(rank),
            role=pl.Series(np.where(is_sold_to, "sold_to", "ship_to")),
            is_branch=pl.Series(~is_sold_to | ((rank > 0) & (rng.random(len(place)) < 0.5))),
            from_day=pl.Series(since + later, dtype=pl.Int32),
            share=pl.Series(np.where(is_sold_to, sold_share, ship_share)),
        )
    )


def _numbered(world: World, planned: pl.DataFrame) -> pl.DataFrame:
    """Give ``planned`` (in the order of their days) numbers; the sold_to of a ship-to is the first one of its party."""
    planned = planned.sort("from_day", "party", "rank")
    planned = planned.with_columns(
        kunnr=pl.Series(world.numbers("KUNNR", planned.height, first=FIRST_KUNNR), dtype=pl.Int64)
    )
    main = planned.filter(pl.col("rank") == 0).select("party", main="kunnr")
    planned = planned.join(main, on="party", how="left", maintain_order="left")
    sold_to = pl.when(pl.col("role") == "sold_to").then("kunnr").otherwise("main")
    return planned.with_columns(sold_to=sold_to).select(_NUMBERED)


def _entered(world: World, rng: np.random.Generator, numbered: pl.DataFrame, old: pl.DataFrame, on: str | int) -> None:
    """Enter ``numbered`` into the ERP: states customer_number and customer_record, KNA1, KNB1, KNVP, ADRC, ADR6."""
    count = numbered.height
    addresses = world.numbers("adrnr-customer", count, first=FIRST_ADDRESS)
    terms = world.state["party"].select("party", "company", "industry", "terms")
    frame = numbered.join(terms, on="party", how="left", maintain_order="left")
    frame = frame.join(world.state["party_profile"], on="party", how="left", maintain_order="left")
    frame = frame.join(old, on="party", how="left", maintain_order="left")
    branch = draw_addresses(rng, country_places(frame["country"]))
    destination = pl.Series(_DESTINATIONS).gather(rng.integers(0, len(_DESTINATIONS), count))
    names_destination = pl.Series(rng.random(count) < 0.5)
    at_branch = pl.col("is_branch")
    frame = frame.with_columns(
        adrnr=pl.Series(addresses, dtype=pl.Int64),
        source_id=(pl.col("kunnr") + 10**10).cast(pl.String).str.slice(1),
        is_duplicate=(pl.col("rank") > 0) & ~at_branch,
        has_old_address=pl.col("old_street").is_not_null() & ~at_branch,
        form=pl.col("form"),
        **{name: pl.when(at_branch).then(branch[name]).otherwise(name) for name in (*_ADDRESS, "area")},
    )
    written, blemishes = written_in_erp(rng, frame, world.mess)
    world.record("identity_mess", blemishes)
    world.record("identity", frame.select(
        system=pl.lit(ERP), source_table=pl.lit("KNA1"), source_id="source_id", party="party", kind="kind",
        role=pl.when(pl.col("role") == "ship_to").then(pl.lit("ship_to"))
        .when("is_duplicate").then(pl.lit("duplicate")).when(at_branch).then(pl.lit("branch")).otherwise(pl.lit("principal")),
        from_day="from_day",
    ))  # fmt: skip
    is_ship_to = pl.col("role") == "ship_to"
    records = written.with_columns(destination=destination, names_destination=names_destination).select(
        "kunnr", "adrnr", "party", "company", "role", "name1",
        name2=pl.when(is_ship_to & pl.col("names_destination") & (pl.col("name2") == "")).then("destination").otherwise("name2"),
        country="country", city="city", postcode="postcode", region="region", street="street", house="house", line="line",
        phone="phone", vat=pl.when(~is_ship_to).then("vat"), tax_number=pl.when(~is_ship_to).then("tax_number"),
        is_person=pl.col("kind") == "person", sector=pl.col("industry").replace_strict(_SECTORS, default=None),
        email=pl.when(~is_ship_to).then("email"), terms="terms", from_day="from_day", block=pl.lit(""),
        is_flagged=pl.lit(value=False), is_at_party=~at_branch, is_stale=pl.lit(value=False),
    ).cast(RECORD)  # fmt: skip
    records = _gone_before(world, rng, records)
    numbers = numbered.with_columns(until_day=pl.lit(None, pl.Int32)).select(*NUMBER).cast(NUMBER)
    for state, rows in (("customer_number", numbers), ("customer_record", records)):
        world.state[state] = pl.concat([world.state[state], rows], rechunk=True)
    _emit(world, records, on, "C")
    _emit_partners(
        world, records.join(numbers.select("kunnr", "sold_to"), on="kunnr", how="left", maintain_order="left"), on
    )


def _gone_before(world: World, rng: np.random.Generator, records: pl.DataFrame) -> pl.DataFrame:
    """Records of customers who were gone long before this month are blocked and flagged already, most of them."""
    draws = rng.random((2, records.height))
    gone = records.select("party").join(
        world.state["party"].select("party", "gone_day"), on="party", how="left", maintain_order="left"
    )
    since = world.month.first - gone["gone_day"].to_numpy()
    blocked = (since > BLOCKED_AFTER_DAYS) & (draws[0] < 0.8)
    flagged = (since > FLAGGED_AFTER_DAYS) & (draws[1] < 0.75)
    return records.with_columns(block=pl.Series(np.where(blocked, ORDER_BLOCK, "")), is_flagged=pl.Series(flagged))


def _emit(world: World, records: pl.DataFrame, on: str | int, operation: str) -> None:
    """Emit KNA1, KNB1, ADRC and ADR6 of ``records`` on the day ``on``; new ones, or all that a change can concern."""
    day = [pl.col(on).alias("_on")] if isinstance(on, str) else [pl.lit(on, pl.Int32).alias("_on")]
    world.emit("sap/KNA1", records.select(
        *day, KUNNR="kunnr", KTOKD=pl.when(pl.col("role") == "sold_to").then(pl.lit("0001")).otherwise(pl.lit("0002")),
        NAME1="name1", NAME2="name2", LAND1="country", ORT01="city", PSTLZ="postcode", REGIO="region", STRAS="line",
        TELF1="phone",
        STCEG="vat", STCD1="tax_number", STKZN="is_person", BRSCH="sector", ADRNR="adrnr", ERDAT="from_day", AUFSD="block",
        LOEVM="is_flagged",
    ), operation=operation)  # fmt: skip
    sold_tos = records.filter(pl.col("role") == "sold_to")
    if operation == "C" or "flag_changed" in records.columns:
        in_company = sold_tos.filter("flag_changed") if "flag_changed" in records.columns else sold_tos
        world.emit("sap/KNB1", in_company.select(
            *day, KUNNR="kunnr", BUKRS=pl.col("company").cast(pl.String), AKONT=pl.lit(RECEIVABLES), ZTERM="terms",
            ERDAT="from_day",
            LOEVM="is_flagged",
        ), operation=operation)  # fmt: skip
    moved = records.filter("address_changed") if "address_changed" in records.columns else records
    world.emit("sap/ADRC", moved.select(
        *day, ADDRNUMBER="adrnr", DATE_FROM="from_day", NAME1="name1", NAME2="name2", STREET="street",
        HOUSE_NUM1="house", CITY1="city", POST_CODE1="postcode", REGION="region", COUNTRY="country", TEL_NUMBER="phone",
    ), operation=operation)  # fmt: skip
    if operation == "C":
        world.emit("sap/ADR6", records.filter(pl.col("email").is_not_null()).select(
            *day, ADDRNUMBER="adrnr", CONSNUMBER=pl.lit(1), SMTP_ADDR="email",
        ))  # fmt: skip


def _emit_partners(world: World, records: pl.DataFrame, on: str | int) -> None:
    """Emit KNVP: who is sold to, shipped to, billed and pays; a ship-to is a partner of its sold-to."""
    day = [pl.col(on).alias("_on")] if isinstance(on, str) else [pl.lit(on, pl.Int32).alias("_on")]
    sold_tos = records.filter(pl.col("role") == "sold_to").join(
        pl.DataFrame({"PARVW": ["AG", "RE", "RG", "WE"]}), how="cross", maintain_order="left"
    )
    ship_tos = records.filter(pl.col("role") == "ship_to").with_columns(PARVW=pl.lit("WE"))
    for rows in (sold_tos, ship_tos):
        world.emit("sap/KNVP", rows.select(
            *day, "PARVW", KUNNR="sold_to", VKORG=pl.col("company").cast(pl.String), KUNN2="kunnr",
        ))  # fmt: skip


def found(world: World, rng: np.random.Generator, old: pl.DataFrame) -> None:
    """Enter the customers who have bought before the history; ``old`` as of `crm_accounts.found`."""
    world.state["customer_number"] = pl.DataFrame(schema=NUMBER)
    world.state["customer_record"] = pl.DataFrame(schema=RECORD)
    parties = world.state["party"].filter(pl.col("customer_from") < world.month.first)
    _entered(world, rng, _numbered(world, _planned(world, rng, parties, spread=True)), old, world.month.first)


def live(world: World, rng: np.random.Generator) -> None:
    """Live through a month of customer numbers: new customers, new and closed sites, corrections, blocks, deletion flags."""
    month = world.month
    known = world.state["customer_record"]
    some_day = drawing_days(rng, month)

    parties = world.state["party"].filter(pl.col("customer_from").is_between(month.first, month.last))
    entering = [_numbered(world, _planned(world, rng, parties, spread=False))] if parties.height else []
    sites = _new_sites(world, rng, some_day)
    if sites.height:
        entering.append(sites.select(_NUMBERED))
    if entering:
        nothing = pl.DataFrame(schema={"party": pl.Int64, **dict.fromkeys(OLD_ADDRESS, pl.String)})
        _entered(world, rng, pl.concat(entering), nothing, "from_day")

    changes = [
        _corrected(world, rng, known, some_day),
        *_gone(world, rng, known, some_day),
        _closed(world, rng, known, some_day),
    ]
    versions, records = changed(known, "kunnr", changes, rng)
    if versions.height:
        before = known.select("kunnr", flag_before="is_flagged")
        first_flag = versions.join(before, on="kunnr", how="left", maintain_order="left")
        corrected = changes[0].select("kunnr", "day", address_changed=pl.lit(value=True))
        versions = first_flag.join(corrected, on=["kunnr", "day"], how="left", maintain_order="left").with_columns(
            flag_changed=pl.col("is_flagged") & ~pl.col("flag_before"),
            address_changed=pl.col("address_changed").fill_null(value=False),
        )
        _emit(world, versions, "day", "U")
    new = world.state["customer_record"].slice(known.height)
    world.state["customer_record"] = pl.concat([records, new], rechunk=True)


def _new_sites(world: World, rng: np.random.Generator, some_day: DrawDays) -> pl.DataFrame:
    """Further ship-tos of customers who still buy; they take at most half of what still goes to the sold-to itself."""
    numbers = world.state["customer_number"]
    buying = world.state["party"].filter((pl.col("gone_day") > world.month.last) & (pl.col("kind") == "company"))
    sold_tos = numbers.filter(pl.col("role") == "sold_to").join(buying, on="party", how="semi", maintain_order="left")
    chosen = sold_tos.filter(pl.Series(rng.random(sold_tos.height) < MONTHLY_SHIP_TO_RATE))
    if not chosen.height:
        return chosen
    taken = numbers.filter((pl.col("role") == "ship_to") & pl.col("until_day").is_null())
    taken = taken.group_by("sold_to", maintain_order=True).agg(taken=pl.col("share").sum())
    chosen = chosen.select("party", "sold_to").join(taken, on="sold_to", how="left", maintain_order="left")
    part = pl.Series(rng.uniform(0.1, 0.5, chosen.height))
    chosen = chosen.with_columns(
        from_day=some_day(chosen.height), share=part * (1 - pl.col("taken").fill_null(0.0)).clip(0, 1)
    )
    chosen = chosen.sort("from_day", "sold_to")
    numbers_drawn = world.numbers("KUNNR", chosen.height, first=FIRST_KUNNR)
    return chosen.with_columns(
        kunnr=pl.Series(numbers_drawn, dtype=pl.Int64), role=pl.lit("ship_to"), is_branch=pl.lit(value=True),
        rank=pl.lit(9, pl.Int64),
    )  # fmt: skip


def _closed(world: World, rng: np.random.Generator, known: pl.DataFrame, some_day: DrawDays) -> pl.DataFrame:
    """Ship-tos that close: until_day of their number, and the deletion flag."""
    numbers = world.state["customer_number"]
    is_open = (pl.col("role") == "ship_to") & pl.col("until_day").is_null() & (pl.col("from_day") < world.month.first)
    sites = numbers.filter(is_open).select("kunnr")
    closing = sites.filter(pl.Series(rng.random(sites.height) < MONTHLY_CLOSING_RATE))
    closing = closing.with_columns(day=some_day(closing.height))
    if closing.height:
        numbers = numbers.join(closing, on="kunnr", how="left", maintain_order="left")
        world.state["customer_number"] = numbers.with_columns(until_day=pl.coalesce("until_day", "day")).drop("day")
    return closing.join(known.select("kunnr"), on="kunnr", how="semi", maintain_order="left").with_columns(
        is_flagged=pl.lit(value=True)
    )


def _gone(world: World, rng: np.random.Generator, known: pl.DataFrame, some_day: DrawDays) -> list[pl.DataFrame]:
    """Customers who stopped buying long ago: an order block, later the deletion flag."""
    gone_day = world.state["party"].select("party", "gone_day")
    frame = known.select("kunnr", "party", "block", "is_flagged").join(
        gone_day, on="party", how="left", maintain_order="left"
    )
    draws = rng.random((2, frame.height))
    since = world.month.first - pl.col("gone_day")
    blocked = frame.filter(
        (since > BLOCKED_AFTER_DAYS) & (pl.col("block") == "") & pl.Series(draws[0] < MONTHLY_BLOCK_RATE)
    )
    flagged = frame.filter(
        (since > FLAGGED_AFTER_DAYS) & ~pl.col("is_flagged") & pl.Series(draws[1] < MONTHLY_FLAG_RATE)
    )
    return [
        blocked.select("kunnr", day=some_day(blocked.height), block=pl.lit(ORDER_BLOCK)),
        flagged.select("kunnr", day=some_day(flagged.height), is_flagged=pl.lit(value=True)),
    ]


def _corrected(world: World, rng: np.random.Generator, known: pl.DataFrame, some_day: DrawDays) -> pl.DataFrame:
    """Records whose party moved or changed its name some time ago, and that someone brings up to date."""
    stale = known.filter("is_stale")
    stale = stale.filter(pl.Series(rng.random(stale.height) < MONTHLY_UPDATE_RATE))
    if not stale.height:
        return pl.DataFrame(schema={"kunnr": pl.Int64, "day": pl.Int32})
    frame = stale.select("kunnr", "party", "role").join(
        world.state["party_profile"], on="party", how="left", maintain_order="left"
    )
    frame = frame.with_columns(
        source_id=(pl.col("kunnr") + 10**10).cast(pl.String).str.slice(1), is_duplicate=pl.lit(value=False),
        has_old_address=pl.lit(value=False), **{name: pl.lit(None, pl.String) for name in OLD_ADDRESS},
    )  # fmt: skip
    written, blemishes = written_in_erp(rng, frame, world.mess / 2)
    world.record("identity_mess", blemishes.filter(pl.col("field").is_in(["name", "street", "city", "postcode"])))
    return written.select(
        "kunnr", "name1", "name2", *_ADDRESS, "line", day=some_day(written.height), is_stale=pl.lit(value=False)
    )
