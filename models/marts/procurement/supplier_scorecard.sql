{{ config(meta={'made_of': ['purchase_order_line', 'goods_receipt_line', 'supplier_invoice_line']}) }}

{%- set measures = ['due_lines', 'on_time_lines', 'in_full_lines', 'on_time_in_full_lines', 'delay_days', 'received_lines'] %}
{#- What is counted, and the amounts of it. -#}
{%- set amounts = {
    'ordered_lines': ['ordered_amount_group'],
    'receipt_entries': ['received_amount_group'],
    'returned_lines': ['returned_amount_group'],
    'invoiced_lines': ['invoiced_amount_group'],
    'previous_price_lines': ['previous_price_variance_group', 'previous_price_amount_group'],
    'standard_price_lines': ['standard_price_variance_group', 'standard_amount_group'],
} %}

with

supplier_month as (
    select * from {{ ref('supplier_month') }}
),

month as (
    select distinct
        calendar.month_start as supplier_month,
        today.as_of_month
    from {{ ref('dim_date') }} as calendar
    inner join {{ ref('as_of') }} as today on calendar.month_start <= today.as_of_month
),

first_month as (
    select
        supplier_key,
        min(supplier_month) as first_month
    from supplier_month
    group by supplier_key
),

-- Every month from the first on, so that so many rows before are so many months before.
known as (
    select
        first_month.supplier_key,
        month.supplier_month,
        month.supplier_month = month.as_of_month as is_current
    from first_month
    inner join month on first_month.first_month <= month.supplier_month
),

month_alone as (
    select
        'month' as period_kind,
        known.supplier_key,
        known.supplier_month,
        {%- for measure in measures %}
        coalesce(supplier_month.{{ measure }}, 0) as {{ measure }},
        {%- endfor %}
        {%- for lines in amounts %}
        coalesce(supplier_month.{{ lines }}, 0) as {{ lines }},
        coalesce(supplier_month.{{ lines }}_unknown_group, 0) as {{ lines }}_unknown_group,
        {%- for amount in amounts[lines] %}
        case when supplier_month.supplier_key is null then 0 else supplier_month.{{ amount }} end as {{ amount }},
        {%- endfor %}
        {%- endfor %}
        known.is_current
    from known
    left join supplier_month
        on known.supplier_key = supplier_month.supplier_key and known.supplier_month = supplier_month.supplier_month
),

-- A month without any is 0; beside months of which nothing is known, 0 is not their sum.
trailing_months as (
    select
        'trailing' as period_kind,
        supplier_key,
        supplier_month,
        {%- for measure in measures %}
        sum({{ measure }}) over past as {{ measure }},
        {%- endfor %}
        {%- for lines in amounts %}
        sum({{ lines }}) over past as {{ lines }},
        sum({{ lines }}_unknown_group) over past as {{ lines }}_unknown_group,
        {%- for amount in amounts[lines] %}
        case
            when sum({{ lines }}_unknown_group) over past = 0 or sum({{ lines }} - {{ lines }}_unknown_group) over past > 0
                then sum({{ amount }}) over past
        end as {{ amount }},
        {%- endfor %}
        {%- endfor %}
        is_current
    from month_alone
    window past as (
        partition by supplier_key
        order by supplier_month
        rows between {{ var('trailing_months') - 1 }} preceding and current row
    )
),

period as (
    select * from month_alone

    union all

    select * from trailing_months
),

supplier_scorecard as (
    select
        period.period_kind,
        period.supplier_key,
        period.supplier_month,
        period.is_current,
        supplier.supplier_number,
        supplier.supplier_name,
        supplier.account_group as supplier_group,
        supplier.country_code as supplier_country_code,
        cast(period.ordered_lines as bigint) as ordered_lines,
        cast(period.ordered_lines_unknown_group as bigint) as ordered_lines_unknown_group,
        cast(period.ordered_amount_group as decimal(18, 2)) as ordered_amount_group,
        cast(period.receipt_entries as bigint) as receipt_entries,
        cast(period.receipt_entries_unknown_group as bigint) as receipt_entries_unknown_group,
        cast(period.received_amount_group as decimal(18, 2)) as received_amount_group,
        cast(period.invoiced_lines as bigint) as invoiced_lines,
        cast(period.invoiced_lines_unknown_group as bigint) as invoiced_lines_unknown_group,
        cast(period.invoiced_amount_group as decimal(18, 2)) as invoiced_amount_group,
        cast(period.due_lines as bigint) as due_lines,
        cast(period.on_time_lines as bigint) as on_time_lines,
        cast(period.in_full_lines as bigint) as in_full_lines,
        cast(period.on_time_in_full_lines as bigint) as on_time_in_full_lines,
        cast(period.on_time_lines as double) / nullif(period.due_lines, 0) as on_time_rate,
        cast(period.in_full_lines as double) / nullif(period.due_lines, 0) as in_full_rate,
        cast(period.on_time_in_full_lines as double) / nullif(period.due_lines, 0) as on_time_in_full_rate,
        cast(period.delay_days as double) / nullif(period.due_lines, 0) as average_delay_days,
        cast(period.received_lines as bigint) as received_lines,
        cast(period.returned_lines as bigint) as returned_lines,
        cast(period.returned_lines_unknown_group as bigint) as returned_lines_unknown_group,
        cast(period.returned_amount_group as decimal(18, 2)) as returned_amount_group,
        cast(period.returned_lines as double) / nullif(period.received_lines, 0) as return_rate,
        cast(period.previous_price_lines as bigint) as previous_price_lines,
        cast(period.previous_price_lines_unknown_group as bigint) as previous_price_lines_unknown_group,
        cast(period.previous_price_variance_group as decimal(18, 2)) as previous_price_variance_group,
        cast(period.previous_price_variance_group as double) / nullif(period.previous_price_amount_group, 0) as price_change_rate,
        cast(period.standard_price_lines as bigint) as standard_price_lines,
        cast(period.standard_price_lines_unknown_group as bigint) as standard_price_lines_unknown_group,
        cast(period.standard_price_variance_group as decimal(18, 2)) as standard_price_variance_group,
        cast(period.standard_price_variance_group as double) / nullif(period.standard_amount_group, 0) as standard_price_variance_rate
    from period
    left join {{ ref('dim_supplier') }} as supplier on period.supplier_key = supplier.supplier_key
)

select * from supplier_scorecard
