"""The log of what became of customers: births, merges and splits, told by comparing one published version with the next."""

from datetime import UTC, datetime

import duckdb

from pipelines.home import Home
from pipelines.state import IdentityEvent, State
from pipelines.warehouse import two_versions, version_file

CUSTOMERS = "conformed.customer_identity"
"""Says which customer a record is of; a version that did not make this table anew knows the customers of the one before."""

_EVENTS = """
with

record as (
    select
        after.customer_key as new_key,
        before.customer_key as old_key
    from after.conformed.customer_identity as after
    left join before.conformed.customer_identity as before
        on after.source_system = before.source_system and after.source_id = before.source_id
),

move as (select distinct old_key, new_key from record where old_key is not null),

birth as (
    select 'birth' as kind, new_key as customer_key, cast(null as bigint) as other_key
    from record
    group by new_key
    having count(old_key) = 0
),

merge as (
    select 'merge' as kind, new_key as customer_key, old_key as other_key
    from move
    where old_key <> new_key and new_key in (select new_key from move group by new_key having count(*) > 1)
),

split as (
    select 'split' as kind, old_key as customer_key, new_key as other_key
    from move
    where old_key <> new_key and old_key in (select old_key from move group by old_key having count(*) > 1)
),

event as (select * from birth union all select * from merge union all select * from split),

-- A merge is told by the heaviest pair between the two; a split by the heaviest pair that does not hold them together any more.
side as (
    select source_system || '/' || source_id as record_id, customer_key from {side}.conformed.customer_identity
),

evidence as (
    select
        least(one.customer_key, two.customer_key) as first_key,
        greatest(one.customer_key, two.customer_key) as second_key,
        max_by(
            concat(pair.left_id, ' and ', pair.right_id, ' at ', round(pair.match_weight, 1), ' bits'), pair.match_weight
        ) as told
    from after.conformed.customer_pair as pair
    inner join side as one on pair.left_id = one.record_id
    inner join side as two on pair.right_id = two.record_id
    where one.customer_key <> two.customer_key
    group by all
)

select event.kind, event.customer_key, event.other_key, coalesce(evidence.told, '') as evidence
from event
left join evidence
    on least(event.customer_key, event.other_key) = evidence.first_key
    and greatest(event.customer_key, event.other_key) = evidence.second_key
where event.kind {wanted}
order by event.kind, event.customer_key, event.other_key
"""


def record_changes(home: Home, state: State, before: int | None, after: int) -> list[IdentityEvent]:
    """Write into the log what became of customers from the published version ``before`` to ``after``; returns the events.

    A second time changes nothing. A first version bears all its customers and is not told one by one.
    """
    if before is None or not version_file(home, before).exists() or not version_file(home, after).exists():
        return []
    try:
        with two_versions(home, before, after) as connection:
            rows = connection.execute(_EVENTS.format(side="before", wanted="<> 'split'")).fetchall()
            rows += connection.execute(_EVENTS.format(side="after", wanted="= 'split'")).fetchall()
    except (duckdb.CatalogException, duckdb.BinderException):
        return []  # a version of an earlier Concord, which knew nothing of customers
    now = datetime.now(UTC)
    events = [
        IdentityEvent(after, str(kind), int(key), None if other is None else int(other), str(told), now)
        for kind, key, other, told in rows
    ]
    state.record_identity_events(after, events)
    return events
