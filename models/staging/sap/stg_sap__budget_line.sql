{{ config(materialized='view') }}

with

shift as (
    {{ sap_currency_shift() }}
),

budget_line as (
    select
        item.source_id,
        item.company_code,
        item.fiscal_year,
        item.fiscal_period,
        item.account_number,
        item.cost_center_code,
        item.budget_version,
        case item.budget_version when '000' then 'plan' when '001' then 'forecast' else item.budget_version end as budget_type,
        item.budget_currency,
        {{ unshifted('item.stored_amount', 'shift.factor') }} as amount,
        item.is_deleted,
        greatest(item._batch_id, coalesce(shift._batch_id, 0)) as _batch_id
    from {{ ref('stg_sap__budget_item') }} as item
    left join shift on item.budget_currency = shift.currency_code
)

select * from budget_line
