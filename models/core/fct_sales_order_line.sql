{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_changed(this, 'sales_order_line_key', ref('changed_sales_order_line')) }}",
    meta={'made_of': ['sales_order_line']},
) }}

with

line as (
    {{ rows_to_make('sales_order_line', 'changed_sales_order_line') }}
),

customer as (
    select * from {{ ref('customer_key') }}
    where not is_deleted
),

product as (
    select * from {{ ref('dim_product') }}
),

rated_line as (
    {{ with_rates('line', 'order_date') }}
),

fct_sales_order_line as (
    select
        {{ surrogate_key(['line.source_system', 'line.source_id']) }} as sales_order_line_key,
        {{ surrogate_key(['line.source_system', 'line.order_number']) }} as sales_order_key,
        coalesce(customer.customer_key, -1) as customer_key,
        coalesce(product.product_key, -1) as product_key,
        coalesce(product.product_version_key, -1) as product_version_key,
        line.company_key,
        line.source_system,
        line.source_id,
        line.order_number,
        line.line_number,
        line.order_date,
        line.ship_date,
        line.due_date,
        line.quantity,
        line.unit_price_document,
        line.document_currency,
        line.company_currency,
        line.exchange_rate_company,
        line.exchange_rate_group,
        line.net_amount_document,
        {{ amount_in('line.net_amount_document', 'line.exchange_rate_company') }} as net_amount_company,
        {{ amount_in('line.net_amount_document', 'line.exchange_rate_group') }} as net_amount_group,
        cast(line.quantity * product.unit_cost_group as decimal(18, 2)) as cost_amount_group,
        line.is_order_date_estimated,
        line.is_amount_corrected
    from rated_line as line
    left join customer
        on line.source_system = customer.source_system and line.customer_source_id = customer.source_id
    left join product
        on
            line.source_system = product.source_system
            and line.product_number = product.product_number
            and line.order_date >= product.valid_from
            and line.order_date < product.valid_to
)

select * from fct_sales_order_line
