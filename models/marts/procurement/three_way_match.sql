{{ config(meta={'made_of': ['purchase_order_line', 'supplier_invoice_line']}) }}

with

today as (
    select * from {{ ref('as_of') }}
),

cycle as (
    select * from {{ ref('purchase_cycle') }}
),

compared as (
    select
        cycle.*,
        case
            when cycle.invoice_currency = cycle.document_currency
                then cast(cycle.invoiced_amount_document as double) / nullif(cycle.invoiced_quantity, 0)
        end as invoice_price_document,
        cast(cycle.net_amount_document as double) / nullif(cycle.quantity, 0) as order_price_document,
        {{ days_after('today.as_of_date', 'cycle.last_receipt_date') }} as days_since_receipt
    from cycle
    cross join today
),

judged as (
    select
        *,
        invoice_price_document / nullif(order_price_document, 0) - 1 as price_difference_rate,
        received_quantity > quantity * (1 + {{ var('match_quantity_tolerance') }}) as is_received_too_much,
        invoiced_quantity > received_quantity + quantity * {{ var('match_quantity_tolerance') }} as is_invoiced_too_much,
        coalesce(invoice_price_document > order_price_document * (1 + {{ var('match_price_tolerance') }}), false) as is_too_dear,
        coalesce(invoice_price_document < order_price_document * (1 - {{ var('match_price_tolerance') }}), false) as is_too_cheap,
        received_quantity > invoiced_quantity + quantity * {{ var('match_quantity_tolerance') }}
        and days_since_receipt > {{ var('match_invoice_days') }} as is_invoice_overdue,
        coalesce(invoice_currency <> document_currency, false) as is_other_currency
    from compared
),

matched as (
    select
        purchase_order_line_key as match_key,
        purchase_order_line_key,
        supplier_key,
        product_key,
        company_key,
        purchase_order_number as document_number,
        line_number,
        order_date as document_date,
        quantity,
        received_quantity,
        invoiced_quantity,
        document_currency,
        cast(order_price_document as decimal(18, 6)) as order_price_document,
        cast(invoice_price_document as decimal(18, 6)) as invoice_price_document,
        price_difference_rate,
        cast(
            (invoice_price_document - order_price_document) * invoiced_quantity * exchange_rate_group as decimal(18, 2)
        ) as price_difference_group,
        cast(
            greatest(invoiced_quantity - received_quantity, 0) * order_price_document * exchange_rate_group as decimal(18, 2)
        ) as quantity_difference_group,
        nullif(
            concat_ws(
                ', ',
                case when is_received_too_much then 'received more than ordered' end,
                case when is_invoiced_too_much then 'invoiced more than received' end,
                case when is_too_dear then 'price above order' end,
                case when is_too_cheap then 'price below order' end,
                case when is_other_currency then 'other currency than ordered' end,
                case when is_invoice_overdue then 'received and not invoiced' end
            ), ''
        ) as exceptions
    from judged
    where received_quantity <> 0 or invoiced_quantity <> 0
),

unordered as (
    select
        invoice.supplier_invoice_line_key as match_key,
        cast(null as bigint) as purchase_order_line_key,
        invoice.supplier_key,
        invoice.product_key,
        invoice.company_key,
        invoice.document_number,
        invoice.line_number,
        invoice.posting_date as document_date,
        cast(0 as decimal(18, 3)) as quantity,
        cast(0 as decimal(18, 3)) as received_quantity,
        invoice.quantity as invoiced_quantity,
        invoice.document_currency,
        cast(null as decimal(18, 6)) as order_price_document,
        cast(cast(invoice.net_amount_document as double) / nullif(invoice.quantity, 0) as decimal(18, 6)) as invoice_price_document,
        cast(null as double) as price_difference_rate,
        cast(null as decimal(18, 2)) as price_difference_group,
        invoice.net_amount_group as quantity_difference_group,
        'invoice without an order' as exceptions
    from {{ ref('fct_supplier_invoice_line') }} as invoice
    left join cycle on invoice.purchase_order_line_key = cycle.purchase_order_line_key
    where cycle.purchase_order_line_key is null
),

line as (
    select * from matched

    union all

    select * from unordered
),

three_way_match as (
    select
        line.match_key,
        line.purchase_order_line_key,
        line.supplier_key,
        line.product_key,
        line.company_key,
        supplier.supplier_name,
        product.product_number,
        product.product_name,
        company.company_code,
        line.document_number,
        line.line_number,
        line.document_date,
        line.quantity,
        line.received_quantity,
        line.invoiced_quantity,
        line.document_currency,
        line.order_price_document,
        line.invoice_price_document,
        line.price_difference_rate,
        line.price_difference_group,
        line.quantity_difference_group,
        line.exceptions is null as is_matched,
        line.exceptions
    from line
    left join {{ ref('dim_supplier') }} as supplier on line.supplier_key = supplier.supplier_key
    left join {{ ref('dim_product') }} as product on line.product_key = product.product_key and product.is_current
    left join {{ ref('dim_company') }} as company on line.company_key = company.company_key
)

select * from three_way_match
