"""Activities: the calls, mails and meetings around leads, opportunities, cases and accounts."""

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.calendar import business_day, is_business_day
from pipelines.demo.crm.crm_ids import salesforce_ids
from pipelines.demo.crm.crm_staff import DAY, kept_or_drawn, users
from pipelines.demo.crm.lifelines import begin, due
from pipelines.demo.crm.prospects import contacts_of
from pipelines.demo.crm.selling import cues
from pipelines.demo.drawing import weighted
from pipelines.demo.world import World

Ints = npt.NDArray[np.int64]

SHARE = {"opportunity": 0.86, "lead": 0.8, "case": 0.4, "account": 1.0}
"""Of the things that happen: somebody writes down an activity."""
BUSY_ORDER_LINES, BUSY = 5_000_000, 0.16
"""In a company with more order lines than that, people write down fewer of them."""
CARE_A_CUSTOMER = 0.05
"""Calls a month that have no other reason than to keep in touch."""
CALL, MAIL, MEETING = range(3)
_MANNER = {
    "opportunity": np.array([0.40, 0.34, 0.26]), "lead": np.array([0.55, 0.37, 0.08]), "case": np.array([0.45, 0.53, 0.02]),
    "account": np.array([0.6, 0.2, 0.2]),
}  # fmt: skip
_TYPES = ("Call", "Email", "Meeting")
_SUBJECTS = {
    "opportunity": (
        ("Call: requirements", "Call: next steps", "Call: prices"), ("Email: offer", "Email: documents", "Email: answer"),
        ("Meeting on site", "Product demonstration", "Negotiation"),
    ),
    "lead": (("Call: first contact", "Call back"), ("Email: brochure", "Email: introduction"), ("First meeting",)),
    "case": (
        ("Call: details of the case", "Call: solution"), ("Email: answer to the case", "Email: question"), ("Visit on site",),
    ),
    "account": (("Call: all well?", "Call: yearly talk"), ("Email: news",), ("Visit", "Lunch")),
}  # fmt: skip
_MANNERS = np.cumsum([_MANNER[topic] for topic in SHARE], axis=1)
_TEXTS = pl.Series([text for topic in SHARE for texts in _SUBJECTS[topic] for text in texts])
_TEXTS_OF = np.array([len(texts) for topic in SHARE for texts in _SUBJECTS[topic]])
_FIRST_TEXT = np.cumsum(_TEXTS_OF) - _TEXTS_OF
"""For each topic and manner, how many texts there are, and where they begin in _TEXTS."""
_LOGGED = 0.55  # of calls and mails: written down when done, without a plan
_NEVER, _LATE, _VERY_LATE = 0.05, 0.17, 0.06
_MOVED, _CANCELLED = 0.10, 0.04


def found(world: World) -> None:
    """Nothing is planned when the history begins."""
    _begin(world, "task", _TASK.to_frame(), _TASK_EVENT.to_frame())
    _begin(world, "meeting", _MEETING.to_frame(), _MEETING_EVENT.to_frame())
    world.state.pop("activity_cue", None)


def live(world: World) -> None:
    """Draw activities around all that happened this month, and emit what becomes of those that are planned."""
    rng = world.rng("activities")
    _care(world, rng)
    happened = world.state.pop("activity_cue")
    diligence = min(1.0, (BUSY_ORDER_LINES / world.scale.order_lines) ** BUSY)
    topic = happened["topic"].replace_strict(list(SHARE), list(range(len(SHARE))), return_dtype=pl.Int64).to_numpy()
    takes = rng.random(happened.height) < np.array(list(SHARE.values()))[topic] * diligence
    manner = (rng.random(happened.height)[:, None] >= _MANNERS[topic][:, :-1]).sum(axis=1)
    place = topic * len(_TYPES) + manner
    text = _FIRST_TEXT[place] + (rng.random(happened.height) * _TEXTS_OF[place]).astype(np.int64)
    wanted = (
        happened.with_columns(pl.Series("manner", manner), _TEXTS[text].alias("Subject"))
        .filter(pl.Series(takes))
        .sort("at", "what_id", "who_id", maintain_order=True)
    )
    _plan_tasks(world, rng, wanted.filter(pl.col("manner") != MEETING))
    _plan_meetings(world, rng, wanted.filter(pl.col("manner") == MEETING))
    _emit_tasks(world, due(world, "task"))
    _emit_meetings(world, due(world, "meeting"))


