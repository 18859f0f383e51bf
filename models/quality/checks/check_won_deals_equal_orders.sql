{{ config(materialized='view') }}

with

compared as (
    select
        deal.*,
        company.company_code,
        substr(cast(coalesce(deal.won_date, deal.order_date) as varchar), 1, 7) as period
    from {{ ref('won_deal_order') }} as deal
    left join {{ ref('dim_company') }} as company on deal.company_key = company.company_key
    where deal.match_status not in ('awaited', 'unlinked')
),

check_won_deals_equal_orders as (
    select
        'won_deals_equal_orders' as check_name,
        company_code as company,
        period,
        cast(coalesce(sum(deal_amount_group), 0) as decimal(18, 2)) as expected,
        cast(coalesce(sum(order_amount_group), 0) as decimal(18, 2)) as actual,
        {{ list_text("case when match_status = 'no_deal' then order_number else deal_source_id end", 'is_break') }} as documents
    from compared
    group by company_code, period
)

select * from check_won_deals_equal_orders
