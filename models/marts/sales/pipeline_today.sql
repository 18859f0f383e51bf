{{ config(meta={'made_of': ['opportunity']}) }}

with

deal as (
    select * from {{ ref('fct_opportunity') }}
    where not is_closed
),

as_of as (
    select * from {{ ref('as_of') }}
),

customer as (
    select * from {{ ref('dim_customer') }}
    where is_current
),

owner as (
    select * from {{ ref('dim_employee') }}
    where is_current
),

stage as (
    select * from {{ ref('opportunity_stages') }}
),

pipeline_today as (
    select
        deal.opportunity_key,
        deal.customer_key,
        deal.employee_key,
        deal.source_system,
        deal.source_id,
        deal.opportunity_name,
        deal.opportunity_type,
        deal.lead_source,
        customer.customer_name,
        customer.country_code,
        owner.employee_name as owner_name,
        deal.stage_name,
        deal.stage_code,
        stage.stage_order,
        deal.forecast_category,
        deal.win_rate,
        deal.created_date,
        deal.close_date,
        cast(date_trunc('month', deal.close_date) as date) as close_month,
        deal.stage_since_date,
        {{ days_after('as_of.as_of_date', 'deal.created_date') }} as age_days,
        {{ days_after('as_of.as_of_date', 'coalesce(deal.stage_since_date, deal.created_date)') }} as stage_days,
        deal.postponed_count,
        deal.backward_count,
        deal.is_reopened,
        coalesce(deal.close_date < as_of.as_of_date, false) as is_overdue,
        case when deal.close_date < as_of.as_of_date then {{ days_after('as_of.as_of_date', 'deal.close_date') }} end as overdue_days,
        deal.document_currency,
        deal.amount_document,
        deal.amount_group,
        deal.expected_amount_group
    from deal
    cross join as_of
    left join customer on deal.customer_key = customer.customer_key
    left join owner on deal.employee_key = owner.employee_key
    left join stage on deal.stage_name = stage.stage_name
)

select * from pipeline_today
