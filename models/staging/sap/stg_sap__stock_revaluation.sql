{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'ACDOCA'), ['RBUKRS', 'GJAHR', 'BELNR', 'DOCLN']) }}
),

revaluation_type as (
    select document_type from {{ ref('revaluation_types') }}
),

-- Few lines of the ledger change the worth of stock without moving any; only those are kept. Lines of the ledger are never changed.
stock_revaluation as (
    select
        concat_ws('/', rbukrs, gjahr, belnr, docln) as source_id,
        trim(leading '0' from belnr) as document_number,
        gjahr as fiscal_year,
        trim(leading '0' from docln) as line_number,
        {{ plausible_date('budat') }} as posting_date,
        {{ unpadded('matnr') }} as product_number,
        werks as warehouse_code,
        rbukrs as company_code,
        hsl as stored_amount,
        rhcur as document_currency,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
    where
        _op = 'delete'
        or (matnr is not null and blart in (select revaluation_type.document_type from revaluation_type))
)

select * from stock_revaluation
