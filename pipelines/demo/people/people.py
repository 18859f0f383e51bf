"""The simulated company's people: who is employed where, for what pay, and what the ERP's personnel tables say of it."""

from functools import cache

import numpy as np
import polars as pl

from pipelines.demo.crm.crm_ids import salesforce_ids
from pipelines.demo.people import crm_users
from pipelines.demo.people.careers import STAFF_SCHEMA, Careers, currency
from pipelines.demo.people.organisation import (
    FIRST_POSITION,
    JOBS,
    MEMBER,
    OLDEST,
    OPEN,
    POSITION_SCHEMA,
    ROLE_SCHEMA,
    Positions,
    cost_centers,
    heads_of,
)
from pipelines.demo.world import World

NAME_SCHEMA = pl.Schema({"pernr": pl.Int64, "first_name": pl.String, "last_name": pl.String})
"""State ``staff_name``, in the order of state ``staff``."""
_CLIMB = 5  # positions above one another at most


def found(world: World) -> None:
    """Create the organisation and everybody who is employed when the history begins.

    Makes the states employee, staff, staff_name, position, user_role, crm_user and cost_center.
    """
    organisation = Positions(world.scale, pl.DataFrame(schema=POSITION_SCHEMA), pl.DataFrame(schema=ROLE_SCHEMA))
    organisation.found()
    organisation.grow(world.month, everything=True)
    nobody = pl.DataFrame(schema=STAFF_SCHEMA)
    careers = Careers(world, nobody, organisation.added)
    names = careers.found(world.founding_rng("people"))
    world.state["user_role"] = organisation.roles.clear()
    world.state["staff_name"] = names.cast(NAME_SCHEMA)
    world.state["cost_center"] = cost_centers().with_columns(person=pl.lit(None, pl.String)).clear()
    _conclude(world, nobody, careers, organisation)


def live(world: World) -> None:
    """Live through a month of hires, leavers, moves, absences and raises, and bring the states up to date."""
    staff, positions = world.state["staff"], world.state["position"]
    organisation = Positions(world.scale, positions, world.state["user_role"])
    organisation.grow(world.month)
    careers = Careers(world, staff, pl.concat([positions, organisation.added]))
    names = careers.live(world.rng("people"))
    world.state["staff_name"] = pl.concat([world.state["staff_name"], names.cast(NAME_SCHEMA)])
    _conclude(world, staff, careers, organisation)


def _conclude(world: World, before: pl.DataFrame, careers: Careers, organisation: Positions) -> None:
    """Emit what changed since ``before``, and make the states of what is now; often nothing has in a small company."""
    staff = crm_users.with_users(world, careers.staff.frame())
    positions = careers.positions.frame()
    if before.height and staff.equals(before) and positions.equals(world.state["position"]):
        return
    _emit_actions(world, before, staff)
    _emit_assignments(world, before, staff, positions)
    _emit_pay(world, before, staff)
    _emit_cost_centers(world, positions)
    managers = _managers(staff, positions)
    crm_users.emit_roles(world, organisation.roles)
    crm_users.emit_users(world, staff, positions, managers, organisation.roles)
    world.state |= {"staff": staff, "position": positions, "user_role": organisation.roles}
    world.state["employee"] = _employees(staff, world.state["staff_name"], managers)


def _managers(staff: pl.DataFrame, positions: pl.DataFrame) -> pl.DataFrame:
    """The manager of everybody, the holder of the nearest filled position above: pernr, manager (null: none)."""
    # Positions are numbered in the order of their rows; row 0 here stands for the one that is not there.
    superior = np.append(0, positions["superior"].to_numpy())
    holder = np.append(0, positions["holder"].to_numpy())
    up = superior[staff["plans"].to_numpy() - FIRST_POSITION + 1]
    manager = np.zeros(staff.height, dtype=np.int64)
    for _ in range(_CLIMB):
        row = np.where(up > 0, up - FIRST_POSITION + 1, 0)
        manager, up = np.where(manager > 0, manager, holder[row]), superior[row]
    return staff.select("pernr", manager=pl.Series(manager).replace(0, None))