def _care(world: World, rng: np.random.Generator) -> None:
    """Owners keep in touch with their customers, with the large ones more often."""
    first, last = world.month.first, world.month.last
    account = world.state["account"].filter(
        pl.col("is_principal") & (pl.col("created_day") < first) & (pl.col("gone_day").fill_null(2**31 - 1) > last)
    )
    customers = world.state["party"].filter(
        (pl.col("kind") == "company") & (pl.col("customer_from") < first) & (pl.col("gone_day") > last)
    ).join(account.select("party", "account_id", "owner_id"), on="party", how="inner", maintain_order="left")  # fmt: skip
    count = int(rng.poisson(CARE_A_CUSTOMER * customers.height)) if customers.height else 0
    weight = 0.2 + np.sqrt(customers["weight"].to_numpy())
    chosen = customers[pl.Series(weighted(rng.random(count), weight), dtype=pl.UInt32)]
    working = world.month.days[is_business_day(world.month.days)].astype(np.int64)
    at = working[rng.integers(0, len(working), count)] * DAY + rng.integers(7 * 3600, 16 * 3600, count)
    owner = kept_or_drawn(
        users(world, ["sales_rep", "sales_manager"]),
        chosen["owner_id"],
        chosen["company"].to_numpy(),
        rng.random(count),
    )
    cues(world, chosen.select(
        pl.lit("account").alias("topic"), pl.col("account_id").alias("what_id"),
        contacts_of(world, chosen["account_id"], rng.random(count), at // DAY).alias("who_id"), owner.alias("owner_id"),
        pl.Series("at", at), pl.lit(0).alias("step"),
    ))  # fmt: skip


_TASK = pl.Schema({
    "number": pl.Int64, "Id": pl.String, "Subject": pl.String, "Type": pl.String, "Priority": pl.String, "WhoId": pl.String,
    "WhatId": pl.String, "ActivityDate": pl.Int32, "CreatedDate": pl.Int64,
})  # fmt: skip
_TASK_EVENT = pl.Schema({"number": pl.Int64, "at": pl.Int64, "owner_id": pl.String, "status": pl.String})
_MEETING = pl.Schema({
    "number": pl.Int64, "Id": pl.String, "Subject": pl.String, "WhoId": pl.String, "WhatId": pl.String, "CreatedDate": pl.Int64,
})  # fmt: skip
_MEETING_EVENT = pl.Schema({
    "number": pl.Int64, "at": pl.Int64, "owner_id": pl.String, "starts": pl.Int64, "ends": pl.Int64, "is_deleted": pl.Boolean,
})  # fmt: skip


def _begin(world: World, name: str, records: pl.DataFrame, events: pl.DataFrame) -> None:
    begin(world, name, records, events)


def _plan_tasks(world: World, rng: np.random.Generator, wanted: pl.DataFrame) -> None:
    """Calls and mails: half of them written down when done, half planned some days ahead and done in time, late, or never."""
    count = wanted.height
    at = wanted["at"].to_numpy()
    logged = rng.random(count) < _LOGGED
    ahead, fate = rng.integers(1, 11, count), rng.random(count)
    delay = np.ceil(rng.exponential(4.0, count)).astype(np.int64)
    long_delay = rng.integers(20, 75, count)
    starts = rng.random(count) < 0.2
    seconds = rng.integers(7 * 3600, 17 * 3600, count)
    day = (at // DAY).astype(np.int32)
    deadline = np.where(logged, day, business_day(day, ahead)).astype(np.int32)
    early = business_day(day, np.maximum(ahead - rng.integers(0, 3, count), 1))
    done_day = np.where(fate < _NEVER + _VERY_LATE, business_day(deadline, long_delay), early)
    is_late = (fate >= _NEVER + _VERY_LATE) & (fate < _NEVER + _VERY_LATE + _LATE)
    done_day = np.where(is_late, business_day(deadline, delay), done_day)
    never = ~logged & (fate < _NEVER)
    done = np.where(logged, at, done_day.astype(np.int64) * DAY + seconds)
    half = business_day(day, 1).astype(np.int64) * DAY + seconds
    begins = starts & ~logged & (half // DAY < done // DAY)
    numbers = world.numbers("task", count)
    priority = pl.Series(["High", "Normal", "Low"]).gather(
        pl.Series(weighted(rng.random(count), np.array([0.15, 0.77, 0.08])), dtype=pl.UInt32)
    )
    records = wanted.select(
        pl.Series("number", numbers), salesforce_ids("00T", numbers).alias("Id"), "Subject",
        pl.Series(_TYPES).gather(wanted["manner"].cast(pl.UInt32)).alias("Type"), priority.alias("Priority"),
        pl.col("who_id").alias("WhoId"), pl.col("what_id").alias("WhatId"), pl.Series("ActivityDate", deadline),
        pl.col("at").alias("CreatedDate"),
    ).cast(_TASK)  # fmt: skip
    rows = np.concatenate([np.flatnonzero(~logged), np.flatnonzero(begins), np.flatnonzero(~never)])
    instants = np.concatenate([at[~logged], half[begins], done[~never]])
    status = np.repeat(
        ["Not Started", "In Progress", "Completed"], [int((~logged).sum()), int(begins.sum()), int((~never).sum())]
    )
    order = np.lexsort((instants, rows))
    where = pl.Series(rows[order], dtype=pl.UInt32)
    events = pl.DataFrame({
        "number": numbers[rows[order]], "at": instants[order], "owner_id": wanted["owner_id"].gather(where),
        "status": pl.Series(status[order], dtype=pl.String),
    })  # fmt: skip
    _begin(world, "task", records, events.cast(_TASK_EVENT))


def _plan_meetings(world: World, rng: np.random.Generator, wanted: pl.DataFrame) -> None:
    """Meetings some days ahead; some are moved once, some are called off."""
    count = wanted.height
    at = wanted["at"].to_numpy()
    day = (at // DAY).astype(np.int32)
    ahead, length = rng.integers(2, 16, count), rng.choice([1800, 3600, 3600, 5400, 7200], count)
    hour, later = rng.integers(14, 31, count) * 1800, rng.integers(2, 10, count)
    fate, seconds = rng.random(count), rng.integers(7 * 3600, 16 * 3600, count)
    meets = business_day(day, ahead)
    starts = meets.astype(np.int64) * DAY + hour
    again = business_day(meets, later).astype(np.int64) * DAY + hour
    moved, cancelled = fate < _MOVED, (fate >= _MOVED) & (fate < _MOVED + _CANCELLED)
    changed = business_day(day, 1).astype(np.int64) * DAY + seconds
    numbers = world.numbers("meeting", count)
    records = wanted.select(
        pl.Series("number", numbers), salesforce_ids("00U", numbers).alias("Id"), "Subject", pl.col("who_id").alias("WhoId"),
        pl.col("what_id").alias("WhatId"), pl.col("at").alias("CreatedDate"),
    ).cast(_MEETING)  # fmt: skip
    touched = np.flatnonzero(moved | cancelled)
    rows = np.concatenate([np.arange(count), touched])
    begin_at = np.concatenate([starts, np.where(moved, again, starts)[touched]])
    instants = np.concatenate([at, changed[touched]])
    deleted = np.concatenate([np.zeros(count, dtype=bool), cancelled[touched]])
    order = np.lexsort((instants, rows))
    rows = rows[order]
    events = pl.DataFrame({
        "number": numbers[rows], "at": instants[order], "owner_id": wanted["owner_id"][rows],
        "starts": begin_at[order], "ends": begin_at[order] + length[rows], "is_deleted": deleted[order],
    })  # fmt: skip
    _begin(world, "meeting", records, events.cast(_MEETING_EVENT))


def _emit_tasks(world: World, happened: pl.DataFrame) -> None:
    is_done = pl.col("status") == "Completed"
    world.emit("salesforce/Task", happened.select(
        "Id", "Subject", "Type", pl.col("status").alias("Status"), "Priority", "ActivityDate", "WhoId", "WhatId",
        pl.col("owner_id").alias("OwnerId"), is_done.alias("IsClosed"), pl.when(is_done).then("at").alias("CompletedDateTime"),
        "CreatedDate", pl.col("at").alias("SystemModstamp"), pl.lit(value=False).alias("IsDeleted"),
        (pl.col("at") // DAY).cast(pl.Int32).alias("_on"),
    ))  # fmt: skip


def _emit_meetings(world: World, happened: pl.DataFrame) -> None:
    world.emit("salesforce/Event", happened.select(
        "Id", "Subject", pl.lit("Meeting").alias("Type"), pl.col("starts").alias("StartDateTime"),
        pl.col("ends").alias("EndDateTime"), "WhoId", "WhatId", pl.col("owner_id").alias("OwnerId"), "CreatedDate",
        pl.col("at").alias("SystemModstamp"), pl.col("is_deleted").alias("IsDeleted"),
        (pl.col("at") // DAY).cast(pl.Int32).alias("_on"),
    ))  # fmt: skip
