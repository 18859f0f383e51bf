{{ config(materialized='view') }}

with

supplier as (
    select
        supplier_key,
        supplier_number,
        supplier_name,
        country_code,
        country_name
    from {{ ref('dim_supplier') }}
),

ap_ageing as (
    select
        ageing.snapshot_date,
        snapshot_day.is_month_end,
        snapshot_day.is_today,
        ageing.company_key,
        company.company_code,
        company.company_name,
        company.company_currency,
        ageing.supplier_key,
        supplier.supplier_number,
        supplier.supplier_name,
        supplier.country_code,
        supplier.country_name,
        ageing.document_currency,
        coalesce(bucket.bucket_code, 'unknown') as bucket_code,
        coalesce(bucket.bucket_name, 'Due date unknown') as bucket_name,
        bucket.bucket_order,
        bucket.first_day > 0 as is_overdue,
        ageing.open_items,
        ageing.oldest_due_date,
        ageing.most_overdue_days,
        ageing.open_amount_document,
        ageing.open_amount_company,
        ageing.open_amount_group
    from {{ ref('ap_ageing_snapshot') }} as ageing
    inner join {{ ref('snapshot_day') }} as snapshot_day on ageing.snapshot_date = snapshot_day.snapshot_date
    inner join {{ ref('dim_company') }} as company on ageing.company_key = company.company_key
    left join supplier on ageing.supplier_key = supplier.supplier_key
    left join {{ ref('ageing_buckets') }} as bucket on ageing.bucket_code = bucket.bucket_code
)

select * from ap_ageing
