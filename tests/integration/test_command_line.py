"""The command line does what its help says: one run after the other, as a person or a scheduler starts them."""

import json
import os
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.settings import REPOSITORY
from tests.command_line import Desk, one_line
from tests.extracts import EXAMPLE, sale

COMMANDS = ("run", "demo", "status", "rollback", "sql", "dashboards", "docs", "doctor", "identity", "metrics", "erase")
UNWATCHED = {".git", ".venv", "__pycache__", ".pytest_cache", ".hypothesis", ".mypy_cache", ".ruff_cache"}


def repository_files() -> set[str]:
    """Every file of the repository, without the caches of the tools that test it."""
    found = set()
    for folder, folders, files in os.walk(REPOSITORY):
        folders[:] = [name for name in folders if name not in UNWATCHED]
        found |= {str(Path(folder, name).relative_to(REPOSITORY)) for name in files}
    return found


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk whose state each test takes as it finds it: the tests of this module are a story told in their order."""
    made = Desk(tmp_path_factory.mktemp("command-line"))
    made.before = repository_files()  # type: ignore[attr-defined]
    yield made
    assert made.await_helpers(0, 10) == []
    shutil.rmtree(made.folder)


@pytest.fixture(scope="module")
def first(desk: Desk) -> dict[str, Any]:
    """The account of the first run."""
    account: dict[str, Any] = desk.json("run")
    return account


def test_a_run_prints_one_json_document_with_the_whole_account(desk: Desk, first: dict[str, Any]) -> None:
    assert (first["outcome"], first["mode"], first["version"]["number"]) == ("published", "full", 1)
    assert [f"{table['system']}.{table['table']}" for table in first["tables"]] == [
        *("crm.cust_info", "crm.prd_info", "crm.sales_details"),
        *("erp.CUST_AZ12", "erp.LOC_A101", "erp.PX_CAT_G1V2"),
    ]
    read = {table["table"]: table["read"] for table in first["tables"]}
    assert read == {"cust_info": 6, "prd_info": 3, "sales_details": 12, "CUST_AZ12": 6, "LOC_A101": 6, "PX_CAT_G1V2": 1}
    for table in first["tables"]:
        assert table["read"] == table["quarantined"] + table["admitted"] + table["unchanged"]
        assert (table["status"], table["deleted"]) == ("landed", 0)
    assert set(first["steps"]) == {"ingest", "compile", "build", "audit", "publish"}
    assert all(seconds > 0 for seconds in first["steps"].values())
    assert first["checks"] > 0
    assert first["error"] is None


def test_prefect_knows_the_run_by_name_with_its_steps_and_its_account(desk: Desk, first: dict[str, Any]) -> None:
    database = sqlite3.connect(f"file:{desk.folder / 'prefect' / 'prefect.db'}?mode=ro", uri=True)
    try:
        flows = database.execute("select name, state_type from flow_run").fetchall()
        tasks = {name for (name,) in database.execute("select name from task_run")}
        artifacts = dict(database.execute("select key, data from artifact").fetchall())
    finally:
        database.close()
    assert (f"run-{first['run_id']}", "COMPLETED") in flows
    assert {"ingest crm.cust_info", "build", "audit", "publish"} <= tasks
    assert {"concord-account", "concord-run"} <= artifacts.keys()
    assert "sales_details" in str(artifacts["concord-account"])


def test_no_helper_is_left_after_a_run(desk: Desk, first: dict[str, Any]) -> None:
    assert desk.helpers() == []


def test_a_run_writes_nothing_outside_its_home(desk: Desk, first: dict[str, Any]) -> None:
    assert list((desk.folder / "temporary").iterdir()) == []
    assert list((desk.folder / "person").iterdir()) == []
    assert list((desk.folder / "elsewhere").iterdir()) == []
    assert repository_files() - desk.before == set()  # type: ignore[attr-defined]
    assert {path.name for path in desk.folder.iterdir()} == {
        "extracts",
        "temporary",
        "person",
        "elsewhere",
        "home",
        "prefect",
    }
    assert desk.home.stat().st_mode & 0o077 == 0


def test_the_status_tells_the_published_version(desk: Desk, first: dict[str, Any]) -> None:
    status = desk.json("status")
    assert (status["published"]["number"], status["published"]["current"]) == (1, True)
    assert status["published"]["published_at"] == first["version"]["published_at"].replace("Z", "+00:00")
    assert [entry["number"] for entry in status["kept"]] == [1]
    assert (status["last_run"]["outcome"], status["last_run"]["run_id"]) == ("published", first["run_id"])
    assert status["home"] == str(desk.home)


def test_sql_answers_with_exact_values(desk: Desk, first: dict[str, Any]) -> None:
    answer = desk.json(
        "sql", "select count(*) as n, date '2024-02-29' as d, 1.50::decimal(9,2) as x, null as z, 'ä' as t"
    )
    assert answer == {
        "version": 1,
        "columns": ["n", "d", "x", "z", "t"],
        "rows": [{"n": 1, "d": "2024-02-29", "x": 1.5, "z": None, "t": "ä"}],
        "truncated": False,
    }
    assert desk.json("sql", "from range(9)", "--limit", "2")["truncated"] is True


def test_sql_shows_every_value_whole_however_many_columns_there_are(desk: Desk, first: dict[str, Any]) -> None:
    columns = [f"column_number_{number}" for number in range(30)]
    shown = desk.concord(
        "sql", "select " + ", ".join(f"{number + 10**9} as {name}" for number, name in enumerate(columns))
    )
    header, values, *_ = shown.stdout.splitlines()
    assert header.split() == columns
    assert values.split() == [str(number + 10**9) for number in range(30)]


def test_sql_in_json_is_json_whatever_the_value(desk: Desk, first: dict[str, Any]) -> None:
    def refuse(constant: str) -> Any:
        raise AssertionError(f"{constant} is not JSON")

    process = desk.concord(
        "sql", "select 'nan'::double as a, 'inf'::double as b, [1, 2] as c, '\\x01'::blob as d", "--json"
    )
    assert set(json.loads(process.stdout, parse_constant=refuse)["rows"][0]) == {"a", "b", "c", "d"}


@pytest.mark.parametrize(
    "query",
    [
        "delete from core.fct_sales_order_line",
        "create table warehouse.core.mine as select 1",
        "select * from read_csv('/etc/passwd')",
        "copy (select 1) to '{folder}/written.csv'",
        "attach '{folder}/written.duckdb'",
        "set enable_external_access = true",
        "select from where",
    ],
)
def test_sql_refuses_what_is_no_question(desk: Desk, first: dict[str, Any], query: str) -> None:
    before = sorted(path.name for path in desk.folder.iterdir())
    process = desk.concord("sql", query.replace("{folder}", str(desk.folder)), exit_code=1)
    assert process.stdout == ""
    assert one_line(process.stderr).startswith("Error: The query cannot be answered: ")
    assert sorted(path.name for path in desk.folder.iterdir()) == before


def test_a_missing_file_holds_its_table_and_the_news_of_the_others_are_published(
    desk: Desk, first: dict[str, Any]
) -> None:
    desk.company.sales["SO77", "HEL-01"] = sale("SO77", "HEL-01", buyer=2)
    desk.company.write(desk.folder / "extracts")
    (desk.folder / "extracts" / "source_erp" / "LOC_A101.csv").unlink()
    account = desk.json("run", exit_code=3)
    assert (account["outcome"], account["mode"], account["version"]["number"]) == ("published", "incremental", 2)
    tables = {table["table"]: table for table in account["tables"]}
    sales, places = tables["sales_details"], tables["LOC_A101"]
    assert (sales["status"], sales["read"], sales["admitted"], sales["unchanged"], sales["current"]) == (
        "landed",
        13,
        1,
        12,
        13,
    )
    assert (places["status"], places["read"], places["current"]) == ("held", 0, 6)
    assert "LOC_A101.csv is missing." in places["messages"][0]
    assert [name for name, table in tables.items() if table["status"] == "held"] == ["LOC_A101"]
    assert "SO77" in desk.order_numbers()
    desk.company.write(desk.folder / "extracts")


def test_a_rollback_shows_the_version_before_and_the_next_run_brings_the_news_back(
    desk: Desk, first: dict[str, Any]
) -> None:
    assert desk.json("status")["published"]["number"] == 2
    assert "Readers see version 1 now" in desk.concord("rollback").stdout
    status = desk.json("status")
    assert (status["published"]["number"], [entry["number"] for entry in status["kept"]]) == (1, [1, 2])
    assert "← readers see this one" in desk.concord("status").stdout
    assert "SO77" not in desk.order_numbers()
    newer = desk.json("sql", "from core.fct_sales_order_line", "--version", "2")
    assert "SO77" in {row["order_number"] for row in newer["rows"]}

    refused = desk.concord("rollback", "99", exit_code=1)
    assert one_line(refused.stderr) == "Error: Version 99 is not kept. Kept versions: 1, 2."

    shown = one_line(desk.concord("run").stdout)
    assert "Published version 3" in shown
    assert "35 read = 0 quarantined + 0 admitted + 35 unchanged" in shown
    assert "SO77" in desk.order_numbers()


def test_a_run_without_news_leaves_the_version_alone(desk: Desk, first: dict[str, Any]) -> None:
    account = desk.json("run")
    assert (account["outcome"], account["mode"], account["version"]["number"]) == ("unchanged", "none", 3)
    for table in account["tables"]:
        assert (table["status"], table["admitted"], table["deleted"]) == ("unchanged", 0, 0)
        assert table["read"] == table["unchanged"] + table["quarantined"] > 0


def test_a_killed_run_leaves_no_helper_and_readers_undisturbed(desk: Desk, first: dict[str, Any]) -> None:
    before = desk.json("status")["published"]
    process = desk.start("run", "--config", str(EXAMPLE))
    try:
        assert len(desk.await_helpers(1)) == 1
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert desk.await_helpers(0, 20) == []
    assert desk.json("status")["published"] == before


def test_rollbacks_and_killed_runs_write_nothing_outside_their_home_either(desk: Desk, first: dict[str, Any]) -> None:
    for name in ("temporary", "person", "elsewhere"):
        assert list((desk.folder / name).iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "gist"),
    [
        (("run", "--config", "{folder}/none.toml"), "none.toml cannot be read: No such file or directory."),
        (("run", "--json", "--config", "{folder}/broken.toml"), "is not valid TOML"),
        (("status", "--config", "{folder}/none.toml"), "cannot be read"),
        (("sql", "select 1", "--config", "{example}"), "Nothing has been published yet."),
        (("rollback", "--config", "{example}"), "Nothing has been published yet."),
    ],
)
def test_what_a_person_can_mend_is_one_line_and_no_traceback(
    tmp_path: Path, arguments: tuple[str, ...], gist: str
) -> None:
    desk = Desk(tmp_path)
    (tmp_path / "broken.toml").write_text("[sources", encoding="utf-8")
    values = {"folder": str(tmp_path), "example": str(EXAMPLE)}
    process = desk.concord(*(argument.format(**values) for argument in arguments), exit_code=1, config=False)
    assert process.stdout == ""
    said = one_line(process.stderr)
    assert said.startswith("Error: ")
    assert gist in said
    assert len(process.stderr.splitlines()) <= 6


def test_the_traceback_is_there_for_who_asks(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    process = desk.start("--debug", "run", "--config", str(tmp_path / "none.toml"))
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Traceback" in err
    assert "ConfigurationError" in err


def test_every_command_shows_an_example(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from pipelines.cli import app

    listing = CliRunner().invoke(app, ["--help"])
    registered = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    registered |= {str(group.name) for group in app.registered_groups}
    assert registered == set(COMMANDS)
    for command in [*sorted(registered), "demo score"]:
        assert command.split()[0] in listing.output
        help_text = CliRunner().invoke(app, [*command.split(), "--help"])
        assert help_text.exit_code == 0
        assert f"concord {command}" in one_line(help_text.output).split("Example:")[1]
    process = Desk(tmp_path).concord("--help", config=False)
    assert "concord" in process.stdout
