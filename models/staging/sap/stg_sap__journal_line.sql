{{ config(materialized='view') }}

with

-- News of the decimals of a currency is not in _batch_id, which would make every build read all lines: the entity
-- currency_decimals tells it. What comes without a group amount has none.
journal_line as (
    select
        item.source_id,
        item.company_code,
        item.fiscal_year,
        item.fiscal_period,
        item.document_number,
        item.line_number,
        item.document_type,
        item.posting_date,
        item.account_number,
        case item.sap_account_type
            when 'D' then 'customer' when 'K' then 'supplier' when 'M' then 'material' when 'A' then 'asset' else 'ledger'
        end as account_type,
        item.document_currency,
        {{ unshifted('item.stored_amount_document', 'document_shift.factor') }} as amount_document,
        item.company_currency,
        {{ unshifted('item.stored_amount_company', 'company_shift.factor') }} as amount_company,
        item.group_currency,
        {{ unshifted('item.stored_amount_group', 'group_shift.factor') }} as amount_group,
        item.cost_center_code,
        item.customer_source_id,
        item.supplier_source_id,
        item.product_number,
        item.warehouse_code,
        item.quantity,
        item.partner_company_code,
        item.source_document_type,
        item.source_document_number,
        item.is_deleted,
        item._batch_id
    from {{ ref('stg_sap__journal_item') }} as item
    left join {{ sap_currency_shift_as('document_shift') }} on item.document_currency = document_shift.currency_code
    left join {{ sap_currency_shift_as('company_shift') }} on item.company_currency = company_shift.currency_code
    left join {{ sap_currency_shift_as('group_shift') }} on item.group_currency = group_shift.currency_code
)

select * from journal_line
