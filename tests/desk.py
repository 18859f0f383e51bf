"""A desk of two tables whose deliveries a test writes, and what the log and the quarantine hold of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from pipelines.ingest.account import TableAccount
from pipelines.ingest.tables import ingest_table
from pipelines.settings import REPOSITORY, Settings, load_settings
from pipelines.state import State

MODELS = REPOSITORY / "docs" / "examples" / "crm-erp-csv" / "models" / "staging" / "crm"
CONFIGURATION = f"""
[sources.crm]
kind = "files"
path = "extracts"
models = "{MODELS}"

[sources.crm.tables.customer]
file = "customer.csv"
key = ["id"]
columns = {{ id = "integer", name = "text", born = "date", spent = "decimal(10,2)" }}
rules = [{{ name = "spent is not negative", sql = "spent >= 0", column = "spent" }}]

[sources.crm.tables.visit]
file = "visits/*.csv"
load = "delta"
key = ["id"]
operation = {{ column = "op", delete = ["D"] }}
columns = {{ id = "integer", op = "text", note = "text" }}
"""
HEADER = "id,name,born,spent\n"
GOOD = HEADER + "1,Ada,1815-12-10,10\n2,Alan,1912-06-23,5\n3,Grace,1906-12-09,7\n4,Edsger,1930-05-11,1\n"
VISITS = "id,op,note\n1,U,first\n2,U,second\n"


class Desk:
    """A warehouse of two tables, a full and a delta one, whose deliveries a test writes."""

    def __init__(self, folder: Path, configuration: str = CONFIGURATION) -> None:
        self.folder = folder
        self.extracts = folder / "extracts"
        (self.extracts / "visits").mkdir(parents=True, exist_ok=True)
        (folder / "concord.toml").write_text(configuration, encoding="utf-8")
        self.settings: Settings = load_settings(folder / "concord.toml")
        self.settings.home.create()
        self.state = State(self.settings.state_url.get_secret_value())

    def reconfigure(self, old: str, new: str) -> None:
        """Change a text of the configuration."""
        file = self.folder / "concord.toml"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")
        self.settings = load_settings(file)

    def deliver(self, content: str | bytes, name: str = "customer.csv") -> Path:
        """Write a delivery."""
        target = self.extracts / name
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        return target

    def ingest(self, table: str = "customer") -> TableAccount:
        """Take in what is new of a table; the account always adds up."""
        before = len(self.state.batches("crm", table))
        account = ingest_table(self.settings, self.state, "crm", table, self.state.start_run())
        assert account.read == account.quarantined + account.admitted + account.unchanged
        for batch in self.state.batches("crm", table)[before:]:
            assert batch.rows_read == batch.rows_quarantined + batch.rows_admitted + batch.rows_unchanged
        assert not list(self.settings.home.work.iterdir())
        return account

    def log(self, table: str = "customer") -> tuple[object, ...]:
        """What the log holds of a table: ledger, cursor, files with their bytes."""
        landing = self.settings.home.landing / "crm" / table
        files = {path.name: path.read_bytes() for path in landing.iterdir()} if landing.exists() else {}
        return self.state.batches("crm", table), self.state.cursor("crm", table), files

    def records(self, table: str = "customer") -> dict[int, tuple[object, ...]]:
        """The records alive in the log, by key, as a reader of the log replays them."""
        files = [self.settings.home.landing / batch.file for batch in self.state.batches("crm", table) if batch.file]
        if not files:
            return {}
        columns = ", ".join(f'"{name}"' for name in self.settings.sources["crm"].tables[table].columns)
        rows = duckdb.execute(
            f"select {columns} from (select * from read_parquet(?, union_by_name = true) "
            "qualify row_number() over (partition by id order by _batch_id desc, _row_number desc) = 1) "
            "where _op = 'upsert'",
            [[str(file) for file in files]],
        ).fetchall()
        assert len(rows) == self.state.batches("crm", table)[-1].rows_alive
        return {row[0]: row for row in rows}

    def quarantine(self, table: str = "customer") -> list[dict[str, object]]:
        """The quarantined rows of the table's last batch."""
        number = self.state.batches("crm", table)[-1].batch_id
        file = self.settings.home.quarantine / "crm" / table / f"{number:08d}.parquet"
        return quarantined_rows(file)


def quarantined_rows(file: Path) -> list[dict[str, Any]]:
    """The rows of a quarantine file, by line and rule; none when there is no such file."""
    if not file.exists():
        return []
    result = duckdb.execute("select * from read_parquet(?) order by line, rule", [str(file)])
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@contextmanager
def nothing_changes(desk: Desk, table: str = "customer") -> Iterator[None]:
    """The log of the table holds the same before and after."""
    before, records = desk.log(table), desk.records(table)
    yield
    assert desk.log(table) == before
    assert desk.records(table) == records


def held(desk: Desk, *gist: str, table: str = "customer") -> str:
    """Ingest, see the table held with a message that says the ``gist``, its data untouched, and the other table go on."""
    alive = len(desk.records(table))
    with nothing_changes(desk, table):
        account = desk.ingest(table)
    message = " ".join(account.messages)
    assert account.status == "held", message
    assert (account.read, account.current, account.batches) == (0, alive, [])
    for words in gist:
        assert words in message
    if table == "customer":
        desk.deliver("id,op,note\n9,U,later\n", "visits/2025-02-01.csv")
        other = desk.ingest("visit")
        assert (other.status, other.admitted, other.current) == ("landed", 1, 3)
    return message
