"""The record of erasures, in the state store: who was erased, by whom, when and why, without anything personal."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

import sqlalchemy as sa

from pipelines.privacy.tags import CONTACT
from pipelines.state import Instant, State

Key = tuple[str, str, str]
"""system, what the value refers to (as in ``pipelines.privacy.tags``: RECORD, CONTACT, a column), value in lower case."""

_metadata = sa.MetaData()
_erasure = sa.Table(
    "erasure",
    _metadata,
    sa.Column("erasure_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("customer_key", sa.BigInteger, nullable=False),
    sa.Column("asked_by", sa.Text, nullable=False),
    sa.Column("asked_at", Instant(), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("keys", sa.JSON, nullable=False),
    sa.Column("records", sa.JSON, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("through_batch_id", sa.Integer, nullable=False),
    sa.Column("completed_at", Instant()),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True)
class Erasure:
    """An erasure of a customer, or of a contact alone: then ``customer_key`` is the key of the contact.

    ``records`` are (system, source_id) of the customer or contact; ``keys`` all values by which rows of the log belong to it.
    ``revision`` grows when the log must be gone through again. ``through_batch_id``: the last batch whose rows have been looked
    through for further keys. ``completed_at`` is None while something of the person may be left.
    """

    erasure_id: int
    customer_key: int
    asked_by: str
    asked_at: datetime
    reason: str
    keys: list[Key]
    records: list[tuple[str, str]]
    revision: int = 1
    through_batch_id: int = 0
    completed_at: datetime | None = None

    @property
    def entity(self) -> str:
        """``customer`` or ``contact``."""
        return "contact" if any(reference == CONTACT for _, reference, _ in self.keys) else "customer"

    @property
    def record_ids(self) -> list[str]:
        """The records as matching names them: ``system/source_id``, of contacts ``system/contact/source_id``."""
        between = "/contact/" if self.entity == "contact" else "/"
        return [f"{system}{between}{source_id}" for system, source_id in self.records]


def erasures(state: State) -> list[Erasure]:
    """Return all erasures, oldest first."""
    _create(state)
    with state.engine.connect() as connection:
        rows = connection.execute(sa.select(_erasure).order_by(_erasure.c.erasure_id))
        found = [Erasure(**row._asdict()) for row in rows]
    return [
        replace(
            erasure,
            keys=[(str(system), str(reference), str(value)) for system, reference, value in erasure.keys],
            records=[(str(system), str(source_id)) for system, source_id in erasure.records],
        )
        for erasure in found
    ]


def record_erasure(
    state: State, customer_key: int, by: str, reason: str, keys: Iterable[Key], records: Iterable[tuple[str, str]]
) -> Erasure:
    """Record an erasure: from now on the door lets nothing of the person in, and the next run completes it."""
    _create(state)
    new = Erasure(0, customer_key, by, datetime.now(UTC), reason, sorted(keys), sorted(records))
    values = asdict(new)
    del values["erasure_id"]
    with state.engine.begin() as connection:
        (number,) = connection.execute(_erasure.insert().values(values).returning(_erasure.c.erasure_id)).one()
    return replace(new, erasure_id=int(number))


def update_erasure(state: State, erasure: Erasure) -> None:
    """Keep what has become of an erasure: its keys, revision, the batches looked through, and whether it is completed."""
    values = asdict(erasure)
    changing = {name: values[name] for name in ("keys", "revision", "through_batch_id", "completed_at")}
    with state.engine.begin() as connection:
        connection.execute(_erasure.update().where(_erasure.c.erasure_id == erasure.erasure_id).values(changing))


def revision(state: State) -> int:
    """Return a number that grows whenever the log was changed by an erasure, so that a version can say what it is made of."""
    return sum(erasure.revision for erasure in erasures(state))


def _create(state: State) -> None:
    _metadata.create_all(state.engine)
