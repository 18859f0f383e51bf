{{ config(meta={'made_of': ['opportunity']}) }}

with

as_of as (
    select * from {{ ref('as_of') }}
),

deal_order as (
    select * from {{ ref('deal_order') }}
),

-- Where no order names any quote, nobody can tell which deal it came of.
link as (
    select count(*) > 0 as is_kept
    from deal_order
),

of_deal as (
    select
        opportunity_key,
        max(company_key) as company_key,
        {{ list_text('quote_number') }} as quote_number,
        {{ list_text('order_number') }} as order_number,
        min(order_date) as order_date,
        {{ list_text('document_currency') }} as order_currency,
        sum(order_amount_document) as order_amount_document,
        sum(cancelled_amount_document) as cancelled_amount_document,
        sum(order_amount_group) as order_amount_group,
        sum(living_lines) as living_lines
    from deal_order
    where is_won
    group by opportunity_key
),

-- Amounts are compared in the currency of the deal, and shown in the group's at the deal's rate, so that no rate makes a difference.
won_deal as (
    select
        deal.opportunity_key,
        deal.source_id as deal_source_id,
        deal.customer_key,
        deal.employee_key,
        coalesce(of_deal.company_key, -1) as company_key,
        of_deal.quote_number,
        of_deal.order_number,
        deal.won_date,
        of_deal.order_date,
        deal.document_currency as deal_currency,
        of_deal.order_currency,
        deal.amount_document as deal_amount_document,
        of_deal.order_amount_document,
        of_deal.cancelled_amount_document,
        deal.amount_group as deal_amount_group,
        case
            when of_deal.order_currency = deal.document_currency
                then {{ amount_in('of_deal.order_amount_document', 'deal.exchange_rate_group') }}
            else of_deal.order_amount_group
        end as order_amount_group,
        case
            when not link.is_kept then 'unlinked'
            when of_deal.order_number is null and {{ days_after('as_of.as_of_date', 'deal.won_date') }} <= {{ var('order_follows_days') }}
                then 'awaited'
            when of_deal.order_number is null then 'no_order'
            when coalesce(of_deal.order_currency <> deal.document_currency, true) then 'currency_differs'
            when coalesce(of_deal.order_amount_document <> deal.amount_document, true) then 'amount_differs'
            when of_deal.living_lines = 0 then 'order_cancelled'
            else 'matched'
        end as match_status
    from {{ ref('fct_opportunity') }} as deal
    cross join as_of
    cross join link
    left join of_deal on deal.opportunity_key = of_deal.opportunity_key
    where deal.is_won
),

-- An order of a deal that the CRM does not have, or has not won.
lonely_order as (
    select
        opportunity_key,
        deal_source_id,
        customer_key,
        employee_key,
        company_key,
        quote_number,
        order_number,
        cast(null as date) as won_date,
        order_date,
        cast(null as varchar) as deal_currency,
        document_currency as order_currency,
        cast(null as decimal(18, 2)) as deal_amount_document,
        order_amount_document,
        cancelled_amount_document,
        cast(null as decimal(18, 2)) as deal_amount_group,
        order_amount_group,
        case when opportunity_key = -1 then 'no_deal' else 'deal_not_won' end as match_status
    from deal_order
    where not is_won
),

either as (
    select * from won_deal

    union all

    select * from lonely_order
),

won_deal_order as (
    select
        opportunity_key,
        deal_source_id,
        customer_key,
        employee_key,
        company_key,
        quote_number,
        order_number,
        won_date,
        order_date,
        {{ days_after('order_date', 'won_date') }} as win_to_order_days,
        deal_currency,
        order_currency,
        deal_amount_document,
        cast(order_amount_document as decimal(18, 2)) as order_amount_document,
        cast(cancelled_amount_document as decimal(18, 2)) as cancelled_amount_document,
        case when deal_currency = order_currency then cast(order_amount_document - deal_amount_document as decimal(18, 2)) end
            as difference_document,
        deal_amount_group,
        cast(order_amount_group as decimal(18, 2)) as order_amount_group,
        match_status,
        match_status in ('no_order', 'amount_differs', 'currency_differs', 'no_deal', 'deal_not_won') as is_break
    from either
)

select * from won_deal_order
