"""The customers: parties that are born, move, change their names and go, and what the CRM and the ERP know of them."""

import numpy as np
import polars as pl

from pipelines.demo.calendar import is_business_day
from pipelines.demo.customers import contacts, crm_accounts, customer_numbers
from pipelines.demo.customers.company_names import draw_forms
from pipelines.demo.customers.crm_accounts import OLD_ADDRESS
from pipelines.demo.customers.geography import draw_addresses
from pipelines.demo.customers.party_birth import PROFILE, country_places, draw_parties
from pipelines.demo.customers.party_timeline import days_of_births, founding_days
from pipelines.demo.customers.person_names import LANGUAGE_OF, draw_surnames
from pipelines.demo.customers.record_history import with_rows
from pipelines.demo.world import World

MOVED_UNNOTICED_SHARE = 0.06
"""Of the parties known before the history: one of the two systems has their former address."""
MONTHLY_MOVE_RATE = 0.003
MONTHLY_NAME_CHANGE_RATE = 0.0006
TOLD_CRM, TOLD_ERP = 0.75, 0.80
"""Shares of the changes that a system will hear of, sooner or later."""
_ADDRESS = ("street", "house", "city", "postcode", "region")


def found(world: World) -> None:
    """Give the company the parties that are known before its first month, and both systems what they know of them."""
    rng = world.founding_rng("customers")
    days = founding_days(rng, world.scale)
    _born(world, rng, days, pl.DataFrame(schema=PROFILE))
    is_known = pl.col("account_day") < world.month.first
    known = world.state["party"].filter(is_known).select("party", "country")
    moved = known.filter(pl.Series(rng.random(known.height) < MOVED_UNNOTICED_SHARE * world.mess))
    former = draw_addresses(rng, country_places(moved["country"])).select(pl.col(_ADDRESS).name.prefix("old_"))
    old = pl.concat([moved.select("party"), former], how="horizontal").select("party", *OLD_ADDRESS)
    in_crm = pl.Series(rng.random(old.height) < 0.6)
    customer_numbers.found(world, rng, old.filter(~in_crm))
    crm_accounts.found(world, rng, old.filter(in_crm))
    contacts.found(world, rng)


def live(world: World) -> None:
    """Live through a month: births, first orders, moves and new names, and what becomes of the records of both systems."""
    rng = world.rng("customers")
    _born(world, rng, days_of_births(rng, world.scale, world.month), world.state["party_profile"])
    changed = _changed_parties(world, rng)
    customer_numbers.live(world, rng)
    merged = crm_accounts.live(world, rng)
    contacts.live(world, rng, merged)
    if changed.height:
        _made_stale(world, changed)


def _born(world: World, rng: np.random.Generator, days: pl.DataFrame, known: pl.DataFrame) -> None:
    """Draw the parties with ``days``: the states party and party_profile, and the truth lookalike."""
    numbers = world.numbers("party", days.height)
    party, profile = draw_parties(rng, days, numbers, known)
    world.state["party"] = pl.concat([world.state["party"], party], rechunk=True) if "party" in world.state else party
    world.state["party_profile"] = pl.concat([known, profile], rechunk=True)
    world.record("lookalike", profile.filter(pl.col("lookalike").is_not_null()).select(
        "party", other_party="related", kind="lookalike"
    ))  # fmt: skip


def _changed_parties(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Some parties move, some change their name: the truth changes at once; gives party | in_crm | in_erp (who will hear)."""
    month = world.month
    profile = world.state["party_profile"]
    alive = world.state["party"].filter((pl.col("account_day") < month.first) & (pl.col("gone_day") > month.last))
    fate = rng.random(alive.height)
    moves = alive.filter(fate < MONTHLY_MOVE_RATE)
    renames = alive.filter(fate > 1 - MONTHLY_NAME_CHANGE_RATE)
    if not moves.height + renames.height:
        return moves
    open_days = month.days[is_business_day(month.days)]
    events = pl.concat([moves.select("party", kind=pl.lit("move")), renames.select("party", kind=pl.lit("new_name"))])
    draws = rng.random((2, events.height))
    day = open_days[rng.integers(0, len(open_days), events.height)]
    events = events.with_columns(
        day=pl.Series(day, dtype=pl.Int32), in_crm=pl.Series(draws[0] < TOLD_CRM), in_erp=pl.Series(draws[1] < TOLD_ERP)
    )
    world.record("party_change", events)
    # Parties are numbered in the order of their rows, from 1.
    moved_rows, named_rows = moves["party"] - 1, renames["party"] - 1
    profile = with_rows(profile, moved_rows, draw_addresses(rng, country_places(moves["country"])).select(_ADDRESS))
    others = country_places(renames["country"])
    new = profile[named_rows].with_columns(
        new_form=draw_forms(rng, others), new_last_name=draw_surnames(rng, LANGUAGE_OF[others])
    )
    is_company = pl.col("kind") == "company"
    renamed = new.select(
        name=pl.when(is_company).then(pl.concat_str(pl.col("name").str.strip_suffix(pl.col("form")), "new_form"))
        .otherwise(pl.concat_str("first_name", "new_last_name", separator=" ")),
        form=pl.when(is_company).then("new_form"),
        last_name=pl.when(~is_company).then("new_last_name"),
    )  # fmt: skip
    world.state["party_profile"] = with_rows(profile, named_rows, renamed)
    world.state["party"] = with_rows(world.state["party"], named_rows, renamed.select("name"))
    return events.select("party", "in_crm", "in_erp")


def _made_stale(world: World, events: pl.DataFrame) -> None:
    """Mark the records that someone will correct in a later month; the others stay as they are for ever."""
    crm, erp = events.filter("in_crm")["party"].implode(), events.filter("in_erp")["party"].implode()
    is_old = pl.col("created_day") < world.month.first
    accounts = world.state["account_record"]
    world.state["account_record"] = accounts.with_columns(
        is_stale=pl.col("is_stale") | (pl.col("party").is_in(crm) & is_old & pl.col("gone_day").is_null())
    )
    records = world.state["customer_record"]
    world.state["customer_record"] = records.with_columns(
        is_stale=pl.col("is_stale") | (pl.col("party").is_in(erp) & pl.col("is_at_party"))
    )
