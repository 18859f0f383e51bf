"""The only module that opens the state store: the ledger with cursors and counts, runs, versions."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from pipelines.errors import ConcordError


class Instant(sa.TypeDecorator[datetime]):
    """An instant in UTC, whatever the zone that it came in and whatever the database makes of zones."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Bring the instant to UTC."""
        del dialect
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Say that what comes back is in UTC, or bring it there."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_metadata = sa.MetaData()

_batch = sa.Table(
    "batch",
    _metadata,
    sa.Column("batch_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("system", sa.Text, nullable=False),
    sa.Column("table_name", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("run_id", sa.Integer, nullable=False),
    sa.Column("load", sa.Text),
    sa.Column("file", sa.Text),
    sa.Column("origin", sa.Text),
    sa.Column("checksum", sa.Text),
    sa.Column("stamp", sa.Text),
    sa.Column("contract", sa.Text),
    sa.Column("extracted_at", Instant()),
    sa.Column("landed_at", Instant()),
    sa.Column("rows_read", sa.BigInteger),
    sa.Column("rows_quarantined", sa.BigInteger),
    sa.Column("rows_admitted", sa.BigInteger),
    sa.Column("rows_unchanged", sa.BigInteger),
    sa.Column("rows_deleted", sa.BigInteger),
    sa.Column("rows_alive", sa.BigInteger),
    sa.Index("batch_by_table", "system", "table_name"),
    sqlite_autoincrement=True,
)
_rule_result = sa.Table(
    "rule_result",
    _metadata,
    sa.Column("batch_id", sa.Integer, sa.ForeignKey("batch.batch_id"), primary_key=True),
    sa.Column("rule", sa.Text, primary_key=True),
    sa.Column("column_name", sa.Text),
    sa.Column("severity", sa.Text, nullable=False),
    sa.Column("rows_broken", sa.BigInteger, nullable=False),
)
_cursor = sa.Table(
    "cursor",
    _metadata,
    sa.Column("system", sa.Text, primary_key=True),
    sa.Column("table_name", sa.Text, primary_key=True),
    sa.Column("value", sa.JSON, nullable=False),
)
_run = sa.Table(
    "run",
    _metadata,
    sa.Column("run_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("started_at", Instant(), nullable=False),
    sa.Column("ended_at", Instant()),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("account", sa.JSON),
)
_version = sa.Table(
    "version",
    _metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("published_at", Instant(), nullable=False),
    sa.Column("through_batch_id", sa.Integer, nullable=False),
)
_identity_model = sa.Table(
    "identity_model",
    _metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("trained_at", Instant(), nullable=False),
    sa.Column("parameters", sa.Text, nullable=False),
    sa.Column("subject", sa.Text),
    sqlite_autoincrement=True,
)
_identity_decision = sa.Table(
    "identity_decision",
    _metadata,
    sa.Column("decision_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("left_id", sa.Text, nullable=False),
    sa.Column("right_id", sa.Text, nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("decided_by", sa.Text, nullable=False),
    sa.Column("decided_at", Instant(), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
_identity_event = sa.Table(
    "identity_event",
    _metadata,
    sa.Column("event_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("version", sa.Integer, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("customer_key", sa.BigInteger, nullable=False),
    sa.Column("other_key", sa.BigInteger),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("happened_at", Instant(), nullable=False),
)


@dataclass(frozen=True)
class RuleResult:
    """How many rows of a batch broke one rule."""

    rule: str
    column_name: str | None
    severity: str
    rows_broken: int


@dataclass(frozen=True)
class Batch:
    """A row of the ledger. Counts satisfy ``read = quarantined + admitted + unchanged``.

    ``rows_deleted`` counts records that the batch removes, ``rows_alive`` the records of the table once it is applied.
    ``file`` is relative to the landing folder and is None when nothing was admitted; batches that were admitted together share
    it. ``checksum`` identifies the content of
    ``origin``, and ``stamp`` the state in which it was read (a file's size, times and place on its disk);
    ``extracted_at`` is the instant whose state it tells.
    """

    batch_id: int
    system: str
    table_name: str
    load: str
    origin: str
    checksum: str
    contract: str
    file: str | None
    rows_read: int
    rows_quarantined: int
    rows_admitted: int
    rows_unchanged: int
    rows_deleted: int
    rows_alive: int
    stamp: str | None = None
    extracted_at: datetime | None = None
    landed_at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True)
class Version:
    """A published version and the last batch that it has taken in."""

    number: int
    published_at: datetime
    through_batch_id: int


MATCHED = ("customer", "contact")
"""What is matched, each with a model of its own."""


@dataclass(frozen=True)
class IdentityModel:
    """A numbered version of what matching has learned; ``parameters`` is its JSON, ``subject`` one of MATCHED."""

    number: int
    parameters: str
    subject: str = "customer"


@dataclass(frozen=True)
class IdentityDecision:
    """A steward's word on two records (``system/source_id``): ``verdict`` is same, apart, or open (taken back)."""

    decision_id: int
    left_id: str
    right_id: str
    verdict: str
    decided_by: str
    decided_at: datetime
    reason: str


@dataclass(frozen=True)
class IdentityEvent:
    """What became of a customer with a version: birth, merge (``other_key`` came to it) or split (``other_key`` left it)."""

    version: int
    kind: str
    customer_key: int
    other_key: int | None
    evidence: str
    happened_at: datetime


class State:
    """Small transactional facts, in SQLite or PostgreSQL. Close it, or use it as a context manager."""

    def __init__(self, url: str) -> None:
        """Open the store at the SQLAlchemy ``url`` and create what is missing; ConcordError when it is out of reach."""
        if url.startswith(("postgres://", "postgresql://")):
            url = "postgresql+psycopg://" + url.split("://", 1)[1]
        try:
            self._engine = sa.create_engine(url)
            if self._engine.dialect.name == "sqlite":
                sa.event.listen(self._engine, "connect", _configure_sqlite)
            _metadata.create_all(self._engine)
            _add_new_columns(self._engine)
        except (SQLAlchemyError, ModuleNotFoundError, ValueError) as error:
            raise ConcordError(
                f"The state store cannot be opened: {type(error).__name__}.",
                hint="Check CONCORD_STATE_URL (sqlite:///… or postgresql://…) and that its server is up.",
            ) from None  # the cause may show the address with its password

    def __enter__(self) -> "State":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    @property
    def engine(self) -> sa.Engine:
        """The store itself, for records that a room of its own keeps in it."""
        return self._engine

    def forget_texts(self, record_ids: Iterable[str]) -> None:
        """Blank what people and checks wrote about some customers' records (``system/source_id``), for good.

        Reasons of decisions about them; of every run's error what follows its first line, which may show rows.
        """
        ids = list(record_ids)
        mine = _identity_decision.c.left_id.in_(ids) | _identity_decision.c.right_id.in_(ids)
        with self._engine.begin() as connection:
            connection.execute(_identity_decision.update().where(mine).values(reason=""))
            for number, account in connection.execute(sa.select(_run.c.run_id, _run.c.account)).all():
                error = (account or {}).get("error")
                if error and "\n" in error:
                    shortened = account | {"error": error.splitlines()[0]}
                    connection.execute(_run.update().where(_run.c.run_id == number).values(account=shortened))
        if self._engine.dialect.name == "sqlite":
            with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(sa.text("vacuum"))
                connection.execute(sa.text("pragma wal_checkpoint(truncate)"))

    # The ledger

    def reserve_batches(self, system: str, table: str, run_id: int, count: int = 1) -> list[int]:
        """Return the ascending numbers of new batches; they count only once `record_batches` has committed them."""
        new = {"system": system, "table_name": table, "run_id": run_id, "status": "open"}
        with self._engine.begin() as connection:
            found = connection.execute(_batch.insert().returning(_batch.c.batch_id), [new] * count)
            return sorted(found.scalars())

    def record_batches(self, batches: Iterable[tuple[Batch, Iterable[RuleResult]]], cursor: dict[str, Any]) -> None:
        """Commit batches of one table, what its contract found in each, and the table's new cursor together."""
        with self._engine.begin() as connection:
            for batch, rules in batches:
                values = asdict(batch) | {"status": "landed"}
                connection.execute(_batch.update().where(_batch.c.batch_id == batch.batch_id).values(values))
                results = [asdict(rule) | {"batch_id": batch.batch_id} for rule in rules]
                if results:
                    connection.execute(_rule_result.insert(), results)
                key = {"system": batch.system, "table_name": batch.table_name}
            connection.execute(_cursor.delete().filter_by(**key))
            connection.execute(_cursor.insert().values(**key, value=cursor))

    def abandon_open_batches(self, system: str, table: str) -> list[int]:
        """Mark the batches that a killed run left open, and return their numbers; the caller holds the landing lock."""
        mine = (_batch.c.system == system) & (_batch.c.table_name == table) & (_batch.c.status == "open")
        with self._engine.begin() as connection:
            numbers = list(connection.execute(sa.select(_batch.c.batch_id).where(mine)).scalars())
            if numbers:
                connection.execute(_batch.update().where(mine).values(status="abandoned"))
        return numbers

    def batches(self, system: str | None = None, table: str | None = None, *, after: int = 0) -> list[Batch]:
        """Return the landed batches in the order of the log, those with a number above ``after``."""
        wanted = (_batch.c.status == "landed") & (_batch.c.batch_id > after)
        if system is not None:
            wanted &= _batch.c.system == system
        if table is not None:
            wanted &= _batch.c.table_name == table
        columns = [_batch.c[name] for name in Batch.__dataclass_fields__]
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(*columns).where(wanted).order_by(_batch.c.batch_id))
            return [Batch(**row._asdict()) for row in rows]

    def rule_results(self, *, after: int = 0) -> list[tuple[int, RuleResult]]:
        """Return what the contracts found in the batches above ``after``, with the batch's number."""
        query = sa.select(_rule_result).where(_rule_result.c.batch_id > after)
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(_rule_result.c.batch_id, _rule_result.c.rule))
            return [
                (row.batch_id, RuleResult(row.rule, row.column_name, row.severity, row.rows_broken)) for row in rows
            ]

    def cursor(self, system: str, table: str) -> dict[str, Any]:
        """Return where the extraction of a table stands; empty before the first batch."""
        query = sa.select(_cursor.c.value).filter_by(system=system, table_name=table)
        with self._engine.connect() as connection:
            return dict(connection.execute(query).scalar() or {})

    # Runs

    def start_run(self) -> int:
        """Return the number of a new run."""
        with self._engine.begin() as connection:
            result = connection.execute(_run.insert().values(started_at=datetime.now(UTC), outcome="running"))
            return int(result.inserted_primary_key[0])  # type: ignore[index]

    def end_run(self, run_id: int, outcome: str, account: dict[str, Any]) -> None:
        """Record how a run ended."""
        with self._engine.begin() as connection:
            connection.execute(
                _run.update()
                .where(_run.c.run_id == run_id)
                .values(ended_at=datetime.now(UTC), outcome=outcome, account=account)
            )

    def last_run(self) -> dict[str, Any] | None:
        """Return the latest run that ended: its number, times and outcome."""
        columns = (_run.c.run_id, _run.c.started_at, _run.c.ended_at, _run.c.outcome)
        query = sa.select(*columns).where(_run.c.ended_at.is_not(None)).order_by(_run.c.run_id.desc()).limit(1)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
            return None if row is None else row._asdict()

    # Versions

    def record_version(self, version: Version) -> None:
        """Record that a version was published; a second time changes nothing."""
        with self._engine.begin() as connection:
            known = connection.execute(sa.select(_version.c.number).filter_by(number=version.number)).first()
            if known is None:
                connection.execute(_version.insert().values(asdict(version)))

    def versions(self) -> list[Version]:
        """Return every version ever published, oldest first; their files may be gone."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(_version).order_by(_version.c.number))
            return [Version(row.number, row.published_at, row.through_batch_id) for row in rows]

    # Identity

    def record_identity_model(self, parameters: str, subject: str = "customer") -> IdentityModel:
        """Keep a new version of the model that matches a subject (one of MATCHED); it counts from the next build on."""
        values = {"trained_at": datetime.now(UTC), "parameters": parameters, "subject": subject}
        with self._engine.begin() as connection:
            new = _identity_model.insert().values(**values).returning(_identity_model.c.number)
            (number,) = connection.execute(new).one()
        return IdentityModel(int(number), parameters, subject)

    def identity_model(self, subject: str = "customer") -> IdentityModel | None:
        """Return the latest version of the model that matches a subject (one of MATCHED), if one has been trained."""
        columns = (_identity_model.c.number, _identity_model.c.parameters)
        # An earlier Concord matched customers only, and did not say so.
        mine = sa.func.coalesce(_identity_model.c.subject, "customer") == subject
        query = sa.select(*columns).where(mine).order_by(_identity_model.c.number.desc()).limit(1)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
            return None if row is None else IdentityModel(int(row.number), str(row.parameters), subject)

    def identity_models(self) -> list[IdentityModel]:
        """Return the latest model of every subject for which one has been trained."""
        return [model for subject in MATCHED if (model := self.identity_model(subject)) is not None]

    def change_identity_models(self, change: Callable[[str, str], str]) -> None:
        """Replace the parameters of every version of every model by what ``change`` makes of the subject and them, in place."""
        with self._engine.begin() as connection:
            for row in connection.execute(sa.select(_identity_model)).all():
                changed = {"parameters": change(row.subject or "customer", row.parameters)}
                mine = _identity_model.c.number == row.number
                connection.execute(_identity_model.update().where(mine).values(changed))

    def decide_identity(self, left_id: str, right_id: str, verdict: str, by: str, reason: str) -> IdentityDecision:
        """Keep a steward's word on two records; what was said of the same two before stays, and no longer counts."""
        left_id, right_id = sorted((left_id, right_id))
        values = {"left_id": left_id, "right_id": right_id, "verdict": verdict, "decided_by": by, "reason": reason}
        now = datetime.now(UTC)
        new = _identity_decision.insert().values(**values, decided_at=now)
        with self._engine.begin() as connection:
            (number,) = connection.execute(new.returning(_identity_decision.c.decision_id)).one()
        return IdentityDecision(int(number), **values, decided_at=now)

    def identity_decisions(self) -> list[IdentityDecision]:
        """Return every word of the stewards, oldest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(_identity_decision).order_by(_identity_decision.c.decision_id))
            return [IdentityDecision(**row._asdict()) for row in rows]

    def record_identity_events(self, version: int, events: Iterable[IdentityEvent]) -> None:
        """Append what became of customers with a version; a second time changes nothing."""
        rows = [asdict(event) for event in events]
        with self._engine.begin() as connection:
            known = connection.execute(
                sa.select(_identity_event.c.event_id).filter_by(version=version).limit(1)
            ).first()
            if known is None and rows:
                connection.execute(_identity_event.insert(), rows)

    def identity_events(self, customer_key: int | None = None, *, limit: int = 1000) -> list[IdentityEvent]:
        """Return the latest events, newest first; those that name ``customer_key``, if given."""
        columns = [_identity_event.c[name] for name in IdentityEvent.__dataclass_fields__]
        query = sa.select(*columns).order_by(_identity_event.c.event_id.desc()).limit(limit)
        if customer_key is not None:
            mine = (_identity_event.c.customer_key == customer_key) | (_identity_event.c.other_key == customer_key)
            query = query.where(mine)
        with self._engine.connect() as connection:
            return [IdentityEvent(**row._asdict()) for row in connection.execute(query)]


def _add_new_columns(engine: sa.Engine) -> None:
    """Give a store that an earlier Concord made the columns that came since; they may be null."""
    found = sa.inspect(engine)
    with engine.begin() as connection:
        for table in _metadata.sorted_tables:
            known = {column["name"] for column in found.get_columns(table.name)}
            for column in table.columns:
                if column.name not in known:
                    kind = column.type.compile(engine.dialect)
                    connection.execute(sa.text(f'alter table "{table.name}" add column "{column.name}" {kind}'))


def _configure_sqlite(connection: Any, _: object) -> None:
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = full")
    connection.execute("pragma busy_timeout = 30000")
    connection.execute("pragma foreign_keys = on")
