{#- The open or cleared items of customers or suppliers in the words of the warehouse. `rows` is a CTE with the columns of
    BSID, BSAD, BSIK or BSAK; `partner` its column with the customer or the supplier. Debit is positive. -#}
{% macro sap_item(rows, partner) -%}
    select
        concat_ws('/', bukrs, {{ partner }}, gjahr, belnr, buzei) as source_id,
        bukrs as company_code,
        {{ partner }} as partner_source_id,
        cast(gjahr as integer) as fiscal_year,
        trim(leading '0' from belnr) as document_number,
        trim(leading '0' from buzei) as line_number,
        blart as document_type,
        {{ sap_number('hkont') }} as account_number,
        {{ date_from_digits('bldat') }} as document_date,
        {{ date_from_digits('budat') }} as posting_date,
        {{ date_from_digits('zfbdt') }} as written_baseline_date,
        cast(zbd1t as integer) as net_days,
        {{ clean_text('zterm') }} as payment_terms,
        {{ date_from_digits('augdt') }} as clearing_date,
        trim(leading '0' from {{ clean_text('augbl') }}) as clearing_document_number,
        trim(leading '0' from {{ clean_text('rebzg') }}) as invoice_document_number,
        cast(rebzj as integer) as invoice_fiscal_year,
        {{ clean_text('xblnr') }} as reference_number,
        waers as document_currency,
        case shkzg when 'H' then -wrbtr else wrbtr end as stored_amount_document,
        case shkzg when 'H' then -dmbtr else dmbtr end as stored_amount_company,
        _op = 'delete' as is_deleted,
        _batch_id
    from {{ rows }}
{%- endmacro %}
