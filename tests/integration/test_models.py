"""The rules inside the models, each on an edge: dbt's unit tests, for the demo company's systems and for the example."""

import shutil
from pathlib import Path

import pytest

from pipelines.errors import AuditError, BuildError
from pipelines.home import Home
from pipelines.publish import candidate, dbt, replay
from pipelines.publish.candidate import make_candidate, plan_build
from pipelines.publish.compiled import compiled_folder
from pipelines.publish.project import compose
from pipelines.run import run
from pipelines.settings import Settings
from pipelines.state import State
from pipelines.warehouse import ask, current_version, read_published
from tests.conftest import Parse
from tests.extracts import demo_settings, example_copy, sale, small_company
from tests.questions import close_readers


def _unit_tests(settings: Settings, *wanted: str) -> list[dbt.NodeResult]:
    project = compose(settings)
    with State(settings.state_url.get_secret_value()) as state:
        make_candidate(settings, state, plan_build(settings, state, project, full=False))
    try:
        return dbt.invoke(settings, project, ["test", "--select", *wanted])
    finally:
        dbt.close_connections()


def _said(settings: Settings) -> dict[str, replay.Script]:
    """What a full run executes for each model."""
    return replay._read(compiled_folder(settings, compose(settings)) / "full.json")


def _open_warehouses() -> list[str]:
    """The files of warehouses that this process holds open: a second build would write into what was published."""
    links = [link.readlink() for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return [str(link) for link in links if "warehouse" in str(link)]


def test_every_rule_gives_what_its_unit_test_says(clean_company: Settings, parsed: Parse, tmp_path: Path) -> None:
    parsed("demo")
    shutil.copytree(
        clean_company.home.root, tmp_path / "home", ignore=shutil.ignore_patterns("demo", "landing", "project")
    )
    settings = demo_settings(tmp_path / "home")
    close_readers()
    assert not _open_warehouses(), "a run that has ended keeps a warehouse open"
    results = _unit_tests(settings, "test_type:unit")
    assert len(results) == len(parsed("demo").manifest.unit_tests) > 100
    assert {result.name: result.status for result in results} == {result.name: "pass" for result in results}


def test_every_rule_that_the_example_says_otherwise_gives_what_its_unit_test_says(
    clean_company: Settings, small_example: Path, parsed: Parse, tmp_path: Path
) -> None:
    """What a model of both is made of is the same text in most cases: the test of the demo speaks for these."""
    settings = example_copy(small_example, tmp_path)
    mine, theirs = _said(settings), _said(clean_company)
    tests = [(test.name, f"model.concord.{test.model}") for test in parsed("example").manifest.unit_tests.values()]
    assert {model for _, model in tests} <= mine.keys() | theirs.keys()
    others = [name for name, model in tests if model in mine and mine[model] != theirs.get(model)]
    results = _unit_tests(settings, *(f"unit_test:{name}" for name in others))
    assert {result.name: result.status for result in results} == dict.fromkeys(others, "pass")
    assert len(results) >= 2


def test_what_fails_its_audit_is_never_published_and_the_failing_rows_are_named(
    small_example: Path, tmp_path: Path
) -> None:
    settings, company = example_copy(small_example, tmp_path), small_company()
    before = ask(settings.home, "select count(*) from core.fct_sales_order_line", limit=1).rows

    company.sales["SO1", "HEL-01"] = sale("SO1", "HEL-01", buyer=1)
    company.write(tmp_path / "extracts")
    with State(settings.state_url.get_secret_value()) as state:
        with pytest.raises(AuditError) as failure:
            run(settings, state, steps=_sabotage)
        assert "fct_sales_order_line_rows_hold" in str(failure.value)
        assert "there is an amount in group currency" in str(failure.value)
        assert current_version(settings.home) == 1
        assert not settings.home.candidate.exists()
        after = ask(settings.home, "select count(*) from core.fct_sales_order_line", limit=1).rows
        assert after == before
        assert run(settings, state).outcome == "published"


def _sabotage(name: str, step: object, *args: object, **kwargs: object) -> object:
    """Take the amount from one line of the candidate, between build and audit."""
    from pipelines.warehouse import opened

    assert callable(step)
    if name == "audit":
        settings = args[0]
        assert isinstance(settings, Settings)
        dbt.close_connections()
        with opened(settings.home.candidate) as connection:
            connection.execute(
                "update core.fct_sales_order_line set net_amount_group = null where order_number = 'SO1'"
            )
    return step(*args, **kwargs)


def test_a_build_that_does_not_fit_into_memory_spills_and_goes_on(small_example: Path, tmp_path: Path) -> None:
    settings = example_copy(small_example, tmp_path)
    tight = settings.warehouse.model_copy(update={"memory_limit": "100MB"})
    settings = settings.model_copy(update={"warehouse": tight})
    project = compose(settings)
    ordered = "select hash(i) as h, row_number() over (order by hash(i)) as n from range(9000000) as t (i)"
    try:
        for query in (f"select max(h + n) as total from ({ordered}) as told", "select 1 as total"):
            dbt.invoke(settings, project, ["show", "--inline", query])
    finally:
        dbt.close_connections()


def test_a_disk_without_room_for_the_next_version_is_told_and_the_last_one_stays(
    small_example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = example_copy(small_example, tmp_path)
    company = small_company()
    company.sales["SO1", "HEL-01"] = sale("SO1", "HEL-01", buyer=1, quantity=7)
    company.write(tmp_path / "extracts")
    discard = candidate.discard_candidate

    def discard_on_a_full_disk(home: Home) -> None:
        home.candidate.unlink(missing_ok=True)
        discard(home)
        home.candidate.symlink_to("/dev/full")  # where nothing can be written

    with State(settings.state_url.get_secret_value()) as state:
        with monkeypatch.context() as full:
            full.setattr(candidate, "discard_candidate", discard_on_a_full_disk)
            with pytest.raises(BuildError, match=r"The disk is full: version 1 .* cannot be copied"):
                run(settings, state)
        assert current_version(settings.home) == 1
        settings.home.candidate.unlink()
        assert run(settings, state).mode == "incremental"
    assert current_version(settings.home) == 2


OF_SHORT_TABLES = {
    *("contact_certain_pair", "contact_matchable", "customer_certain_pair", "customer_matchable", "customer_member"),
    *("payroll_cost", "product", "stg_sap__payroll_cost", "stg_sap__product"),
}
"""Views that keep an expression aside: what they are made of grows with customers, products and staff, not with what they do."""


def test_a_stored_view_reads_what_is_asked_of_it(clean_company: Settings) -> None:
    """What a view of the file names twice is kept aside: then every column of the view is read, whatever was asked."""
    connection, _ = read_published(clean_company.home, current_version(clean_company.home) or 0)
    try:
        views = connection.execute(
            "select schema_name, view_name from duckdb_views() where schema_name in ('staging', 'conformed', 'core') "
            "union all select 'customer', 'customer_timeline'"
        ).fetchall()
        plans = {
            view: connection.execute(f"explain select count(*) from {schema}.{view}").fetchall()[0][1]
            for schema, view in views
        }
    finally:
        connection.close()
    assert len(plans) > 80
    assert {view for view, plan in plans.items() if "CTE" in plan} == OF_SHORT_TABLES
