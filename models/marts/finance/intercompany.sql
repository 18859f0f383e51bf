{{ config(meta={'made_of': ['journal_line']}) }}

with

movement as (
    select * from {{ ref('intercompany_movement') }}
),

period as (
    select * from {{ ref('book_period') }}
    where fiscal_calendar_code = '{{ var("fiscal_calendar") }}'
),

pair as (
    select
        movement.seller_company_key,
        movement.buyer_company_key,
        movement.document_currency,
        min(period.period_order) as first_period_order
    from movement
    inner join period on movement.fiscal_year = period.fiscal_year and movement.fiscal_period = period.fiscal_period
    group by movement.seller_company_key, movement.buyer_company_key, movement.document_currency
),

-- Balances add up since ever, revenue and purchases are those of the period.
balance as (
    select
        pair.seller_company_key,
        pair.buyer_company_key,
        pair.document_currency,
        period.fiscal_year,
        period.fiscal_period,
        period.period_end_date,
        sum(coalesce(movement.receivable_amount_document, 0)) over so_far as receivable_document,
        sum(coalesce(movement.receivable_amount_group, 0)) over so_far as receivable_group,
        sum(coalesce(movement.payable_amount_document, 0)) over so_far as payable_document,
        sum(coalesce(movement.payable_amount_group, 0)) over so_far as payable_group,
        sum(coalesce(movement.in_transit_amount_document, 0)) over so_far as in_transit_document,
        sum(coalesce(movement.overbilled_amount_document, 0)) over so_far as overbilled_document,
        sum(coalesce(movement.in_transit_amount_group, 0)) over so_far as in_transit_group,
        sum(coalesce(movement.overbilled_amount_group, 0)) over so_far as overbilled_group,
        coalesce(movement.revenue_amount_document, 0) as revenue_document,
        coalesce(movement.cost_amount_document, 0) as cost_document,
        coalesce(movement.revenue_amount_group, 0) as revenue_group,
        coalesce(movement.cost_amount_group, 0) as cost_group,
        coalesce(movement.purchase_amount_document, 0) as purchase_document,
        coalesce(movement.purchase_amount_group, 0) as purchase_group
    from pair
    inner join period on pair.first_period_order <= period.period_order
    left join movement
        on
            pair.seller_company_key = movement.seller_company_key
            and pair.buyer_company_key = movement.buyer_company_key
            and pair.document_currency = movement.document_currency
            and period.fiscal_year = movement.fiscal_year
            and period.fiscal_period = movement.fiscal_period
    window so_far as (
        partition by pair.seller_company_key, pair.buyer_company_key, pair.document_currency order by period.period_order
    )
),

-- What a currency was worth at the end of the period; for a period that is not over, today.
valued as (
    select
        balance.*,
        {{ rate_to_group('balance.document_currency', 'rate.exchange_rate') }} as closing_rate_group
    from balance
    cross join {{ ref('as_of') }} as today
    left join {{ ref('exchange_rate_day') }} as rate
        on
            balance.document_currency = rate.from_currency
            and least(balance.period_end_date, today.as_of_date) = rate.rate_date
),

intercompany as (
    select
        valued.seller_company_key,
        seller.company_code as seller_company_code,
        seller.company_name as seller_company_name,
        valued.buyer_company_key,
        buyer.company_code as buyer_company_code,
        buyer.company_name as buyer_company_name,
        valued.document_currency,
        valued.fiscal_year,
        valued.fiscal_period,
        valued.period_end_date,
        cast(valued.receivable_document as decimal(18, 2)) as receivable_amount_document,
        cast(valued.payable_document as decimal(18, 2)) as payable_amount_document,
        cast(valued.in_transit_document as decimal(18, 2)) as in_transit_amount_document,
        cast(valued.receivable_document - valued.payable_document - valued.in_transit_document as decimal(18, 2))
            as difference_amount_document,
        cast(valued.overbilled_document as decimal(18, 2)) as overbilled_amount_document,
        cast(valued.revenue_document as decimal(18, 2)) as revenue_amount_document,
        cast(valued.cost_document as decimal(18, 2)) as cost_amount_document,
        cast(valued.purchase_document as decimal(18, 2)) as purchase_amount_document,
        cast(valued.closing_rate_group as double) as closing_rate_group,
        cast(valued.receivable_group as decimal(18, 2)) as receivable_amount_group,
        cast(valued.payable_group as decimal(18, 2)) as payable_amount_group,
        cast(valued.in_transit_group as decimal(18, 2)) as in_transit_amount_group,
        cast(valued.receivable_group - valued.payable_group - valued.in_transit_group as decimal(18, 2))
            as difference_amount_group,
        cast(valued.overbilled_group as decimal(18, 2)) as overbilled_amount_group,
        cast(valued.revenue_group as decimal(18, 2)) as revenue_amount_group,
        cast(valued.cost_group as decimal(18, 2)) as cost_amount_group,
        cast(valued.purchase_group as decimal(18, 2)) as purchase_amount_group
    from valued
    inner join {{ ref('dim_company') }} as seller on valued.seller_company_key = seller.company_key
    inner join {{ ref('dim_company') }} as buyer on valued.buyer_company_key = buyer.company_key
)

select * from intercompany
