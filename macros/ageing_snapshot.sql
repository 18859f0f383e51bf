{#- The model `name`: what was open of `item` (receivable_item or payable_item) on the days of snapshot_day, by age.
    `partner_key` is the key of who owes or is owed. -#}
{% macro ageing_snapshot(name, item, partner_key) -%}
with

open_item as (
    select
        snapshot_day.snapshot_date,
        item.company_key,
        item.{{ partner_key }},
        item.document_currency,
        item.ageing_due_date,
        item.amount_document,
        item.amount_company,
        item.amount_group,
        {{ days_after('snapshot_day.snapshot_date', 'item.ageing_due_date') }} as overdue_days
    from {{ ref(item ~ '_history') }} as item
    inner join {{ ref('snapshot_day') }} as snapshot_day
        on item.valid_from <= snapshot_day.snapshot_date and item.valid_to > snapshot_day.snapshot_date
),

{{ name }} as (
    select
        open_item.snapshot_date,
        open_item.company_key,
        open_item.{{ partner_key }},
        open_item.document_currency,
        bucket.bucket_code,
        count(*) as open_items,
        min(open_item.ageing_due_date) as oldest_due_date,
        max(open_item.overdue_days) as most_overdue_days,
        cast(sum(open_item.amount_document) as decimal(18, 2)) as open_amount_document,
        cast(sum(open_item.amount_company) as decimal(18, 2)) as open_amount_company,
        cast(sum(open_item.amount_group) as decimal(18, 2)) as open_amount_group
    from open_item
    left join {{ ref('ageing_buckets') }} as bucket
        on
            (bucket.first_day is null or open_item.overdue_days >= bucket.first_day)
            and (bucket.last_day is null or open_item.overdue_days <= bucket.last_day)
    group by
        open_item.snapshot_date, open_item.company_key, open_item.{{ partner_key }}, open_item.document_currency, bucket.bucket_code
)

select * from {{ name }}
{%- endmacro %}
