{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'ACDOCA'), ['RBUKRS', 'GJAHR', 'BELNR', 'DOCLN']) }}
),

-- The universal journal is the largest table there is: nothing is looked up here.
journal_item as (
    select
        concat_ws('/', rbukrs, gjahr, belnr, docln) as source_id,
        rbukrs as company_code,
        gjahr as fiscal_year,
        trim(leading '0' from belnr) as document_number,
        trim(leading '0' from docln) as line_number,
        blart as document_type,
        {{ date_from_digits('budat') }} as posting_date,
        cast(poper as integer) as fiscal_period,
        {{ sap_number('racct') }} as account_number,
        koart as sap_account_type,
        rwcur as document_currency,
        wsl as stored_amount_document,
        rhcur as company_currency,
        hsl as stored_amount_company,
        rkcur as group_currency,
        ksl as stored_amount_group,
        {{ sap_number('rcntr') }} as cost_center_code,
        kunnr as customer_source_id,
        lifnr as supplier_source_id,
        {{ sap_number('matnr') }} as product_number,
        werks as warehouse_code,
        msl as quantity,
        rassc as partner_company_code,
        awtyp as source_document_type,
        trim(leading '0' from awref) as source_document_number,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from journal_item
