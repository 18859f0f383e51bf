{{ config(meta={'made_of': ['purchase_order_line', 'goods_receipt_line', 'supplier_invoice_line']}) }}

with

line as (
    select
        purchase_order_line_key,
        supplier_key,
        product_key,
        warehouse_key,
        company_key as ordering_company_key,
        purchase_order_number,
        line_number,
        order_date,
        promised_date,
        quantity,
        open_quantity,
        unit_price_document,
        document_currency,
        exchange_rate_group,
        net_amount_document,
        net_amount_group,
        is_delivery_completed,
        is_invoice_completed
    from {{ ref('fct_purchase_order_line') }}
),

named as (
    {{ with_stock_names('line') }}
),

dated as (
    select
        named.*,
        supplier.supplier_number,
        supplier.supplier_name,
        supplier.account_group as supplier_group,
        company.company_code as ordering_company_code,
        receipt.first_receipt_date,
        receipt.last_receipt_date,
        receipt.completed_date,
        coalesce(receipt.received_quantity, 0) as received_quantity,
        coalesce(receipt.returned_quantity, 0) as returned_quantity,
        coalesce(receipt.first_quantity, 0) as first_quantity,
        coalesce(receipt.on_time_quantity, 0) as on_time_quantity,
        case when receipt.purchase_order_line_key is null then 0 else receipt.received_amount_group end as received_amount_group,
        invoice.first_invoice_date,
        invoice.last_invoice_date,
        coalesce(invoice.invoiced_quantity, 0) as invoiced_quantity,
        coalesce(invoice.invoiced_amount_document, 0) as invoiced_amount_document,
        case when invoice.purchase_order_line_key is null then 0 else invoice.invoiced_amount_group end as invoiced_amount_group,
        invoice.invoice_currency,
        invoice.due_date,
        invoice.paid_date,
        today.as_of_date
    from named
    cross join {{ ref('as_of') }} as today
    left join {{ ref('dim_supplier') }} as supplier on named.supplier_key = supplier.supplier_key
    left join {{ ref('dim_company') }} as company on named.ordering_company_key = company.company_key
    left join {{ ref('purchase_receipt_progress') }} as receipt on named.purchase_order_line_key = receipt.purchase_order_line_key
    left join {{ ref('purchase_invoice_progress') }} as invoice on named.purchase_order_line_key = invoice.purchase_order_line_key
),

-- The flag closes what was invoiced in part; nothing is invoiced by a flag alone.
invoiced as (
    select
        *,
        invoiced_quantity > 0
        and (
            is_invoice_completed
            or invoiced_quantity >= case when is_delivery_completed then least(quantity, received_quantity) else quantity end
        ) as is_invoiced
    from dated
),

purchase_cycle as (
    select
        purchase_order_line_key,
        supplier_key,
        product_key,
        warehouse_key,
        ordering_company_key as company_key,
        purchase_order_number,
        line_number,
        supplier_number,
        supplier_name,
        supplier_group,
        product_number,
        product_name,
        category_name,
        warehouse_code,
        warehouse_name,
        ordering_company_code as company_code,
        order_date,
        promised_date,
        first_receipt_date,
        last_receipt_date,
        completed_date,
        first_invoice_date,
        last_invoice_date,
        due_date,
        paid_date,
        quantity,
        cast(received_quantity as decimal(18, 3)) as received_quantity,
        cast(returned_quantity as decimal(18, 3)) as returned_quantity,
        cast(on_time_quantity as decimal(18, 3)) as on_time_quantity,
        open_quantity,
        cast(invoiced_quantity as decimal(18, 3)) as invoiced_quantity,
        document_currency,
        unit_price_document,
        exchange_rate_group,
        net_amount_document,
        net_amount_group,
        cast(received_amount_group as decimal(18, 2)) as received_amount_group,
        invoice_currency,
        cast(invoiced_amount_document as decimal(18, 2)) as invoiced_amount_document,
        cast(invoiced_amount_group as decimal(18, 2)) as invoiced_amount_group,
        coalesce(completed_date <= promised_date, false) as is_on_time,
        first_quantity >= quantity as is_in_full,
        coalesce(completed_date is null and not is_delivery_completed and promised_date < as_of_date, false) as is_overdue,
        is_delivery_completed,
        is_invoice_completed,
        {{ days_after('first_receipt_date', 'order_date') }} as order_to_receipt_days,
        case
            when completed_date is not null then {{ days_after('completed_date', 'promised_date') }}
            when not is_delivery_completed and promised_date < as_of_date then {{ days_after('as_of_date', 'promised_date') }}
        end as receipt_delay_days,
        {{ days_after('first_invoice_date', 'first_receipt_date') }} as receipt_to_invoice_days,
        {{ days_after('paid_date', 'last_invoice_date') }} as invoice_to_payment_days,
        {{ days_after('paid_date', 'due_date') }} as payment_late_days,
        {{ days_after('paid_date', 'order_date') }} as order_to_payment_days,
        case
            when is_invoiced and paid_date is not null then 'paid'
            when is_invoiced then 'invoiced'
            when received_quantity > 0 and (is_delivery_completed or received_quantity >= quantity) then 'received'
            when received_quantity > 0 then 'partly received'
            when is_delivery_completed then 'closed'
            else 'ordered'
        end as cycle_stage
    from invoiced
)

select * from purchase_cycle
