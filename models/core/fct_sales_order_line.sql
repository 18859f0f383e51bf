{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_changed(this, 'sales_order_line_key', ref('changed_sales_order_line')) }}",
) }}
-- depends_on: {{ ref('changed_sales_order_line') }}

with

-- The oldest batch says nothing that the keys do not say; it tells the engine which part of the table to read.
line_to_make as (
    select sales_order_line.*
    from {{ ref('sales_order_line') }} as sales_order_line
    {%- if is_incremental() %}
    inner join (select distinct source_system, source_id from {{ ref('changed_sales_order_line') }}) as changed
        on
            sales_order_line.source_system = changed.source_system
            and sales_order_line.source_id = changed.source_id
            and sales_order_line._batch_id >= (
                select min(oldest._batch_id) from {{ ref('changed_sales_order_line') }} as oldest
            )
    {%- endif %}
    where not sales_order_line.is_deleted
),

customer as (
    select
        source_system,
        source_id,
        customer_key
    from {{ ref('customer_record') }}
    where not is_deleted
),

product as (
    select * from {{ ref('dim_product') }}
),

exchange_rate as (
    select * from {{ ref('exchange_rate_day') }}
),

priced_line as (
    select
        line.*,
        case
            when line.document_currency = '{{ var("group_currency") }}' then cast(1 as decimal(18, 9))
            else exchange_rate.exchange_rate
        end as exchange_rate
    from line_to_make as line
    left join exchange_rate
        on
            line.source_system = exchange_rate.source_system
            and line.document_currency = exchange_rate.from_currency
            and line.order_date = exchange_rate.rate_date
),

fct_sales_order_line as (
    select
        {{ surrogate_key(['line.source_system', 'line.source_id']) }} as sales_order_line_key,
        {{ surrogate_key(['line.source_system', 'line.order_number']) }} as sales_order_key,
        coalesce(customer.customer_key, -1) as customer_key,
        coalesce(product.product_key, -1) as product_key,
        coalesce(product.product_version_key, -1) as product_version_key,
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
        line.net_amount_document,
        line.exchange_rate,
        cast(line.net_amount_document * line.exchange_rate as decimal(18, 2)) as net_amount_group,
        cast(line.quantity * product.unit_cost_group as decimal(18, 2)) as cost_amount_group,
        line.is_order_date_estimated,
        line.is_amount_corrected
    from priced_line as line
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
