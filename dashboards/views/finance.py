"""Finance: did we earn money, and will we be paid."""

from typing import Any, NamedTuple

import streamlit as st

from dashboards.components import cards, charts, fiscal, formats, look, provenance, tables
from dashboards.components.download import download
from dashboards.components.fiscal import FiscalPeriod, Range
from dashboards.components.tables import Bar, Cell, Column, Heading
from dashboards.published import DataFrame, Edition
from dashboards.queries import finance
from dashboards.queries.definitions import definitions
from dashboards.queries.finance import Scope
from dashboards.views import receivables
from dashboards.views.receivables import Owed

_SHOWN_PERIODS = 12
_DAYS = {"dso_days": "Receivables", "dpo_days": "Payables", "dio_days": "Stock"}


class _View(NamedTuple):
    """What the sections of the page share."""

    edition: Edition
    currency: str
    scope: Scope
    company_code: str | None
    chosen: Range
    compares: bool
    is_planned: bool
    trend: Scope
    names: dict[int, str]


class _Figures(NamedTuple):
    """What the page is made of, asked once."""

    statement: DataFrame
    cash: DataFrame
    ageing: DataFrame


def show(edition: Edition, currency: str) -> None:
    """Draw the page."""
    companies = finance.companies(edition.number).to_dict("records")
    if not any(fiscal.ranges(_periods(edition, one)) for one in companies):
        look.empty(
            "No books yet",
            "This page begins when a system delivers journal entries: map its tables to journal_line, and the receivables to "
            "receivable_item. docs/bring-your-own-data.md says how.",
        )
        return
    heading, company_cell, period_cell = st.columns([4, 1.5, 1.5], vertical_alignment="bottom")
    with company_cell:
        company = st.selectbox(
            "Company", companies, format_func=lambda one: str(one["company_name"]), key="finance-company"
        )
    periods = _periods(edition, company or companies[0])
    ranges = fiscal.ranges(periods)
    if not ranges:
        look.empty("No period is over yet", "The statements of a company begin when its first fiscal period is over.")
        return
    with period_cell:
        chosen = st.selectbox("Period", ranges, format_func=lambda one: one.name, key="finance-period")
    view = _view(edition, currency, company or companies[0], chosen, periods)
    figures = _Figures(
        finance.income_statement(edition.number, view.scope),
        finance.cash_flow(edition.number, view.scope),
        finance.ageing(edition.number, view.scope.company, chosen.last_day),
    )
    owed = Owed(view.scope.company, chosen.last_day)
    with heading:
        look.title("Finance", _answer(view, figures))
    _cards(view, figures)
    _result(view, figures.statement)
    left, right = st.columns(2, gap="large")
    with left:
        _cash(view, figures.cash)
        _days(view)
    with right:
        receivables.show_ageing(edition, currency, owed, figures.ageing)
    _books(view)
    _rows(view, figures)
    provenance.as_of(edition, f"Books through {formats.day(chosen.last_day)}.{_running(periods)}")
    _definitions(view)


def _periods(edition: Edition, company: dict[str, Any]) -> list[FiscalPeriod]:
    return [
        FiscalPeriod(
            int(row["fiscal_year"]), int(row["fiscal_period"]), row["period_start_date"].date(), row["period_end_date"].date(),
            bool(row["is_special"]), bool(row["is_running"]),
        )
        for row in finance.periods(edition.number, str(company["fiscal_calendar_code"])).to_dict("records")
    ]  # fmt: skip


def _running(periods: list[FiscalPeriod]) -> str:
    running = [period.name for period in periods if period.is_running]
    return f" {running[0]} is not over and left out." if running else ""


def _view(
    edition: Edition, currency: str, company: dict[str, Any], chosen: Range, periods: list[FiscalPeriod]
) -> _View:
    is_group = formats.is_missing(company["company_key"])
    key = None if is_group else str(company["company_key"])
    calendar = str(company["fiscal_calendar_code"])
    scope = Scope(key, calendar, chosen.first, chosen.last)
    orders = [period.order for period in periods if not period.is_special and period.order <= chosen.last]
    shown = max(chosen.length, _SHOWN_PERIODS)
    return _View(
        edition,
        currency,
        scope,
        None if is_group else str(company["company_code"]),
        chosen,
        chosen.first - fiscal.A_YEAR >= periods[0].order and chosen.length <= _SHOWN_PERIODS + 1,
        finance.planned_periods(edition.number, scope) >= chosen.length,
        Scope(key, calendar, orders[-shown:][0], chosen.last),
        {period.order: period.name for period in periods},
    )


