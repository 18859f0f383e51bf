{{ config(unique_key='source_id') }}

with

said as (
    select * from {{ source('raw_sap', 'ACDOCA') }}
),

revaluation_type as (
    select document_type from {{ ref('revaluation_types') }}
),

-- Few lines of the ledger change the worth of stock without moving any. A line that was one of them once stays, and is gone when
-- it is none any more.
revaluation_key as (
    select concat_ws('/', rbukrs, gjahr, belnr, docln) as source_id
    from said
    where _op != 'delete' and matnr is not null and blart in (select revaluation_type.document_type from revaluation_type)
    {%- if is_incremental() %}

    union all

    select source_id from {{ this }}
    {%- endif %}
),

line as (
    select
        *,
        concat_ws('/', rbukrs, gjahr, belnr, docln) as source_id
    from said
),

line_of_revaluation as (
    select * from line
    where source_id in (select revaluation_key.source_id from revaluation_key)
),

latest as (
    {{ latest_version('line_of_revaluation', ['source_id']) }}
),

stock_revaluation as (
    select
        source_id,
        trim(leading '0' from belnr) as document_number,
        gjahr as fiscal_year,
        trim(leading '0' from docln) as line_number,
        {{ plausible_date('budat') }} as posting_date,
        {{ unpadded('matnr') }} as product_number,
        werks as warehouse_code,
        rbukrs as company_code,
        hsl as stored_amount,
        rhcur as document_currency,
        _op = 'delete'
        or matnr is null
        or blart is null
        or blart not in (select revaluation_type.document_type from revaluation_type) as is_deleted,
        _batch_id
    from latest
)

select * from stock_revaluation
