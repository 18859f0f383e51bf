{{ config(meta={'made_of': ['sales_order_line']}) }}

{%- set before = none if flags.FULL_REFRESH else adapter.get_relation(target.database, 'sales', 'year_on_year_month') %}
{%- set after = after_batch() %}

with

-- What was sold in a month is compared with what was sold a year before, and a year later is compared with it.
sold as (
    select
        sales_month,
        product_key,
        customer_key
    from {{ ref('changed_sales_cell') }}

    union

    select
        cast(sales_month + interval 1 year as date) as sales_month,
        product_key,
        customer_key
    from {{ ref('changed_sales_cell') }}
),

changed_rate as (
    select distinct cast(date_trunc('month', rate_date) + interval 1 year as date) as sales_month
    from {{ ref('exchange_rate_day') }}
    where _batch_id > {{ after }}
),

-- Those that the mart has not told of yet, those whose rates are new, and all when an average was fixed.
whole_month as (
    select distinct month_start as sales_month
    from {{ ref('dim_date') }}
    where
        {{ is_told_month('month_start', var('price_volume_mix_months') - 1) }}
        and (
            month_start in (select changed_rate.sales_month from changed_rate)
            or exists (
                select 1 from {{ ref('exchange_rate') }} as rate
                where rate._batch_id > {{ after }} and rate.rate_type = 'average'
            )
            {%- if before %}
            or month_start not in (select distinct made.sales_month from {{ before }} as made)
            {%- endif %}
        )
),

changed as (
    select * from sold
    where sales_month not in (select whole_month.sales_month from whole_month)

    union all

    select
        sales_month,
        cast(null as bigint) as product_key,
        cast(null as bigint) as customer_key
    from whole_month
),

changed_year_on_year_month as (
    select
        sales_month,
        product_key,
        customer_key
    from changed
    where
        {{ is_told_month('sales_month', var('price_volume_mix_months') - 1) }}
        {%- if not before %}
        and false
        {%- endif %}
)

select * from changed_year_on_year_month
