{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_erp', 'CUST_AZ12'), ['CID']) }}
),

-- Old numbers carry the prefix NAS. A birth date in the future is not one.
person as (
    select
        cid as source_id,
        regexp_replace({{ customer_reference('cid') }}, '^NAS', '') as customer_reference,
        case when bdate <= cast(_extracted_at as date) then bdate end as birth_date,
        {{ gender('gen') }} as gender,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from person
