{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'SKB1'), ['BUKRS', 'SAKNR']) }}
),

-- A reconciliation account takes its postings from a subledger: customers (D), suppliers (K) or assets (A).
company_account as (
    select
        concat_ws('/', bukrs, saknr) as source_id,
        bukrs as company_code,
        {{ sap_number('saknr') }} as account_number,
        case mitkz when 'D' then 'customers' when 'K' then 'suppliers' when 'A' then 'assets' end as subledger,
        coalesce(xopvw, '') = 'X' as has_open_items,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from company_account