def _line(frame: DataFrame, line_code: str, column: str = "amount_group") -> float | None:
    found = frame.loc[frame["line_code"] == line_code, column]
    return None if found.empty or formats.is_missing(found.iloc[0]) else float(found.iloc[0])


def _answer(view: _View, figures: _Figures) -> str:
    """Say in a sentence or two whether money was earned and whether customers pay."""
    result = _line(figures.statement, "net_result") or 0.0
    earned = "earned" if result > 0 else "lost" if result < 0 else "broke even:"
    sentence = f"{view.chosen.written}: {earned} {formats.money(abs(result), view.currency)}"
    compared = []
    if view.compares:
        compared.append(
            _compared(view, _line(figures.statement, "net_result", "amount_group_change"), "the year before")
        )
    if view.is_planned:
        compared.append(_compared(view, _line(figures.statement, "net_result", "variance_amount_group"), "plan"))
    sentence += (", " + " and ".join(compared) if compared else "") + "."
    owed = float(figures.ageing["open_amount_group"].sum())
    if owed > 0:
        overdue = _overdue(figures.ageing)
        sentence += (
            f" Customers owe {formats.money(owed, view.currency)}, of which {formats.money(overdue, view.currency)}"
            f" ({formats.share(overdue / owed)}) is overdue."
        )
    return sentence


def _compared(view: _View, difference: float | None, against: str) -> str:
    if not difference:
        return f"as {against}"
    return f"{formats.money(abs(difference), view.currency)} {'better' if difference > 0 else 'worse'} than {against}"


def _overdue(ageing: DataFrame, column: str = "open_amount_group") -> float:
    return float(ageing.loc[ageing["is_overdue"].astype(bool), column].fillna(0).sum())


def _cards(view: _View, figures: _Figures) -> None:
    """Draw the numbers, against the year before."""
    statement, cash, ageing = figures
    revenue = statement[statement["is_revenue"].astype(bool)]
    has_old_ageing = bool(ageing["open_amount_group_last_year"].notna().any())
    amounts: list[tuple[str, float | None, float | None, str]] = [
        ("Revenue", float(revenue["amount_group"].sum()), float(revenue["amount_group_last_year"].sum()), _MEANING["Revenue"]),
        *(
            (name, _line(frame, code), _line(frame, code, "amount_group_last_year"), _MEANING[name])
            for name, frame, code in (
                ("Operating result", statement, "operating_result"),
                ("Net result", statement, "net_result"),
                ("Cash at the end", cash, "closing_cash"),
            )
        ),
        ("Overdue", _overdue(ageing), _overdue(ageing, "open_amount_group_last_year") if has_old_ageing else None,
         _MEANING["Overdue"]),
    ]  # fmt: skip
    for cell, (name, now, before, meaning) in zip(st.columns(len(amounts), gap="small"), amounts, strict=True):
        compared = before if view.compares and before != now else None
        change = None if now is None or compared is None else now - compared
        with cell:
            cards.figure(
                name,
                formats.money(now, view.currency),
                definition=meaning,
                now=now or 0.0,
                before=compared,
                before_written=formats.money(compared, view.currency),
                change_written=""
                if formats.change(now, compared)
                else formats.money(change, view.currency, signed=True),
                less_is_better=name == "Overdue",
            )


def _result(view: _View, statement: DataFrame) -> None:
    """Draw the income statement, and why it is what it is."""
    look.section("Did we earn money?", _why(view, statement))
    left, right = st.columns([3, 2], gap="large")
    with left:
        headings = [Heading(""), Heading("Amount", "number")]
        headings += [Heading("Year before", "number"), Heading("Change", "number")] if view.compares else []
        headings += [Heading("Plan", "number"), Heading("to plan", "number")] if view.is_planned else []
        tables.small_table(headings, [_statement_row(view, row) for row in statement.to_dict("records")])
        download(statement, f"income statement {_what(view)}", view.edition.number)
    with right:
        months = finance.result_months(view.edition.number, view.trend)
        months = months[~months["is_special"].astype(bool)].rename(
            columns={"operating_result_group": "now", "operating_result_group_last_year": "before"}
        )
        months["period"] = _names(view, months)
        look.note("Operating result by period")
        charts.against_last_year(
            months, view.currency, "Operating result", has_last_year=bool(months["before"].notna().all())
        )
        _to_look_at(view, statement)


