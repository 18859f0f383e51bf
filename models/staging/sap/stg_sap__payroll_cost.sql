{{ config(materialized='view') }}

with

active_time as (
    select *
    from {{ ref('stg_sap__employment_change') }}
    where not is_deleted and employment_status = 'active'
),

pay as (
    select
        *,
        least(
            end_date,
            coalesce(lead(start_date) over (partition by employee_number order by start_date) - 1, date '9999-12-31')
        ) as last_date
    from {{ ref('stg_sap__employee_pay') }}
    where not is_deleted
),

place as (
    select
        *,
        least(
            end_date,
            coalesce(lead(start_date) over (partition by employee_number order by start_date) - 1, date '9999-12-31')
        ) as last_date
    from {{ ref('stg_sap__employee') }}
    where not is_deleted
),

-- The latest day of which the extracts tell: no month after it is over.
known_day as (
    select max(extracted_date) as day
    from (
        select extracted_date from {{ ref('stg_sap__exchange_rate') }}
        union all
        select extracted_date from {{ ref('stg_sap__employee_action') }}
        union all
        select extracted_date from {{ ref('stg_sap__basic_pay') }}
    ) as extract_day
),

bounds as (
    select
        min(pay.start_date) as first_day,
        max(known_day.day) as last_day
    from pay
    cross join known_day
),

calendar as (
    {{ days_between('bounds', 'first_day', 'last_day') }}
),

month_end as (
    select day as month_end
    from calendar
    where extract(day from day + 1) = 1
),

-- Who is at work earns the salary of the month by calendar days; a month may have several stretches.
paid_time as (
    select
        pay.employee_number,
        month_end.month_end,
        pay.document_currency,
        pay.annual_salary_document,
        greatest(cast(date_trunc('month', month_end.month_end) as date), pay.start_date, active_time.change_date) as first_date,
        least(month_end.month_end, pay.last_date, active_time.last_date) as last_date,
        greatest(pay._batch_id, active_time._batch_id) as _batch_id
    from pay
    inner join active_time on pay.employee_number = active_time.employee_number
    inner join month_end
        on
            pay.start_date <= month_end.month_end
            and active_time.change_date <= month_end.month_end
            and pay.last_date >= date_trunc('month', month_end.month_end)
            and active_time.last_date >= date_trunc('month', month_end.month_end)
),

paid_month as (
    select
        employee_number,
        month_end,
        document_currency,
        max(last_date) as last_paid_date,
        sum(last_date - first_date + 1) as paid_days,
        sum(annual_salary_document * (last_date - first_date + 1)) as weighted_salary,
        max(_batch_id) as _batch_id
    from paid_time
    where first_date <= last_date
    group by employee_number, month_end, document_currency
),

payroll_cost as (
    select
        concat_ws('/', paid_month.employee_number, paid_month.month_end, paid_month.document_currency) as source_id,
        paid_month.employee_number,
        cast(date_trunc('month', paid_month.month_end) as date) as payroll_month,
        paid_month.month_end as payroll_date,
        place.company_code,
        place.cost_center_code,
        cast(paid_month.paid_days as integer) as paid_days,
        cast(
            paid_month.weighted_salary / (12 * extract(day from paid_month.month_end)) as decimal(18, 2)
        ) as gross_pay_document,
        paid_month.document_currency,
        false as is_deleted,
        greatest(paid_month._batch_id, coalesce(place._batch_id, 0)) as _batch_id
    from paid_month
    left join place
        on
            paid_month.employee_number = place.employee_number
            and paid_month.last_paid_date between place.start_date and place.last_date
)

select * from payroll_cost
