"""Data about the data: what was refused and came after all, what checks said, what changed its shape, what may be published."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import AuditError
from pipelines.publish import project
from pipelines.run import RunAccount, run
from pipelines.serving import metrics
from pipelines.settings import REPOSITORY, Settings
from pipelines.state import State
from pipelines.warehouse import ask, current_version, opened
from tests.extracts import contents, example_copy, example_settings, sale, small_company

CHECK = """
create or replace view quality.check_facts_equal_sources as select
    cast('{name}' as varchar) as check_name,
    cast('1000' as varchar) as company,
    cast('2026-10' as varchar) as period,
    cast(10 as decimal(18, 2)) as expected,
    cast({actual} as decimal(18, 2)) as actual,
    cast({documents} as varchar) as documents
"""


def rows(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    return ask(settings.home, query, limit=10_000).rows


@pytest.fixture
def desk(small_example: Path, tmp_path: Path) -> Settings:
    """The small company, not yet run; runs of the product's own models need no dbt."""
    settings = example_settings(tmp_path / "extracts", tmp_path / "home")
    settings.home.create()
    small_company().write(tmp_path / "extracts")
    return settings


def _run(settings: Settings, **options: Any) -> RunAccount:
    with State(settings.state_url.get_secret_value()) as state:
        return run(settings, state, **options)


def test_what_was_refused_is_open_until_it_comes_in_good_order(desk: Settings) -> None:
    extracts = desk.home.root.parent / "extracts"
    company = small_company()
    company.sales["SO90", "HEL-01"] = sale("SO90", "HEL-01", buyer=1, quantity=-1)
    company.sales["SO91", "HEL-01"] = sale("SO91", "HEL-01", buyer=1, quantity=0)
    company.write(extracts)
    _run(desk)
    query = "select rule, rows_refused, rows_corrected, rows_open from quality.quarantine where table_name = 'sales_details'"
    assert rows(desk, query) == [("quantity is positive", 2, 0, 2)]
    keys = "select record_key from quality.refused_row order by record_key"
    assert rows(desk, keys) == [("SO90/HEL-01",), ("SO91/HEL-01",)]

    company.sales["SO90", "HEL-01"] = sale("SO90", "HEL-01", buyer=1, quantity=1)
    company.write(extracts)
    text = (extracts / "source_crm" / "prd_info.csv").read_text(encoding="utf-8").splitlines()
    widened = [f"{line},{'colour' if not number else 'red'}" for number, line in enumerate(text)]
    (extracts / "source_crm" / "prd_info.csv").write_text("\n".join(widened) + "\n", encoding="utf-8")
    assert _run(desk).mode == "incremental"
    assert rows(desk, "select record_key, batch_id > 6 from quality.corrected_record") == [("SO90/HEL-01", True)]
    changes = "select table_name, column_name, change, type_before, type_after from quality.schema_history"
    assert rows(desk, changes) == [("prd_info", "colour", "added", None, "varchar")]

    in_steps = contents(desk)
    _run(desk, full=True)
    assert contents(desk) == in_steps


def test_history_of_tests_holds_the_audit_of_the_version_itself(desk: Settings) -> None:
    account = _run(desk)
    said = "select count(*), min(runs), max(runs), bool_and(status = 'pass') from quality.test_history"
    count, least, most, are_well = rows(desk, said)[0]
    assert count == account.checks - 1  # the count of staging and log is no test of dbt
    assert (least, most, are_well) == (1, 1, True)
    _run(desk, full=True)
    assert rows(desk, said)[0] == (count, 2, 2, True)


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the product's models that the test may change."""
    repository = tmp_path / "repository"
    repository.mkdir()
    for room in ("macros", "seeds", "tests", "dbt_project.yml", "profiles.yml"):
        (repository / room).symlink_to(REPOSITORY / room)
    shutil.copytree(REPOSITORY / "models", repository / "models")
    monkeypatch.setattr(project, "REPOSITORY", repository)
    return repository / "models"


def test_new_definitions_are_published_without_making_rows_anew(desk: Settings, models: Path) -> None:
    _run(desk)
    assert _run(desk).outcome == "unchanged"
    file = models / "semantic" / "sales.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("label: Order value\n", "label: Order intake\n"), encoding="utf-8")
    account = _run(desk)
    assert (account.outcome, account.mode) == ("published", "incremental")
    assert "core.fct_sales_order_line" not in {model.name for model in account.models}
    assert metrics.catalogue(desk.home).metrics["order_value"].label == "Order intake"
    earlier = (current_version(desk.home) or 0) - 1
    assert metrics.catalogue(desk.home, earlier).metrics["order_value"].label == "Order value"


