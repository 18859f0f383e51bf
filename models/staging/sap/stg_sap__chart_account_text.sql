{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'SKAT'), ['SPRAS', 'KTOPL', 'SAKNR']) }}
),

chart_account_text as (
    select
        concat_ws('/', spras, ktopl, saknr) as source_id,
        concat_ws('/', ktopl, saknr) as account_source_id,
        spras as sap_language,
        {{ clean_text('txt50') }} as account_name,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from chart_account_text