def _employees(staff: pl.DataFrame, names: pl.DataFrame, managers: pl.DataFrame) -> pl.DataFrame:
    """State ``employee``, a row for everybody who was ever employed.

    ``until_day`` is the last day employed; it becomes known on the day after. ``salary``: what a month pays, part-time included.
    """
    whole = pl.concat([staff, names.drop("pernr"), managers.drop("pernr")], how="horizontal")
    return whole.select(
        "pernr",
        "company",
        "site",
        cost_center=_cost_center(),
        job="job",
        first_name="first_name",
        last_name="last_name",
        from_day="from_day",
        until_day=pl.when(pl.col("until_day") < OPEN).then("until_day"),
        salary="salary",
        manager="manager",
        user_id=pl.when(crm_users.is_user_job()).then(pl.Series(salesforce_ids("005", staff["user"].to_numpy()))),
    )


@cache
def _cost_center() -> pl.Expr:
    centers = {(row[0], row[1]): row[2] for row in cost_centers().iter_rows()}
    number = pl.col("company").cast(pl.Int64) * 1000 + pl.col("department")
    return number.replace_strict(
        {key[0] * 1000 + key[1]: value for key, value in centers.items()}, return_dtype=pl.String
    )


def _with_old(staff: pl.DataFrame, before: pl.DataFrame, period: tuple[str, ...]) -> pl.DataFrame:
    """The rows of ``staff`` whose columns ``period`` have changed, with "old_…" columns: as it was, null for new people.

    ``before`` has the first rows of ``staff`` as they were before the month.
    """
    is_touched = np.ones(staff.height, dtype=np.bool_)
    is_touched[: before.height] = False
    for name in period:
        is_touched[: before.height] |= staff[name].to_numpy()[: before.height] != before[name].to_numpy()
    old = before.rename({name: f"old_{name}" for name in before.columns if name != "pernr"})
    return staff.filter(is_touched).join(old, on="pernr", how="left", maintain_order="left")


