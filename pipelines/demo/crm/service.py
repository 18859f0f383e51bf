"""Service: cases are opened, answered, escalated, solved, reopened, and judged by the customers."""

from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.calendar import day_number, is_business_day
from pipelines.demo.crm import case_texts
from pipelines.demo.crm.crm_ids import salesforce_ids
from pipelines.demo.crm.crm_staff import DAY, drawn, users
from pipelines.demo.crm.lifelines import begin, due, founded
from pipelines.demo.crm.products_in_crm import product_ids
from pipelines.demo.crm.prospects import contacts_of
from pipelines.demo.crm.selling import cues
from pipelines.demo.demand import DEMAND
from pipelines.demo.drawing import weighted, weighted_within
from pipelines.demo.world import World

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

CASES_A_CUSTOMER = 0.075
"""A month, on average."""
LATE_SHARE = 0.08
"""Of late deliveries: somebody complains."""
PRIORITIES = ("Low", "Medium", "High", "Critical")
SLA_HOURS = np.array([60.0, 32.0, 20.0, 11.0])
"""Business hours until a case should be closed, by priority."""
_RESPONSE_HOURS = np.array([5.0, 2.6, 1.1, 0.4])  # median
_SOLVING_HOURS = np.array([11.0, 9.0, 6.0, 3.5])  # mean
OPENS, CLOSES = 7 * 3600, 16 * 3600
"""Office hours of service, UTC."""
_OFFICE = CLOSES - OPENS
REOPENED, ESCALATED, WAITING = 0.06, 0.07, 0.42
JUDGED = 0.38
DAYS_BEFORE = 40
_STATUS = ("New", "Working", "Escalated", "Waiting on Customer", "Working", "Closed", "Working", "Closed", "Closed")
_RESPONSE, _ESCALATION, _WAIT, _RESUME, _CLOSE, _REOPEN, _CLOSE_AGAIN, _JUDGEMENT = range(1, 9)
_STEPS = len(_STATUS)


@cache
def _business_days() -> npt.NDArray[np.int64]:
    days = np.arange(day_number(date(2015, 1, 1)), day_number(date(2040, 1, 1)), dtype=np.int32)
    return days[is_business_day(days)].astype(np.int64)


def office_seconds(at: Ints) -> Ints:
    """Seconds of service's office hours that have passed at the instants ``at``, since a day long ago."""
    days = _business_days()
    day, second = at // DAY, at % DAY
    place = np.searchsorted(days, day, side="left")
    is_open = days[place] == day
    return place * _OFFICE + np.where(is_open, np.clip(second - OPENS, 0, _OFFICE), 0)


def instant(office: Ints) -> Ints:
    """The instant at which so many seconds of office hours have passed: the reverse of `office_seconds`."""
    place, second = np.divmod(office, _OFFICE)
    return _business_days()[place] * DAY + OPENS + second


def found(world: World) -> None:
    """Open the cases that are not closed when the history begins."""
    first = world.month.first
    _open(world, world.founding_rng("service"), np.arange(first - DAYS_BEFORE, first, dtype=np.int32), unended_on=first)
    _emit(world, founded(world, "case"), on=first)


def live(world: World) -> None:
    """Open the month's cases, and emit what happens to all."""
    _open(world, world.rng("service"), world.month.days, unended_on=None)
    happened = due(world, "case", before=("status", "priority", "owner_id"))
    _emit(world, happened, on=None)
    _emit_changes(world, happened)
    is_work = pl.col("step").is_in([_RESPONSE, _ESCALATION, _RESUME, _CLOSE]) & ~pl.col("is_handover")
    cues(world, happened.filter(is_work).select(
        pl.lit("case").alias("topic"), pl.col("Id").alias("what_id"), pl.col("ContactId").alias("who_id"), "owner_id", "at",
        "step",
    ))  # fmt: skip


@dataclass(frozen=True)
class _Openings:
    """Who opens cases and when: place in ``customers``, day, whether because of a late delivery, and of which order."""

    place: Ints
    day: npt.NDArray[np.int32]
    is_late: npt.NDArray[np.bool_]
    order: pl.Series


