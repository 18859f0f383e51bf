{{ config(meta={'made_of': ['receivable_item', 'payable_item']}) }}

with

{% set sides = [('receivable', 'ar'), ('payable', 'ap')] -%}
open_amount as (
    {%- for side, short in sides %}
    select
        '{{ side }}' as side,
        snapshot_date,
        company_key,
        document_currency,
        sum(open_items) as open_items,
        sum(open_amount_document) as open_document,
        sum(open_amount_company) as open_company,
        sum(open_amount_group) as open_group
    from {{ ref(short ~ '_ageing_snapshot') }}
    group by snapshot_date, company_key, document_currency
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

closing_rate as (
    select
        from_currency,
        rate_month,
        cast(closing_rate as double) as closing_rate
    from {{ ref('exchange_rate_month') }}
),

-- The rate of the month's last day; for a month that is not over, the latest one.
valued as (
    select
        open_amount.*,
        snapshot_day.is_month_end,
        snapshot_day.is_today,
        company.company_code,
        company.company_name,
        company.company_currency,
        document_rate.closing_rate / nullif(company_rate.closing_rate, 0) as closing_rate_company,
        document_rate.closing_rate as closing_rate_group,
        cast(open_amount.open_document * document_rate.closing_rate / nullif(company_rate.closing_rate, 0) as decimal(18, 2))
            as revalued_company,
        cast(open_amount.open_document * document_rate.closing_rate as decimal(18, 2)) as revalued_group
    from open_amount
    inner join {{ ref('snapshot_day') }} as snapshot_day on open_amount.snapshot_date = snapshot_day.snapshot_date
    inner join {{ ref('dim_company') }} as company on open_amount.company_key = company.company_key
    left join closing_rate as document_rate
        on open_amount.document_currency = document_rate.from_currency and snapshot_day.snapshot_month = document_rate.rate_month
    left join closing_rate as company_rate
        on company.company_currency = company_rate.from_currency and snapshot_day.snapshot_month = company_rate.rate_month
    where open_amount.document_currency <> company.company_currency
),

fx_exposure as (
    select
        snapshot_date,
        is_month_end,
        is_today,
        company_key,
        company_code,
        company_name,
        company_currency,
        document_currency,
        side,
        cast(open_items as bigint) as open_items,
        cast(open_document as decimal(18, 2)) as open_amount_document,
        cast(open_company as decimal(18, 2)) as open_amount_company,
        closing_rate_company,
        revalued_company as revalued_amount_company,
        cast(revalued_company - open_company as decimal(18, 2)) as unrealised_gain_amount_company,
        cast(open_group as decimal(18, 2)) as open_amount_group,
        closing_rate_group,
        revalued_group as revalued_amount_group,
        cast(revalued_group - open_group as decimal(18, 2)) as unrealised_gain_amount_group
    from valued
)

select * from fx_exposure
