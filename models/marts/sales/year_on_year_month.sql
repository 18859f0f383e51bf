{%- set changed = ref('changed_year_on_year_month') -%}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook=[
        "{{ delete_changed(this, '(sales_month, product_key, customer_key)', ref('changed_year_on_year_month')) }}",
        "{% if is_incremental() %}
            delete from {{ this }}
            where
                sales_month in (select changed.sales_month from {{ ref('changed_year_on_year_month') }} as changed where changed.product_key is null)
                or not ({{ is_told_month('sales_month', var('price_volume_mix_months') - 1) }})
        {% endif %}",
    ],
    meta={'made_of': ['sales_order_line']},
) }}
-- depends_on: {{ changed }}, {{ ref('as_of') }}, {{ ref('dim_date') }}

with

{%- if is_incremental() %}

needed as (
    select
        sales_month,
        product_key,
        customer_key
    from {{ changed }}

    union

    select
        cast(sales_month - interval 1 year as date) as sales_month,
        product_key,
        customer_key
    from {{ changed }}
),

needed_month as (
    select sales_month from needed
    where product_key is null
),

-- By day: to tell the month of every line costs more than all the rest.
needed_day as (
    select calendar_date from {{ ref('dim_date') }}
    where month_start in (select needed_month.sales_month from needed_month)
),

line as (
    select line.* from {{ ref('fct_sales_order_line') }} as line
    where line.order_date in (select needed_day.calendar_date from needed_day)

    union all

    select line.*
    from {{ ref('fct_sales_order_line') }} as line
    inner join needed
        on
            line.product_key = needed.product_key
            and line.customer_key = needed.customer_key
            and line.order_date >= needed.sales_month
            and line.order_date < needed.sales_month + interval 1 month
    where needed.sales_month not in (select needed_month.sales_month from needed_month)
),

{%- else %}

line as (
    select * from {{ ref('fct_sales_order_line') }}
    where
        order_date >= (
            select today.as_of_month - interval {{ var('price_volume_mix_months') + 11 }} months from {{ ref('as_of') }} as today
        )
),

{%- endif %}

sold as (
    select
        cast(date_trunc('month', order_date) as date) as sales_month,
        product_key,
        customer_key,
        document_currency,
        sum(quantity) as units,
        sum(net_amount_document) as revenue_document,
        sum(net_amount_group) as revenue_group
    from line
    group by date_trunc('month', order_date), product_key, customer_key, document_currency
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

year_on_year_month as (
    select
        sales_month,
        product_key,
        customer_key,
        cast(units as decimal(18, 3)) as units,
        cast(units_last_year as decimal(18, 3)) as units_last_year,
        cast(revenue_group as decimal(18, 2)) as revenue_group,
        cast(revenue_group_last_year as decimal(18, 2)) as revenue_group_last_year,
        cast(constant_revenue_group as decimal(18, 2)) as constant_revenue_group,
        is_continued
    from pair
    {%- if is_incremental() %}
    where
        (sales_month, product_key, customer_key) in (
            select (changed.sales_month, changed.product_key, changed.customer_key) from {{ changed }} as changed
        )
        or sales_month in (select changed.sales_month from {{ changed }} as changed where changed.product_key is null)
    {%- else %}
    where {{ is_told_month('sales_month', var('price_volume_mix_months') - 1) }}
    {%- endif %}
)

select * from year_on_year_month
