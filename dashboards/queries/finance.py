"""Questions to the finance marts. Keys travel as text; no company means the group."""

from dataclasses import dataclass
from datetime import date

from dashboards.published import DataFrame, Value, ask


@dataclass(frozen=True)
class Scope:
    """What is asked for: a company by its key (None: the group), its calendar, periods as year times a hundred plus period."""

    company: str | None
    calendar: str
    first_period: int
    last_period: int

    @property
    def parameters(self) -> dict[str, Value]:
        """The values that queries bind; those that name the calendar bind it too."""
        return {"company": self.company, "first_period": self.first_period, "last_period": self.last_period}


_COMPANIES = """
select distinct
    cast(company_key as varchar) as company_key,
    company_code,
    coalesce(company_name, 'Company unknown') as company_name,
    fiscal_calendar_code
from finance.income_statement
order by company_key is not null, company_code nulls last
"""


def companies(version: int) -> DataFrame:
    """Return the group (its company_key is null) and the companies that keep books, with their fiscal calendars."""
    return ask(_COMPANIES, {}, version)


_PERIODS = """
select
    period.fiscal_year,
    period.fiscal_period,
    period.period_order,
    period.is_special,
    period.period_start_date,
    period.period_end_date,
    coalesce(period.period_end_date > today.last_day, false) as is_running
from finance.book_period as period
cross join (select max(snapshot_date) as last_day from finance.snapshot_day) as today
where period.fiscal_calendar_code = $calendar
order by period.period_order
"""


def periods(version: int, calendar: str) -> DataFrame:
    """Return the periods of the books in a fiscal calendar, the oldest first, and whether one is not over yet."""
    return ask(_PERIODS, {"calendar": calendar}, version)


# Budgets know lines only: their subtotals are added up as those of the statement are. The latest version of the plan counts. The
# group plans in its own periods.
_STATEMENT = """
with line as (
    select
        section,
        line_code,
        line_name,
        line_order,
        is_subtotal,
        coalesce(sum(amount_group) filter (where fiscal_year * 100 + fiscal_period between $first_period and $last_period), 0)
            as amount_group,
        coalesce(
            sum(amount_group) filter (where (fiscal_year + 1) * 100 + fiscal_period between $first_period and $last_period), 0
        ) as amount_group_last_year
    from finance.income_statement
    where company_key is not distinct from try_cast($company as bigint)
    group by all
),

plan as (
    select
        line_order,
        sum(budget_amount_group) as budget_amount_group
    from finance.budget_vs_actual
    where
        budget_type = 'plan'
        and is_in_force
        and case when $company is null then group_fiscal_year else fiscal_year end * 100
        + case when $company is null then group_fiscal_period else fiscal_period end between $first_period and $last_period
        and ($company is null or company_key = try_cast($company as bigint))
    group by line_order
),

planned as (
    select
        line_order,
        budget_amount_group
    from plan

    union all

    select
        subtotal.line_order,
        sum(plan.budget_amount_group) as budget_amount_group
    from reference.income_statement_subtotals as subtotal
    inner join plan on plan.line_order <= subtotal.last_line_order
    group by subtotal.line_order
)

select
    line.section,
    line.line_code,
    line.line_name,
    line.is_subtotal,
    coalesce(role.working_capital_role = 'revenue', false) as is_revenue,
    line.amount_group,
    line.amount_group_last_year,
    line.amount_group - line.amount_group_last_year as amount_group_change,
    planned.budget_amount_group,
    line.amount_group - planned.budget_amount_group as variance_amount_group
from line
left join planned on line.line_order = planned.line_order
left join reference.statement_line_roles as role on line.line_code = role.line_code
where line.is_subtotal or line.amount_group <> 0 or line.amount_group_last_year <> 0 or planned.budget_amount_group <> 0
order by line.line_order
"""


def income_statement(version: int, scope: Scope) -> DataFrame:
    """Return the lines of the income statement with the year before and the plan; a positive difference is good."""
    return ask(_STATEMENT, scope.parameters, version)


