{{ config(meta={'made_of': ['purchase_order_line', 'goods_receipt_line', 'supplier_invoice_line']}) }}

with

today as (
    select * from {{ ref('as_of') }}
),

-- What the same supplier took for the same product before, in the same currency.
priced as (
    select
        cycle.*,
        cycle.quantity * cost.unit_cost_group as standard_amount_group,
        lag(cycle.unit_price_document) over (
            partition by cycle.supplier_key, cycle.product_key, cycle.document_currency
            order by cycle.order_date, cycle.purchase_order_line_key
        ) as previous_price_document
    from {{ ref('purchase_cycle') }} as cycle
    left join {{ ref('dim_product_cost') }} as cost
        on
            cycle.product_key = cost.product_key
            and cycle.order_date >= cost.valid_from
            and cycle.order_date < cost.valid_to
),

line as (
    select
        *,
        previous_price_document * quantity * exchange_rate_group as previous_price_amount_group,
        (unit_price_document - previous_price_document) * quantity * exchange_rate_group as previous_price_variance_group,
        net_amount_group - standard_amount_group as standard_price_variance_group
    from priced
),

-- A variance and the amount it is a share of are those of the same lines.
ordered as (
    select
        supplier_key,
        cast(date_trunc('month', order_date) as date) as supplier_month,
        count(*) as ordered_lines,
        count(*) filter (where net_amount_group is null) as ordered_lines_unknown_group,
        {%- for price, known, amount in [
            ('previous_price', 'previous_price_document', 'previous_price_amount_group'),
            ('standard_price', 'standard_amount_group', 'standard_amount_group'),
        ] %}
        count({{ known }}) as {{ price }}_lines,
        count({{ known }}) filter (where {{ price }}_variance_group is null) as {{ price }}_lines_unknown_group,
        sum({{ price }}_variance_group) as {{ price }}_variance_group,
        sum({{ amount }}) filter (where {{ price }}_variance_group is not null) as {{ amount }},
        {%- endfor %}
        sum(net_amount_group) as ordered_amount_group
    from line
    group by supplier_key, supplier_month
),

promised as (
    select
        line.supplier_key,
        cast(date_trunc('month', line.promised_date) as date) as supplier_month,
        count(*) as due_lines,
        count(*) filter (where line.is_on_time) as on_time_lines,
        count(*) filter (where line.is_in_full) as in_full_lines,
        count(*) filter (where line.is_on_time and line.is_in_full) as on_time_in_full_lines,
        sum(line.quantity) as due_quantity,
        sum(least(line.on_time_quantity, line.quantity)) as on_time_quantity,
        sum(greatest(line.receipt_delay_days, 0)) as delay_days
    from line
    cross join today
    where line.promised_date <= today.as_of_date
    group by line.supplier_key, supplier_month
),

received as (
    select
        receipt.supplier_key,
        cast(date_trunc('month', receipt.posting_date) as date) as supplier_month,
        count(*) filter (where not receipt.is_reversal) as received_lines,
        count(*) filter (where type.movement_kind = 'supplier_return') as returned_lines,
        count(*) as receipt_entries,
        count(*) filter (where receipt.net_amount_group is null) as receipt_entries_unknown_group,
        sum(receipt.net_amount_group) as received_amount_group,
        count(*) filter (where type.movement_kind = 'supplier_return' and receipt.net_amount_group is null) as returned_lines_unknown_group,
        -sum(receipt.net_amount_group) filter (where type.movement_kind = 'supplier_return') as returned_amount_group
    from {{ ref('fct_goods_receipt_line') }} as receipt
    left join {{ ref('movement_types') }} as type on receipt.movement_type_code = type.movement_type_code
    group by receipt.supplier_key, supplier_month
),

invoiced as (
    select
        supplier_key,
        cast(date_trunc('month', posting_date) as date) as supplier_month,
        count(*) as invoiced_lines,
        count(*) filter (where net_amount_group is null) as invoiced_lines_unknown_group,
        sum(net_amount_group) as invoiced_amount_group
    from {{ ref('fct_supplier_invoice_line') }}
    group by supplier_key, supplier_month
),

month as (
    select
        supplier_key,
        supplier_month
    from ordered

    union

    select
        supplier_key,
        supplier_month
    from promised

    union

    select
        supplier_key,
        supplier_month
    from received

    union

    select
        supplier_key,
        supplier_month
    from invoiced
),

supplier_month as (
    select
        month.supplier_key,
        month.supplier_month,
        {%- for part, lines, amounts in [
            ('ordered', 'ordered_lines', ['ordered_amount_group']),
            ('ordered', 'previous_price_lines', ['previous_price_variance_group', 'previous_price_amount_group']),
            ('ordered', 'standard_price_lines', ['standard_price_variance_group', 'standard_amount_group']),
            ('received', 'receipt_entries', ['received_amount_group']),
            ('received', 'returned_lines', ['returned_amount_group']),
            ('invoiced', 'invoiced_lines', ['invoiced_amount_group']),
        ] %}
        coalesce({{ part }}.{{ lines }}, 0) as {{ lines }},
        coalesce({{ part }}.{{ lines }}_unknown_group, 0) as {{ lines }}_unknown_group,
        {%- for amount in amounts %}
        cast(
            case when {{ part }}.{{ lines }}_unknown_group > 0 then {{ part }}.{{ amount }} else coalesce({{ part }}.{{ amount }}, 0) end
            as decimal(18, 2)
        ) as {{ amount }},
        {%- endfor %}
        {%- endfor %}
        coalesce(promised.due_lines, 0) as due_lines,
        coalesce(promised.on_time_lines, 0) as on_time_lines,
        coalesce(promised.in_full_lines, 0) as in_full_lines,
        coalesce(promised.on_time_in_full_lines, 0) as on_time_in_full_lines,
        cast(coalesce(promised.due_quantity, 0) as decimal(18, 3)) as due_quantity,
        cast(coalesce(promised.on_time_quantity, 0) as decimal(18, 3)) as on_time_quantity,
        cast(coalesce(promised.delay_days, 0) as bigint) as delay_days,
        coalesce(received.received_lines, 0) as received_lines
    from month
    left join ordered on month.supplier_key = ordered.supplier_key and month.supplier_month = ordered.supplier_month
    left join promised on month.supplier_key = promised.supplier_key and month.supplier_month = promised.supplier_month
    left join received on month.supplier_key = received.supplier_key and month.supplier_month = received.supplier_month
    left join invoiced on month.supplier_key = invoiced.supplier_key and month.supplier_month = invoiced.supplier_month
)

select * from supplier_month
