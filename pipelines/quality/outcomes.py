"""What checks said over time, in the state store: a row a check and stretch of runs in which it said the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from pipelines.state import Instant, State

_metadata = sa.MetaData()
_outcome = sa.Table(
    "check_outcome",
    _metadata,
    sa.Column("outcome_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("check_name", sa.Text, nullable=False, index=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("failures", sa.BigInteger, nullable=False),
    sa.Column("first_at", Instant(), nullable=False),
    sa.Column("last_at", Instant(), nullable=False),
    sa.Column("runs", sa.Integer, nullable=False),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True)
class Outcome:
    """What a check said from the run at ``first_at`` to the run at ``last_at``, in ``runs`` runs: status and failing rows."""

    check_name: str
    status: str
    failures: int
    first_at: datetime
    last_at: datetime
    runs: int


def record_outcomes(state: State, said: Iterable[tuple[str, str, int]]) -> None:
    """Remember what the checks of a run said, as (check, status, failing rows); also of a run that publishes nothing."""
    now = datetime.now(UTC)
    _metadata.create_all(state.engine)
    with state.engine.begin() as connection:
        last = {
            row.check_name: row
            for row in connection.execute(
                sa.select(_outcome).where(
                    _outcome.c.outcome_id.in_(
                        sa.select(sa.func.max(_outcome.c.outcome_id)).group_by(_outcome.c.check_name)
                    )
                )
            )
        }
        again, new = [], []
        for name, status, failures in said:
            before = last.get(name)
            if before is not None and (before.status, before.failures) == (status, failures):
                again.append({"number": before.outcome_id, "last_at": now, "runs": before.runs + 1})
            else:
                row = {"check_name": name, "status": status, "failures": failures}
                new.append(row | {"first_at": now, "last_at": now, "runs": 1})
        if again:
            connection.execute(_outcome.update().where(_outcome.c.outcome_id == sa.bindparam("number")), again)
        if new:
            connection.execute(_outcome.insert(), new)


def outcomes(state: State) -> list[Outcome]:
    """Return all that checks said, oldest first."""
    _metadata.create_all(state.engine)
    columns = [_outcome.c[name] for name in Outcome.__dataclass_fields__]
    with state.engine.connect() as connection:
        rows = connection.execute(sa.select(*columns).order_by(_outcome.c.outcome_id))
        return [Outcome(**row._asdict()) for row in rows]
