{{ config(meta={'made_of': ['employment_change']}) }}

with

employment_change as (
    select
        *,
        coalesce(last_date, date '9999-12-31') as last_day
    from {{ ref('employment_change') }}
    where not is_deleted
),

-- The months that are over, from the first one of which pay is known: before it the sources tell only of those who are still there.
bounds as (
    select
        coalesce(min(payroll_month), (select min(change_date) from employment_change)) as first_day,
        coalesce(max(payroll_date), (select max(change_date) from employment_change)) as last_day
    from {{ ref('payroll_cost') }}
    where not is_deleted
),

calendar as (
    {{ days_between('bounds', 'first_day', 'last_day') }}
),

month_end as (
    select
        cast(date_trunc('month', day) as date) as employment_month,
        day as month_end
    from calendar
    where extract(day from day + 1) = 1
),

-- How everybody stood on the last day of a month.
standing as (
    select
        month_end.employment_month,
        month_end.month_end,
        change.source_system,
        change.employee_number,
        change.employment_status,
        change.is_employed,
        change.company_code,
        change.cost_center_code
    from month_end
    inner join employment_change as change
        on month_end.month_end >= change.change_date and month_end.month_end <= change.last_day
),

event as (
    select
        cast(date_trunc('month', change_date) as date) as employment_month,
        source_system,
        employee_number,
        count(*) filter (where change_type in ('join', 'rejoin')) as joins,
        count(*) filter (where change_type = 'leave') as leaves,
        count(*) filter (where change_type = 'move') as moves
    from employment_change
    group by all
),

employment_month as (
    select
        standing.*,
        coalesce(event.joins, 0) as joins,
        coalesce(event.leaves, 0) as leaves,
        coalesce(event.moves, 0) as moves
    from standing
    left join event
        on
            standing.employment_month = event.employment_month
            and standing.source_system = event.source_system
            and standing.employee_number = event.employee_number
    where standing.is_employed or event.employee_number is not null
),

pay as (
    select
        *,
        lead(start_date) over (partition by source_system, employee_number order by start_date) as next_start
    from {{ ref('employee_pay') }}
    where not is_deleted
),

placed_month as (
    select
        employment_month.source_system,
        employment_month.employee_number,
        employment_month.employment_month,
        employment_month.month_end,
        employment_month.employment_status,
        employment_month.is_employed,
        coalesce(employee.employee_key, -1) as employee_key,
        coalesce(employee.employee_version_key, -1) as employee_version_key,
        coalesce(employee.company_code, employment_month.company_code) as company_code,
        coalesce(employee.cost_center_code, employment_month.cost_center_code) as cost_center_code,
        coalesce(pay.working_time_rate, 1) as working_time_rate,
        employment_month.joins,
        employment_month.leaves,
        employment_month.moves
    from employment_month
    left join {{ ref('dim_employee') }} as employee
        on
            employment_month.source_system = employee.source_system
            and employment_month.employee_number = employee.employee_number
            and employee.is_employee
            and employment_month.month_end >= employee.valid_from
            and employment_month.month_end < employee.valid_to
    left join pay
        on
            employment_month.source_system = pay.source_system
            and employment_month.employee_number = pay.employee_number
            and employment_month.month_end >= pay.start_date
            and employment_month.month_end < coalesce(pay.next_start, date '9999-12-31')
),

fct_employment_month as (
    select
        {{ surrogate_key(['placed.source_system', 'placed.employee_number', 'placed.employment_month']) }} as employment_month_key,
        placed.employee_key,
        placed.employee_version_key,
        coalesce(company.company_key, -1) as company_key,
        placed.source_system,
        placed.employee_number,
        placed.cost_center_code,
        placed.employment_month,
        placed.month_end,
        placed.employment_status,
        case when placed.is_employed then 1 else 0 end as headcount,
        cast(case when placed.employment_status = 'active' then placed.working_time_rate else 0 end as decimal(9, 4)) as fte,
        cast(placed.joins as integer) as joins,
        cast(placed.leaves as integer) as leaves,
        cast(placed.moves as integer) as moves
    from placed_month as placed
    left join {{ ref('dim_company') }} as company
        on placed.source_system = company.source_system and placed.company_code = company.company_code
)

select * from fct_employment_month
