"""The log of what became of customers: births, merges and splits, told by comparing one published version with the next."""

import duckdb
import sqlalchemy as sa

from pipelines.home import Home
from pipelines.state import IdentityEvent, State
from pipelines.warehouse import two_versions, version_file

CUSTOMERS = "conformed.customer_identity"
"""Says which customer a record is of; a version that did not make this table anew knows the customers of the one before."""

_metadata = sa.MetaData()
_comparison = sa.Table(
    "identity_comparison",
    _metadata,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("before", sa.Integer, nullable=False),
)

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


def announce(state: State, version: int, before: int) -> None:
    """Say that the customers of a version, about to be published, are to be compared with those of the version ``before``.

    A run that is killed before it has compared them leaves this word to the next.
    """
    _metadata.create_all(state.engine)
    with state.engine.begin() as connection:
        connection.execute(_comparison.delete().filter_by(version=version))
        connection.execute(_comparison.insert().values(version=version, before=before))


def announced(state: State) -> list[tuple[int, int]]:
    """Return the versions that are still to be compared, oldest first, each with the version before it."""
    _metadata.create_all(state.engine)
    query = sa.select(_comparison.c.version, _comparison.c.before).order_by(_comparison.c.version)
    with state.engine.connect() as connection:
        return [(row.version, row.before) for row in connection.execute(query)]


def record_changes(home: Home, state: State) -> None:
    """Write into the log what became of customers with each version whose comparison was announced and is still to be made.

    A second time changes nothing. A version that was never published, or whose predecessor is not kept any more, cannot be
    compared and is let go. A first version bears all its customers and is not told one by one. The caller holds the build lock.
    """
    published = {version.number: version for version in state.versions()}
    for number, before in announced(state):
        changes = _changes(home, before, number) if number in published else []
        if changes is None and _are_kept(home, before, number):
            continue  # there and not to be read: another run may read it
        if changes:
            moment = published[number].published_at
            state.record_identity_events(number, [IdentityEvent(number, *change, moment) for change in changes])
        with state.engine.begin() as connection:
            connection.execute(_comparison.delete().filter_by(version=number))


def _changes(home: Home, before: int, after: int) -> list[tuple[str, int, int | None, str]] | None:
    """Return kind, customer, other customer and evidence of each event between two versions; None when one cannot be read."""
    try:
        with two_versions(home, before, after) as connection:
            rows = connection.execute(_EVENTS.format(side="before", wanted="<> 'split'")).fetchall()
            rows += connection.execute(_EVENTS.format(side="after", wanted="= 'split'")).fetchall()
    except duckdb.IOException:
        return None
    except (duckdb.CatalogException, duckdb.BinderException):
        return []  # a version of an earlier Concord, which knew nothing of customers
    return [(str(kind), int(key), None if other is None else int(other), str(told)) for kind, key, other, told in rows]


def _are_kept(home: Home, *numbers: int) -> bool:
    return all(version_file(home, number).exists() for number in numbers)
