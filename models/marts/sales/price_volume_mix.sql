{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook=[
        "{{ delete_changed(this, '(sales_month, product_key)', ref('changed_price_volume_mix')) }}",
        "{% if is_incremental() %}delete from {{ this }} where not ({{ is_told_month('sales_month', var('price_volume_mix_months') - 1) }}){% endif %}",
    ],
    meta={'made_of': ['sales_order_line']},
) }}
-- depends_on: {{ ref('changed_price_volume_mix') }}, {{ ref('as_of') }}, {{ ref('dim_date') }}

with

{%- if is_incremental() %}

changed as (
    select * from {{ ref('changed_price_volume_mix') }}
),

needed as (
    select
        sales_month,
        product_key
    from changed

    union

    select
        cast(sales_month - interval 1 year as date) as sales_month,
        product_key
    from changed
),

-- By day: to tell the month of every line costs more than all the rest.
needed_day as (
    select distinct
        day.calendar_date as order_date,
        needed.product_key
    from needed
    inner join {{ ref('dim_date') }} as day on needed.sales_month = day.month_start
),

{%- endif %}

sold as (
    select
        cast(date_trunc('month', line.order_date) as date) as sales_month,
        line.product_key,
        line.customer_key,
        line.document_currency,
        sum(line.quantity) as units,
        sum(line.net_amount_document) as revenue_document,
        sum(line.net_amount_group) as revenue_group
    from {{ ref('fct_sales_order_line') }} as line
    {%- if is_incremental() %}
    inner join needed_day on line.product_key = needed_day.product_key and line.order_date = needed_day.order_date
    {%- else %}
    where
        line.order_date >= (
            select today.as_of_month - interval {{ var('price_volume_mix_months') + 11 }} months from {{ ref('as_of') }} as today
        )
    {%- endif %}
    group by date_trunc('month', line.order_date), line.product_key, line.customer_key, line.document_currency
),

-- The same sales at the average rate of the month a year before; where nobody fixed one, the rate makes no difference.
cell as (
    select
        sold.sales_month,
        sold.product_key,
        sold.customer_key,
        sum(sold.units) as units,
        sum(coalesce(sold.revenue_group, 0)) as revenue_group,
        sum(coalesce(
            {{ amount_in('sold.revenue_document', rate_to_group('sold.document_currency', 'rate.average_rate')) }}, sold.revenue_group, 0
        )) as constant_revenue_group
    from sold
    left join {{ ref('exchange_rate_month') }} as rate
        on sold.document_currency = rate.from_currency and rate.rate_month = sold.sales_month - interval 1 year
    group by sold.sales_month, sold.product_key, sold.customer_key
),

last_year as (
    select
        cast(sales_month + interval 1 year as date) as sales_month,
        product_key,
        customer_key,
        units,
        revenue_group
    from cell
),

pair as (
    select
        coalesce(cell.sales_month, last_year.sales_month) as sales_month,
        coalesce(cell.product_key, last_year.product_key) as product_key,
        coalesce(cell.customer_key, last_year.customer_key) as customer_key,
        coalesce(cell.units, 0) as units,
        coalesce(last_year.units, 0) as units_last_year,
        coalesce(cell.revenue_group, 0) as revenue_group,
        coalesce(last_year.revenue_group, 0) as revenue_group_last_year,
        coalesce(cell.constant_revenue_group, 0) as constant_revenue_group,
        coalesce(cell.units > 0 and last_year.units > 0, false) as is_continued
    from cell
    full outer join last_year
        on
            cell.sales_month = last_year.sales_month
            and cell.product_key = last_year.product_key
            and cell.customer_key = last_year.customer_key
),

-- Units are added up within a product only: pieces and litres have no sum.
grown as (
    select
        *,
        cast(units as double) / nullif(units_last_year, 0) as growth,
        cast(sum(units) filter (where is_continued) over of_product as double)
        / nullif(sum(units_last_year) filter (where is_continued) over of_product, 0) as product_growth
    from pair
    {%- if is_incremental() %}
    where (sales_month, product_key) in (select (changed.sales_month, changed.product_key) from changed)
    {%- else %}
    where {{ is_told_month('sales_month', var('price_volume_mix_months') - 1) }}
    {%- endif %}
    window of_product as (partition by sales_month, product_key)
),

effect as (
    select
        *,
        revenue_group - revenue_group_last_year as change_group,
        case when is_continued then 0 else revenue_group end as new_group,
        case when is_continued then 0 else -revenue_group_last_year end as lost_group,
        case when is_continued then revenue_group - constant_revenue_group else 0 end as currency_group,
        cast(case when is_continued then revenue_group_last_year * (product_growth - 1) else 0 end as decimal(18, 2)) as volume_group,
        cast(case when is_continued then revenue_group_last_year * (growth - product_growth) else 0 end as decimal(18, 2)) as mix_group
    from grown
),

price_volume_mix as (
    select
        sales_month,
        product_key,
        customer_key,
        cast(units as decimal(18, 3)) as units,
        cast(units_last_year as decimal(18, 3)) as units_last_year,
        cast(revenue_group as decimal(18, 2)) as revenue_group,
        cast(revenue_group_last_year as decimal(18, 2)) as revenue_group_last_year,
        cast(change_group as decimal(18, 2)) as change_group,
        cast(change_group - new_group - lost_group - currency_group - volume_group - mix_group as decimal(18, 2)) as price_group,
        volume_group,
        mix_group,
        cast(new_group as decimal(18, 2)) as new_group,
        cast(lost_group as decimal(18, 2)) as lost_group,
        cast(currency_group as decimal(18, 2)) as currency_group,
        is_continued
    from effect
)

select * from price_volume_mix
