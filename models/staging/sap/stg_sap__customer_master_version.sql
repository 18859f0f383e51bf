{{ config(incremental_strategy='append') }}

with

version as (
    select * from {{ source('raw_sap', 'KNA1') }}
),

-- A customer flagged for deletion (LOEVM) keeps its orders: it is not gone. Account group 0002 is a place that goods are sent to.
customer_master_version as (
    select
        kunnr as source_id,
        {{ customer_reference('kunnr') }} as customer_reference,
        {{ clean_text("concat_ws(' ', name1, name2)") }} as customer_name,
        coalesce(stkzn, '') = 'X' as is_person,
        coalesce(ktokd, '') = '0002' as is_site,
        {{ clean_text('telf1') }} as phone,
        {{ clean_text('stceg') }} as tax_id,
        {{ clean_text('stras') }} as street,
        {{ clean_text('ort01') }} as city,
        {{ clean_text('pstlz') }} as postcode,
        {{ clean_text('land1') }} as country_code,
        {{ date_from_digits('erdat') }} as created_date,
        coalesce(loevm, '') = 'X' as is_flagged_for_deletion,
        adrnr as address_number,
        cast(_extracted_at as date) as version_date,
        _op = 'delete' as is_deleted,
        _batch_id,
        _row_number
    from version
)

select * from customer_master_version