def _names(view: _View, rows: DataFrame) -> list[str]:
    """Return how the periods of rows are called."""
    orders = rows["fiscal_year"] * fiscal.A_YEAR + rows["fiscal_period"]
    return [view.names[int(order)] for order in orders]


def _what(view: _View) -> str:
    return f"{view.company_code or 'group'} {view.chosen.name}"


def _statement_row(view: _View, row: dict[str, Any]) -> list[Cell | Bar | str]:
    strong = bool(row["is_subtotal"])

    def written(amount: Any) -> Cell:
        return Cell(formats.money(amount, view.currency), strong=strong)

    def change(amount: Any) -> Cell:
        if formats.is_missing(amount):
            return Cell(formats.NONE)
        cell = tables.change_cell(float(amount), view.currency)
        return Cell(cell.text, cell.meaning, strong=strong)

    cells: list[Cell | Bar | str] = [Cell(str(row["line_name"]), strong=strong), written(row["amount_group"])]
    if view.compares:
        cells += [written(row["amount_group_last_year"]), change(row["amount_group_change"])]
    if view.is_planned:
        cells += [written(row["budget_amount_group"]), change(row["variance_amount_group"])]
    return cells


def _why(view: _View, statement: DataFrame) -> str:
    """Name the line that moved the result most against the year before."""
    lines = statement[~statement["is_subtotal"].astype(bool)]
    if not view.compares or lines.empty:
        return f"Amounts in {view.currency}. Income is positive, costs are negative."
    most = lines.loc[lines["amount_group_change"].astype(float).abs().idxmax()]
    return (
        f"{most['line_name']} moved the result most against the year before:"
        f" {formats.money(most['amount_group_change'], view.currency, signed=True)}. Income is positive, costs are negative."
    )


def _to_look_at(view: _View, statement: DataFrame) -> None:
    """Draw the lines that are furthest below plan, or below the year before where there is no plan."""
    column = "variance_amount_group" if view.is_planned else "amount_group_change" if view.compares else None
    if column is None:
        return
    lines = statement[~statement["is_subtotal"].astype(bool)].dropna(subset=[column])
    worst = lines[lines[column] < 0].sort_values(column).head(3)
    against = "plan" if view.is_planned else "the year before"
    look.section(
        "What to look at", f"Lines furthest below {against}." if len(worst) else f"No line is below {against}."
    )
    tables.small_table(
        [Heading("Line"), Heading("Amount", "number"), Heading(f"to {against}", "number")],
        [
            [
                str(row["line_name"]),
                formats.money(row["amount_group"], view.currency),
                tables.change_cell(float(row[column]), view.currency),
            ]
            for row in worst.to_dict("records")
        ],
    )


def _cash(view: _View, cash: DataFrame) -> None:
    """Draw what became of the cash."""
    change = _line(cash, "change_of_cash") or 0.0
    verb = "grew" if change > 0 else "shrank" if change < 0 else "stayed"
    look.section("What became of the cash?", f"Cash {verb} by {formats.money(abs(change), view.currency)}.")
    names = {
        "opening_cash": "At the start", "total_operating": "Operating", "total_investing": "Investing",
        "total_financing": "Financing", "unbalanced_entries": "Unexplained", "closing_cash": "At the end",
    }  # fmt: skip
    steps = [
        charts.Step(name, amount, is_level=code in {"opening_cash", "closing_cash"})
        for code, name in names.items()
        if (amount := _line(cash, code)) is not None
    ]
    charts.waterfall(steps, view.currency)
    columns = ["amount_group", *(["amount_group_last_year"] if view.compares else [])]
    headings = [Heading(text, "number") for text in ("Amount", "Year before")[: len(columns)]]
    with st.expander("Lines of the cash flow"):
        rows = [_cash_row(view, row, columns) for row in cash.to_dict("records")]
        tables.small_table([Heading(""), *headings], rows)
    download(cash, f"cash flow {_what(view)}", view.edition.number)


def _cash_row(view: _View, row: dict[str, Any], columns: list[str]) -> list[Cell | Bar | str]:
    strong = bool(row["is_subtotal"])
    amounts = [Cell(formats.money(row[column], view.currency), strong=strong) for column in columns]
    return [Cell(str(row["line_name"]), strong=strong), *amounts]


