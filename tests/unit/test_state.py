"""The state store keeps its promises on SQLite and on a real PostgreSQL alike."""

import itertools
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipelines.errors import ConcordError
from pipelines.home import Home
from pipelines.identity import history
from pipelines.state import Batch, IdentityEvent, RuleResult, State, Version
from pipelines.warehouse import version_file
from tests.postgres import PASSWORD, PASSWORD_IN_URL, free_port, postgres

_numbers = itertools.count(1)
LANDED = datetime(2025, 3, 30, 1, 30, 0, 123456, tzinfo=UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'state.db'}"
    server: str = request.getfixturevalue("server")
    name = f"store_{next(_numbers)}"
    engine = sa.create_engine(server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"create database {name}"))
    engine.dispose()
    return f"{server.rsplit('/', 1)[0]}/{name}"


@pytest.fixture
def state(url: str) -> Iterator[State]:
    with State(url) as opened:
        yield opened


def land(state: State, table: str = "customer", system: str = "crm", origin: str = "a.csv", alive: int = 3) -> Batch:
    """Reserve and record one batch."""
    batch = Batch(
        batch_id=state.reserve_batches(system, table, 1)[0],
        system=system,
        table_name=table,
        load="full",
        origin=origin,
        checksum=f"sum of {origin}",
        contract="c",
        file=None,
        rows_read=4,
        rows_quarantined=1,
        rows_admitted=2,
        rows_unchanged=1,
        rows_deleted=0,
        rows_alive=alive,
        landed_at=LANDED,
    )
    state.record_batches([(batch, [RuleResult("a rule", "name", "quarantine", 1)])], {"origin": origin})
    return batch


def log(state: State, system: str | None = None, table: str | None = None, *, after: int = 0) -> list[Batch]:
    """The landed batches; that their instants come back in UTC is a promise of its own."""
    return [replace(batch, landed_at=LANDED) for batch in state.batches(system, table, after=after)]


def test_what_is_recorded_is_read_back_whole(state: State) -> None:
    batch = land(state)
    assert log(state) == [batch]
    assert state.rule_results() == [(batch.batch_id, RuleResult("a rule", "name", "quarantine", 1))]
    assert state.cursor("crm", "customer") == {"origin": "a.csv"}


def test_instants_come_back_in_utc(state: State) -> None:
    batch = land(state)
    state.record_version(Version(1, LANDED.astimezone(timezone(timedelta(hours=9))), batch.batch_id))
    state.end_run(state.start_run(), "published", {})
    run = state.last_run()
    assert run is not None
    found = [state.batches()[0].landed_at, state.versions()[0].published_at, run["started_at"], run["ended_at"]]
    assert [instant.utcoffset() for instant in found] == [timedelta(0)] * 4
    assert found[:2] == [LANDED, LANDED]
    assert abs(datetime.now(UTC) - found[3]) < timedelta(minutes=1)


def test_batch_rules_and_cursor_are_committed_together_or_not_at_all(state: State) -> None:
    first = land(state)
    (number,) = state.reserve_batches("crm", "customer", 1)
    second = replace(first, batch_id=number, origin="b.csv")
    twice = RuleResult("a rule", None, "quarantine", 1)
    with pytest.raises(sa.exc.IntegrityError):
        state.record_batches([(second, [twice, twice])], {"origin": "b.csv"})
    assert log(state) == [first]
    assert state.cursor("crm", "customer") == {"origin": "a.csv"}
    assert len(state.rule_results()) == 1
    with pytest.raises((sa.exc.StatementError, TypeError)):
        state.record_batches([(second, [twice])], {"origin": object()})
    assert log(state) == [first]
    assert state.cursor("crm", "customer") == {"origin": "a.csv"}
    assert len(state.rule_results()) == 1
    state.record_batches([(second, [twice])], {"origin": "b.csv"})
    assert log(state) == [first, second]
    assert state.cursor("crm", "customer") == {"origin": "b.csv"}


def test_an_open_batch_does_not_count_and_its_number_is_never_used_again(state: State) -> None:
    first = land(state)
    lost = state.reserve_batches("crm", "customer", 1, 2)
    (other,) = state.reserve_batches("crm", "visit", 1)
    assert log(state) == [first]
    assert state.abandon_open_batches("crm", "customer") == lost
    assert state.abandon_open_batches("crm", "customer") == []
    assert log(state) == [first]
    assert state.abandon_open_batches("crm", "visit") == [other]
    assert state.reserve_batches("crm", "customer", 1)[0] > other


def test_the_log_has_one_order_and_can_be_read_from_a_place_on(state: State) -> None:
    batches = [land(state, table, system, f"{n}.csv") for n, (system, table) in enumerate(
        [("crm", "customer"), ("erp", "customer"), ("crm", "visit"), ("crm", "customer")]
    )]  # fmt: skip
    assert log(state) == batches
    assert [batch.batch_id for batch in batches] == sorted({batch.batch_id for batch in batches})
    assert log(state, "crm") == [batches[0], batches[2], batches[3]]
    assert log(state, "crm", "customer") == [batches[0], batches[3]]
    assert log(state, "crm", "customer", after=batches[0].batch_id) == [batches[3]]
    assert [number for number, _ in state.rule_results(after=batches[1].batch_id)] == [b.batch_id for b in batches[2:]]
    assert state.cursor("crm", "customer") == {"origin": "3.csv"}
    assert state.cursor("erp", "customer") == {"origin": "1.csv"}
    assert state.cursor("erp", "nothing") == {}


