{{ config(meta={'made_of': ['sales_order_line']}) }}

with

-- What the customer asked for: lines that were rejected since still say it, lines that were deleted do not.
quoted_order as (
    select
        source_system,
        company_code,
        order_number,
        quote_number,
        document_currency,
        min(order_date) as order_date,
        sum(net_amount_document) as order_amount_document,
        coalesce(sum(net_amount_document) filter (where is_cancelled), 0) as cancelled_amount_document,
        count(*) as order_lines,
        count(*) filter (where not is_deleted) as living_lines
    from {{ ref('sales_order_line') }}
    where quote_number is not null and (not is_deleted or coalesce(is_cancelled, false))
    group by source_system, company_code, order_number, quote_number, document_currency
),

quote as (
    select
        quote_number,
        max(opportunity_key) as opportunity_key
    from {{ ref('fct_quote_line') }}
    where quote_number is not null
    group by quote_number
),

rated_order as (
    select
        quoted_order.*,
        coalesce(company.company_key, -1) as company_key,
        {{ rate_to_group('quoted_order.document_currency', 'rate.exchange_rate') }} as exchange_rate_group
    from quoted_order
    left join {{ ref('dim_company') }} as company
        on quoted_order.source_system = company.source_system and quoted_order.company_code = company.company_code
    left join {{ ref('exchange_rate_day') }} as rate
        on quoted_order.document_currency = rate.from_currency and quoted_order.order_date = rate.rate_date
),

deal_order as (
    select
        {{ surrogate_key(['rated_order.source_system', 'rated_order.order_number']) }} as sales_order_key,
        coalesce(deal.opportunity_key, -1) as opportunity_key,
        coalesce(deal.customer_key, -1) as customer_key,
        coalesce(deal.employee_key, -1) as employee_key,
        rated_order.company_key,
        rated_order.source_system,
        rated_order.order_number,
        rated_order.quote_number,
        deal.source_id as deal_source_id,
        coalesce(deal.is_won, false) as is_won,
        rated_order.order_date,
        rated_order.document_currency,
        rated_order.exchange_rate_group,
        cast(rated_order.order_amount_document as decimal(18, 2)) as order_amount_document,
        cast(rated_order.cancelled_amount_document as decimal(18, 2)) as cancelled_amount_document,
        {{ amount_in('rated_order.order_amount_document', 'rated_order.exchange_rate_group') }} as order_amount_group,
        rated_order.order_lines,
        rated_order.living_lines
    from rated_order
    left join quote on rated_order.quote_number = quote.quote_number
    left join {{ ref('fct_opportunity') }} as deal on quote.opportunity_key = deal.opportunity_key
)

select * from deal_order
