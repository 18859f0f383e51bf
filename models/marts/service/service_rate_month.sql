{{ config(meta={'made_of': ['case']}) }}

with

-- Who owns cases is who serves.
agent as (
    select distinct service_case.employee_key
    from {{ ref('fct_case') }} as service_case
    inner join {{ ref('dim_employee') }} as employee on service_case.employee_version_key = employee.employee_version_key
    where employee.is_employee
),

pay as (
    select
        payroll.payroll_month,
        payroll.employee_key,
        sum(payroll.gross_pay_group) as gross_pay_group
    from {{ ref('fct_payroll_cost') }} as payroll
    inner join agent on payroll.employee_key = agent.employee_key
    where payroll.gross_pay_group <> 0
    group by payroll.payroll_month, payroll.employee_key
),

work as (
    select
        employment_month,
        employee_key,
        sum(fte) as fte
    from {{ ref('fct_employment_month') }}
    where fte > 0
    group by employment_month, employee_key
),

paid_month as (
    select
        pay.payroll_month,
        pay.employee_key,
        pay.gross_pay_group,
        work.fte
    from pay
    inner join work on pay.payroll_month = work.employment_month and pay.employee_key = work.employee_key
),

case_month as (
    select distinct cast(date_trunc('month', calendar_date) as date) as cost_month
    from {{ ref('dim_date') }}
    where
        calendar_date >= (select min(opened_date) from {{ ref('fct_case') }})
        and calendar_date <= (select as_of_date from {{ ref('as_of') }})
),

rate as (
    select
        case_month.cost_month,
        count(distinct paid_month.employee_key) as employees,
        sum(paid_month.gross_pay_group) * (1 + {{ var('employer_cost_rate') }})
        / nullif(sum(paid_month.fte) * {{ var('monthly_working_hours') }}, 0) as paid_rate_group
    from case_month
    left join paid_month
        on
            case_month.cost_month >= paid_month.payroll_month
            and case_month.cost_month < paid_month.payroll_month + interval 12 month
    group by case_month.cost_month
),

service_rate_month as (
    select
        cost_month,
        employees < {{ var('smallest_people_group') }} or paid_rate_group is null as is_standard_rate,
        cast(
            case
                when employees < {{ var('smallest_people_group') }} or paid_rate_group is null then {{ var('service_hour_rate_group') }}
                else paid_rate_group
            end as decimal(18, 2)
        ) as hour_rate_group
    from rate
)

select * from service_rate_month
