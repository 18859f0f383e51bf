"""Items that move between open and cleared, in any order of arrival: never both, and in steps as in a full rebuild."""

from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.run import run
from pipelines.settings import Settings
from pipelines.state import State
from pipelines.warehouse import ask
from tests.extracts import contents, demo_settings
from tests.written_extracts import Row, deliver

COMPANY: Row = {"BUKRS": "1000", "BUTXT": "Nordwerk", "WAERS": "EUR", "KTOPL": "NWCO", "PERIV": "K4"}
CUSTOMER = "0000100001"
RECEIVABLES, BANK, REVENUE, DISCOUNT = "0000140000", "0000113100", "0000800000", "0000808000"


def _line(document: str, number: int, account: str, amount: float, *, currency: str = "EUR", **more: object) -> Row:
    """A line of ACDOCA in a company that keeps its books in euros."""
    kind = {"14": "DZ", "90": "RV"}.get(document[:2], "SA")
    return {
        "RBUKRS": "1000", "GJAHR": 2026, "BELNR": document.zfill(10), "DOCLN": f"{number:06}", "BLART": kind,
        "BUDAT": "20260110", "POPER": "001", "RACCT": account, "KOART": "D" if account == RECEIVABLES else "S",
        "DRCRK": "S" if amount > 0 else "H", "RWCUR": currency, "WSL": amount, "RHCUR": "EUR", "HSL": amount, "RKCUR": "EUR",
        "KSL": amount, "KUNNR": CUSTOMER if account == RECEIVABLES else "",
    } | more  # fmt: skip


def _item(document: str, number: int, amount: float, *, currency: str = "EUR", **more: object) -> Row:
    """A row of BSID or BSAD."""
    kind = {"14": "DZ", "90": "RV"}[document[:2]]
    return {
        "BUKRS": "1000", "KUNNR": CUSTOMER, "GJAHR": 2026, "BELNR": document.zfill(10), "BUZEI": f"{number:03}",
        "BUDAT": "20260201" if kind == "DZ" else "20260110", "BLDAT": "20260110", "WAERS": currency, "BLART": kind,
        "SHKZG": "S" if amount > 0 else "H", "WRBTR": abs(amount), "DMBTR": abs(amount), "ZFBDT": "20260110", "ZBD1T": 30,
        "HKONT": RECEIVABLES,
    } | more  # fmt: skip


def _cleared(row: Row, by: str = "1400", day: str = "20260201") -> Row:
    return row | {"AUGDT": day, "AUGBL": by.zfill(10)}


def _gone(row: Row, *key: str) -> Row:
    """A deletion says no more than the key."""
    return {name: row[name] for name in key} | {"ODQ_CHANGEMODE": "D"}


ITEM_KEY = ("BUKRS", "KUNNR", "GJAHR", "BELNR", "BUZEI")
FIRST, SECOND, YEN = _item("9001", 1, 100), _item("9002", 1, 200), _item("9003", 1, 1.3, currency="JPY", DMBTR=0.8)
PAID_FIRST, PAID_SECOND = _item("1400", 2, -100), _item("1400", 3, -200)
DISCOUNTED = _line("1400", 4, DISCOUNT, 9, BUDAT="20260201", POPER="002")


def _found(settings: Settings) -> None:
    accounts = {RECEIVABLES: "X", BANK: "X", REVENUE: "", DISCOUNT: ""}
    deliver(
        settings, 1,
        T001=[COMPANY],
        TCURR=[{"KURST": "M", "FCURR": "JPY", "TCURR": "EUR", "GDATU": "79739898", "UKURS": 0.625, "FFACT": 100, "TFACT": 1}],
        SKA1=[
            {"KTOPL": "NWCO", "SAKNR": number, "XBILK": sheet, "GVTYP": "" if sheet else "X", "ERDAT": "20200101"}
            for number, sheet in accounts.items()
        ],
        KNA1=[{"KUNNR": CUSTOMER, "KTOKD": "0001", "NAME1": "Adler GmbH", "LAND1": "DE", "ERDAT": "20200101"}],
        ACDOCA=[
            *(_line("9001", 1, RECEIVABLES, 100), _line("9001", 2, REVENUE, -100)),
            *(_line("9002", 1, RECEIVABLES, 200), _line("9002", 2, REVENUE, -200)),
            _line("9003", 1, RECEIVABLES, 1.3, currency="JPY", HSL=0.8, KSL=0.8),
            _line("9003", 2, REVENUE, -1.3, currency="JPY", HSL=-0.8, KSL=-0.8),
        ],
        BSID=[FIRST, SECOND, YEN],
    )  # fmt: skip


def _pay(settings: Settings) -> None:
    """Both invoices are cleared, and nobody has yet taken them from the open ones."""
    paid = {"BUDAT": "20260201", "POPER": "002"}
    deliver(
        settings, 2,
        ACDOCA=[
            _line("1400", 1, BANK, 291, **paid), _line("1400", 2, RECEIVABLES, -100, **paid),
            _line("1400", 3, RECEIVABLES, -200, **paid), DISCOUNTED,
        ],
        BSAD=[_cleared(row) for row in (FIRST, SECOND, PAID_FIRST, PAID_SECOND)],
    )  # fmt: skip


def _take_from_the_open(settings: Settings) -> None:
    """The other half of the clearing; and January, which was closed, is opened again for an accrual."""
    deliver(
        settings, 3,
        BSID=[_gone(row, *ITEM_KEY) for row in (FIRST, SECOND)],
        ACDOCA=[_line("100", 1, REVENUE, 7, BUDAT="20260131"), _line("100", 2, BANK, -7, BUDAT="20260131")],
    )  # fmt: skip