def _old_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with "old_…" columns, as they were."""
    names = [name.removeprefix("old_") for name in rows.columns if name.startswith("old_")]
    return rows.with_columns([pl.col(f"old_{name}").alias(name) for name in names])


def _emit_periods(
    world: World, table: str, rows: pl.DataFrame, start: str, end: str, columns: dict[str, pl.Expr]
) -> None:
    """Emit the versions of an infotype with a period: the end of the old row, the new row, and the end of that.

    ``rows`` has "old_…" columns; ``start`` and ``end`` name the columns of the period.
    """
    if not rows.height:
        return
    is_new = pl.col(f"old_{start}").is_null() | (pl.col(start) != pl.col(f"old_{start}"))
    begun = rows.filter(is_new)
    was_open = begun.filter(pl.col(f"old_{end}") == OPEN)
    closed = _old_rows(was_open.with_columns(_closing=pl.col(start))).with_columns((pl.col("_closing") - 1).alias(end))
    ended = rows.filter((pl.col(end) < OPEN) & (is_new | (pl.col(f"old_{end}") == OPEN)))
    parts = (
        (closed, pl.col("_closing"), "U"),
        (
            begun.with_columns(pl.lit(OPEN, pl.Int32).alias(end)),
            pl.max_horizontal(start, pl.lit(world.month.first)),
            "C",
        ),
        (ended, pl.col(end) + 1, "U"),
    )
    for part, day, operation in parts:
        if not part.height:
            continue
        versions = part.select(
            PERNR=pl.col("pernr"), BEGDA=pl.col(start), ENDDA=pl.col(end), **columns, _on=day.cast(pl.Int32)
        )
        world.emit(f"sap/{table}", versions, operation=operation)


def _emit_actions(world: World, before: pl.DataFrame, staff: pl.DataFrame) -> None:
    """PA0000: why and when the status of an employment changed. After the last action it never ends."""
    never = pl.lit(OPEN, pl.Int32)
    rows = _with_old(staff, before, ("act_from",)).with_columns(
        act_to=never, old_act_to=pl.when(pl.col("old_act_from").is_not_null()).then(never)
    )
    columns = {
        "SEQNR": pl.lit(0, pl.Int64),
        "MASSN": pl.col("action"),
        "MASSG": pl.col("reason"),
        "STAT2": pl.col("status").cast(pl.String),
    }
    _emit_periods(world, "PA0000", rows, "act_from", "act_to", columns)


def _emit_assignments(world: World, before: pl.DataFrame, staff: pl.DataFrame, positions: pl.DataFrame) -> None:
    """PA0001: where somebody works; it ends when the employment ends."""
    names = world.state["staff_name"]
    units = dict(positions.select("plans", "orgeh").iter_rows())
    jobs = {name: job.number for name, job in JOBS.items()}
    is_office = {name: job.is_office for name, job in JOBS.items()}
    rows = _with_old(pl.concat([staff, names.drop("pernr")], how="horizontal"), before, ("place_from", "place_to"))
    full = pl.concat_str("first_name", pl.lit(" "), "last_name")
    columns = {
        "BUKRS": pl.col("company").cast(pl.String),
        "WERKS": pl.col("site").cast(pl.String),
        "PERSG": pl.lit("1"),
        "PERSK": pl.when(pl.col("job") == "executive")
        .then(pl.lit("E1"))
        .when(pl.col("job").replace_strict(is_office, return_dtype=pl.Boolean))
        .then(pl.lit("S1"))
        .otherwise(pl.lit("W1")),
        "KOSTL": _cost_center(),
        "ORGEH": pl.col("plans").replace_strict(units, return_dtype=pl.Int64),
        "PLANS": pl.col("plans"),
        "STELL": pl.col("job").replace_strict(jobs, return_dtype=pl.Int64) + MEMBER - pl.col("level"),
        "SNAME": pl.concat_str("last_name", pl.lit(" "), "first_name").str.to_uppercase().str.slice(0, 30),
        "ENAME": full.str.slice(0, 40),
    }
    _emit_periods(world, "PA0001", rows, "place_from", "place_to", columns)


def _emit_pay(world: World, before: pl.DataFrame, staff: pl.DataFrame) -> None:
    """PA0008: pay grade, share of full time, and what a year pays (ANSAL, part-time included)."""
    rows = _with_old(staff, before, ("pay_from", "pay_to"))
    bands = {name: job.band for name, job in JOBS.items()}
    band = (
        pl.col("job").replace_strict(bands, return_dtype=pl.Int64) + pl.col("step") - 1 + 2 * (MEMBER - pl.col("level"))
    )
    columns = {
        "TRFGR": pl.lit("E") + band.cast(pl.String).str.zfill(2),
        "BSGRD": pl.col("part") * 100,
        "ANSAL": pl.col("salary") * 12,
        "WAERS": currency(pl.col("company")),
    }
    _emit_periods(world, "PA0008", rows, "pay_from", "pay_to", columns)


def _emit_cost_centers(world: World, positions: pl.DataFrame) -> None:
    """CSKS: the cost centres, with who answers for them (VERAK): their highest person, or the chief executive."""
    names = world.state["staff_name"].select(
        holder="pernr", person=pl.concat_str("first_name", pl.lit(" "), "last_name").str.slice(0, 20)
    )
    heads = heads_of(positions, ("company", "department")).join(names, on="holder", how="left", maintain_order="left")
    chief = names.filter(pl.col("holder") == positions["holder"][0])["person"][0]
    there = world.state["cost_center"]
    now = (
        cost_centers()
        .join(heads.drop("holder"), on=["company", "department"], how="left", maintain_order="left")
        .with_columns(pl.col("person").fill_null(chief))
    )
    old = there.select("cost_center", old="person")
    changed = now.join(old, on="cost_center", how="left", maintain_order="left").filter(
        pl.col("person").ne_missing(pl.col("old"))
    )
    versions = changed.select(
        KOKRS=pl.lit("NW00"),
        KOSTL="cost_center",
        DATBI=pl.lit(OPEN, pl.Int32),
        DATAB=pl.lit(OLDEST, pl.Int32),
        BUKRS=pl.col("company").cast(pl.String),
        KOSAR="kind",
        VERAK="person",
        LTEXT="name",
        _op=pl.when(pl.col("old").is_null()).then(pl.lit("C")).otherwise(pl.lit("U")),
    )
    world.emit("sap/CSKS", versions, on=world.month.first)
    world.state["cost_center"] = now
