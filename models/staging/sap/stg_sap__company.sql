{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'T001'), ['BUKRS']) }}
),

company as (
    select
        bukrs as source_id,
        bukrs as company_code,
        {{ clean_text('butxt') }} as company_name,
        {{ clean_text('land1') }} as country_code,
        {{ clean_text('waers') }} as company_currency,
        {{ clean_text('ktopl') }} as chart_of_accounts,
        {{ clean_text('periv') }} as fiscal_calendar_code,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from company