_PLANNED_PERIODS = """
with planned as (
    select distinct
        case when $company is null then group_fiscal_year * 100 + group_fiscal_period else fiscal_year * 100 + fiscal_period end
            as period_order
    from finance.budget_vs_actual
    where budget_type = 'plan' and ($company is null or company_key = try_cast($company as bigint))
)

select count(*) as periods
from planned
where period_order between $first_period and $last_period
"""


def planned_periods(version: int, scope: Scope) -> int:
    """Return for how many of the periods there is a plan."""
    return int(ask(_PLANNED_PERIODS, scope.parameters, version)["periods"].iloc[0])


_RESULT_MONTHS = """
with booked as (
    select
        line.fiscal_year,
        line.fiscal_period,
        sum(line.amount_group) filter (where line.line_code = 'net_result') as net_result_group,
        sum(line.amount_group) filter (where line.line_code = 'operating_result') as operating_result_group,
        sum(line.amount_group) filter (where line.line_code = 'gross_profit') as gross_profit_group,
        sum(line.amount_group) filter (where role.working_capital_role = 'revenue') as revenue_group
    from finance.income_statement as line
    left join reference.statement_line_roles as role on line.line_code = role.line_code
    where line.company_key is not distinct from try_cast($company as bigint)
    group by line.fiscal_year, line.fiscal_period
)

select
    period.period_order,
    period.is_special,
    period.period_start_date,
    period.fiscal_year,
    period.fiscal_period,
    coalesce(booked.revenue_group, 0) as revenue_group,
    coalesce(booked.gross_profit_group, 0) as gross_profit_group,
    coalesce(booked.operating_result_group, 0) as operating_result_group,
    coalesce(booked.net_result_group, 0) as net_result_group,
    last_year.operating_result_group as operating_result_group_last_year
from finance.book_period as period
left join booked on period.fiscal_year = booked.fiscal_year and period.fiscal_period = booked.fiscal_period
left join booked as last_year
    on period.fiscal_year = last_year.fiscal_year + 1 and period.fiscal_period = last_year.fiscal_period
where period.fiscal_calendar_code = $calendar and period.period_order between $first_period and $last_period
order by period.period_order
"""


def result_months(version: int, scope: Scope) -> DataFrame:
    """Return revenue and results period by period, the operating result with that of the year before."""
    return ask(_RESULT_MONTHS, {**scope.parameters, "calendar": scope.calendar}, version)


# Cash at the start is that of the first period, cash at the end that of the last; the flows between add up.
_CASH_FLOW = """
with line as (
    select
        activity_order,
        activity,
        line_order,
        line_code,
        line_name,
        is_subtotal,
        amount_group,
        fiscal_year * 100 + fiscal_period as period_order,
        (fiscal_year + 1) * 100 + fiscal_period as period_order_next_year
    from finance.cash_flow
    where company_key is not distinct from try_cast($company as bigint)
),

this_year as (
    select
        *,
        min(period_order) over () as first_order,
        max(period_order) over () as last_order
    from line
    where period_order between $first_period and $last_period
),

last_year as (
    select
        *,
        min(period_order) over () as first_order,
        max(period_order) over () as last_order
    from line
    where period_order_next_year between $first_period and $last_period
),

either_year as (
    select
        activity_order, activity, line_order, line_code, line_name, is_subtotal, amount_group, 0 as amount_group_last_year
    from this_year
    where case line_code when 'opening_cash' then period_order = first_order when 'closing_cash' then period_order = last_order
        else true end

    union all

    select
        activity_order, activity, line_order, line_code, line_name, is_subtotal, 0 as amount_group, amount_group
    from last_year
    where case line_code when 'opening_cash' then period_order = first_order when 'closing_cash' then period_order = last_order
        else true end
)

select
    activity,
    line_code,
    line_name,
    is_subtotal,
    sum(amount_group) as amount_group,
    sum(amount_group_last_year) as amount_group_last_year
from either_year
group by activity_order, activity, line_order, line_code, line_name, is_subtotal
having is_subtotal or sum(amount_group) <> 0 or sum(amount_group_last_year) <> 0
order by activity_order, line_order
"""


def cash_flow(version: int, scope: Scope) -> DataFrame:
    """Return the lines of the cash flow statement with the year before."""
    return ask(_CASH_FLOW, scope.parameters, version)


