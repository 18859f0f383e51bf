{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'TCURX'), ['CURRKEY']) }}
),

currency_decimals as (
    select
        currkey as source_id,
        currkey as currency_code,
        currdec as decimals,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from currency_decimals