def _reset(settings: Settings) -> None:
    """The clearing of the second invoice is taken back, the discount was a mistake, and yen turn out to have no decimals."""
    deliver(
        settings, 4,
        BSAD=[_gone(row, *ITEM_KEY) for row in (SECOND, PAID_SECOND)],
        BSID=[SECOND, PAID_SECOND],
        ACDOCA=[
            _gone(DISCOUNTED, "RBUKRS", "GJAHR", "BELNR", "DOCLN"),
            _line("1400", 1, BANK, 300, BUDAT="20260201", POPER="002"),
        ],
        TCURX=[{"CURRKEY": "JPY", "CURRDEC": 0}],
    )  # fmt: skip


STEPS = [_found, _pay, _take_from_the_open, _reset]
OPEN = """
    select document_number, amount_document, amount_company
    from core.fct_receivable_item where is_open order by document_number
"""
PAID = """
    select item.document_number, allocation.paid_amount_document, allocation.discount_amount_document
    from core.fct_payment_allocation as allocation
    inner join core.fct_receivable_item as item using (receivable_item_key)
    inner join core.fct_payment as payment using (payment_key) order by item.document_number
"""
LEFT_OPEN = """
    select sum(line.amount_company) from core.fct_journal_line as line
    inner join core.dim_account as account using (account_key) where account.account_number = '140000'
"""


def _numbers(settings: Settings, query: str) -> list[tuple[object, ...]]:
    rows = ask(settings.home, query, limit=100).rows
    return [tuple(float(value) if isinstance(value, Decimal) else value for value in row) for row in rows]


@pytest.fixture
def settings(learned_demo: None, tmp_path: Path) -> Settings:
    chosen = demo_settings(tmp_path)
    chosen.home.create()
    return chosen


def test_items_are_cleared_and_reset_in_steps_as_in_a_full_rebuild(settings: Settings) -> None:
    is_open, paid = [], []
    with State(settings.state_url.get_secret_value()) as state:
        for step in STEPS:
            step(settings)
            run(settings, state)
            is_open.append(_numbers(settings, OPEN))
            paid.append(_numbers(settings, PAID))
            assert sum(row[2] for row in is_open[-1]) == pytest.approx(_numbers(settings, LEFT_OPEN)[0][0])  # type: ignore[misc]
        in_steps = contents(settings)
        run(settings, state, full=True)
    assert contents(settings) == in_steps

    yen = ("9003", 1.3, 0.8)
    assert is_open == [
        [("9001", 100, 100), ("9002", 200, 200), yen],
        [yen],
        [yen],
        [("1400", -200, -200), ("9002", 200, 200), ("9003", 130, 0.8)],
    ]
    both = [("9001", 97, 3), ("9002", 194, 6)]
    assert paid == [[], both, both, [("9001", 100, 0)]]


def test_a_payment_on_account_shares_its_discount_among_what_it_pays_whoever_clears_it(settings: Settings) -> None:
    """Two documents clear with one payment: what one clears changes what paid the item of the other, which has no news."""
    invoices, parts = [_item("9004", 1, 60), _item("9005", 1, 90)], [_item("1401", 2, -60), _item("1401", 3, -90)]
    paid = {"BUDAT": "20260201", "POPER": "002"}
    cleared = [
        [_cleared(row, by, day) for row in (invoice, part)]
        for invoice, part, by, day in zip(invoices, parts, ("1001", "1002"), ("20260301", "20260305"), strict=True)
    ]
    said = []
    with State(settings.state_url.get_secret_value()) as state:
        _found(settings)
        run(settings, state)
        deliver(
            settings, 2,
            ACDOCA=[
                *(_line("9004", 1, RECEIVABLES, 60), _line("9004", 2, REVENUE, -60)),
                *(_line("9005", 1, RECEIVABLES, 90), _line("9005", 2, REVENUE, -90)),
                *(_line("1401", 1, BANK, 141, **paid), _line("1401", 4, DISCOUNT, 9, **paid)),
                *(_line("1401", 2, RECEIVABLES, -60, **paid), _line("1401", 3, RECEIVABLES, -90, **paid)),
            ],
            BSID=[*invoices, *parts],
        )  # fmt: skip
        run(settings, state)
        for day, changes in enumerate([
            {"BSAD": cleared[0], "BSID": [_gone(row, *ITEM_KEY) for row in (invoices[0], parts[0])]},
            {"BSAD": cleared[1], "BSID": [_gone(row, *ITEM_KEY) for row in (invoices[1], parts[1])]},
            {"BSAD": [cleared[1][0] | {"WRBTR": 140, "DMBTR": 140}]},  # the payment itself has no news
            {"BSAD": [_gone(row, *ITEM_KEY) for row in (invoices[1], parts[1])], "BSID": [invoices[1], parts[1]]},
        ], start=3):  # fmt: skip
            deliver(settings, day, **changes)
            run(settings, state)
            said.append(_numbers(settings, PAID))
        in_steps = contents(settings)
        run(settings, state, full=True)
    assert contents(settings) == in_steps
    alone, both = [("9004", 51, 9)], [("9004", 56.4, 3.6), ("9005", 84.6, 5.4)]
    assert said == [alone, both, [("9004", 57.3, 2.7), ("9005", 133.7, 6.3)], alone]
