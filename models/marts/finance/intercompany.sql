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
        sum(coalesce(movement.in_transit_amount_group, 0)) over so_far as in_transit_group,
        coalesce(movement.revenue_amount_document, 0) as revenue_document,
        coalesce(movement.revenue_amount_group, 0) as revenue_group,
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

intercompany as (
    select
        balance.seller_company_key,
        seller.company_code as seller_company_code,
        seller.company_name as seller_company_name,
        balance.buyer_company_key,
        buyer.company_code as buyer_company_code,
        buyer.company_name as buyer_company_name,
        balance.document_currency,
        balance.fiscal_year,
        balance.fiscal_period,
        balance.period_end_date,
        cast(balance.receivable_document as decimal(18, 2)) as receivable_amount_document,
        cast(balance.payable_document as decimal(18, 2)) as payable_amount_document,
        cast(balance.in_transit_document as decimal(18, 2)) as in_transit_amount_document,
        cast(balance.receivable_document - balance.payable_document - balance.in_transit_document as decimal(18, 2))
            as difference_amount_document,
        cast(balance.revenue_document as decimal(18, 2)) as revenue_amount_document,
        cast(balance.purchase_document as decimal(18, 2)) as purchase_amount_document,
        cast(balance.receivable_group as decimal(18, 2)) as receivable_amount_group,
        cast(balance.payable_group as decimal(18, 2)) as payable_amount_group,
        cast(balance.in_transit_group as decimal(18, 2)) as in_transit_amount_group,
        cast(balance.receivable_group - balance.payable_group - balance.in_transit_group as decimal(18, 2))
            as difference_amount_group,
        cast(balance.revenue_group as decimal(18, 2)) as revenue_amount_group,
        cast(balance.purchase_group as decimal(18, 2)) as purchase_amount_group
    from balance
    inner join {{ ref('dim_company') }} as seller on balance.seller_company_key = seller.company_key
    inner join {{ ref('dim_company') }} as buyer on balance.buyer_company_key = buyer.company_key
)

select * from intercompany
