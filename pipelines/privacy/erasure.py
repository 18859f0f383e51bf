"""Erase a customer, or a contact alone: who it is, what will be erased, and the steps in their order."""

from dataclasses import dataclass

from pipelines.commit_points import passed
from pipelines.errors import ConcordError
from pipelines.privacy.log import LogReader, configured
from pipelines.privacy.record import Erasure, Key, erasures, record_erasure
from pipelines.privacy.tags import CONTACT, RECORD, raw_tables
from pipelines.publish import versions
from pipelines.publish.compiled import graph_of
from pipelines.publish.project import compose
from pipelines.settings import Settings
from pipelines.state import State
from pipelines.warehouse import ask

_MOST_RECORDS = 100_000

_FOUND = """
with

wanted as (
    select customer_key from customer.customer_redirect where cast(old_customer_key as varchar) = $who
    union
    select customer_key from conformed.customer_identity where cast(customer_key as varchar) = $who
),

numbered as (
    select customer_key from conformed.customer_record
    where customer_reference = nullif(upper(regexp_replace($who, '[^A-Za-z0-9]', '', 'g')), '')
)

select distinct customer_key from wanted
union
select distinct customer_key from numbered where not exists (select 1 from wanted)
"""
_FOUND_CONTACT = """
select distinct contact_key from conformed.contact_identity
where cast(contact_key as varchar) = $who or cast(own_key as varchar) = $who or lower(source_id) = lower($who)
"""
_CONTACT_RECORDS = """
select source_system, source_id from conformed.contact_identity where contact_key = $contact_key order by 1, 2
"""
_RECORDS = """
select source_system, source_id, customer_reference from conformed.customer_record
where customer_key = $customer_key order by 1, 2
"""


@dataclass(frozen=True)
class Person:
    """Who is erased, as the published version knows it: a customer, or a contact alone.

    ``key``: customer_key or contact_key; ``customer_number``: that of a customer, where systems share one; its records.
    """

    key: int
    customer_number: str | None
    records: list[tuple[str, str]]
    entity: str = "customer"

    @property
    def systems(self) -> list[str]:
        """The source systems that know the person."""
        return sorted({system for system, _ in self.records})


@dataclass(frozen=True)
class Extent:
    """What an erasure concerns: rows of the log by (system, table), and the kept versions that go."""

    rows: dict[tuple[str, str], int]
    versions: list[int]


def find_person(settings: Settings, who: str) -> Person:
    """Return the customer with this key (an old one too) or customer number; ConcordError when there is none, or several."""
    key = _only_key(
        settings, _FOUND, who, "customer", "customer_key in customer.customer_360, or the number customer_number"
    )
    rows = ask(settings.home, _RECORDS, parameters={"customer_key": key}, limit=_MOST_RECORDS).rows
    number = next((str(row[2]) for row in rows if row[2]), None)
    return Person(key, number, [(str(system), str(source_id)) for system, source_id, _ in rows])


def find_contact(settings: Settings, who: str) -> Person:
    """Return the contact with this key (an old one too) or key in its system; ConcordError when there is none, or several."""
    key = _only_key(
        settings, _FOUND_CONTACT, who, "contact", "contact_key in core.dim_contact, or that of the record in its CRM"
    )
    rows = ask(settings.home, _CONTACT_RECORDS, parameters={"contact_key": key}, limit=_MOST_RECORDS).rows
    return Person(key, None, [(str(system), str(source_id)) for system, source_id in rows], "contact")


def _only_key(settings: Settings, query: str, who: str, entity: str, keys: str) -> int:
    """Return the one key that a query finds for ``who``; ``keys`` says where keys are."""
    found = ask(settings.home, query, parameters={"who": who.strip()}, limit=10).rows
    if not found:
        raise ConcordError(f"No {entity} has the key or the number {who}.", hint=f"The key is {keys}.")
    if len(found) > 1:
        several = ", ".join(str(row[0]) for row in found)
        raise ConcordError(f"Several {entity}s are called {who}.", hint=f"Name one of their keys: {several}.")
    return int(found[0][0])


def extent(settings: Settings, state: State, person: Person) -> Extent:
    """Look through the log for what belongs to a person. Changes nothing."""
    with settings.home.lock("project"):
        project = compose(settings)
    tables = configured(settings, raw_tables(graph_of(settings, project)))
    with settings.home.lock("landing"), LogReader(settings, tables) as log:
        keys = log.further_keys({(0, key) for key in _keys(person)})
        concerned = log.concerned(keys, all_rows=True)
    rows = {(part.table.system, part.table.name): part.rows for part in concerned}
    return Extent(rows, [version.number for version in versions.kept(settings.home, state)])


def record(state: State, person: Person, by: str, reason: str) -> Erasure:
    """Record that a person is erased. From now on it is: the next run completes it, whatever happens to this process.

    Somebody whose erasure is not completed yet is not recorded twice. ConcordError when it is erased already.
    """
    for earlier in erasures(state):
        if earlier.entity == person.entity and set(person.records) <= set(earlier.records):
            if earlier.completed_at is None:
                return earlier
            raise ConcordError(
                f"The {person.entity} {person.key} was erased on {earlier.asked_at:%d %B %Y}.",
                hint="`concord erase --list` shows all erasures.",
            )
    new = record_erasure(state, person.key, by, reason, _keys(person), person.records)
    passed("erasure.recorded")
    return new


def _keys(person: Person) -> list[Key]:
    reference = CONTACT if person.entity == "contact" else RECORD
    return [(system, reference, source_id.strip().lower()) for system, source_id in person.records]