def _days(view: _View) -> None:
    """Draw how long money is tied up."""
    periods = finance.working_capital(view.edition.number, view.trend)
    known = periods.dropna(subset=list(_DAYS), how="all")
    if known.empty:
        look.section("How long is our money tied up?", "Three periods of revenue and cost are needed to say.")
        return
    known = known.assign(period=_names(view, known))
    last = known.iloc[-1]
    look.section(
        "How long is our money tied up?",
        f"{_day_count(last['cash_conversion_cycle_days'])} from paying for goods to being paid for them (DSO + DIO − DPO),"
        f" at the end of {known['period'].iloc[-1]}.",
    )
    charts.days_by_period(known, _DAYS)
    download(periods, f"working capital {_what(view)}", view.edition.number)


def _day_count(days: Any) -> str:
    return "An unknown time" if formats.is_missing(days) else f"{formats.whole(days)} days"


def _books(view: _View) -> None:
    """Draw whether the books agree with themselves and with the documents."""
    checks = finance.book_checks(
        view.edition.number, view.company_code, view.scope.first_period, view.scope.last_period
    )
    broken = int((checks["breaks"] > 0).sum())
    verdict = (
        f"{broken} of {len(checks)} checks of the period found something."
        if broken
        else "All checks of the period agree."
    )
    look.section("Can we trust the books?", verdict if len(checks) else "Nothing was compared in the period.")
    tables.small_table(
        [Heading("What must agree"), Heading("Status", "short"), Heading("Off by", "number")],
        [_check_row(row) for row in checks.to_dict("records")],
    )


def _check_row(row: dict[str, Any]) -> list[Cell | Bar | str]:
    what = Cell(str(row["compares"]), address=f"loads?check={row['check_name']}")
    if not row["breaks"]:
        return [Cell(what.text), Cell("● Agrees", "better"), formats.NONE]
    broken = Cell(f"▲ {formats.things(int(row['breaks']), 'break')}", "worse")
    return [what, broken, formats.amount(row["difference"])]


def _rows(view: _View, figures: _Figures) -> None:
    """Draw the rows behind."""
    look.section("The rows behind", f"Amounts in {view.currency}.")
    by_customer, by_period, by_line = st.tabs(["Receivables by customer", "Results by period", "Income statement"])
    with by_customer:
        receivables.show_rows(view.edition, Owed(view.scope.company, view.chosen.last_day), _what(view))
    with by_period:
        months = finance.result_months(view.edition.number, view.trend).iloc[::-1].reset_index(drop=True)
        download(months, f"results by period {_what(view)}", view.edition.number)
        tables.rows_table(
            months,
            [
                Column("fiscal_year", "Year", str, "Fiscal year"),
                Column("fiscal_period", "Period", str, "Period; those above 12 belong to closing"),
                Column("revenue_group", "Revenue", _rounded, _MEANING["Revenue"]),
                Column("gross_profit_group", "Gross profit", _rounded, "Revenue less cost of sales"),
                Column("operating_result_group", "Operating result", _rounded, _MEANING["Operating result"]),
                Column("net_result_group", "Net result", _rounded, _MEANING["Net result"]),
            ],
            key="finance-periods",
        )
    with by_line:
        tables.rows_table(
            figures.statement,
            [
                Column("section", "Section"),
                Column("line_name", "Line"),
                Column("amount_group", "Amount", _rounded, "Of the period; income is positive, costs are negative"),
                Column("amount_group_last_year", "Year before", _rounded, "The same periods of the year before"),
                Column("budget_amount_group", "Plan", _rounded, _MEANING["Plan"]),
            ],
            key="finance-lines",
        )


def _rounded(value: float) -> str:
    return formats.amount(value, 0)


_MEANING = {
    "Revenue": "Invoices to third parties less deductions, as booked in the period",
    "Operating result": "Result before interest, exchange differences and tax (EBIT)",
    "Net result": "Everything that was booked as income less everything that was booked as cost",
    "Operating": "Net result with depreciation given back and the changes of receivables, stock, payables and the like",
    "Cash at the end": "Balance of the cash and bank accounts at the end of the period",
    "Overdue": receivables.OVERDUE,
    "Plan": "Latest version of the plan, translated at the budget rate; effects on the result",
}


def _definitions(view: _View) -> None:
    days = definitions(view.edition.number, "finance", "working_capital_month")
    provenance.definitions(
        {
            **_MEANING,
            **{f"{name} ({column[:3].upper()})": days.get(column, "") for column, name in _DAYS.items()},
            "Group": "All companies added up in group currency; their business with each other is not eliminated",
            "Year before": "The same periods of the fiscal year before",
            "Change, to plan": f"Blue and + is better for the result, orange and {formats.MINUS} is worse, for costs as well",
        }
    )