def _openings(
    world: World, rng: np.random.Generator, customers: pl.DataFrame, days: npt.NDArray[np.int32]
) -> _Openings:
    level = DEMAND.level(days)
    mean = CASES_A_CUSTOMER * customers.height * level.sum() / 25
    count = int(rng.poisson(mean))
    uniform, day_draw = rng.random(count), rng.random(count)
    weight = 0.25 + customers["weight"].to_numpy() ** 0.6
    place = weighted(uniform, weight)
    day = days[weighted(day_draw, level)]
    order = pl.Series([None] * count, dtype=pl.String)
    late = world.state.get("late_delivery")
    if late is None or not late.height:
        return _Openings(place, day, np.zeros(count, dtype=bool), order)
    late = late.filter(pl.col("day").is_between(int(days[0]), int(days[-1])))
    late = late.filter(pl.Series(rng.random(late.height) < LATE_SHARE)).join(
        customers.with_row_index("place").select("party", "place"), on="party", how="inner", maintain_order="left"
    )
    return _Openings(
        np.concatenate([place, late["place"].to_numpy().astype(np.int64)]),
        np.concatenate([day, late["day"].to_numpy()]).astype(np.int32),
        np.concatenate([np.zeros(count, dtype=bool), np.ones(late.height, dtype=bool)]),
        pl.concat([order, late["order_number"].cast(pl.String)]),
    )


