{{ config(materialized='view') }}

with

account_name as (
    select
        account_source_id,
        coalesce(
            max(account_name) filter (where sap_language = 'E' and not is_deleted),
            max(account_name) filter (where sap_language = 'D' and not is_deleted),
            max(account_name) filter (where not is_deleted)
        ) as account_name,
        max(_batch_id) as _batch_id
    from {{ ref('stg_sap__chart_account_text') }}
    group by account_source_id
),

-- Every account of its chart is an account of the company; what the company says of it may be missing.
gl_account as (
    select
        concat_ws('/', company.company_code, account.source_id) as source_id,
        company.company_code,
        account.chart_of_accounts,
        account.account_number,
        account_name.account_name,
        account.account_group,
        account.is_balance_sheet,
        case when not company_account.is_deleted then company_account.subledger end as subledger,
        coalesce(company_account.has_open_items and not company_account.is_deleted, false) as has_open_items,
        account.is_deleted or company.is_deleted as is_deleted,
        greatest(
            account._batch_id,
            company._batch_id,
            coalesce(account_name._batch_id, 0),
            coalesce(company_account._batch_id, 0)
        ) as _batch_id
    from {{ ref('stg_sap__chart_account') }} as account
    inner join {{ ref('stg_sap__company') }} as company on account.chart_of_accounts = company.chart_of_accounts
    left join account_name on account.source_id = account_name.account_source_id
    left join {{ ref('stg_sap__company_account') }} as company_account
        on company.company_code = company_account.company_code and account.account_number = company_account.account_number
)

select * from gl_account