def test_another_process_sees_what_was_recorded(state: State, url: str) -> None:
    batch = land(state)
    with State(url) as second:
        assert log(second) == [batch]
        (number,) = second.reserve_batches("crm", "customer", 2)
    assert state.abandon_open_batches("crm", "customer") == [number]


def test_writers_at_the_same_time_lose_nothing(state: State, url: str) -> None:
    def write(table: str) -> None:
        with State(url) as mine:
            for _ in range(5):
                land(mine, table)

    threads = [threading.Thread(target=write, args=(table,)) for table in ("a", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    batches = state.batches()
    assert len({batch.batch_id for batch in batches}) == 15
    assert [len(state.batches("crm", table)) for table in ("a", "b", "c")] == [5, 5, 5]


def test_a_version_is_recorded_once(state: State) -> None:
    version = Version(1, LANDED, 7)
    state.record_version(version)
    state.record_version(replace(version, through_batch_id=9, published_at=LANDED + timedelta(days=1)))
    state.record_version(Version(2, LANDED + timedelta(hours=1), 8))
    assert state.versions() == [version, Version(2, LANDED + timedelta(hours=1), 8)]


def test_what_became_of_customers_with_a_version_is_recorded_once(state: State) -> None:
    birth = IdentityEvent(2, "birth", 11, None, "", LANDED)
    state.record_identity_events(2, [birth])
    state.record_identity_events(2, [birth, replace(birth, customer_key=12)])
    state.record_identity_events(3, [])
    assert state.identity_events() == [birth]


def test_a_comparison_is_announced_until_it_is_made_or_cannot_be(state: State, tmp_path: Path) -> None:
    history.announce(state, 2, before=1)
    history.announce(state, 3, before=1)
    history.announce(state, 3, before=2)
    assert history.announced(state) == [(2, 1), (3, 2)]
    home = Home(tmp_path)
    home.create()
    for number in (1, 2, 3):
        version_file(home, number).write_text("no database" * 1000)
    state.record_version(Version(2, LANDED, 7))
    history.record_changes(home, state)
    assert history.announced(state) == [(2, 1)], (
        "what was never published is not compared, and these files cannot be read"
    )
    version_file(home, 1).unlink()
    history.record_changes(home, state)
    assert history.announced(state) == []
    assert state.identity_events() == []


def test_the_last_run_is_the_last_that_ended(state: State) -> None:
    assert state.last_run() is None
    first, second = state.start_run(), state.start_run()
    assert second > first
    assert state.last_run() is None
    state.end_run(first, "failed", {"error": "ä"})
    last = state.last_run()
    assert last is not None
    assert (last["run_id"], last["outcome"]) == (first, "failed")
    state.end_run(second, "published", {})
    last = state.last_run()
    assert last is not None
    assert (last["run_id"], last["outcome"]) == (second, "published")


def test_large_counts_fit(state: State) -> None:
    batch = land(state)
    (number,) = state.reserve_batches("crm", "big", 1)
    huge = replace(batch, batch_id=number, table_name="big", rows_read=5_000_000_000, rows_alive=5_000_000_000)
    state.record_batches([(huge, [RuleResult("r", None, "report", 4_000_000_000)])], {})
    assert log(state, "crm", "big") == [huge]


# What can go wrong with the URL

SECRET = "topsecret"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://concord:{SECRET}@127.0.0.1:1/concord",
        f"postgres://concord:{SECRET}@no-such-host.invalid/concord",
        f"postgresql://concord:{SECRET}@127.0.0.1:port/concord",
        f"postgresql://concord:pass:{SECRET}/@127.0.0.1:1/concord?connect_timeout={SECRET}",
        f"oracle+{SECRET}://concord:{SECRET}@127.0.0.1/concord",
        f"{SECRET}",
        f"sqlite:////no/such/folder/{SECRET}.db",
        "",
    ],
)
def test_a_store_out_of_reach_is_one_clear_line_without_the_secret(url: str) -> None:
    with pytest.raises(ConcordError) as failure:
        State(url)
    said = f"{failure.value} {failure.value!r} {failure.value.message} {failure.value.hint}"
    assert "The state store cannot be opened" in said
    assert "CONCORD_STATE_URL" in said
    assert SECRET not in said
    assert "\n" not in said


def test_a_wrong_password_is_refused_without_being_shown(server: str) -> None:
    with pytest.raises(ConcordError) as failure:
        State(server.replace(PASSWORD_IN_URL, "wrong-word"))
    assert "wrong-word" not in str(failure.value)
    with State(server):
        assert PASSWORD not in str(failure.value)


def test_a_server_that_went_away_is_a_clear_error_without_the_secret(tmp_path: Path) -> None:
    with postgres() as url:
        state = State(url)
        land(state)
    with pytest.raises(Exception, match=r"(?s).") as failure:
        state.batches()
    state.close()
    assert PASSWORD not in str(failure.value)
    assert PASSWORD_IN_URL not in str(failure.value)
    assert isinstance(failure.value, ConcordError | sa.exc.OperationalError)


def test_nobody_listens_there(tmp_path: Path) -> None:
    with pytest.raises(ConcordError, match="cannot be opened"):
        State(f"postgresql://concord:x@127.0.0.1:{free_port()}/concord")


def test_a_store_that_an_earlier_concord_made_is_brought_up_to_date(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'state.db'}"
    with State(url) as state:
        land(state)
    with sqlite3.connect(tmp_path / "state.db") as connection:
        connection.execute("alter table batch drop column stamp")
    with State(url) as state:
        assert len(state.batches()) == 1
        land(state)
        assert len(state.batches()) == 2
