with

movement as (
    select * from {{ ref('intercompany_movement') }}
),

period as (
    select * from {{ ref('book_period') }}
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
        period.period_end_date
        {%- for amount in ['receivable', 'payable', 'in_transit'] %}
        {%- for role in ['document', 'group'] %},
        sum(coalesce(movement.{{ amount }}_amount_{{ role }}, 0)) over so_far as {{ amount }}_{{ role }}
        {%- endfor %}{% endfor %}
        {%- for amount in ['revenue', 'purchase'] %}
        {%- for role in ['document', 'group'] %},
        coalesce(movement.{{ amount }}_amount_{{ role }}, 0) as {{ amount }}_{{ role }}
        {%- endfor %}{% endfor %}
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
        balance.period_end_date
        {%- for role in ['document', 'group'] %},
        cast(balance.receivable_{{ role }} as decimal(18, 2)) as receivable_amount_{{ role }},
        cast(balance.payable_{{ role }} as decimal(18, 2)) as payable_amount_{{ role }},
        cast(balance.in_transit_{{ role }} as decimal(18, 2)) as in_transit_amount_{{ role }},
        cast(balance.receivable_{{ role }} - balance.payable_{{ role }} - balance.in_transit_{{ role }} as decimal(18, 2))
            as difference_amount_{{ role }},
        cast(balance.revenue_{{ role }} as decimal(18, 2)) as revenue_amount_{{ role }},
        cast(balance.purchase_{{ role }} as decimal(18, 2)) as purchase_amount_{{ role }}
        {%- endfor %}
    from balance
    inner join {{ ref('dim_company') }} as seller on balance.seller_company_key = seller.company_key
    inner join {{ ref('dim_company') }} as buyer on balance.buyer_company_key = buyer.company_key
)

select * from intercompany
