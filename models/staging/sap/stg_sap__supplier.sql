{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'LFA1'), ['LIFNR']) }}
),

-- A supplier flagged for deletion (LOEVM) keeps its orders: it is not gone.
supplier as (
    select
        lifnr as source_id,
        trim(leading '0' from lifnr) as supplier_number,
        {{ clean_text('name1') }} as supplier_name,
        {{ clean_text('telf1') }} as phone,
        {{ clean_text('stceg') }} as tax_id,
        {{ clean_text('stras') }} as street,
        {{ clean_text('ort01') }} as city,
        {{ clean_text('pstlz') }} as postcode,
        {{ clean_text('land1') }} as country_code,
        {{ clean_text('ktokk') }} as account_group,
        {{ plausible_date('erdat') }} as created_date,
        coalesce(sperm, '') = 'X' as is_blocked,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from supplier
