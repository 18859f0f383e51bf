"""Companies with fiscal calendars of their own, and one whose calendar is put right later: in steps as in a full rebuild."""

from pathlib import Path

import pytest

from pipelines.run import run
from pipelines.settings import Settings
from pipelines.state import State
from pipelines.warehouse import ask
from tests.extracts import contents, demo_settings
from tests.written_extracts import Row, deliver

BANK, REVENUE = "0000113100", "0000800000"
CALENDAR_YEAR, APRIL, WEEKS, UNKNOWN = "1000", "2000", "3000", "4000"


def _company(code: str, variant: str) -> Row:
    return {"BUKRS": code, "BUTXT": f"Company {code}", "WAERS": "EUR", "KTOPL": "NWCO", "PERIV": variant}


def _sale(code: str, number: int, day: str, year: int, period: int, amount: float) -> list[Row]:
    """Two lines of ACDOCA: money for revenue."""
    return [
        {
            "RBUKRS": code, "GJAHR": year, "BELNR": f"{number:010}", "DOCLN": f"{place:06}", "BLART": "SA", "BUDAT": day,
            "POPER": f"{period:03}", "RACCT": account, "KOART": "S", "DRCRK": "S" if signed > 0 else "H", "RWCUR": "EUR",
            "WSL": signed, "RHCUR": "EUR", "HSL": signed, "RKCUR": "EUR", "KSL": signed,
        }
        for place, account, signed in ((1, BANK, amount), (2, REVENUE, -amount))
    ]  # fmt: skip


def _found(settings: Settings) -> None:
    """Somebody has forgotten to maintain the variant of the company that begins its year in April."""
    deliver(
        settings, 1,
        T001=[_company(CALENDAR_YEAR, "K4"), _company(APRIL, "K4"), _company(WEEKS, "W1"), _company(UNKNOWN, "Z9")],
        SKA1=[
            {"KTOPL": "NWCO", "SAKNR": number, "XBILK": sheet, "GVTYP": "" if sheet else "X", "ERDAT": "20200101"}
            for number, sheet in ((BANK, "X"), (REVENUE, ""))
        ],
        ACDOCA=[
            *_sale(CALENDAR_YEAR, 1, "20251230", 2025, 12, 1), *_sale(CALENDAR_YEAR, 2, "20260131", 2026, 1, 2),
            *_sale(APRIL, 1, "20251230", 2025, 9, 10), *_sale(APRIL, 2, "20260131", 2025, 10, 20),
            *_sale(WEEKS, 1, "20251230", 2026, 1, 100), *_sale(WEEKS, 2, "20260131", 2026, 2, 200),
            *_sale(UNKNOWN, 1, "20251230", 2025, 12, 1000), *_sale(UNKNOWN, 2, "20260131", 2025, 3, 2000),
        ],
    )  # fmt: skip


def _put_right(settings: Settings) -> None:
    deliver(settings, 2, T001=[_company(APRIL, "V3")])


def _close(settings: Settings) -> None:
    """January goes on, and the company that begins in April closes its year in a special period."""
    deliver(
        settings, 3,
        ACDOCA=[*_sale(CALENDAR_YEAR, 3, "20260131", 2026, 1, 4), *_sale(APRIL, 3, "20260331", 2025, 13, 40)],
    )  # fmt: skip


RESULT = """
    select company_code, fiscal_calendar_code, fiscal_year, fiscal_period, cast(amount_group as integer),
        cast(year_to_date_amount_group as integer)
    from finance.income_statement where line_code = 'net_result' and amount_group <> 0 order by all
"""
ELSEWHERE = """
    select company, period, cast(actual as integer), documents from quality.reconciliation
    where check_name = 'posting_periods_equal_calendar' and status = 'break' order by all
"""
GROUP = """
    select period, status from quality.reconciliation where check_name = 'group_statements_equal_ledger' order by all
"""
NOT_KNOWN = "select company_code, fiscal_calendar_code from core.dim_company where not is_fiscal_calendar_known"


def _rows(settings: Settings, query: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in ask(settings.home, query, limit=100).rows]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    chosen = demo_settings(tmp_path)
    chosen.home.create()
    return chosen


def test_companies_keep_their_own_fiscal_years_and_the_group_its_own(settings: Settings) -> None:
    told, elsewhere, group_periods = [], [], []
    with State(settings.state_url.get_secret_value()) as state:
        for step in (_found, _put_right, _close):
            step(settings)
            run(settings, state)
            told.append(_rows(settings, RESULT))
            elsewhere.append(_rows(settings, ELSEWHERE))
            group_periods.append(_rows(settings, GROUP))
        in_steps = contents(settings)
        run(settings, state, full=True)
    assert contents(settings) == in_steps

    others = [
        (CALENDAR_YEAR, "K4", 2025, 12, 1, 1), (CALENDAR_YEAR, "K4", 2026, 1, 2, 2),
        (WEEKS, "W1", 2026, 1, 100, 100), (WEEKS, "W1", 2026, 2, 200, 300),
        (UNKNOWN, "K4", 2025, 3, 2000, 2000), (UNKNOWN, "K4", 2025, 12, 1000, 3000),
    ]  # fmt: skip
    in_april = [(APRIL, "V3", 2025, 9, 10, 10), (APRIL, "V3", 2025, 10, 20, 30)]
    # The group's December and January by the days; of the company whose calendar nobody knows by what it posted.
    group = [
        ("group", "K4", 2025, 3, 2000, 2000),
        ("group", "K4", 2025, 12, 1111, 3111),
        ("group", "K4", 2026, 1, 222, 222),
    ]
    assert told[1] == sorted([*others, *in_april, *group])
    closed = [row for row in told[2] if row[0] in {APRIL, "group"}]
    assert closed == [
        *in_april, (APRIL, "V3", 2025, 13, 40, 70),
        *group[:2], ("group", "K4", 2026, 1, 226, 226), ("group", "K4", 2026, 3, 40, 266),
    ]  # fmt: skip

    assert {status for step in group_periods for _, status in step} == {"ok"}
    assert {("2025-03", "ok"), ("2025-12", "ok"), ("2026-01", "ok"), ("2026-03", "ok")} <= set(group_periods[2])

    unknown = (UNKNOWN, "2025-03", 0, "4000/2/2025")
    assert elsewhere[1] == elsewhere[2] == [unknown]
    assert [row[0] for row in elsewhere[0]] == [APRIL, APRIL, UNKNOWN]
    assert _rows(settings, NOT_KNOWN) == [(UNKNOWN, "K4")]
