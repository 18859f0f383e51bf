{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{% if is_incremental() %}delete from {{ this }} where {{ has_changed_events('document_number') }}{% endif %}",
) }}
-- depends_on: {{ ref('changed_customer_event') }}

with

customer_event_erp as (
    select
        customer_key,
        cast(min(order_date) as timestamp) as event_at,
        'order' as event_type,
        concat('Order ', order_number, ', lines: ', count(*)) as title,
        cast(sum(net_amount_group) as decimal(18, 2)) as amount_group,
        order_number as document_number,
        source_system,
        order_number as source_id
    from {{ ref('fct_sales_order_line') }}
    where {{ has_changed_events('order_number') }}
    group by customer_key, order_number, source_system

    union all

    select
        customer_key,
        cast(min(delivery_date) as timestamp) as event_at,
        'delivery' as event_type,
        concat(
            'Delivery ', delivery_number, ', lines: ', count(*),
            case when max(delay_days) > 0 then concat(', days late: ', max(delay_days)) end
        ) as title,
        cast(null as decimal(18, 2)) as amount_group,
        delivery_number as document_number,
        source_system,
        delivery_number as source_id
    from {{ ref('fct_delivery_line') }}
    where is_issued and {{ has_changed_events('delivery_number') }}
    group by customer_key, delivery_number, source_system

    union all

    select
        customer_key,
        cast(min(invoice_date) as timestamp) as event_at,
        invoice_type as event_type,
        concat(
            case invoice_type
                when 'invoice' then 'Invoice'
                when 'credit_note' then 'Credit note'
                when 'debit_note' then 'Debit note'
                else 'Cancellation'
            end, ' ', invoice_number, case when max(cast(is_cancelled as integer)) = 1 then ' (cancelled)' end
        ) as title,
        cast(sum(net_amount_group) as decimal(18, 2)) as amount_group,
        invoice_number as document_number,
        source_system,
        invoice_number as source_id
    from {{ ref('fct_invoice_line') }}
    where {{ has_changed_events('invoice_number') }}
    group by customer_key, invoice_number, invoice_type, source_system

    union all

    select
        customer_key,
        cast(payment_date as timestamp) as event_at,
        'payment' as event_type,
        case when amount_group < 0 then 'Refund' else 'Payment' end as title,
        cast(amount_group as decimal(18, 2)) as amount_group,
        document_number,
        source_system,
        source_id
    from {{ ref('fct_payment') }}
    where direction = 'receipt' and {{ has_changed_events('document_number') }}

    union all

    select
        customer_key,
        cast(min(return_date) as timestamp) as event_at,
        'return' as event_type,
        concat('Return ', return_number, ', lines: ', count(*)) as title,
        cast(sum(net_amount_group) as decimal(18, 2)) as amount_group,
        return_number as document_number,
        source_system,
        return_number as source_id
    from {{ ref('fct_return_line') }}
    where {{ has_changed_events('return_number') }}
    group by customer_key, return_number, source_system
)

select * from customer_event_erp
-- Those of a customer lie together, for they are asked for together; what comes later lies behind.
{%- if not is_incremental() %}
order by customer_key
{%- endif %}
