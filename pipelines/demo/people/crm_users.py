"""The people of the simulated company who work in the CRM: their users and roles."""

import numpy as np
import polars as pl

from pipelines.demo.crm.crm_ids import salesforce_ids
from pipelines.demo.customers.person_names import ascii_name
from pipelines.demo.people.careers import GONE, USER_JOBS
from pipelines.demo.people.organisation import DEPARTMENT_NAMES, MEMBER
from pipelines.demo.world import World

MAIL_DOMAIN = "nordwerk.example"
CRM_USER_SCHEMA = pl.Schema(
    {
        "user": pl.Int64,
        "title": pl.String,
        "department": pl.String,
        "role": pl.Int64,
        "boss": pl.Int64,
        "is_active": pl.Boolean,
    }
)
_MORNING = 7 * 3600  # the users of a day are made between seven and ten o'clock (UTC)
_STEPS = {1: "Junior ", 2: "", 3: "Senior "}


def is_user_job() -> pl.Expr:
    """Whether the column ``job`` is one that works in the CRM."""
    return pl.col("job").is_in(USER_JOBS)


def with_users(world: World, staff: pl.DataFrame) -> pl.DataFrame:
    """``staff`` with a user for everybody who now needs one for the first time."""
    is_new = staff.select(is_user_job() & (pl.col("user") == 0)).to_series().to_numpy()
    users = staff["user"].to_numpy().copy()
    users[is_new] = world.numbers("user", int(is_new.sum()))
    born = np.where(is_new, staff["place_from"].to_numpy(), staff["user_from"].to_numpy())
    return staff.with_columns(user=pl.Series(users, dtype=pl.Int64), user_from=pl.Series(born, dtype=pl.Int32))


def emit_roles(world: World, roles: pl.DataFrame) -> None:
    """UserRole: the roles that were not there before the month."""
    numbers = np.arange(1, roles.height + 1, dtype=np.int64)
    ids = roles.with_columns(Id=pl.Series(salesforce_ids("00E", numbers)))
    parents = ids.select(parent="role", ParentRoleId="Id")
    new = ids.join(parents, on="parent", how="left", maintain_order="left").slice(world.state["user_role"].height)
    instant = pl.lit(world.month.first * 86_400 + _MORNING, pl.Int64)
    versions = new.select(
        "Id", "ParentRoleId", Name="role", CreatedDate=instant, SystemModstamp=instant, IsDeleted=pl.lit(value=False)
    )
    world.emit("salesforce/UserRole", versions, on=world.month.first)


def emit_users(
    world: World, staff: pl.DataFrame, positions: pl.DataFrame, managers: pl.DataFrame, roles: pl.DataFrame
) -> None:
    """User: new ones, changed ones (role, title, manager, back again), and on the day after their last those who left.

    ``managers``: pernr, manager. State ``crm_user`` keeps what the CRM says of a user, by their numbers: user, title, department,
    role, boss and is_active. What a user was when they left stays.
    """
    now = _users(staff, positions, managers, roles, world.state["staff_name"])
    old = world.state.get("crm_user", pl.DataFrame(schema=CRM_USER_SCHEMA))
    names = [name for name in CRM_USER_SCHEMA if name != "user"]
    now = now.join(old.rename({name: f"old_{name}" for name in names}), on="user", how="left", maintain_order="left")
    is_new = pl.col("old_is_active").is_null()
    is_frozen = ~is_new & ~pl.col("is_active") & ~pl.col("old_is_active")
    kept = [pl.when(is_frozen).then(f"old_{name}").otherwise(name).alias(name) for name in names if name != "is_active"]
    now = now.with_columns(kept)
    first = world.month.first
    went = ~is_new & ~pl.col("is_active") & pl.col("old_is_active")
    went_later = went & (pl.col("act_from") > first)
    differs = pl.any_horizontal(pl.col(name) != pl.col(f"old_{name}") for name in names if name != "is_active")
    stays = pl.col("is_active") & ~is_new & (differs | ~pl.col("old_is_active"))
    for part, day, operation in (
        (now.filter(is_new), pl.max_horizontal("user_from", pl.lit(first)), "C"),
        (now.filter(stays), pl.max_horizontal("place_from", pl.lit(first)), "U"),
        (now.filter(went_later & differs).with_columns(is_active=True), pl.lit(first), "U"),
        (now.filter(went_later), pl.col("act_from"), "U"),
        (now.filter(went & ~went_later), pl.lit(first), "U"),
    ):
        if part.height:
            world.emit("salesforce/User", _versions(part, day.cast(pl.Int32)), operation=operation)
    world.state["crm_user"] = now.select(CRM_USER_SCHEMA.names()).cast(CRM_USER_SCHEMA)


def _users(
    staff: pl.DataFrame, positions: pl.DataFrame, managers: pl.DataFrame, roles: pl.DataFrame, names: pl.DataFrame
) -> pl.DataFrame:
    """Everybody who ever had a user, with title, department, role, boss and is_active as they should be."""
    numbers = {name: number for number, name in enumerate(roles["role"].to_list(), start=1)}
    users = dict(staff.filter(pl.col("user") > 0).select("pernr", "user").iter_rows())
    seats = positions.select("plans", seat="title", role_name="role")
    step = pl.col("step").replace_strict(_STEPS, return_dtype=pl.String)
    return (
        pl.concat([staff, managers.drop("pernr"), names.drop("pernr")], how="horizontal")
        .filter(pl.col("user") > 0)
        .join(seats, on="plans", how="left", maintain_order="left")
        .with_columns(
            title=pl.when(pl.col("level") == MEMBER).then(step + pl.col("seat")).otherwise("seat"),
            department=pl.col("department").replace_strict(DEPARTMENT_NAMES, return_dtype=pl.String),
            role=pl.col("role_name").replace_strict(numbers, default=0, return_dtype=pl.Int64),
            boss=pl.col("manager").replace_strict(users, default=0, return_dtype=pl.Int64).fill_null(0),
            is_active=is_user_job() & (pl.col("status") != GONE),
        )
    )


def _versions(users: pl.DataFrame, day: pl.Expr) -> pl.DataFrame:
    """The versions of ``users`` on ``day``; a modification is stamped in the morning."""
    mailbox = ascii_name(pl.col("first_name")) + "." + ascii_name(pl.col("last_name"))
    moment = _MORNING + (pl.col("user") * 7_919 + pl.col("step") * 611) % 10_000
    ids = salesforce_ids("005", users["user"].to_numpy())
    bosses = salesforce_ids("005", users["boss"].to_numpy())
    roles = salesforce_ids("00E", users["role"].to_numpy())
    return users.select(
        Id=pl.Series(ids),
        Username=mailbox + "." + pl.col("pernr").cast(pl.String) + f"@{MAIL_DOMAIN}",
        FirstName="first_name",
        LastName="last_name",
        Email=mailbox + f"@{MAIL_DOMAIN}",
        Title="title",
        Department="department",
        UserRoleId=pl.when(pl.col("role") > 0).then(pl.Series(roles)),
        ManagerId=pl.when(pl.col("boss") > 0).then(pl.Series(bosses)),
        EmployeeNumber=pl.col("pernr").cast(pl.String),
        IsActive="is_active",
        CreatedDate=pl.col("user_from").cast(pl.Int64) * 86_400 + _MORNING + pl.col("user") * 7_919 % 10_000,
        SystemModstamp=pl.max_horizontal(pl.col("user_from"), day).cast(pl.Int64) * 86_400 + moment,
        IsDeleted=pl.lit(value=False),
        _on=day,
    )