def test_a_version_whose_figures_contradict_each_other_is_not_published(small_example: Path, tmp_path: Path) -> None:
    """One of the product's checks, a view, is replaced in the candidate by one whose outcome the test decides."""
    settings, company = example_copy(small_example, tmp_path), small_company()

    def run_when_the_check_says(name: str, actual: int, documents: str) -> RunAccount:
        def steps(step_name: str, step: Any, *arguments: Any, **more: Any) -> Any:
            if step_name == "build":  # an incremental one, which leaves views alone
                with opened(settings.home.candidate) as candidate:
                    candidate.execute(CHECK.format(name=name, actual=actual, documents=documents))
            return step(*arguments, **more)

        company.sales["SO90", "HEL-01"] = sale("SO90", "HEL-01", buyer=1, quantity=len(company.sales))
        company.write(tmp_path / "extracts")
        account = _run(settings, steps=steps)
        assert account.mode == "incremental"
        return account

    asked = "select check_name, difference, status, severity, documents from quality.reconciliation where period = '2026-10'"
    assert not run_when_the_check_says("facts_equal_sources", 10, "null").warnings
    assert rows(settings, asked) == [("facts_equal_sources", 0, "ok", "stop", None)]
    good = current_version(settings.home)

    for name in ("facts_equal_sources", "nobody_knows_this_check"):
        with pytest.raises(AuditError, match=rf"reconciliation_stops[\s\S]*check_name={name}"):
            run_when_the_check_says(name, 11, "null")
        assert current_version(settings.home) == good

    # The sums agree, two documents do not.
    account = run_when_the_check_says("won_deals_equal_orders", 10, "'a, b'")
    assert [warning for warning in account.warnings if "check_name=won_deals_equal_orders, breaks=1" in warning]
    assert rows(settings, asked) == [("won_deals_equal_orders", 0, "break", "mark", "a, b")]
    outcomes = "select status, failures, runs from quality.test_history where check_name = 'reconciliation_stops' "
    assert rows(settings, outcomes + "order by first_at") == [("pass", 0, 2), ("fail", 1, 2), ("pass", 0, 1)]


def test_every_source_table_is_fresh_on_the_day_of_its_delivery(messy_company: Settings) -> None:
    query = "select count(*), count(*) filter (where status = 'ok' and age_days = 0) from quality.freshness"
    tables = sum(len(source.tables) for source in messy_company.sources.values())
    assert rows(messy_company, query) == [(tables, tables)]


def test_quarantine_counts_what_the_door_refused(messy_company: Settings) -> None:
    by_rule = "select source_system, table_name, rule, rows_refused from quality.quarantine order by all"
    by_door = (
        "select source_system, table_name, rule, sum(rows_broken) from quality.contract_result "
        "where severity = 'quarantine' group by all order by all"
    )
    assert rows(messy_company, by_rule) == rows(messy_company, by_door) != []


def test_trust_follows_its_formula(messy_company: Settings) -> None:
    parts = {
        part: (weight, rate)
        for part, weight, rate in rows(messy_company, "select part, weight, tolerated_rate from reference.trust_parts")
    }
    assert sum(weight for weight, _ in parts.values()) == pytest.approx(1)
    names = ("freshness", "tests", "reconciliation", "quarantine")
    query = (
        "select mart, score, light, worst_part, late_source_rate, failed_test_rate, reconciliation_break_rate, "
        "refused_row_rate from quality.trust_score"
    )
    found = rows(messy_company, query)
    schemas = (
        "customer",
        "sales",
        "inventory",
        "finance",
        "procurement",
        "service",
        "marketing",
        "people",
        "production",
    )
    marts = f"select count(*) from information_schema.tables where table_schema in {schemas}"
    assert len(found) == rows(messy_company, marts)[0][0]
    for mart, score, light, worst_part, *rates in found:
        health = {name: 1 - min((rate or 0) / parts[name][1], 1) for name, rate in zip(names, rates, strict=True)}
        assert float(score) == pytest.approx(100 * sum(parts[name][0] * health[name] for name in names), abs=0.051), (
            mart
        )
        assert light == ("green" if score >= 90 else "amber" if score >= 70 else "red")
        taken = {name: parts[name][0] * (1 - health[name]) for name in names}
        if max(taken.values()) == 0:
            assert worst_part is None
        else:
            assert taken[worst_part] == pytest.approx(max(taken.values()))
    assert any(rates[3] for _, _, _, _, *rates in found)
    assert len({worst_part for _, _, _, worst_part, *_ in found}) > 1


def test_lineage_leads_from_a_mart_to_its_sources(messy_company: Settings) -> None:
    query = "select upstream from quality.lineage where relation = 'sales.revenue_month' and upstream_kind = 'source' order by 1"
    sources = [name for (name,) in rows(messy_company, query)]
    assert {"raw_sap.VBAP", "raw_sap.TCURR"} <= set(sources)
    assert not [name for name in sources if name.startswith("raw_salesforce.Case")]
