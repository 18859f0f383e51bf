{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'SKA1'), ['KTOPL', 'SAKNR']) }}
),

chart_account as (
    select
        concat_ws('/', ktopl, saknr) as source_id,
        ktopl as chart_of_accounts,
        {{ sap_number('saknr') }} as account_number,
        {{ clean_text('ktoks') }} as account_group,
        coalesce(xbilk, '') = 'X' as is_balance_sheet,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from chart_account