def _open(world: World, rng: np.random.Generator, days: npt.NDArray[np.int32], *, unended_on: int | None) -> None:
    """Open the cases of ``days`` and plan their lives; with ``unended_on`` only those that have not ended by that day."""
    first, last = int(days[0]), int(days[-1])
    account = world.state["account"].filter(
        (pl.col("created_day") < first) & (pl.col("gone_day").fill_null(2**31 - 1) > last)
    ).sort("party", "account_id")  # fmt: skip
    customers = world.state["party"].filter((pl.col("customer_from") < first) & (pl.col("gone_day") > last - 60))
    customers = customers.join(account.select("party"), on="party", how="semi", maintain_order="left").sort("party")
    opened = _openings(world, rng, customers, days)
    size = len(opened.place)
    draws = rng.random((9, size))
    steps = _StepDraws.of(rng, size)
    about = customers.select("party", "company")[pl.Series(opened.place, dtype=pl.UInt32)]
    which = weighted_within(
        draws[0], about["party"].to_numpy(), account["party"].to_numpy(),
        np.where(account["is_principal"].to_numpy(), 1.0, 0.15),
    )  # fmt: skip
    account_id = account["account_id"][which]
    reason = np.where(opened.is_late, case_texts.LATE, weighted(draws[1], case_texts.SHARES))
    subject, product = _subjects(world, draws[2], draws[3], reason, first - 1)
    urgency = np.array([one.urgency for one in case_texts.REASONS])[reason]
    priority = np.searchsorted(np.array([0.35, 0.8, 1.25]), draws[4] * 0.9 + urgency * 0.75)
    origin = weighted(draws[5], np.array([0.44, 0.33, 0.23]))
    # Mails and forms come at any time, calls in office hours; those of a day that is off all come in writing.
    second = np.where(origin == 1, OPENS + draws[6] * (_OFFICE - 600), 5 * 3600 + draws[6] * 15 * 3600).astype(np.int64)
    created = opened.day.astype(np.int64) * DAY + second
    lives = _live_through(steps, created, priority, urgency)
    order = np.lexsort((np.arange(size), created))
    order = order if unended_on is None else order[lives.at[order].max(axis=1) // DAY >= unended_on]
    count = len(order)
    numbers = world.numbers("case", count, first=1)
    staff = users(world, ["service"])
    company = about["company"].to_numpy()
    owner, senior = drawn(staff, company, draws[7]), drawn(staff, company, draws[8])
    where = pl.Series(order, dtype=pl.UInt32)
    kinds = pl.Series([one.kind for one in case_texts.REASONS])[reason]
    names = pl.Series([one.name for one in case_texts.REASONS])[reason]
    records = pl.DataFrame({
        "AccountId": account_id, "Subject": subject, "Type": kinds, "Reason": names,
        "Origin": pl.Series(["Email", "Phone", "Web"])[origin],
        "Product2Id": product, "Order_Number__c": opened.order, "CreatedDate": created,
        "Sla_Due_At__c": instant(office_seconds(created) + (SLA_HOURS[priority] * 3600).astype(np.int64)),
    })[where].with_columns(
        pl.Series("number", numbers), salesforce_ids("500", numbers).alias("Id"),
        pl.Series("CaseNumber", numbers).cast(pl.String).str.zfill(8).alias("CaseNumber"),
    )  # fmt: skip
    contact = contacts_of(world, records["AccountId"], draws[3][order], created[order] // DAY)
    records = records.with_columns(contact.alias("ContactId"))
    _begin(world, records, lives, order, owner, senior, priority)


_RECORD = (
    "AccountId", "Subject", "Type", "Reason", "Origin", "Product2Id", "Order_Number__c", "CreatedDate", "Sla_Due_At__c",
    "number", "Id", "CaseNumber", "ContactId",
)  # fmt: skip


@dataclass(frozen=True)
class _StepDraws:
    """Random numbers for the steps of n cases."""

    hours: Floats
    takes: Floats
    satisfaction: Floats

    @classmethod
    def of(cls, rng: np.random.Generator, size: int) -> "_StepDraws":
        return cls(rng.gamma(1.25, 1 / 1.25, (size, _STEPS)), rng.random((size, _STEPS)), rng.standard_normal(size))


@dataclass(frozen=True)
class _Lives:
    """n cases × steps: whether the step is taken, and when; and for each case whether and how it was judged."""

    present: npt.NDArray[np.bool_]
    at: Ints
    satisfaction: Ints


def _live_through(draws: _StepDraws, created: Ints, priority: Ints, urgency: Floats) -> _Lives:
    """When each case is answered, escalated, waits, is closed, reopened and judged; all in office hours."""
    size = len(created)
    solving = _SOLVING_HOURS[priority]
    response = _RESPONSE_HOURS[priority] * np.exp(0.95 * _normal(draws.hours[:, 0]))
    means = np.stack([
        np.zeros(size), np.zeros(size), solving * 0.8, solving * 0.35, np.full(size, 13.0), solving, np.full(size, 22.0),
        solving * 0.7, np.full(size, 12.0),
    ], axis=1)  # fmt: skip
    hours = draws.hours * means
    hours[:, _RESPONSE] = response
    present = np.ones((size, _STEPS), dtype=bool)
    present[:, _ESCALATION] = draws.takes[:, _ESCALATION] < ESCALATED * (0.6 + 1.2 * urgency)
    present[:, _WAIT] = present[:, _RESUME] = draws.takes[:, _WAIT] < WAITING
    present[:, _REOPEN] = present[:, _CLOSE_AGAIN] = draws.takes[:, _REOPEN] < REOPENED
    present[:, _JUDGEMENT] = draws.takes[:, _JUDGEMENT] < JUDGED
    seconds = np.where(present, np.maximum(hours * 3600, 90), 0).astype(np.int64)
    seconds[:, 0] = 0
    passed = np.cumsum(seconds, axis=1)
    at = instant(office_seconds(created)[:, None] + passed)
    at[:, 0] = created
    last_close = np.where(present[:, _CLOSE_AGAIN], passed[:, _CLOSE_AGAIN], passed[:, _CLOSE])
    lateness = last_close / 3600 / SLA_HOURS[priority]
    score = 4.75 - 0.9 * np.log1p(lateness) - 0.5 * present[:, _ESCALATION] - 0.7 * present[:, _REOPEN]
    score = np.clip(np.rint(score + draws.satisfaction), 1, 5).astype(np.int64)
    return _Lives(present, at, score)


def _normal(gamma: Floats) -> Floats:
    """Nearly standard normal numbers out of gamma ones of mean 1, whose cube root is nearly normal (Wilson and Hilferty 1931)."""
    shape = 1.25
    normal: Floats = (np.cbrt(gamma) - (1 - 1 / (9 * shape))) * np.sqrt(9 * shape)
    return normal


def _subjects(
    world: World, draw: Floats, product_draw: Floats, reason: Ints, launched_by: int
) -> tuple[pl.Series, pl.Series]:
    """The subject of each case, and the Product2 Id that it is about (null where it is about none)."""
    goods = (
        world.state["product"]
        .filter(pl.col("list_price").is_not_null() & (pl.col("launched") <= launched_by))
        .sort("material")
    )
    product = weighted(product_draw, goods["popularity"].to_numpy())
    texts = pl.Series([text for _, text in case_texts.SUBJECTS])
    groups = np.array([place for place, _ in case_texts.SUBJECTS])
    place = weighted_within(draw, reason, groups, np.ones(len(groups)))
    frame = pl.DataFrame({
        "text": texts[place],
        "name": goods["name_en"][product],
        "id": product_ids(goods["material"].to_numpy())[product],
    })  # fmt: skip
    names_it = pl.col("text").str.contains("{}", literal=True)
    head, tail = (
        pl.col("text").str.split_exact("{}", 1).struct.field("field_0"),
        pl.col("text").str.split_exact("{}", 1).struct.field("field_1"),
    )
    made = frame.select(
        pl.when(names_it).then(pl.concat_str(head, "name", tail)).otherwise("text").alias("subject"),
        pl.when(names_it).then("id").alias("id"),
    )
    return made["subject"], made["id"]


def _begin(
    world: World, records: pl.DataFrame, lives: _Lives, order: Ints, owner: pl.Series, senior: pl.Series, priority: Ints
) -> None:
    """Plan the versions of the cases at ``order``."""
    present, at = lives.present[order], lives.at[order]
    row, step = np.nonzero(present)
    raised = np.cumsum(present[:, _ESCALATION][:, None] & (np.arange(_STEPS) == _ESCALATION), axis=1) > 0
    is_raised = raised[row, step]
    case = order[row]
    urgent = np.where(is_raised, np.maximum(priority[case], 2), priority[case])
    people = pl.concat([owner, senior])
    closing = np.where((step == _CLOSE) | ~present[row, _CLOSE_AGAIN], _CLOSE, _CLOSE_AGAIN)
    closed = at[row, closing]
    is_closed = np.isin(step, [_CLOSE, _CLOSE_AGAIN, _JUDGEMENT])
    events = pl.DataFrame({
        "number": records["number"][row], "at": at[row, step],
        "owner_id": people.gather(pl.Series(np.where(is_raised, case + len(owner), case), dtype=pl.UInt32)),
        "step": step.astype(np.int64), "status": pl.Series(_STATUS)[step],
        "priority": pl.Series(PRIORITIES)[urgent], "is_escalated": is_raised,
        "closed_at": closed, "is_closed": is_closed,
        "responded_at": at[row, _RESPONSE], "satisfaction": lives.satisfaction[case],
    }).with_columns(
        pl.when(pl.col("step") >= _RESPONSE).then("responded_at").alias("responded_at"),
        pl.when(pl.col("step") == _JUDGEMENT).then("satisfaction").alias("satisfaction"),
        pl.when("is_closed").then("closed_at").alias("closed_at"),
    ).drop("is_closed")  # fmt: skip
    begin(world, "case", records.select(_RECORD), events)


def _emit(world: World, happened: pl.DataFrame, *, on: int | None) -> None:
    """Emit a version of Case for each event; with ``on`` only the latest."""
    if on is not None:
        happened = happened.filter("is_latest")
    day = (pl.col("at") // DAY).cast(pl.Int32) if on is None else pl.lit(on, pl.Int32)
    world.emit("salesforce/Case", happened.select(
        "Id", "CaseNumber", "AccountId", "ContactId", "Subject", "Type", "Reason", "Origin",
        pl.col("priority").alias("Priority"), pl.col("status").alias("Status"), (pl.col("status") == "Closed").alias("IsClosed"),
        pl.col("closed_at").alias("ClosedDate"), pl.col("is_escalated").alias("IsEscalated"), pl.col("owner_id").alias("OwnerId"),
        "Product2Id", "Order_Number__c", pl.col("responded_at").alias("First_Response_At__c"), "Sla_Due_At__c",
        pl.col("satisfaction").alias("Satisfaction__c"), "CreatedDate", pl.col("at").alias("SystemModstamp"),
        pl.lit(value=False).alias("IsDeleted"), day.alias("_on"),
    ))  # fmt: skip


def _emit_changes(world: World, happened: pl.DataFrame) -> None:
    """Emit CaseHistory: that a case was created, and each change of status, priority and owner."""
    none = pl.lit(None, pl.String)
    is_new = pl.col("before_status").is_null()
    parts = [
        happened.filter(is_new).select(
            "Id", "at", "owner_id", pl.lit("created").alias("Field"), none.alias("old"), none.alias("new")
        )
    ]
    for field, name in (("Status", "status"), ("Priority", "priority"), ("Owner", "owner_id")):
        before = f"before_{name}"
        differs = ~is_new & (pl.col(before) != pl.col(name))
        parts.append(happened.filter(differs).select(
            "Id", "at", "owner_id", pl.lit(field).alias("Field"), pl.col(before).alias("old"), pl.col(name).alias("new"),
        ))  # fmt: skip
    rows = pl.concat(parts).sort("at", "Id", maintain_order=True)
    world.emit("salesforce/CaseHistory", rows.select(
        salesforce_ids("017", world.numbers("case_history", rows.height)).alias("Id"), pl.col("Id").alias("CaseId"), "Field",
        pl.col("old").alias("OldValue"), pl.col("new").alias("NewValue"), pl.col("owner_id").alias("CreatedById"),
        pl.col("at").alias("CreatedDate"), pl.col("at").alias("SystemModstamp"), pl.lit(value=False).alias("IsDeleted"),
        (pl.col("at") // DAY).cast(pl.Int32).alias("_on"),
    ))  # fmt: skip