_AGEING = """
with days as (
    select
        max(snapshot_date) as this_day,
        max(snapshot_date) filter (where snapshot_date <= $until - interval 1 year) as day_last_year
    from finance.snapshot_day
    where snapshot_date <= $until
)

select
    ageing.bucket_name,
    coalesce(ageing.is_overdue, ageing.bucket_order is null) and ageing.bucket_order is not null as is_overdue,
    coalesce(cast(sum(ageing.open_items) filter (where ageing.snapshot_date = days.this_day) as bigint), 0) as open_items,
    coalesce(sum(ageing.open_amount_group) filter (where ageing.snapshot_date = days.this_day), 0) as open_amount_group,
    sum(ageing.open_amount_group) filter (where ageing.snapshot_date = days.day_last_year) as open_amount_group_last_year
from finance.ar_ageing as ageing
inner join days on ageing.snapshot_date = days.this_day or ageing.snapshot_date = days.day_last_year
where $company is null or ageing.company_key = try_cast($company as bigint)
group by ageing.bucket_order, ageing.bucket_name, ageing.is_overdue
order by ageing.bucket_order nulls last
"""


def ageing(version: int, company: str | None, until: date) -> DataFrame:
    """Return what customers owe by age on the last snapshot until a day, and a year before."""
    return ask(_AGEING, {"company": company, "until": until}, version)


_DEBTORS = """
select
    cast(customer_key as varchar) as customer_key,
    customer_number,
    coalesce(customer_name, 'Customer unknown') as customer_name,
    country_name,
    sum(open_amount_group) as open_amount_group,
    coalesce(sum(open_amount_group) filter (where is_overdue), 0) as overdue_amount_group,
    greatest(max(most_overdue_days), 0) as most_overdue_days,
    cast(sum(open_items) as bigint) as open_items
from finance.ar_ageing
where
    snapshot_date = (select max(snapshot_date) from finance.snapshot_day where snapshot_date <= $until)
    and ($company is null or company_key = try_cast($company as bigint))
group by customer_key, customer_number, customer_name, country_name
order by overdue_amount_group desc, open_amount_group desc, customer_name
"""


def debtors(version: int, company: str | None, until: date) -> DataFrame:
    """Return what each customer owes on the last snapshot until a day, the largest overdue amount first."""
    return ask(_DEBTORS, {"company": company, "until": until}, version)


_WORKING_CAPITAL = """
select
    fiscal_year,
    fiscal_period,
    period_end_date,
    receivables_amount_group,
    payables_amount_group,
    inventories_amount_group,
    working_capital_amount_group,
    dso_days,
    dpo_days,
    dio_days,
    cash_conversion_cycle_days
from finance.working_capital_month
where
    company_key is not distinct from try_cast($company as bigint)
    and fiscal_calendar_code = $calendar
    and fiscal_year * 100 + fiscal_period between $first_period and $last_period
order by fiscal_year, fiscal_period
"""


def working_capital(version: int, scope: Scope) -> DataFrame:
    """Return working capital and its days at the end of each period."""
    return ask(_WORKING_CAPITAL, {**scope.parameters, "calendar": scope.calendar}, version)


_BOOK_CHECKS = """
select
    checks.check_name,
    checks.compares,
    count(*) as compared,
    count(*) filter (where result.status = 'break') as breaks,
    sum(abs(result.difference)) as difference
from quality.reconciliation as result
inner join reference.reconciliation_checks as checks on result.check_name = checks.check_name
where
    checks.subject = 'finance'
    and result.period between $first_month and $last_month
    and ($company is null or result.company is null or result.company = $company)
group by checks.check_name, checks.compares
order by breaks > 0 desc, checks.compares
"""


def book_checks(version: int, company_code: str | None, first_period: int, last_period: int) -> DataFrame:
    """Return the checks of the books in the periods: how much was compared, and what did not agree."""
    written = [f"{period // 100}-{period % 100:02}" for period in (first_period, last_period)]
    return ask(_BOOK_CHECKS, {"company": company_code, "first_month": written[0], "last_month": written[1]}, version)
