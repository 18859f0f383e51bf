{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'ZBUDGET'), ['BUKRS', 'GJAHR', 'MONAT', 'RACCT', 'KOSTL', 'VERSN']) }}
),

-- A part of a key is never empty: the cost center # is none.
budget_item as (
    select
        concat_ws('/', bukrs, gjahr, monat, racct, kostl, versn) as source_id,
        bukrs as company_code,
        gjahr as fiscal_year,
        cast(monat as integer) as fiscal_period,
        {{ sap_number('racct') }} as account_number,
        {{ sap_number("nullif(kostl, '#')") }} as cost_center_code,
        versn as budget_version,
        waers as budget_currency,
        hsl as stored_amount,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from budget_item
