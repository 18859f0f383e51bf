{{ config(meta={'made_of': ['quote_line']}) }}

with

-- The quote that the customer took: of a deal that is won, the one that is accepted.
won_line as (
    select
        cast(date_trunc('month', deal.won_date) as date) as won_month,
        line.customer_key,
        line.employee_key,
        line.product_key,
        line.net_amount_group,
        {{ amount_in(
            'cast(line.list_price_document * line.quantity as decimal(18, 6))', 'line.exchange_rate_group'
        ) }} as list_amount_group,
        coalesce(line.list_price_document > 0, false) as is_listed
    from {{ ref('fct_quote_line') }} as line
    inner join {{ ref('fct_opportunity') }} as deal on line.opportunity_key = deal.opportunity_key
    where deal.is_won and line.quote_status = 'Accepted'
),

added_up as (
    select
        won_month,
        customer_key,
        employee_key,
        product_key,
        count(*) as quote_lines,
        count(*) filter (where not is_listed) as unlisted_lines,
        coalesce(sum(list_amount_group) filter (where is_listed), 0) as list_amount_group,
        coalesce(sum(net_amount_group) filter (where is_listed), 0) as listed_net_amount_group,
        coalesce(sum(net_amount_group), 0) as net_amount_group
    from won_line
    group by won_month, customer_key, employee_key, product_key
),

discount_leakage as (
    select
        won_month,
        customer_key,
        employee_key,
        product_key,
        quote_lines,
        unlisted_lines,
        cast(net_amount_group as decimal(18, 2)) as net_amount_group,
        cast(list_amount_group as decimal(18, 2)) as list_amount_group,
        cast(listed_net_amount_group as decimal(18, 2)) as listed_net_amount_group,
        cast(list_amount_group - listed_net_amount_group as decimal(18, 2)) as discount_amount_group,
        cast(list_amount_group - listed_net_amount_group as double) / nullif(list_amount_group, 0) as discount_rate
    from added_up
)

select * from discount_leakage
