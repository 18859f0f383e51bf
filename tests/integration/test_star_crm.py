"""What the star says of deals, talks and people when the CRM contradicts itself, and that no row is lost or counted twice."""

import csv
from datetime import date
from pathlib import Path

from pipelines.demo.drops import advance
from pipelines.run import run
from pipelines.settings import Settings
from pipelines.state import State
from pipelines.warehouse import ask
from tests.extracts import contents, demo_settings

HISTORY_END = date(2023, 12, 31)
Row = dict[str, str]
FACTS = ("lead", "opportunity", "quote_line", "campaign_touch", "interaction", "case")


def _rows(home: Path, table: str) -> list[Row]:
    with (home / f"demo/extracts/salesforce/{table}/{HISTORY_END}.csv").open(encoding="utf-8", newline="") as handle:
        return [row for row in csv.DictReader(handle) if row.get("IsDeleted") == "false"]


def _deliver(home: Path, day: str, table: str, rows: list[Row]) -> None:
    with (home / f"demo/extracts/salesforce/{table}/{day}.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _one(settings: Settings, query: str) -> tuple[object, ...]:
    (row,) = ask(settings.home, query, limit=2).rows
    return tuple(row)


def _at(day: str) -> str:
    return f"{day}T09:00:00.000+0000"


def test_star_of_the_crm_follows_mergers_reopened_deals_and_words_taken_back(
    learned_demo: None, tmp_path: Path
) -> None:
    settings = demo_settings(tmp_path)
    settings.home.create()
    advance(tmp_path / "demo", scale="tiny", history_end=HISTORY_END)
    with State(settings.state_url.get_secret_value()) as state:
        run(settings, state)
        for entity in FACTS:
            living, made = _one(
                settings,
                f'select (select count(*) from conformed."{entity}" where not is_deleted), count(*) from core.fct_{entity}',
            )
            assert made == living > 0

        deals, history = _rows(tmp_path, "Opportunity"), _rows(tmp_path, "OpportunityHistory")
        accounts, users = _rows(tmp_path, "Account"), _rows(tmp_path, "User")
        told = {row["OpportunityId"] for row in history}
        closed = [deal for deal in deals if deal["IsClosed"] == "true" and deal["Id"] in told]
        again, gone = closed[0], closed[1]
        open_deal = next(deal for deal in deals if deal["IsClosed"] == "false" and deal["Id"] in told)
        loser = next(row for row in accounts if row["Id"] == again["AccountId"])
        survivor = next(row for row in accounts if row["Id"] != loser["Id"])
        owner = next(row for row in users if row["Id"] == again["OwnerId"])
        entry = next(row for row in history if row["OpportunityId"] == again["Id"])

        negotiated = {"StageName": "Negotiation/Review"}
        reopened = entry | negotiated | {"CreatedDate": _at("2024-01-02")}
        late = next(row for row in history if row["OpportunityId"] == open_deal["Id"])
        _deliver(tmp_path, "2024-01-02", "Account", [loser | {"IsDeleted": "true", "MasterRecordId": survivor["Id"]}])
        _deliver(tmp_path, "2024-01-02", "User", [owner | {"EmployeeNumber": ""}])
        _deliver(tmp_path, "2024-01-02", "Opportunity", [
            again | negotiated | {"IsClosed": "false", "IsWon": "false", "SystemModstamp": _at("2024-01-02")},
            gone | {"IsDeleted": "true"},
        ])  # fmt: skip
        _deliver(tmp_path, "2024-01-02", "OpportunityHistory", [
            reopened | {"Id": "0085g00000zzzzzAAA", "SystemModstamp": _at("2024-02-20")},
            late | {"Id": "0085g00000zzzzyAAA", "Amount": "1.00", "SystemModstamp": _at("2024-01-02")},
        ])  # fmt: skip
        assert run(settings, state).mode == "incremental"
        deal = f"core.fct_opportunity where source_id = '{again['Id']}'"
        assert _one(settings, f"select reopened_count, is_closed, closed_date from {deal}") == (1, False, None)
        assert _one(
            settings,
            "select deal.customer_key = survivor.customer_key, not employee.is_employee from core.fct_opportunity as deal "
            f"join conformed.customer_key as survivor on survivor.source_id = '{survivor['Id']}' "
            "join core.dim_employee as employee using (employee_version_key) "
            f"where deal.source_id = '{again['Id']}'",
        ) == (True, True)
        assert _one(settings, f"select count(*) from core.fct_opportunity where source_id = '{gone['Id']}'") == (0,)
        days = f"from core.fct_opportunity_day where opportunity_key = (select opportunity_key from {deal})"
        after = f"select count(*), max(pipeline_date) {days} and pipeline_date >= date '2024-01-02'"
        assert _one(settings, after) == (50, date(2024, 2, 20))

        back = reopened | {"Id": "0085g00000zzzzzAAA", "SystemModstamp": _at("2024-01-05")}
        _deliver(tmp_path, "2024-01-05", "OpportunityHistory", [back])
        assert run(settings, state).mode == "incremental"
        assert _one(settings, after) == (4, date(2024, 1, 5))
        assert _one(settings, "select max(pipeline_date) from core.fct_opportunity_day") == (date(2024, 1, 5),)

        # An entry of a history is of another deal, or case, now: what it was of before is told without it.
        events, cases = _rows(tmp_path, "CaseHistory"), _rows(tmp_path, "Case")
        event = next(row for row in events if row["CaseId"] != cases[0]["Id"])
        entries = (
            "select (select history_entries from core.fct_opportunity where source_id = '{}'), "
            "(select history_entries from core.fct_case where source_id = '{}')"
        ).format(open_deal["Id"], event["CaseId"])
        deal_before, case_before = _one(settings, entries)
        moved = {"SystemModstamp": _at("2024-01-05")}
        _deliver(tmp_path, "2024-01-06", "OpportunityHistory", [late | {"OpportunityId": again["Id"]} | moved])
        _deliver(tmp_path, "2024-01-06", "CaseHistory", [event | {"CaseId": cases[0]["Id"]}])
        assert run(settings, state).mode == "incremental"
        assert _one(settings, entries) == (deal_before - 1, case_before - 1)  # type: ignore[operator]

        incremental = contents(settings)
        run(settings, state, full=True)
    assert contents(settings) == incremental
