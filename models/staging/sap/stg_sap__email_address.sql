{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'ADR6'), ['ADDRNUMBER', 'CONSNUMBER']) }}
),

email_address as (
    select
        concat_ws('/', addrnumber, consnumber) as source_id,
        addrnumber as address_number,
        {{ clean_text('smtp_addr') }} as email,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from email_address
