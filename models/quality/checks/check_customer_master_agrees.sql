{{ config(materialized='view') }}

with

agreement as (
    select
        agreement.*,
        agreement.is_conflict and not agreement.is_other_address as is_break,
        -- A customer may have several records in a system; documents are told apart by commas.
        concat_ws(
            ' and ', replace(agreement.crm_records, ', ', ' and '), replace(agreement.erp_records, ', ', ' and ')
        ) as records
    from {{ ref('attribute_agreement') }} as agreement
),

check_customer_master_agrees as (
    select
        'customer_master_agrees' as check_name,
        cast(null as varchar) as company,
        substr(cast(today.as_of_month as varchar), 1, 7) as period,
        cast(count(*) as decimal(18, 2)) as expected,
        cast(count(*) filter (where not agreement.is_break) as decimal(18, 2)) as actual,
        {{ list_text("concat_ws(' ', agreement.attribute, 'of', agreement.records)", 'agreement.is_break') }} as documents
    from agreement
    cross join {{ ref('as_of') }} as today
    group by today.as_of_month
)

select * from check_customer_master_agrees
