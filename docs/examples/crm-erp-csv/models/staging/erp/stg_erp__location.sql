{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_erp', 'LOC_A101'), ['CID']) }}
),

location as (
    select
        latest.cid as source_id,
        {{ customer_reference('latest.cid') }} as customer_reference,
        country_names.country_code,
        latest._op = 'delete' as is_deleted,
        latest._batch_id
    from latest
    left join {{ ref('country_names') }} as country_names
        on lower(trim(latest.cntry)) = country_names.written_name
)

select * from location
