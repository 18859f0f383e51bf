{{ config(meta={'made_of': ['receivable_item', 'payable_item']}) }}

with

first_item as (
    select min(posting_date) as first_day from {{ ref('fct_receivable_item') }}

    union all

    select min(posting_date) as first_day from {{ ref('fct_payable_item') }}
),

first_day as (
    select min(first_day) as first_day from first_item
),

month as (
    select
        month_start,
        max(calendar_date) as month_end
    from {{ ref('dim_date') }}
    group by month_start
),

-- The ends of all months that are over, and today.
snapshot_day as (
    select
        least(month.month_end, as_of.as_of_date) as snapshot_date,
        month.month_start as snapshot_month,
        month.month_end <= as_of.as_of_date as is_month_end,
        month.month_end >= as_of.as_of_date as is_today
    from month
    cross join {{ ref('as_of') }} as as_of
    cross join first_day
    where month.month_start <= as_of.as_of_date and month.month_end >= first_day.first_day
)

select * from snapshot_day
