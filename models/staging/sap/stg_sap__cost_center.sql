{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'CSKS'), ['KOKRS', 'KOSTL', 'DATBI']) }}
),

cost_center as (
    select
        concat_ws('/', kokrs, kostl, datbi) as source_id,
        kokrs as controlling_area,
        {{ sap_number('kostl') }} as cost_center_code,
        bukrs as company_code,
        {{ clean_text('ltext') }} as cost_center_name,
        {{ clean_text('kosar') }} as cost_center_category,
        {{ clean_text('verak') }} as responsible_person,
        {{ date_from_digits('datab') }} as start_date,
        {{ date_from_digits('datbi') }} as end_date,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from cost_center
