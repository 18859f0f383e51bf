{#- The fact as it was before this build: read by name and not by ref, because the fact is built from this model. -#}
{%- set before = none if flags.FULL_REFRESH else adapter.get_relation(target.database, 'core', 'fct_sales_order_line') -%}

{{ config(materialized='table') }}

with

build as (
    select after_batch_id from {{ source('control', 'build') }}
),

changed_customer as (
    select distinct
        source_system,
        source_id
    from {{ ref('customer_record') }}
    where _batch_id > (select build.after_batch_id from build)
),

changed_product as (
    select distinct
        source_system,
        product_number
    from {{ ref('product') }}
    where _batch_id > (select build.after_batch_id from build)
),

changed_rate as (
    select
        source_system,
        from_currency,
        rate_date
    from {{ ref('exchange_rate_day') }}
    where _batch_id > (select build.after_batch_id from build)
),

-- Each kind of news reads the lines on its own: what has no news is not read, and new lines are read alone.
changed_line as (
    select
        source_system,
        source_id,
        order_number,
        _batch_id
    from {{ ref('sales_order_line') }}
    where _batch_id > (select build.after_batch_id from build)

    union

    select
        source_system,
        source_id,
        order_number,
        _batch_id
    from {{ ref('sales_order_line') }} as sales_order_line
    where
        exists (
            select 1 from changed_customer
            where
                changed_customer.source_system = sales_order_line.source_system
                and changed_customer.source_id = sales_order_line.customer_source_id
        )

    union

    select
        source_system,
        source_id,
        order_number,
        _batch_id
    from {{ ref('sales_order_line') }} as sales_order_line
    where
        exists (
            select 1 from changed_product
            where
                changed_product.source_system = sales_order_line.source_system
                and changed_product.product_number = sales_order_line.product_number
        )

    union

    select
        source_system,
        source_id,
        order_number,
        _batch_id
    from {{ ref('sales_order_line') }} as sales_order_line
    where
        exists (
            select 1 from changed_rate
            where
                changed_rate.source_system = sales_order_line.source_system
                and changed_rate.from_currency = sales_order_line.document_currency
                and changed_rate.rate_date = sales_order_line.order_date
        )
),

changed_line_now as (
    select
        {{ surrogate_key(['source_system', 'source_id']) }} as sales_order_line_key,
        {{ surrogate_key(['source_system', 'order_number']) }} as sales_order_key,
        source_system,
        source_id,
        _batch_id
    from changed_line
    {%- if not before %}
    where false
    {%- endif %}
),

changed_line_now_or_before as (
    select * from changed_line_now
    {%- if before %}

    union all

    select
        sales_order_line_key,
        sales_order_key,
        source_system,
        source_id,
        cast(null as integer) as _batch_id
    from {{ before }}
    where sales_order_line_key in (select changed_line_now.sales_order_line_key from changed_line_now)
    {%- endif %}
),

changed_sales_order_line as (
    select
        sales_order_line_key,
        sales_order_key,
        source_system,
        source_id,
        max(_batch_id) as _batch_id
    from changed_line_now_or_before
    group by sales_order_line_key, sales_order_key, source_system, source_id
)

select * from changed_sales_order_line
